//! Every finished trial, best first.

use fitroom_domain::RecordedFigures;
use maud::{Markup, html};

use crate::settings::Settings;
use crate::sweep_report::TrialRow;
use crate::{numbers, page, sparkline};

/// The section with the leaderboard; nothing without finished trials.
pub(crate) fn leaderboard_table(
    settings: &Settings,
    leaderboard: &[(&TrialRow, RecordedFigures)],
    validated: Option<u64>,
) -> Markup {
    if leaderboard.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { "Leaderboard" }
            p.note {
                "By accuracy on validation, then fewer parameters, then lower loss. "
                @if leaderboard.iter().any(|(row, _)| row.trial.is_imported()) {
                    "Accuracy is the one that the logs name for a trial, else that of its best epoch; loss is that of \
                     the best epoch, the one of the lowest validation loss"
                } @else {
                    "Accuracy and loss are those of the epoch whose weights were kept"
                }
                ": the dot on the curve of the validation loss. Each of these small curves has its own scale."
                @if leaderboard.iter().any(|(row, _)| row.weights_kept) {
                    " Trials marked " span.tag { "weights" } " have their weights on disk."
                }
                @if leaderboard.iter().any(|(row, _)| !row.weights_kept && !row.trial.is_imported()) {
                    " Weights of the others were removed: with " code { "keep = \"all\"" }
                    " in the sweep file the same command trains them again, to the same bits."
                }
                span.needs-script { " A click on a header sorts by it." }
            }
            (page::scrolling("Leaderboard", html! {
                table.sortable.leaderboard {
                    caption {
                        (numbers::counted(leaderboard.len(), "finished trial")) ", best first"
                    }
                    (head(settings))
                    tbody {
                        @for (number, (row, figures)) in leaderboard.iter().enumerate() {
                            (ranked(number, row, figures, settings, validated))
                        }
                    }
                }
            }))
        }
    }
}

fn head(settings: &Settings) -> Markup {
    html! {
        thead {
            tr {
                th.number scope="col" data-sort="ascending" aria-sort="ascending" { "rank" }
                th.number scope="col" data-sort="descending" { "accuracy" }
                th.number scope="col" data-sort="ascending" { "loss" }
                th scope="col" { "loss by epoch" }
                @for setting in &settings.swept {
                    th.number scope="col" data-sort="ascending" { (page::breakable(&setting.name)) }
                }
                @if settings.several_seeds() {
                    th.number scope="col" data-sort="ascending" { "seed" }
                }
                th.number scope="col" data-sort="ascending" { "parameters" }
                th.number scope="col" data-sort="ascending" { "kept epoch" }
                th.number scope="col" data-sort="ascending" { "seconds" }
                th scope="col" data-sort="ascending" { "trial" }
            }
        }
    }
}

fn ranked(
    number: usize,
    row: &TrialRow,
    figures: &RecordedFigures,
    settings: &Settings,
    validated: Option<u64>,
) -> Markup {
    html! {
        tr data-trial=(number) {
            td.number { (number + 1) }
            td.number data-value=(figures.accuracy) {
                (numbers::percent(figures.accuracy, validated))
            }
            td.number data-value=[figures.loss] { (numbers::known(figures.loss, numbers::loss)) }
            td { (sparkline::validation_loss(&row.curve, figures.best_epoch)) }
            @for setting in &settings.swept {
                @let value = setting.value(row);
                td.number data-value=[value.as_ref()] { (setting.text(row)) }
            }
            @if settings.several_seeds() {
                @let seed = row.trial.seed();
                td.number data-value=[seed] { (numbers::known(seed, |seed| seed.to_string())) }
            }
            td.number data-value=[figures.parameters] {
                (numbers::known(figures.parameters, numbers::grouped))
            }
            td.number data-value=[figures.best_epoch] { (numbers::kept_epoch(figures)) }
            td.number data-value=[figures.seconds] {
                (numbers::known(figures.seconds, |seconds| format!("{seconds:.1}")))
            }
            th.name scope="row" {
                code title=(row.id) { (row.name) }
                @if row.weights_kept { " " span.tag { "weights" } }
                @if let Some(sweep) = &row.reused_from { " " span.tag { "reused from " (sweep) } }
                @if row.attempts > 1 { " " span.tag { (row.attempts) " attempts" } }
            }
        }
    }
}
