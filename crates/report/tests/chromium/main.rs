//! The pages in a real browser: the Chromium that `FITROOM_CHROMIUM` names.
//!
//! - `sweep`: the page of a sweep is sorted and pointed at
//! - `leaderboard`: seeds fold out, columns hide, fields and brushes filter
//! - `difference`: two trials are chosen, and how they differ is read
//! - `check`: the pictures of a check are seen
//! - `contact_sheet`: labels are corrected on a contact sheet, and saved
//! - `routes`: the page of routes, and what a sweep's page says of test, are seen and printed
//! - `policy`: a page cannot fetch anything
//! - `accessibility`: axe-core finds nothing serious (needs `FITROOM_PYTHON`, a Python that has it)
//! - `driver`: the driver that all these rely on does and sees what it says

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test may panic, and says what it skips"
)]

#[path = "../browser/mod.rs"]
mod browser;
#[path = "../specimen/mod.rs"]
mod specimen;

mod accessibility;
mod check;
mod contact_sheet;
mod difference;
mod driver;
mod leaderboard;
mod policy;
mod routes;
mod sweep;
