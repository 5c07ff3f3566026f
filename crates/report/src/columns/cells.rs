//! What stands in the cells of the leaderboard.

use fitroom_domain::statistics::{Entry, Verdict};
use maud::{Markup, html};

use super::{Cell, Line};
use crate::analysis::Analysis;
use crate::sweep_report::TrialRow;
use crate::verdict::{difference, verdict_words};
use crate::{numbers, sparkline};

pub(super) fn rank(line: Line<'_>) -> Cell {
    match line {
        Line::Configuration(place, _) => Cell {
            value: Some((place + 1).to_string()),
            content: html! { (place + 1) },
        },
        Line::Seed(_) => Cell::default(),
    }
}

pub(super) fn accuracy(line: Line<'_>, validated: Option<u64>) -> Cell {
    let (value, text) = match line {
        Line::Configuration(_, it) => (it.accuracy, it.percent(validated)),
        Line::Seed(trial) => {
            let accuracy = trial.figures.accuracy;
            (accuracy, numbers::percent(accuracy, validated))
        }
    };
    Cell {
        value: Some(value.to_string()),
        content: html! { (text) },
    }
}

pub(super) fn range(line: Line<'_>, validated: Option<u64>) -> Cell {
    let Line::Configuration(_, configuration) = line else {
        return Cell::default();
    };
    let (lowest, highest) = configuration.range();
    let percent = |accuracy| numbers::percent(accuracy, validated);
    let content = match configuration.trials.len() {
        1 => html! { "one seed" },
        _ => html! { (percent(lowest).trim_end_matches('%')) "–" (percent(highest)) },
    };
    Cell {
        value: None,
        content,
    }
}

pub(super) fn interval(line: Line<'_>) -> Cell {
    let only = match line {
        Line::Configuration(_, configuration) => match &configuration.trials[..] {
            [trial] => Some(trial),
            _ => None,
        },
        Line::Seed(trial) => Some(trial),
    };
    let interval = only.and_then(|trial| trial.interval);
    Cell {
        value: None,
        content: html! { @if let Some(interval) = interval { (numbers::percent_interval(interval)) } },
    }
}

pub(super) fn entry_cell(
    analysis: &Analysis<'_>,
    line: Line<'_>,
    cell: impl Fn(&Entry) -> Cell,
) -> Cell {
    match line {
        Line::Configuration(place, _) => analysis.entry(place).map(cell).unwrap_or_default(),
        Line::Seed(_) => Cell::default(),
    }
}

pub(super) fn against(entry: &Entry) -> Cell {
    let Some((mean, interval, seeds_only)) = difference(&entry.evidence) else {
        let is_best = entry.verdict == Verdict::Best;
        return Cell {
            value: is_best.then(|| "0".to_owned()),
            content: html! {},
        };
    };
    Cell {
        value: Some(mean.to_string()),
        content: html! {
            (numbers::points(mean)) " (" (numbers::points_interval(interval)) ")"
            @if let Some(interval) = seeds_only {
                small { "seeds alone " (numbers::points_interval(interval)) }
            }
        },
    }
}

pub(super) fn p_value(entry: &Entry) -> Cell {
    figure(entry.adjusted_p_value, numbers::p_value)
}

pub(super) fn verdict(entry: &Entry, is_cheapest: bool) -> Cell {
    let (order, word) = verdict_words(entry.verdict);
    let is_best = entry.verdict == Verdict::Best;
    Cell {
        value: Some(order.to_string()),
        content: html! {
            span.verdict { (word) }
            @if is_cheapest { span.tag.cheapest { "cheapest good enough" } }
            @else if entry.good_enough && !is_best { span.tag.good { "good enough" } }
        },
    }
}

pub(super) fn curve(line: Line<'_>) -> Cell {
    let trial = line.trial();
    Cell {
        value: None,
        content: html! {
            @if let Some(trial) = trial {
                (sparkline::validation_loss(&trial.row.curve, trial.figures.best_epoch))
            }
        },
    }
}

pub(super) fn seed(line: Line<'_>, seeds: usize) -> Cell {
    match line {
        Line::Configuration(_, configuration) => {
            let trials = configuration.trials.len();
            Cell {
                value: Some(trials.to_string()),
                content: html! {
                    @if trials > 1 {
                        button.fold type="button" aria-expanded="false"
                            aria-label=(format!("{trials} of {seeds} seeds, show each")) { (trials) " of " (seeds) }
                    } @else {
                        (trials) " of " (seeds)
                    }
                },
            }
        }
        Line::Seed(trial) => Cell {
            value: None,
            content: html! {
                @if let Some(seed) = trial.row.trial.seed() { "seed " (seed) }
            },
        },
    }
}

pub(super) fn name(analysis: &Analysis<'_>, line: Line<'_>) -> Cell {
    let content = match line {
        Line::Configuration(place, it) if it.trials.len() > 1 => html! {
            code { (analysis.name(place)) }
        },
        _ => html! {
            @if let Some(trial) = line.trial() {
                code title=(trial.row.id) { (trial.row.name) }
                (tags(trial.row))
            }
        },
    };
    Cell {
        value: None,
        content,
    }
}

/// What is to know of a trial's folder.
pub(super) fn tags(row: &TrialRow) -> Markup {
    html! {
        @if row.weights_kept { " " span.tag { "weights" } }
        @if let Some(sweep) = &row.reused_from { " " span.tag { "reused from " (sweep) } }
        @if row.attempts > 1 { " " span.tag { (row.attempts) " attempts" } }
    }
}

pub(super) fn figure(figure: Option<f64>, show: impl FnOnce(f64) -> String) -> Cell {
    Cell {
        value: figure.map(|figure| figure.to_string()),
        content: html! { (numbers::known(figure, show)) },
    }
}

pub(super) fn count(count: Option<u64>) -> Cell {
    Cell {
        value: count.map(|count| count.to_string()),
        content: html! {
            @match count {
                Some(exact) => { span title=(numbers::grouped(exact)) { (numbers::rounded(exact)) } },
                None => { "–" },
            }
        },
    }
}
