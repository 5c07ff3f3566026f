//! What was searched, and on which photographs.

use fitroom_domain::{Flip, SettingValue, Task, TaskSummary};
use maud::{Markup, html};

use crate::numbers;
use crate::settings::Settings;
use crate::sweep_report::{Standing, SweepReport, SweepSource, validated};

/// The question, as a sentence.
pub(crate) fn question(task: &Task) -> Markup {
    let definition = &task.definition;
    html! {
        "Predicts "
        @for (index, column) in definition.predicts.iter().enumerate() {
            @if index > 0 { " and " }
            strong { (column) }
        }
        " of "
        @if definition.where_.is_empty() { "every photograph" }
        @else {
            "photographs whose "
            @for (index, (column, label)) in definition.where_.iter().enumerate() {
                @if index > 0 { " and " }
                (column) " is " strong { (label) }
            }
        }
        @match definition.flip {
            Flip::None => { "." }
            Flip::Train => { ", with a mirrored copy of each train photograph." }
            Flip::All => { ", with a mirrored copy of each photograph in every split." }
        }
    }
}

/// The section with the settings, the photographs and the classes.
pub(crate) fn search_space(report: &SweepReport, settings: &Settings) -> Markup {
    html! {
        section #searched {
            h2 { "What was searched" }
            @match &report.source {
                SweepSource::Ours { task, summary } => {
                    p { (question(task)) " " (standings(report)) }
                    div.columns {
                        (searched(settings))
                        (photographs(task, summary))
                    }
                }
                SweepSource::Imported { from } => {
                    p {
                        strong { "Imported" } " from the logs in " code { (from) }
                        ": what they do not say is left empty. " (standings(report))
                    }
                    (searched(settings))
                }
            }
            @if !report.overrides.is_empty() {
                p.note {
                    "Of the sweep file, its last call changed: "
                    @for (index, change) in report.overrides.iter().enumerate() {
                        @if index > 0 { ", " }
                        code { (change) }
                    }
                    "."
                }
            }
            @if let Some(summary) = report.summary() { (classes(&summary.classes)) }
        }
    }
}

fn searched(settings: &Settings) -> Markup {
    html! {
        div {
            table {
                caption { "Settings searched" }
                thead { tr { th scope="col" { "setting" } th scope="col" { "values" } } }
                tbody {
                    @for setting in &settings.swept {
                        tr {
                            th scope="row" { (setting.name) }
                            td { (joined(setting.values.iter().map(SettingValue::to_string))) }
                        }
                    }
                    @if settings.several_seeds() {
                        tr {
                            th scope="row" { "seeds" }
                            td { (joined(settings.seeds.iter().map(u64::to_string))) }
                        }
                    }
                    @if settings.swept.is_empty() && !settings.several_seeds() {
                        tr { td colspan="2" { "none: no setting has several values" } }
                    }
                }
            }
            @if !settings.fixed.is_empty() {
                p.note {
                    "The same for every trial: "
                    @for (index, (name, value)) in settings.fixed.iter().enumerate() {
                        @if index > 0 { ", " }
                        span.setting { (name) " " (value) }
                    }
                    @if let [seed] = settings.seeds[..] { ", " span.setting { "seed " (seed) } }
                    "."
                }
            }
        }
    }
}

fn photographs(task: &Task, summary: &TaskSummary) -> Markup {
    let counts = summary.photographs;
    let flip = task.definition.flip;
    html! {
        div {
            table {
                caption {
                    "Photographs of the task, "
                    (summary.image.width) " × " (summary.image.height) " pixels"
                }
                thead {
                    tr {
                        th scope="col" { "split" }
                        th.number scope="col" { "photographs" }
                        th scope="col" { "used for" }
                    }
                }
                tbody {
                    @for (split, count, purpose) in [
                        ("train", counts.train, "the weights"),
                        ("validation", counts.validation, "when to stop, and which trial is best"),
                        ("test", counts.test, "nothing in this report"),
                    ] {
                        tr {
                            th scope="row" { (split) }
                            td.number { (numbers::grouped(count)) }
                            td { (purpose) }
                        }
                    }
                }
            }
            @match flip {
                Flip::None => {}
                Flip::Train => { p.note { "Mirrored copies of the train split come on top." } }
                Flip::All => {
                    p.note {
                        "Mirrored copies come on top. Validation accuracies count photographs and their \
                         mirrored copies: " (numbers::grouped(validated(&counts, flip))) " in all."
                    }
                }
            }
        }
    }
}

fn classes(classes: &[String]) -> Markup {
    html! {
        h3 { "Classes (" (classes.len()) ")" }
        ul.classes { @for class in classes { li { (class) } } }
    }
}

/// How many trials stand where: `72 trials: 69 finished, 2 diverged, 1 planned, not started.`
fn standings(report: &SweepReport) -> String {
    let parts: Vec<String> = Standing::ALL
        .into_iter()
        .filter_map(|standing| match report.count(standing) {
            0 => None,
            count => Some(format!(
                "{} {}",
                numbers::grouped(count as u64),
                standing.as_str()
            )),
        })
        .collect();
    let total = numbers::counted(report.trials.len(), "trial");
    match parts.is_empty() {
        true => format!("{total}."),
        false => format!("{total}: {}.", parts.join(", ")),
    }
}

fn joined(values: impl Iterator<Item = String>) -> String {
    values.collect::<Vec<_>>().join(", ")
}
