//! What the page of routes says, and what it calls shown.

use fitroom_domain::route::RouteComparison;
use fitroom_report::{index_page, routes_page, verdict_sentence};

use crate::specimen::{self, routes::compared};
use crate::{rows, table, text};

/// A comparison whose first pair of routes has these points, p-value and interval of points for each picture.
fn first_pair(
    combined: u64,
    hierarchical: u64,
    p_value: f64,
    interval: (f64, f64),
) -> RouteComparison {
    let mut comparison = compared("shoes", 619, [0.2, 0.2], false);
    comparison.routes[0].points = combined;
    comparison.routes[1].points = hierarchical;
    let points = &mut comparison.differences[0].points;
    points.difference = (combined as f64 - hierarchical as f64) / 619.0;
    points.p_value = p_value;
    points.interval.low = interval.0 / 619.0;
    points.interval.high = interval.1 / 619.0;
    comparison
}

#[test]
fn a_difference_that_may_be_luck_is_called_so() {
    assert_eq!(
        verdict_sentence(&first_pair(991, 981, 0.43, (-2.0, 22.0))),
        "Combined has 10 of 1\u{202f}238 points more than hierarchical (0.8%): not shown to be more than luck \
         (p = 0.43; between 2 fewer and 22 more)."
    );
    assert_eq!(
        verdict_sentence(&first_pair(981, 981, 1.0, (-12.0, 12.0))),
        "Combined and hierarchical have 981 of 1\u{202f}238 points each: not shown to differ (p = 1.00; between 12 fewer \
         and 12 more)."
    );
}

#[test]
fn a_shown_difference_names_the_better_route_first() {
    assert_eq!(
        verdict_sentence(&first_pair(981, 1021, 0.0003, (-66.0, -14.0))),
        "Hierarchical has 40 of 1\u{202f}238 points more than combined (3.2%): shown to be better (p < 0.001; between 14 \
         and 66 more)."
    );
    // By its own p-value, not the adjusted one.
    let mut comparison = first_pair(1021, 981, 0.049, (0.2, 80.0));
    comparison.differences[0].points.adjusted_p_value = 0.147;
    assert!(verdict_sentence(&comparison).contains("shown to be better (p = 0.049"));
    assert!(verdict_sentence(&first_pair(1021, 981, 0.05, (0.0, 80.0))).contains("not shown"));
}

#[test]
fn without_routes_there_is_a_sentence_and_a_page_all_the_same() {
    let mut comparison = compared("shoes", 20, [0.2, 0.2], false);
    comparison.routes.clear();
    assert_eq!(
        verdict_sentence(&comparison),
        "No two routes were compared."
    );
    comparison.differences.clear();
    comparison.columns.clear();
    let mut report = specimen::routes::report();
    report.comparisons = vec![comparison];
    assert!(text(&routes_page(&report)).contains("No two routes were compared."));
    report.comparisons.clear();
    report.missing.clear();
    report.models.clear();
    let page = routes_page(&report);
    assert!(text(&page).contains("No labels of this dataset can be found both at once"));
    assert!(!page.contains("<table") && !page.contains("<svg"));
}

#[test]
fn every_figure_of_a_comparison_is_on_the_page() {
    let report = specimen::routes::report();
    let page = routes_page(&report);
    let whole = text(&page);
    for comparison in &report.comparisons {
        let sentence = verdict_sentence(comparison).replace('<', "&lt;");
        assert!(whole.contains(&sentence), "{sentence}: {whole}");
    }
    let comparison = &report.comparisons[0];
    let lines = rows(table(&page, "routes"));
    // The first is the second row of the head.
    for (line, route) in lines[1..].iter().zip(&comparison.routes) {
        let whole: u64 = route.columns_right.iter().sum();
        assert_eq!(whole, route.points);
        let interval = route.joint_interval;
        for figure in [
            format!("{}|", route.route),
            format!(
                "{:.1}%{:.1}–{:.1}%|",
                100.0 * route.joint_accuracy,
                100.0 * interval.low,
                100.0 * interval.high
            ),
            format!(
                "|{}{:.1}%",
                route.columns_right[0],
                100.0 * route.columns_right[0] as f64 / 677.0
            ),
            format!(
                "|{}{:.1}%",
                route.first_mistakes[1],
                100.0 * route.first_mistakes[1] as f64 / 677.0
            ),
            format!("|{:.2}|", route.cost.milliseconds.unwrap()),
        ] {
            assert!(line.contains(&figure), "{figure}: {line}");
        }
    }
    let lines = rows(table(&page, "narrow routes"));
    for (line, pair) in lines[1..].iter().zip(&comparison.differences) {
        let points = (pair.points.difference * 677.0).round();
        assert!(line.contains(&format!("{}", points.abs())), "{line}");
        let joint = format!("{:.1}", 100.0 * pair.joint.difference.abs());
        assert!(line.contains(&joint), "{joint}: {line}");
    }
    assert!(
        lines[1].starts_with("combined \u{2212} hierarchical|"),
        "{}",
        lines[1]
    );
    assert_eq!(lines.len(), 4);
    assert!(whole.contains("619 test photographs and 619 mirrored copies"));
    assert_eq!(whole.matches("(adjusted p").count(), 4);
}

#[test]
fn the_study_s_figures_stand_beside_as_what_they_are() {
    let mut report = specimen::routes::report();
    let whole = text(&routes_page(&report));
    for words in [
        "The original study, on other photographs",
        "981 of 1\u{202f}238",
        "868 of 1\u{202f}000",
        "Hierarchical had 10 points more there (0.8%), which the study called “about 10 % better”.",
        "Combined had 1 point more there (0.1%).",
    ] {
        assert!(whole.contains(words), "{words}: {whole}");
    }
    assert!(!whole.contains("As in the original study"));
    report.as_study = true;
    report.comparisons = vec![compared("hats", 50, [0.2, 0.2], false)];
    let whole = text(&routes_page(&report));
    assert!(whole.contains("As in the original study, mirrored copies count like photographs"));
    assert!(!whole.contains("on other photographs"));
}

#[test]
fn models_and_what_is_missing_are_listed() {
    let page = routes_page(&specimen::routes::report());
    let whole = text(&page);
    assert!(whole.contains("glasses predicts one column"));
    assert!(page.contains("href=\"../index.html\""));
    let models = page.split("The models that are asked").nth(1).unwrap();
    let lines = rows(models);
    assert!(
        lines[0].contains("trousers_all|k5x3")
            && lines[0].contains("84.7%|83.6% (80.6–86.2%)|677|"),
        "{}",
        lines[0]
    );
    assert!(lines[2].contains("88.0%|–|677|"), "{}", lines[2]);
}

#[test]
fn the_plot_says_in_words_what_it_shows() {
    let mut report = specimen::routes::report();
    let page = routes_page(&report);
    assert_eq!(
        page.matches("aria-label=\"Differences in points: combined \u{2212} hierarchical")
            .count(),
        2
    );
    for difference in &mut report.comparisons[0].differences {
        difference.points.interval.high = f64::INFINITY;
    }
    let page = routes_page(&report);
    assert_eq!(page.matches("Differences in points:").count(), 1);
    assert!(!text(&page).contains("NaN"));
}

#[test]
fn the_index_links_to_the_page_of_routes() {
    let mut index = specimen::index();
    assert!(index_page(&index).contains("href=\"./catalogue/routes.html\""));
    index.datasets[0].routes = Some("my shop/routes.html".to_owned());
    assert!(index_page(&index).contains("href=\"./my%20shop/routes.html\""));
    index.datasets[0].routes = None;
    assert!(!index_page(&index).contains("routes.html"));
}
