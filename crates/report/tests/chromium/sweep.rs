//! The page of a sweep is sorted and pointed at.

use fitroom_report::sweep_page;

use crate::browser::{Browser, Page};
use crate::specimen;

/// Opens the page of a sweep of which 66 trials have finished.
fn opened(browser: &Browser) -> Page {
    browser.open(&sweep_page(&specimen::nearly_done(&[0])).unwrap())
}

#[test]
fn nothing_is_fetched_or_complained_about() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = opened(&browser);
    assert_eq!(page.console(), [""; 0]);
    assert_eq!(page.requests(), [page.url()]);
}

#[test]
fn a_click_on_a_header_sorts_and_another_turns_the_order_round() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = opened(&browser);
    let parameters = || -> Vec<u64> {
        page.evaluate(
            "[...document.querySelectorAll('.leaderboard tbody tr:first-child td.c-parameters')]
                 .map((cell) => Number(cell.dataset.value))",
        )
    };
    let sorted_by = || -> Vec<(String, String)> {
        page.evaluate(
            "[...document.querySelectorAll('.leaderboard th[aria-sort]')]
                 .map((header) => [header.textContent, header.ariaSort])",
        )
    };
    let header = "parameters".to_owned();
    assert_eq!(parameters().len(), 66);
    assert!(!parameters().is_sorted());

    page.click(".leaderboard th.c-parameters button");
    assert!(parameters().is_sorted(), "{:?}", parameters());
    assert_eq!(sorted_by(), [(header.clone(), "ascending".to_owned())]);

    page.click(".leaderboard th.c-parameters button");
    assert!(
        parameters().is_sorted_by(|a, b| a >= b),
        "{:?}",
        parameters()
    );
    assert_eq!(sorted_by(), [(header, "descending".to_owned())]);
    assert_eq!(parameters().len(), 66);
    assert_eq!(page.console(), [""; 0]);
}

#[test]
fn pointing_at_a_row_lights_its_curves() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = opened(&browser);
    let lit = || -> Vec<String> {
        page.evaluate(
            "[...document.querySelectorAll('.plot .curve.lit')].map((curve) => curve.dataset.trial)",
        )
    };
    assert_eq!(lit(), [""; 0]);
    page.hover(".leaderboard tbody[data-c='6'] tr");
    // Loss and accuracy, on train and on validation.
    assert_eq!(lit(), ["6"; 4]);
    page.hover("h1");
    assert_eq!(lit(), [""; 0]);
    assert_eq!(page.console(), [""; 0]);
}
