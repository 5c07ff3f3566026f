//! The best trial, and what to know before trusting it.

use fitroom_domain::Flip;
use maud::{Markup, html};

use crate::analysis::Analysis;
use crate::numbers;
use crate::settings::Settings;
use crate::sweep_report::{SweepReport, SweepSource};
use crate::test_section::test_line;

/// The best trial of the leaderboard with its figures, or that there is none yet.
pub(crate) fn headline(
    report: &SweepReport,
    settings: &Settings,
    analysis: &Analysis<'_>,
) -> Markup {
    let Some(trial) = analysis.best_trial() else {
        return html! {
            section.headline {
                h2 { "Best trial" }
                p { "No trial of this sweep has finished yet: there is nothing to choose from." }
                (leak_warning(report))
                (test_line(report))
            }
        };
    };
    let (best, figures) = (trial.row, &trial.figures);
    let validated = report.validated();
    html! {
        section.headline {
            h2 { "Best trial" }
            div.winner {
                div {
                    p.figure { (numbers::percent(figures.accuracy, validated)) }
                    p {
                        "validation accuracy"
                        @if let Some(validated) = validated {
                            @let right = (figures.accuracy * validated as f64).round() as u64;
                            ": " (numbers::grouped(right)) " of " (numbers::grouped(validated))
                            " photographs"
                            @if counts_mirrored_copies(report) { " and mirrored copies" }
                            " right"
                        }
                        @if let Some(interval) = trial.interval {
                            "; 95% interval " strong { (numbers::percent_interval(interval)) }
                        }
                    }
                    @if let (true, Some(first)) = (settings.several_seeds(), analysis.configurations.first()) {
                        @let (lowest, highest) = first.range();
                        p {
                            "Best configuration over seeds: " code { (analysis.name(0)) } ", mean "
                            strong { (first.percent(validated)) }
                            @if first.trials.len() > 1 {
                                " of " (first.trials.len()) " seeds ("
                                (numbers::percent(lowest, validated)) " to "
                                (numbers::percent(highest, validated)) ")"
                            }
                        }
                    }
                }
                dl {
                    div { dt { "trial" } dd { code title=(best.id) { (best.name) } } }
                    @for setting in &settings.swept {
                        div { dt { (setting.name) } dd { (setting.text(best)) } }
                    }
                    @if let (true, Some(seed)) = (settings.several_seeds(), best.trial.seed()) {
                        div { dt { "seed" } dd { (seed) } }
                    }
                    div {
                        dt { "validation loss" }
                        dd { (numbers::known(figures.loss, numbers::loss)) }
                    }
                    div {
                        dt { "parameters" }
                        dd { (numbers::known(figures.parameters, numbers::grouped)) }
                    }
                    div {
                        dt { "multiply-adds a photograph" }
                        dd { (numbers::known(figures.multiply_adds, numbers::grouped)) }
                    }
                    div { dt { "kept epoch" } dd { (numbers::kept_epoch(figures)) } }
                    div {
                        dt { "training took" }
                        dd { (numbers::known(figures.seconds, numbers::duration)) }
                    }
                }
            }
            (leak_warning(report))
            (test_line(report))
            p.note {
                strong {
                    "Selected on validation"
                    @if validated.is_some() {
                        @if was_looked_at(report) { "; the test split had no part in it" }
                        @else { "; the test split was not looked at" }
                    }
                    "."
                }
                @match validated {
                    Some(validated) => {
                        " One validation picture is worth " (numbers::points_of_one(validated))
                        " percentage points: accuracies are rounded to that."
                    }
                    None => { " The logs do not say how many photographs were validated." }
                }
                @if let Some(ties) = ties(analysis) { " " (ties) }
            }
        }
    }
}

/// What to know of the validation photographs before trusting any accuracy.
fn leak_warning(report: &SweepReport) -> Markup {
    html! {
        @if let Some(warning) = report.summary().and_then(|summary| summary.leak_warning()) {
            p.warning { (warning) "." }
        }
    }
}

/// Whether anybody has seen a test result of the task.
fn was_looked_at(report: &SweepReport) -> bool {
    let test = report.test.as_ref();
    test.is_some_and(|test| test.test.is_some() || !test.looks.is_empty())
}

fn counts_mirrored_copies(report: &SweepReport) -> bool {
    match &report.source {
        SweepSource::Ours { task, .. } => task.definition.flip == Flip::All,
        SweepSource::Imported { .. } => false,
    }
}

/// How the first of several trials with the highest accuracy was chosen.
fn ties(analysis: &Analysis<'_>) -> Option<String> {
    let best = analysis.best_trial()?;
    let ties = analysis
        .trials()
        .filter(|trial| trial.rank != best.rank)
        .filter(|trial| trial.figures.accuracy == best.figures.accuracy)
        .count();
    match ties {
        0 => None,
        1 => Some(
            "One other trial has the same accuracy; fewer parameters, then lower loss, then its id decided."
                .to_owned(),
        ),
        ties => Some(format!(
            "{ties} other trials have the same accuracy; fewer parameters, then lower loss, then its id decided."
        )),
    }
}
