//! A page as a person meets it: opened in a real browser, looked at, pointed at, clicked and typed into.
//!
//! ```ignore
//! let Some(browser) = Browser::find() else { return };
//! let page = browser.open(&html);
//! page.click("th:nth-child(3) button");
//! let names: Vec<String> = page.evaluate("[...document.querySelectorAll('tbody th')].map((it) => it.textContent)");
//! assert!(page.console().is_empty());
//! assert_eq!(page.requests(), [page.url()]);
//! ```
//!
//! Every page has a Chromium of its own, which ends with it, so that tests can run side by side and none sees what
//! another did. Nothing here waits a fixed time: each call returns when the page has dealt with it. Whatever goes
//! wrong panics at the line of the test that asked for it.
//!
//! - `page`: what a page is, says and asks for, and how it is shown
//! - `input`: mouse and keyboard
//! - `axe`: what axe-core finds wrong for people who cannot see or point well
//! - `devtools`: the process and the protocol

mod axe;
mod devtools;
mod input;
mod page;

pub(crate) use axe::{Axe, Impact};
pub(crate) use input::Point;
pub(crate) use page::{Colours, Medium, Page};

/// The Chromium that `FITROOM_CHROMIUM` names.
pub(crate) struct Browser {
    program: String,
}

impl Browser {
    /// `None`, with a line that says so, where there is no Chromium.
    pub(crate) fn find() -> Option<Self> {
        let program = std::env::var("FITROOM_CHROMIUM").ok();
        if program.is_none() {
            eprintln!("SKIPPED: set FITROOM_CHROMIUM to a Chromium binary to open reports in it");
        }
        Some(Self { program: program? })
    }

    /// Opens a page from a file, as a double click would, and waits until it is loaded: 1280 x 800 CSS pixels, on a
    /// screen, in light colours.
    #[track_caller]
    pub(crate) fn open(&self, html: &str) -> Page {
        Page::open(&self.program, html)
    }
}
