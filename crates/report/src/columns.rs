//! The columns of the leaderboard.

mod cells;

use maud::{Markup, html};

use crate::analysis::Analysis;
use crate::answers::Answers;
use crate::configuration::{Configuration, RankedTrial};
use crate::numbers;
use crate::settings::Settings;
use crate::sweep_report::SweepReport;
use cells::{
    accuracy, against, count, curve, entry_cell, figure, interval, name, p_value, range, rank,
    seed, verdict,
};

/// A row of the leaderboard.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Line<'a> {
    /// A configuration at this place, from 0.
    Configuration(usize, &'a Configuration<'a>),
    /// One of the seeds of a configuration.
    Seed(&'a RankedTrial<'a>),
}

impl<'a> Line<'a> {
    /// The trial, or the best of the configuration's.
    fn trial(self) -> Option<&'a RankedTrial<'a>> {
        match self {
            Line::Configuration(_, configuration) => configuration.trials.first(),
            Line::Seed(trial) => Some(trial),
        }
    }

    /// The trial's figure, or its mean over the configuration's trials.
    fn mean_of(self, figure: impl Fn(&RankedTrial<'_>) -> Option<f64>) -> Option<f64> {
        match self {
            Line::Configuration(_, configuration) => configuration.mean_of(figure),
            Line::Seed(trial) => figure(trial),
        }
    }
}

/// What stands in a cell.
#[derive(Debug, Default)]
pub(crate) struct Cell {
    /// What it is sorted by, if not by its text.
    pub(crate) value: Option<String>,
    /// What is shown.
    pub(crate) content: Markup,
}

/// A column of the leaderboard.
pub(crate) struct Column<'a> {
    /// Part of the class of its cells.
    pub(crate) key: String,
    /// Its heading.
    pub(crate) title: String,
    /// Which way a first click sorts; `None`: it does not.
    pub(crate) sort: Option<&'static str>,
    /// Whether it is shown before anybody asks.
    pub(crate) shown: bool,
    /// Whether it holds numbers.
    pub(crate) number: bool,
    /// Its cell in a row.
    pub(crate) cell: Box<dyn Fn(Line<'_>) -> Cell + 'a>,
}

const UP: Option<&str> = Some("ascending");
const DOWN: Option<&str> = Some("descending");

/// The columns in their order.
pub(crate) fn columns<'a>(
    report: &SweepReport,
    analysis: &'a Analysis<'_>,
    settings: &'a Settings,
) -> Vec<Column<'a>> {
    let several = settings.several_seeds();
    let validated = report.validated();
    let classes = report.class_count();
    let mut columns = vec![
        column("rank", "rank", UP, rank),
        column(
            "accuracy",
            if several { "mean accuracy" } else { "accuracy" },
            DOWN,
            move |line| accuracy(line, validated),
        ),
    ];
    if several {
        columns.push(column("range", "over seeds", None, move |line| {
            range(line, validated)
        }));
        let seeds = settings.seeds.len();
        columns.push(column("seed", "seeds", DOWN, move |line| seed(line, seeds)));
    }
    if report.summary().is_some() {
        let interval = column("interval", "95% interval", None, interval);
        columns.push(Column {
            shown: !several,
            ..interval
        });
    }
    if analysis.comparison.is_some() {
        columns.push(column(
            "against",
            "against the best, points",
            DOWN,
            |line| entry_cell(analysis, line, against),
        ));
        let p_value = column("p", "p (Holm)", UP, |line| {
            entry_cell(analysis, line, p_value)
        });
        columns.push(Column {
            shown: false,
            ..p_value
        });
        let cheapest = analysis.cheapest().filter(|_| analysis.good_enough() > 1);
        let verdict = column("verdict", "verdict", UP, move |line| {
            let is_cheapest =
                matches!(line, Line::Configuration(place, _) if Some(place) == cheapest);
            entry_cell(analysis, line, |entry| verdict(entry, is_cheapest))
        });
        columns.push(Column {
            number: false,
            ..verdict
        });
    }
    let loss = column("loss", "loss", UP, |line| {
        figure(line.mean_of(|trial| trial.figures.loss), numbers::loss)
    });
    columns.push(Column {
        shown: false,
        ..loss
    });
    let curve = column("curve", "loss by epoch", None, curve);
    columns.push(Column {
        number: false,
        ..curve
    });
    for (number, setting) in settings.swept.iter().enumerate() {
        columns.push(column(
            &format!("setting-{number}"),
            &setting.name,
            UP,
            |line| {
                let row = line.trial().map(|trial| trial.row);
                let value = row.and_then(|row| setting.value(row));
                Cell {
                    value: value.map(|value| value.to_string()),
                    content: html! { @if let Some(row) = row { (setting.text(row)) } },
                }
            },
        ));
    }
    columns.push(column("parameters", "parameters", UP, |line| {
        count(line.trial().and_then(|trial| trial.figures.parameters))
    }));
    columns.push(column("multiply-adds", "multiply-adds", UP, |line| {
        count(line.trial().and_then(|trial| trial.figures.multiply_adds))
    }));
    if analysis.comparison.is_some() {
        columns.extend(of_answers(classes));
    }
    let epoch = column("epoch", "kept epoch", UP, |line| {
        let trial = line.trial();
        Cell {
            value: trial
                .and_then(|trial| trial.figures.best_epoch)
                .map(|epoch| epoch.to_string()),
            content: html! { @if let Some(trial) = trial { (numbers::kept_epoch(&trial.figures)) } },
        }
    });
    let seconds = column("seconds", "seconds", UP, |line| {
        let seconds = |seconds: f64| format!("{seconds:.1}");
        figure(line.mean_of(|trial| trial.figures.seconds), seconds)
    });
    let name = column("trial", "trial", UP, |line| name(analysis, line));
    columns.extend([
        Column {
            shown: false,
            ..epoch
        },
        Column {
            shown: false,
            ..seconds
        },
        Column {
            number: false,
            ..name
        },
    ]);
    columns
}

/// The figures that only predictions give.
fn of_answers<'a>(classes: usize) -> Vec<Column<'a>> {
    type Figure = fn(&Answers) -> Option<f64>;
    let percent = |share: f64| format!("{:.1}%", 100.0 * share);
    let ratio = |value: f64| format!("{value:.3}");
    let hidden = |key: &str, title: &str, sort, of: Figure, show: fn(f64) -> String| Column {
        shown: false,
        ..column(key, title, sort, move |line| {
            figure(
                line.mean_of(|trial| trial.answers.as_ref().and_then(of)),
                show,
            )
        })
    };
    let mut columns = vec![
        hidden(
            "macro-f1",
            "macro-F1",
            DOWN,
            |answers| answers.macro_f1,
            ratio,
        ),
        hidden(
            "balanced",
            "balanced accuracy",
            DOWN,
            |answers| answers.balanced_accuracy,
            percent,
        ),
    ];
    if classes > 2 {
        columns.push(hidden(
            "top-2",
            "top-2 accuracy",
            DOWN,
            |answers| answers.top_2_accuracy,
            percent,
        ));
    }
    columns.push(hidden(
        "calibration",
        "calibration error",
        UP,
        |answers| answers.calibration_error,
        percent,
    ));
    columns
}

fn column<'a>(
    key: &str,
    title: &str,
    sort: Option<&'static str>,
    cell: impl Fn(Line<'_>) -> Cell + 'a,
) -> Column<'a> {
    Column {
        key: key.to_owned(),
        title: title.to_owned(),
        sort,
        shown: true,
        number: true,
        cell: Box::new(cell),
    }
}
