//! The pictures of a check are seen.

use fitroom_report::check_page;

use crate::browser::{Browser, Page};
use crate::specimen;

/// Loads all pictures of a page, and says for each in what width it came, or nothing.
fn widths(page: &Page) -> Vec<Option<u32>> {
    page.evaluate(
        "const pictures = [...document.querySelectorAll('img')];
         for (const picture of pictures) picture.loading = 'eager';
         await Promise.all(pictures.map((picture) => picture.decode()
             .then(() => picture.naturalWidth, () => null)))",
    )
}

#[test]
fn the_pictures_of_a_check_are_seen_and_nothing_else_is_fetched() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = browser.open(&check_page(&specimen::check()));
    assert_eq!(widths(&page), [Some(1), Some(1)]);
    assert_eq!(page.console(), [""; 0]);
    assert_eq!(page.requests(), [page.url()]);
}

#[test]
fn a_picture_that_is_not_in_the_page_itself_is_refused() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let html = check_page(&specimen::check()).replace("data:image/png", "file:///image/png");
    let page = browser.open(&html);
    assert_eq!(widths(&page), [None, None]);
    let console = page.console();
    assert!(!console.is_empty());
    for message in console {
        assert!(
            message.starts_with("security: Loading the image 'file:///image/png")
                && message.contains("Content Security Policy"),
            "{message}"
        );
    }
}
