//! The index, and the page of a check.

use fitroom_domain::statistics::wilson;
use fitroom_report::{check_page, index_page};

use crate::specimen;
use crate::{rows, text};

#[test]
fn a_check_shows_every_finding_and_counts_what_it_does_not_show() {
    let page = check_page(&specimen::check());
    assert_eq!(
        page.matches("<img src=\"data:image/png;base64,iVBORw0KGgo")
            .count(),
        2
    );
    let whole = text(&page);
    for words in [
        "1 of 1031 validation photographs",
        "1\u{202f}033",
        "5 identical across splits",
        "images/2.jpg",
        "shoes · boots",
        "and 3 more",
        "Not shown: 1\u{202f}200 more",
        "None found.",
        "ballerina",
        "images/7.jpg cannot be decoded",
        "and 2 more",
    ] {
        assert!(whole.contains(words), "{words}: {whole}");
    }
    for forbidden in ["http:", "https:", "<link", "@import", "url("] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    assert!(page.contains("default-src 'none'") && page.contains("img-src data:"));
}

#[test]
fn the_index_links_to_every_sweep_of_every_task() {
    let mut index = specimen::index();
    index.datasets[0].tasks[0].sweeps[0].path = "my shop/50% #1.html".to_owned();
    let page = index_page(&index);
    assert!(page.contains("href=\"./my%20shop/50%25%20%231.html\""));
    assert!(page.contains("href=\"./catalogue/primary.html\""));
    assert!(text(&page).contains("66 of 72 finished"));
    assert!(text(&page).contains("no trial has finished"));
}

#[test]
fn the_index_has_test_accuracies_and_says_of_which_model() {
    let mut index = specimen::index();
    let page = index_page(&index);
    let lines: Vec<String> = page.split("<table").skip(1).flat_map(rows).collect();
    let interval = wilson(566.0 / 677.0, 677, 0.95);
    let shown = format!("{:.1}–{:.1}%", 100.0 * interval.low, 100.0 * interval.high);
    assert!(
        lines[0].contains("83.6%") && lines[0].contains(&shown),
        "{}",
        lines[0]
    );
    assert!(
        lines[0].contains("of another model, k3x3-n64-d256") && lines[0].contains("read 3 times")
    );
    assert!(lines[1].contains("not evaluated"), "{}", lines[1]);
    assert!(
        lines[2].contains("99.1%")
            && !lines[2].contains("another model")
            && !lines[2].contains("times")
    );
    // Logs of others say nothing of test.
    index.datasets.truncate(1);
    index.datasets[0].fingerprint = None;
    index.datasets[0].tasks[0].test = None;
    assert!(!text(&index_page(&index)).contains("test accuracy"));
}
