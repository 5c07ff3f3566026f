//! The page of routes: which way to all labels is right more often.

use fitroom_domain::route::RouteComparison;
use maud::{Markup, html};

use crate::analysis::interval;
use crate::numbers;
use crate::page::{About, age, link_to_index, page, scrolling};
use crate::routes_plot::plot;
use crate::routes_report::{RoutesModel, RoutesReport};
use crate::routes_tables::{differences, results};
use crate::routes_verdict::{other_sentences, share_of_points, verdict_sentence};
use crate::study_figures::{StudyRoutes, study_routes};

/// How routes compare as one HTML file that needs nothing else.
pub fn routes_page(report: &RoutesReport) -> String {
    let title = format!("Routes on {}", report.dataset.name);
    let about = About {
        title: &title,
        version: &report.version,
        generated_at: &report.generated_at,
    };
    let content = html! {
        (header(report))
        (explanation(report))
        @for comparison in &report.comparisons { (section(comparison)) }
        (models(&report.models))
        (missing(report))
        (link_to_index())
    };
    page(about, content, "")
}

fn header(report: &RoutesReport) -> Markup {
    html! {
        header {
            p.eyebrow { "Routes to all labels" }
            h1 { (report.dataset.name) }
            p.subject {
                span { "fingerprint " code { (report.dataset.fingerprint) } }
                (age(&report.generated_at))
            }
        }
    }
}

fn explanation(report: &RoutesReport) -> Markup {
    html! {
        section {
            h2 { "What is compared" }
            p {
                strong { "Combined: " } "one model predicts all labels at once. "
                strong { "Hierarchical: " } "one model after the other; each answer decides who is asked next. "
                strong { "Hierarchical, soft: " }
                "all models of the hierarchy are asked, and the most probable way through it counts."
            }
            p.note {
                "All answers are about test photographs, by which Fitting Room selects no model. A right label is a point. "
                @if report.as_study {
                    "As in the original study, mirrored copies count like photographs; for intervals and p-values both are \
                     one."
                }
            }
        }
    }
}

fn section(comparison: &RouteComparison) -> Markup {
    let others = other_sentences(comparison);
    let copies = comparison.pictures.saturating_sub(comparison.photographs);
    html! {
        section {
            h2 { (comparison.combined) }
            p.subject {
                span { "labels " strong { (comparison.columns.join(", ")) } }
                span { "combined " strong { (comparison.combined) } }
                span { "hierarchical " strong { (comparison.hierarchical.join(", ")) } }
                span {
                    (numbers::grouped(comparison.photographs)) " test photographs"
                    @if copies > 0 { " and " (numbers::grouped(copies)) " mirrored copies" }
                }
            }
            p.routes-verdict { strong { (verdict_sentence(comparison)) } }
            @if !others.is_empty() { ul.claims { @for sentence in &others { li { (sentence) } } } }
            (results(comparison))
            (plot(comparison))
            (differences(comparison))
            p.note {
                "Points: Student's paired t over photographs. All labels right: Tango's interval, exact McNemar test; \
                 of single routes Wilson's interval. The pair in bold was to be compared before anybody saw the \
                 answers, and is judged by its p at 0.05; the others by p after Holm's correction over all pairs. \
                 Intervals are each by itself."
            }
            @if let Some(study) = study_routes(&comparison.combined) { (studied(study)) }
        }
    }
}

/// The original study's figures for the same labels.
fn studied(study: &StudyRoutes) -> Markup {
    let more = study.combined.abs_diff(study.hierarchical);
    let ahead = if study.combined > study.hierarchical {
        "Combined"
    } else {
        "Hierarchical"
    };
    html! {
        h3 { "The original study, on other photographs" }
        (scrolling("The original study's routes", html! {
            table.narrow {
                thead {
                    tr { th scope="col" { "route" } th.number scope="col" { "points" } th.number scope="col" { "share" } }
                }
                tbody {
                    @for (route, points) in [("combined", study.combined), ("hierarchical", study.hierarchical)] {
                        tr {
                            th scope="row" { (route) }
                            td.number { (numbers::grouped(points)) " of " (numbers::grouped(study.most_points)) }
                            td.number { (share_of_points(points, study.most_points)) }
                        }
                    }
                }
            }
        }))
        p.note {
            (ahead) " had " (numbers::counted(more as usize, "point")) " more there ("
            (share_of_points(more, study.most_points)) ")"
            @if let Some(words) = study.called { ", which the study called “" (words) "”" }
            ". How its answers went photograph by photograph is not known, and so not whether that is more than luck."
        }
    }
}

fn models(models: &[RoutesModel]) -> Markup {
    if models.is_empty() {
        return html! {};
    }
    let with_interval = |accuracy: f64, photographs: u64| {
        format!(
            "{} ({})",
            numbers::percent(accuracy, Some(photographs)),
            numbers::percent_interval(interval(accuracy, photographs))
        )
    };
    html! {
        section {
            h2 { "The models that are asked" }
            (scrolling("Models of the routes", html! {
                table {
                    caption { "Each on the photographs of its own task; in brackets 95% intervals over photographs" }
                    thead {
                        tr {
                            th scope="col" { "task" }
                            th scope="col" { "model" }
                            th.number scope="col" { "validation accuracy" }
                            th.number scope="col" { "test accuracy" }
                            th.number scope="col" { "test photographs" }
                        }
                    }
                    tbody {
                        @for model in models {
                            tr {
                                th scope="row" { (model.task) }
                                td { code { (model.trial) } }
                                td.number { (numbers::percent(model.validation_accuracy, Some(model.photographs))) }
                                td.number {
                                    (numbers::known(model.test_accuracy, |it| with_interval(it, model.photographs)))
                                }
                                td.number { (numbers::grouped(model.photographs)) }
                            }
                        }
                    }
                }
            }))
        }
    }
}

fn missing(report: &RoutesReport) -> Markup {
    html! {
        @if !report.missing.is_empty() {
            section {
                h2 { "Not compared" }
                ul { @for reason in &report.missing { li { (reason) } } }
            }
        } @else if report.comparisons.is_empty() {
            section { p { "No labels of this dataset can be found both at once and one after the other." } }
        }
    }
}
