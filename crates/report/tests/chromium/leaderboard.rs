//! Seeds fold out, columns hide, and fields and brushes filter the leaderboard and the plots together.

use fitroom_report::{SweepReport, sweep_page};

use crate::browser::{Browser, Colours, Medium, Page};
use crate::specimen;

/// The places of the configurations whose rows are shown.
fn shown(page: &Page) -> Vec<usize> {
    page.evaluate(
        "[...document.querySelectorAll('.leaderboard tbody')]
             .filter((group) => group.checkVisibility()).map((group) => Number(group.dataset.c))",
    )
}

/// The places of the configurations whose points are shown.
fn points(page: &Page) -> Vec<usize> {
    let mut points: Vec<usize> = page.evaluate(
        "[...document.querySelectorAll('.point')]
             .filter((point) => point.checkVisibility()).map((point) => Number(point.dataset.c))",
    );
    points.sort_unstable();
    points
}

/// Values of a column, of the configurations that are shown.
fn column(page: &Page, key: &str) -> Vec<f64> {
    page.evaluate(&format!(
        "[...document.querySelectorAll('.leaderboard tbody:not(.off) tr:first-child .c-{key}')]
             .map((cell) => Number(cell.dataset.value))"
    ))
}

/// Drags along an axis, from here to there of its height.
fn brush(page: &Page, axis: &str, from: f64, to: f64) {
    page.evaluate::<()>("document.querySelector('#parallel').scrollIntoView({ block: 'center' })");
    let axis = page.area_of(&format!(".brush[{axis}] .hit"));
    page.drag(axis.at(0.5, from), axis.at(0.5, to));
}

#[test]
fn the_seeds_of_a_configuration_fold_out_and_in() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = browser.open(&sweep_page(&specimen::five_seeds()).unwrap());
    let seeds = || -> usize {
        page.evaluate(
            "[...document.querySelectorAll('.leaderboard .seed')].filter((row) => row.checkVisibility()).length",
        )
    };
    let expanded = || -> String {
        page.evaluate("document.querySelector('tbody[data-c=\"2\"] .fold').ariaExpanded")
    };
    assert_eq!((seeds(), expanded()), (0, "false".to_owned()));
    page.click("tbody[data-c='2'] .fold");
    assert_eq!((seeds(), expanded()), (5, "true".to_owned()));
    // The button has the focus: a key does the same.
    page.press("Enter");
    assert_eq!((seeds(), expanded()), (0, "false".to_owned()));
    // Seeds stay with their configuration, however it is sorted.
    page.click(".leaderboard th.c-parameters button");
    page.click("tbody[data-c='2'] .fold");
    assert_eq!(seeds(), 5);
    assert_eq!(page.console(), [""; 0]);
}

#[test]
fn columns_are_shown_and_hidden() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = browser.open(&sweep_page(&specimen::nearly_done(&[0])).unwrap());
    let is_shown = |key: &str| -> bool {
        page.evaluate(&format!(
            "document.querySelector('.leaderboard td.c-{key}').checkVisibility()"
        ))
    };
    assert!(is_shown("parameters") && !is_shown("macro-f1"));
    page.click(".columns-menu summary");
    page.click("input[data-column='macro-f1']");
    page.click("input[data-column='parameters']");
    assert!(!is_shown("parameters") && is_shown("macro-f1"));
    assert_eq!(page.console(), [""; 0]);
}

