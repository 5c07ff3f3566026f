//! The trials without a place on the leaderboard, and why.

use maud::{Markup, html};

use crate::sweep_report::{Standing, SweepReport, TrialRow};
use crate::{numbers, page};

/// What could not be done beside training, in words; nothing if all could.
pub(crate) fn warnings(report: &SweepReport) -> Markup {
    let warned = report.trials.iter().filter(|row| row.warning.is_some());
    let count = warned.clone().count();
    let Some((row, warning)) = warned
        .clone()
        .find_map(|row| Some((row, row.warning.as_ref()?)))
    else {
        return html! {};
    };
    html! {
        p.warning {
            (numbers::counted(count, "trial")) " trained with a warning, whose results are whole all the same. "
            code { (row.name) } ": " (warning)
        }
    }
}

/// The section on trials that failed, diverged, were pruned or still run; planned ones are counted.
pub(crate) fn unranked(report: &SweepReport) -> Markup {
    let mut listed: Vec<&TrialRow> = report
        .trials
        .iter()
        .filter(|row| row.standing() != Standing::Planned)
        .filter(|row| row.standing() != Standing::Finished || row.figures.is_none())
        .collect();
    listed.sort_by_key(|row| row.standing());
    let planned = report.count(Standing::Planned);
    let pruned = report.count(Standing::Pruned);
    if listed.is_empty() && planned == 0 {
        return html! {};
    }
    html! {
        section #unranked {
            h2 { "Not on the leaderboard" }
            @if pruned > 0 {
                p.note {
                    (numbers::counted(pruned, "trial")) " pruned by successive halving: at each rung the best by "
                    "accuracy, then lower loss, went on. Their curves and checkpoints are kept, and a sweep that "
                    "does not prune trains them on."
                }
            }
            @if planned > 0 {
                p {
                    (numbers::grouped(planned as u64)) " planned, not started. "
                    "The same command starts them."
                }
            }
            @if !listed.is_empty() {
                (page::scrolling("Trials not on the leaderboard", html! {
                    table.unranked {
                        caption { (numbers::counted(listed.len(), "trial")) " without final figures" }
                        thead {
                            tr {
                                th scope="col" { "trial" }
                                th scope="col" { "state" }
                                th.number scope="col" { "epochs" }
                                th.number scope="col" { "attempts" }
                                th scope="col" { "reason" }
                            }
                        }
                        tbody { @for row in &listed { (unfinished(row)) } }
                    }
                }))
            }
        }
    }
}

fn unfinished(row: &TrialRow) -> Markup {
    let standing = row.standing();
    html! {
        tr {
            th.name scope="row" { code title=(row.id) { (row.name) } }
            td { span.state.(standing.as_str()) { (standing.as_str()) } }
            td.number { (row.curve.last().map_or(0, |epoch| epoch.epoch)) }
            td.number { (row.attempts) }
            td.reason {
                (reason(row))
                @if let Some(sweep) = &row.reused_from { " (reused from " (sweep) ")" }
            }
        }
    }
}

/// Why a trial has no final figures.
pub(crate) fn reason(row: &TrialRow) -> String {
    match (row.standing(), row.pruned_after, &row.error) {
        (Standing::Pruned, Some(epoch), _) => {
            format!("stopped after epoch {epoch}: it was not among the best")
        }
        (_, _, Some(error)) => error.clone(),
        (Standing::Running, ..) => "is being trained".to_owned(),
        (Standing::Interrupted, ..) => "goes on when the sweep is started again".to_owned(),
        _ => "no reason was recorded".to_owned(),
    }
}
