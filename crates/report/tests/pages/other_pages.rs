//! The index, and the page of a check.

use fitroom_report::{check_page, index_page};

use crate::specimen;
use crate::text;

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
