//! axe-core finds nothing serious in a page, in light colours or dark ones.

use fitroom_report::{check_page, index_page, routes_page, sweep_page};

use crate::browser::{Axe, Browser, Colours, Impact, Medium};
use crate::specimen;

#[track_caller]
fn assert_nothing_serious(html: &str) {
    let (Some(browser), Some(axe)) = (Browser::find(), Axe::find()) else {
        return;
    };
    let page = browser.open(html);
    // What is folded in must be looked at too.
    page.evaluate::<()>(
        "for (const details of document.querySelectorAll('details')) details.open = true;
         document.querySelector('.fold')?.click();
         document.querySelector('.difference td button')?.click();
         undefined",
    );
    for colours in [Colours::Light, Colours::Dark] {
        page.media(Medium::Screen, colours);
        let serious: Vec<String> = page
            .accessibility_violations(&axe)
            .iter()
            .filter(|violation| violation.impact >= Impact::Serious)
            .map(|violation| format!("{violation}\n"))
            .collect();
        assert!(serious.is_empty(), "{colours:?}:\n{}", serious.concat());
    }
    // It has not fetched anything for that.
    assert_eq!(page.console(), [""; 0]);
    assert_eq!(page.requests(), [page.url()]);
}

#[test]
fn the_page_of_a_sweep_is_accessible() {
    assert_nothing_serious(&sweep_page(&specimen::nearly_done(&[0])).unwrap());
}

#[test]
fn the_page_of_a_sweep_with_several_seeds_is_accessible() {
    assert_nothing_serious(&sweep_page(&specimen::five_seeds()).unwrap());
}

#[test]
fn the_index_is_accessible() {
    assert_nothing_serious(&index_page(&specimen::index()));
}

#[test]
fn the_page_of_a_check_is_accessible() {
    assert_nothing_serious(&check_page(&specimen::check()));
}

#[test]
fn the_page_of_routes_is_accessible() {
    assert_nothing_serious(&routes_page(&specimen::routes::report()));
}
