//! Every configuration with a finished trial, best first; its seeds fold out.

use fitroom_domain::statistics::Verdict;
use maud::{Markup, PreEscaped, html};

use crate::analysis::Analysis;
use crate::columns::{Column, Line, columns};
use crate::configuration::Configuration;
use crate::filter_panel::filter_panel;
use crate::settings::Settings;
use crate::sweep_report::SweepReport;
use crate::{numbers, page};

/// Configurations that a page lists; programs get all.
pub(crate) const MOST_ROWS: usize = 500;

/// The section with the leaderboard; nothing without finished trials.
pub(crate) fn leaderboard_table(
    report: &SweepReport,
    analysis: &Analysis<'_>,
    settings: &Settings,
) -> Markup {
    if analysis.configurations.is_empty() {
        return html! {};
    }
    let columns = columns(report, analysis, settings);
    let listed = &analysis.configurations[..analysis.configurations.len().min(MOST_ROWS)];
    html! {
        section #leaderboard {
            h2 { "Leaderboard" }
            (explanation(analysis, settings))
            (filter_panel(analysis, settings))
            (column_menu(&columns))
            (page::scrolling("Leaderboard", html! {
                table.sortable.leaderboard.(hidden(&columns)) {
                    caption { (caption(analysis, listed.len())) }
                    thead {
                        tr {
                            @for column in &columns {
                                th class=(class(column)) scope="col" data-sort=[column.sort]
                                    aria-sort=[(column.key == "rank").then_some("ascending")] {
                                    (page::breakable(&column.title))
                                }
                            }
                        }
                    }
                    @for (place, configuration) in listed.iter().enumerate() {
                        (group(analysis, &columns, place, configuration))
                    }
                }
            }))
        }
    }
}

fn explanation(analysis: &Analysis<'_>, settings: &Settings) -> Markup {
    let trials = || analysis.trials().map(|trial| trial.row);
    html! {
        p.note {
            @if settings.several_seeds() {
                "By mean accuracy on validation over the seeds (configurations with all seeds first), then fewer \
                 parameters. "
            } @else {
                "By accuracy on validation, then fewer parameters, then lower loss. "
            }
            @if trials().any(|row| row.trial.is_imported()) {
                "Accuracy is the one that the logs name for a trial, else that of its best epoch; loss is that of \
                 the best epoch, the one of the lowest validation loss"
            } @else {
                "Accuracy and loss are those of the epoch whose weights were kept"
            }
            ": the dot on the curve of the validation loss. Each of these small curves has its own scale."
            @if trials().any(|row| row.weights_kept) {
                " Trials marked " span.tag { "weights" } " have their weights on disk."
            }
            @if trials().any(|row| !row.weights_kept && !row.trial.is_imported()) {
                " Weights of the others were removed: with " code { "keep = \"all\"" }
                " in the sweep file the same command trains them again, to the same bits."
            }
            span.needs-script { " A click on a heading sorts by it." }
        }
    }
}

fn caption(analysis: &Analysis<'_>, listed: usize) -> Markup {
    let all = analysis.configurations.len();
    html! {
        (numbers::counted(all, "configuration")) ", best first"
        @if listed < all {
            "; the first " (numbers::grouped(listed as u64)) " are listed, "
            code { "fitroom report --csv" } " has all"
        }
    }
}

/// Which columns are shown: a box to tick for each. Their rules are here, for they depend on the columns.
fn column_menu(columns: &[Column<'_>]) -> Markup {
    let rules: String = columns
        .iter()
        .map(|column| format!(".leaderboard.hide-{0} .c-{0}{{display:none}}", column.key))
        .collect();
    html! {
        style { (PreEscaped(rules)) }
        details.columns-menu.needs-script {
            summary { "Columns" }
            div {
                @for column in columns {
                    label {
                        input type="checkbox" data-column=(column.key) checked[column.shown];
                        " " (column.title)
                    }
                }
            }
        }
    }
}

fn class(column: &Column<'_>) -> String {
    let number = if column.number { "number " } else { "" };
    format!("{number}c-{}", column.key)
}

/// The classes that hide columns at first.
fn hidden(columns: &[Column<'_>]) -> String {
    let hidden: Vec<String> = columns
        .iter()
        .filter(|column| !column.shown)
        .map(|column| format!("hide-{}", column.key))
        .collect();
    hidden.join(" ")
}

/// A configuration and, below it, its seeds.
fn group(
    analysis: &Analysis<'_>,
    columns: &[Column<'_>],
    place: usize,
    configuration: &Configuration<'_>,
) -> Markup {
    let entry = analysis.entry(place);
    let is_good = entry.is_some_and(|entry| entry.good_enough);
    let is_band =
        entry.is_some_and(|entry| matches!(entry.verdict, Verdict::Best | Verdict::NotShownWorse));
    html! {
        tbody.band[is_band].good[is_good].best[place == 0] data-c=(place) {
            (line(columns, Line::Configuration(place, configuration)))
            @if configuration.trials.len() > 1 {
                @for trial in &configuration.trials { (line(columns, Line::Seed(trial))) }
            }
        }
    }
}

fn line(columns: &[Column<'_>], line: Line<'_>) -> Markup {
    let seed = match line {
        Line::Configuration(..) => None,
        Line::Seed(trial) => Some(trial.rank),
    };
    html! {
        tr class=[seed.map(|_| "seed")] data-trial=[seed] {
            @for column in columns {
                @let cell = (column.cell)(line);
                @if column.key == "trial" {
                    th class=(format!("name {}", class(column))) scope="row" { (cell.content) }
                } @else {
                    td class=(class(column)) data-value=[cell.value] { (cell.content) }
                }
            }
        }
    }
}