#[test]
fn fields_filter_the_rows_and_the_plots() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = browser.open(&sweep_page(&specimen::nearly_done(&[0])).unwrap());
    assert_eq!(shown(&page).len(), 66);
    // The last box of the first setting: kernels of 7.
    page.click("fieldset[data-setting='0'] label:last-child");
    let sizes = column(&page, "setting-0");
    assert!(!sizes.is_empty() && sizes.len() < 66, "{sizes:?}");
    assert!(sizes.iter().all(|size| *size < 7.0), "{sizes:?}");
    assert_eq!(points(&page), shown(&page));
    let said: String = page.evaluate("document.querySelector('#filters output').value");
    assert_eq!(said, format!("{} of 66 shown", sizes.len()));
    // Curves of what is left out are gone too, in all four plots; those without a row stay.
    let hidden: usize = page.evaluate("document.querySelectorAll('.curve.off').length");
    assert_eq!(hidden, 4 * (66 - sizes.len()));

    page.click("input[name='accuracy-from']");
    page.type_text("92.5");
    let accuracies = column(&page, "accuracy");
    assert!(!accuracies.is_empty() && accuracies.len() < sizes.len());
    assert!(accuracies.iter().all(|accuracy| *accuracy >= 0.925));

    page.click("#filters button[type='reset']");
    page.evaluate::<()>("await new Promise((resolve) => setTimeout(resolve))");
    assert_eq!(shown(&page).len(), 66);

    page.evaluate::<()>(
        "const verdict = document.forms.filters.elements.verdict;
         verdict.value = 'band';
         verdict.dispatchEvent(new Event('input', { bubbles: true }));
         undefined",
    );
    let band: usize = page.evaluate("document.querySelectorAll('tbody.band').length");
    assert_eq!(shown(&page).len(), band);
    assert!(band < 66);
    assert_eq!(page.console(), [""; 0]);
}

#[test]
fn a_box_is_ticked_with_the_keyboard_alone() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = browser.open(&sweep_page(&specimen::nearly_done(&[0])).unwrap());
    page.evaluate::<()>("document.querySelector('fieldset[data-setting=\"1\"] input').focus()");
    page.press(" ");
    let sizes = column(&page, "setting-1");
    assert!(
        !sizes.is_empty() && sizes.iter().all(|size| *size == 5.0),
        "{sizes:?}"
    );
}

#[test]
fn brushing_an_axis_filters_the_table_and_a_click_lets_go() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = browser.open(&sweep_page(&specimen::nearly_done(&[0])).unwrap());
    brush(&page, "data-kind='accuracy'", 0.02, 0.5);
    let accuracies = column(&page, "accuracy");
    assert!(
        !accuracies.is_empty() && accuracies.len() < 66,
        "{accuracies:?}"
    );
    let lowest = accuracies.iter().copied().fold(1.0, f64::min);
    let ends: (f64, f64) = page.evaluate(
        "const { low, high } = document.querySelector(\".brush[data-kind='accuracy']\").dataset;
         [Number(low), Number(high)]",
    );
    assert!(
        lowest >= (ends.0 + ends.1) / 2.0 - 0.01 * (ends.1 - ends.0),
        "{lowest}, {ends:?}"
    );
    assert_eq!(points(&page), shown(&page));
    let dimmed: usize = page.evaluate("document.querySelectorAll('.parallel .line.off').length");
    assert_eq!(dimmed, 66 - accuracies.len());

    // A second axis narrows it further.
    brush(&page, "data-setting='0'", 0.9, 0.99);
    let sizes = column(&page, "setting-0");
    assert!(sizes.len() < accuracies.len() && sizes.iter().all(|size| *size == 3.0));

    brush(&page, "data-setting='0'", 0.5, 0.5);
    assert_eq!(column(&page, "accuracy"), accuracies);
    brush(&page, "data-kind='accuracy'", 0.5, 0.5);
    assert_eq!(shown(&page).len(), 66);
    assert_eq!(page.console(), [""; 0]);
}

#[test]
fn what_only_a_screen_needs_is_not_printed_and_the_whole_leaderboard_is() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = browser.open(&sweep_page(&specimen::nearly_done(&[0])).unwrap());
    page.media(Medium::Print, Colours::Dark);
    let filters: bool = page.evaluate("document.getElementById('filters').checkVisibility()");
    assert!(!filters);
    let cut: bool = page.evaluate(
        "const box = document.querySelector('.scroll:has(.leaderboard)');
         box.scrollHeight > box.clientHeight + 1",
    );
    assert!(!cut);
    let ground: String = page.evaluate("getComputedStyle(document.body).backgroundColor");
    assert_eq!(ground, "rgb(255, 255, 255)");
}

#[test]
fn the_page_says_how_old_it_is() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let mut report = specimen::nearly_done(&[0]);
    let age = |report: &SweepReport| -> String {
        let page = browser.open(&sweep_page(report).unwrap());
        page.evaluate("document.querySelector('.age strong').textContent")
    };
    assert!(age(&report).ends_with(" days ago"), "{}", age(&report));
    report.generated_at = "2999-01-01 00:00".to_owned();
    assert_eq!(age(&report), "just now");
}
