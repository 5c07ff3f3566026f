//! The index of all reports.

use maud::{Markup, html};

use crate::index_report::{IndexDataset, IndexReport, IndexTask};
use crate::{numbers, page};

/// The best trial of every dataset and task, with links to the sweeps, as one HTML file.
pub fn index_page(report: &IndexReport) -> String {
    let content = html! {
        header {
            p.eyebrow { "Fitting Room" }
            h1 { "Reports" }
            p.subject { "The best trial for each dataset and task, selected on validation." }
        }
        @if report.datasets.is_empty() { section { p { "No sweep has been recorded yet." } } }
        @for dataset in &report.datasets { (dataset_section(dataset)) }
    };
    page::page(
        "Fitting Room: reports",
        &report.version,
        &report.generated_at,
        content,
    )
}

fn dataset_section(dataset: &IndexDataset) -> Markup {
    html! {
        section {
            h2 { (dataset.name) }
            p.subject {
                @match &dataset.fingerprint {
                    Some(fingerprint) => { span { "fingerprint " code { (fingerprint) } } }
                    None => { span { "imported logs" } }
                }
            }
            (page::scrolling(&format!("Tasks of {}", dataset.name), html! {
                table {
                    caption {
                        "Accuracy and loss are those of the validation split; models are compared only \
                         within one task and dataset."
                    }
                    thead {
                        tr {
                            th scope="col" { "task" }
                            th.number scope="col" { "best accuracy" }
                            th.number scope="col" { "loss" }
                            th.number scope="col" { "parameters" }
                            th scope="col" { "best trial" }
                            th.number scope="col" { "trials" }
                            th scope="col" { "reports of its sweeps" }
                        }
                    }
                    tbody { @for task in &dataset.tasks { (task_row(task)) } }
                }
            }))
        }
    }
}

fn task_row(task: &IndexTask) -> Markup {
    let best = task
        .best
        .as_ref()
        .and_then(|row| row.figures.map(|figures| (row, figures)));
    html! {
        tr {
            th scope="row" { (task.task) }
            @if let Some((row, figures)) = best {
                td.number { strong { (numbers::percent(figures.accuracy, task.validated)) } }
                td.number { (numbers::known(figures.loss, numbers::loss)) }
                td.number { (numbers::known(figures.parameters, numbers::grouped)) }
                td { code title=(row.id) { (row.name) } }
            } @else {
                td colspan="4" { "no trial has finished" }
            }
            td.number { (numbers::grouped(task.finished as u64)) }
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
        }
        @if let Some(warning) = &task.leak_warning {
            tr { td colspan="7" { p.warning { (task.task) ": " (warning) "." } } }
        }
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
