//! The page of routes, and what a sweep's page says of test, are seen and printed.

use fitroom_report::{routes_page, sweep_page};

use crate::browser::{Browser, Colours, Medium, Page};
use crate::specimen;

/// Whether everything of these is inside the page's width.
fn fits(page: &Page, selector: &str) -> bool {
    page.evaluate(&format!(
        "[...document.querySelectorAll('{selector}')].every((it) => {{
             const {{ left, right }} = it.getBoundingClientRect();
             return left >= 0 && right <= innerWidth && right > left;
         }})"
    ))
}

#[test]
fn routes_fit_a_screen_and_fetch_nothing() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = browser.open(&routes_page(&specimen::routes::report()));
    assert!(fits(&page, "section table, section .forest"));
    let scrolls: bool = page.evaluate(
        "[...document.querySelectorAll('.scroll')].some((it) => it.scrollWidth > it.clientWidth)",
    );
    assert!(!scrolls);
    assert_eq!(page.console(), [""; 0]);
    assert_eq!(page.requests(), [page.url()]);
}

#[test]
fn the_plot_of_differences_has_its_points_where_their_numbers_are() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let report = specimen::routes::report();
    let page = browser.open(&routes_page(&report));
    // From two numbers of the axis follows where each point stands.
    let seen: Vec<f64> = page.evaluate(
        "const plot = document.querySelector('.forest .plot');
         const ticks = [...plot.querySelectorAll('text[text-anchor=middle]')].map((it) =>
             [Number(it.textContent.replace('\\u2212', '-').replace('\\u202f', '')), Number(it.getAttribute('x'))]);
         const [from, to] = [ticks[0], ticks[ticks.length - 1]];
         [...plot.querySelectorAll('circle')].map((it) =>
             from[0] + (it.getAttribute('cx') - from[1]) * (to[0] - from[0]) / (to[1] - from[1]))",
    );
    let comparison = &report.comparisons[0];
    assert_eq!(seen.len(), comparison.differences.len());
    for (seen, pair) in seen.iter().zip(&comparison.differences) {
        let points = pair.points.difference * comparison.pictures as f64;
        assert!((seen - points).abs() < 0.1, "{seen}, expected {points}");
    }
}

#[test]
fn routes_and_test_are_printed_in_dark_ink_on_white() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let sweep = sweep_page(&specimen::nearly_done(&[0])).unwrap();
    let routes = routes_page(&specimen::routes::report());
    for (html, selector) in [(sweep, "#test .test-figures"), (routes, ".routes-verdict")] {
        let page = browser.open(&html);
        page.media(Medium::Print, Colours::Dark);
        // The width of a sheet of A4 between its margins.
        page.resize(718, 1000);
        let ink: (String, String) = page.evaluate(&format!(
            "[getComputedStyle(document.querySelector('{selector}')).color,
              getComputedStyle(document.body).backgroundColor]"
        ));
        assert_eq!(
            ink,
            ("rgb(0, 0, 0)".to_owned(), "rgb(255, 255, 255)".to_owned())
        );
        assert!(fits(&page, ".forest, .splits, .routes, .classes-table"));
        assert_eq!(page.console(), [""; 0]);
    }
}

#[test]
fn each_look_at_test_folds_out() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = browser.open(&sweep_page(&specimen::nearly_done(&[0])).unwrap());
    let shown = || -> usize {
        page.evaluate("[...document.querySelectorAll('.looks tbody tr')].filter((it) => it.checkVisibility()).length")
    };
    // Pictures that come while the page is scrolled to would move it.
    page.evaluate::<()>(
        "const pictures = [...document.querySelectorAll('img')];
         for (const picture of pictures) picture.loading = 'eager';
         await Promise.all(pictures.map((picture) => picture.decode()));
         undefined",
    );
    assert_eq!(shown(), 0);
    page.click(".looks summary");
    assert_eq!(shown(), 3);
    assert_eq!(page.console(), [""; 0]);
}
