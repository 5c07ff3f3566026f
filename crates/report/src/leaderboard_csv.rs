//! Leaderboards as CSV: one row for each finished trial.

use fitroom_domain::statistics::Verdict;

use crate::analysis::Analysis;
use crate::answers::Answers;
use crate::sweep_report::SweepReport;
use crate::verdict::{difference, verdict_words};

/// One finished trial of a leaderboard.
#[derive(Debug, Clone, PartialEq)]
pub struct CsvRow {
    /// Columns that every row has, in their order.
    fixed: Vec<(&'static str, String)>,
    /// Hyperparameters by name; another sweep may have others.
    settings: Vec<(String, String)>,
}

/// A leaderboard that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("failed to write the leaderboard as CSV")]
pub struct CsvError(#[from] csv::Error);

/// The rows of a sweep's leaderboard, configuration by configuration, best first. What is unknown is empty.
pub fn csv_rows(report: &SweepReport) -> Vec<CsvRow> {
    let analysis = Analysis::new(report);
    let mut rows = Vec::new();
    for (place, configuration) in analysis.configurations.iter().enumerate() {
        let entry = analysis.entry(place);
        let against = entry.and_then(|entry| difference(&entry.evidence));
        let verdict = entry.map(|entry| entry.verdict);
        let is_decided = analysis.cheapest().is_some();
        let is_good = entry
            .filter(|entry| is_decided && entry.verdict != Verdict::NoVerdict)
            .map(|entry| entry.good_enough);
        let is_cheapest = is_decided.then_some(analysis.cheapest() == Some(place));
        for trial in &configuration.trials {
            let figures = &trial.figures;
            let answers =
                |of: fn(&Answers) -> Option<f64>| text(trial.answers.as_ref().and_then(of));
            let fixed = vec![
                ("dataset", report.dataset.name.clone()),
                ("sweep", report.sweep.clone()),
                ("configuration_rank", (place + 1).to_string()),
                ("trial_rank", (trial.rank + 1).to_string()),
                ("trial", trial.row.id.as_str().to_owned()),
                ("name", trial.row.name.clone()),
                ("seed", text(trial.row.trial.seed())),
                ("accuracy", figures.accuracy.to_string()),
                (
                    "accuracy_low",
                    text(trial.interval.map(|interval| interval.low)),
                ),
                (
                    "accuracy_high",
                    text(trial.interval.map(|interval| interval.high)),
                ),
                ("loss", text(figures.loss)),
                ("macro_f1", answers(|answers| answers.macro_f1)),
                (
                    "balanced_accuracy",
                    answers(|answers| answers.balanced_accuracy),
                ),
                ("top_2_accuracy", answers(|answers| answers.top_2_accuracy)),
                (
                    "calibration_error",
                    answers(|answers| answers.calibration_error),
                ),
                ("parameters", text(figures.parameters)),
                ("multiply_adds", text(figures.multiply_adds)),
                ("seconds", text(figures.seconds)),
                ("best_epoch", text(figures.best_epoch)),
                ("epochs", text(figures.epochs)),
                ("configuration_accuracy", configuration.accuracy.to_string()),
                ("difference", text(against.map(|(mean, ..)| mean))),
                (
                    "difference_low",
                    text(against.map(|(_, interval, _)| interval.low)),
                ),
                (
                    "difference_high",
                    text(against.map(|(_, interval, _)| interval.high)),
                ),
                (
                    "p_value_holm",
                    text(entry.and_then(|entry| entry.adjusted_p_value)),
                ),
                (
                    "verdict",
                    verdict
                        .map_or("", |verdict| verdict_words(verdict).1)
                        .to_owned(),
                ),
                ("good_enough", text(is_good)),
                ("cheapest_good_enough", text(is_cheapest)),
            ];
            let settings = trial.row.trial.hyperparameters().into_iter();
            rows.push(CsvRow {
                fixed,
                settings: settings
                    .map(|(name, value)| (name, value.to_string()))
                    .collect(),
            });
        }
    }
    rows
}

/// CSV of these rows, with a heading; a column for each hyperparameter that any of them has.
///
/// # Errors
/// When the writer refuses, which it has no reason to.
pub fn leaderboard_csv(rows: &[CsvRow]) -> Result<String, CsvError> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in rows.iter().flat_map(|row| &row.settings) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    if let Some(first) = rows.first() {
        let fixed = first.fixed.iter().map(|(name, _)| *name);
        writer.write_record(fixed.chain(names.iter().copied()))?;
    }
    for row in rows {
        let value = |name: &&str| {
            let mut settings = row.settings.iter();
            settings
                .find(|(other, _)| other == name)
                .map_or("", |(_, value)| value.as_str())
        };
        let fixed = row.fixed.iter().map(|(_, value)| value.as_str());
        writer.write_record(fixed.chain(names.iter().map(value)))?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
