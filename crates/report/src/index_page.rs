//! The index of all reports.

use maud::{Markup, html};

use crate::analysis::interval;
use crate::index_report::{IndexDataset, IndexReport, IndexTask};
use crate::page::About;
use crate::study_figures::{StudyFigures, study_figures};
use crate::{numbers, page};

/// The best trial of every dataset and task, with links to the sweeps, as one HTML file.
pub fn index_page(report: &IndexReport) -> String {
    let content = html! {
        header {
            p.eyebrow { "Fitting Room" }
            h1 { "Reports" }
            p.subject {
                span { "The best trial for each dataset and task, selected on validation." }
                (page::age(&report.generated_at))
            }
        }
        @if report.datasets.is_empty() { section { p { "No sweep has been recorded yet." } } }
        @for dataset in &report.datasets { (dataset_section(dataset)) }
    };
    let about = About {
        title: "Fitting Room: reports",
        version: &report.version,
        generated_at: &report.generated_at,
    };
    page::page(about, content, "")
}

fn dataset_section(dataset: &IndexDataset) -> Markup {
    // Of what others logged, nobody knows whether it is the study's task or only called like it.
    let is_ours = dataset.fingerprint.is_some();
    let studied = |task: &IndexTask| study_figures(&task.task).filter(|_| is_ours);
    let any_studied = dataset.tasks.iter().any(|task| studied(task).is_some());
    html! {
        section {
            h2 { (dataset.name) }
            p.subject {
                @match &dataset.fingerprint {
                    Some(fingerprint) => { span { "fingerprint " code { (fingerprint) } } }
                    None => { span { "imported logs" } }
                }
                @if let Some(routes) = &dataset.routes {
                    a href=(relative_link(routes)) { "Routes to all labels, compared" }
                }
            }
            (page::scrolling(&format!("Tasks of {}", dataset.name), html! {
                table {
                    caption {
                        "Accuracy is that of the validation split"
                        @if is_ours { " where test is not named" }
                        "; models are compared only within one task and dataset."
                    }
                    thead {
                        tr {
                            th scope="col" { "task" }
                            th scope="col" { "reports of its sweeps" }
                            th.number scope="col" { "best accuracy" }
                            th.number scope="col" { "95% interval" }
                            @if is_ours { th.number scope="col" { "test accuracy" } }
                            th.number scope="col" { "parameters" }
                            th scope="col" { "best trial" }
                            th.number scope="col" { "trials" }
                            @if any_studied {
                                th scope="col" { "the original study's task of that name, on other photographs" }
                            }
                        }
                    }
                    tbody {
                        @for task in &dataset.tasks {
                            (task_row(task, is_ours, any_studied.then(|| studied(task))))
                        }
                    }
                }
            }))
            @if any_studied {
                p.note {
                    "The study's figures are of another catalogue: they say what its networks reached there, not what is \
                     better. In brackets 95% intervals over photographs; its test figures were measured once."
                }
            }
        }
    }
}

/// A task's row; the study's figures have a column if they are `Some`.
fn task_row(task: &IndexTask, is_ours: bool, studied: Option<Option<&StudyFigures>>) -> Markup {
    let columns = 7 + usize::from(is_ours) + usize::from(studied.is_some());
    let best = task
        .best
        .as_ref()
        .and_then(|row| row.figures.map(|figures| (row, figures)));
    html! {
        tr {
            th scope="row" { (task.task) }
            td {
                ul.links {
                    @for sweep in &task.sweeps {
                        li {
                            a href=(relative_link(&sweep.path)) { (sweep.name) }
                            " " span.quiet {
                                (sweep.finished) " of " (sweep.total) " finished"
                                @if sweep.pruned > 0 { ", " (sweep.pruned) " pruned" }
                            }
                        }
                    }
                }
            }
            @if let Some((row, figures)) = best {
                td.number { strong { (numbers::percent(figures.accuracy, task.validated)) } }
                td.number {
                    @let interval = task.photographs.map(|photographs| interval(figures.accuracy, photographs));
                    (numbers::known(interval, numbers::percent_interval))
                }
                @if is_ours { (test_cell(task)) }
                td.number { (numbers::known(figures.parameters, numbers::rounded)) }
                td { code title=(row.id) { (row.name) } }
            } @else {
                td colspan="2" { "no trial has finished" }
                @if is_ours { (test_cell(task)) }
                td colspan="2" {}
            }
            td.number { (numbers::grouped(task.finished as u64)) }
            @if let Some(study) = studied { td.study { @if let Some(study) = study { (studied_cell(study)) } } }
        }
        @if let Some(warning) = &task.leak_warning {
            tr { td colspan=(columns) { p.warning { (task.task) ": " (warning) "." } } }
        }
    }
}

/// What the selected model reaches on test, and of which model that is unless of the best one.
fn test_cell(task: &IndexTask) -> Markup {
    let Some(test) = &task.test else {
        return html! { td.number.test.quiet { "not evaluated" } };
    };
    let is_of_best = task.best.as_ref().is_some_and(|best| best.id == test.model);
    html! {
        td.number.test {
            strong { (numbers::percent(test.accuracy, Some(test.photographs))) }
            small { (numbers::percent_interval(interval(test.accuracy, test.photographs))) }
            @if !is_of_best {
                small { "of another model, " code title=(test.model) { (test.model_name) } }
            }
            @if test.looks > 1 {
                small { "read " (numbers::grouped(test.looks as u64)) " times" }
            }
        }
    }
}

fn studied_cell(study: &StudyFigures) -> Markup {
    let figure = |accuracy| {
        html! {
            (numbers::percent(accuracy, Some(study.pictures)))
            " (" (numbers::percent_interval(interval(accuracy, study.pictures))) ")"
        }
    };
    html! {
        "validation " (figure(study.validation))
        br;
        "test " (figure(study.test))
    }
}

/// A link that stays below the index, whatever the names in the path are.
fn relative_link(path: &str) -> String {
    let mut link = String::from("./");
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                link.push(char::from(byte));
            }
            _ => link.push_str(&format!("%{byte:02X}")),
        }
    }
    link
}
