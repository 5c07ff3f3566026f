//! The best trial, and what to know before trusting it.

use fitroom_domain::hyperparameters::format_number;
use fitroom_domain::{Flip, TrialFigures};
use maud::{Markup, html};

use crate::numbers;
use crate::settings::Settings;
use crate::sweep_report::{SweepReport, TrialRow};

/// The best trial of the leaderboard with its figures, or that there is none yet.
pub(crate) fn headline(
    report: &SweepReport,
    settings: &Settings,
    leaderboard: &[(&TrialRow, TrialFigures)],
) -> Markup {
    let Some((best, figures)) = leaderboard.first() else {
        return html! {
            section.headline {
                h2 { "Best trial" }
                p { "No trial of this sweep has finished yet: there is nothing to choose from." }
                (leak_warning(report))
            }
        };
    };
    let validated = report.validated();
    let right = (figures.accuracy * validated as f64).round() as u64;
    html! {
        section.headline {
            h2 { "Best trial" }
            div.winner {
                div {
                    p.figure { (numbers::percent(figures.accuracy, validated)) }
                    p {
                        "validation accuracy: " (numbers::grouped(right)) " of "
                        (numbers::grouped(validated)) " photographs"
                        @if report.task.definition.flip == Flip::All { " and mirrored copies" }
                        " right"
                    }
                }
                dl {
                    div { dt { "trial" } dd { code title=(best.id) { (best.name) } } }
                    @for setting in &settings.swept {
                        div { dt { (setting.name) } dd { (format_number(setting.value(best))) } }
                    }
                    @if settings.several_seeds() {
                        div { dt { "seed" } dd { (best.seed) } }
                    }
                    div { dt { "validation loss" } dd { (numbers::loss(figures.loss)) } }
                    div { dt { "parameters" } dd { (numbers::grouped(figures.parameters)) } }
                    div {
                        dt { "multiply-adds a photograph" }
                        dd { (numbers::grouped(figures.multiply_adds)) }
                    }
                    div {
                        dt { "kept epoch" }
                        dd { (figures.best_epoch) " of " (figures.epochs) " trained" }
                    }
                    div { dt { "training took" } dd { (numbers::duration(figures.seconds)) } }
                }
            }
            (leak_warning(report))
            p.note {
                strong { "Selected on validation; the test split was not looked at." }
                " The best of many trials is in part the luckiest one: expect less on new photographs. "
                "One validation photograph is worth " (numbers::points_of_one(validated))
                " percentage points, and accuracies have as many decimals as that earns."
                @if let Some(ties) = ties(leaderboard) { " " (ties) }
            }
        }
    }
}

/// What to know of the validation photographs before trusting any accuracy.
fn leak_warning(report: &SweepReport) -> Markup {
    html! {
        @if let Some(warning) = report.summary.leak_warning() { p.warning { (warning) "." } }
    }
}

/// How the first of several trials with the highest accuracy was chosen.
fn ties(leaderboard: &[(&TrialRow, TrialFigures)]) -> Option<String> {
    let (_, best) = leaderboard.first()?;
    let ties = leaderboard
        .iter()
        .skip(1)
        .filter(|(_, figures)| figures.accuracy == best.accuracy)
        .count();
    match ties {
        0 => None,
        1 => Some(
            "One other trial has the same accuracy; fewer parameters, then lower loss, decided."
                .to_owned(),
        ),
        ties => Some(format!(
            "{ties} other trials have the same accuracy; fewer parameters, then lower loss, decided."
        )),
    }
}
