//! What is printed when a sweep has ended: failures, the best trials, the best configurations.

use std::collections::BTreeMap;

use fitroom_domain::{TrialState, leaderboard};
use fitroom_store::TrialRow;

use super::runs_list::trials_table;
use crate::exit::Failure;
use crate::output;

/// Trials and configurations that are printed.
const SHOWN: usize = 5;

/// The finished trials, best first.
pub(crate) fn best_first(mut rows: Vec<TrialRow>) -> Vec<TrialRow> {
    rows.retain(|row| row.figures.is_some());
    leaderboard::sort(&mut rows, |row| (row.id.clone(), row.figures));
    rows
}

/// Lists the trials that failed or diverged and counts them.
pub(crate) fn list_failures(rows: &[TrialRow]) -> usize {
    let failed = rows
        .iter()
        .filter(|row| matches!(row.state, TrialState::Failed | TrialState::Diverged));
    let count = failed
        .map(|row| {
            let error = row.error.as_deref().unwrap_or("no reason recorded");
            output::message(&format!("{} {}: {error}", row.name, row.state));
        })
        .count();
    if rows.iter().any(|row| row.state == TrialState::Failed) {
        output::message(
            "(a failed trial is tried again with `--retry NAME`, all with `--retry all`)",
        );
    }
    count
}

/// Prints the best trials and, where each configuration has several seeds, the best configurations by
/// the mean of those that have finished.
pub(crate) fn print_best(rows: &[TrialRow], seeds: usize) -> Result<(), Failure> {
    let mut best = best_first(rows.to_vec());
    let means = configurations_by_mean(&best);
    best.truncate(SHOWN);
    if best.is_empty() {
        output::message("no trial has finished");
        return Ok(());
    }
    output::data(&trials_table(&best))?;
    if seeds > 1 {
        let shown = means.iter().take(SHOWN).map(|mean| {
            let (low, high) = mean.range();
            vec![
                mean.name.clone(),
                format!("{} of {seeds}", mean.accuracies.len()),
                output::percent(mean.mean()),
                output::percents(low, high),
            ]
        });
        let headings = ["configuration", "seeds", "mean accuracy", "range"];
        output::data(&output::table(&headings, &headings[1..], shown))?;
    }
    Ok(())
}

/// The accuracies of one configuration's seeds.
struct ConfigurationMean {
    name: String,
    accuracies: Vec<f64>,
}

impl ConfigurationMean {
    fn mean(&self) -> f64 {
        self.accuracies.iter().sum::<f64>() / self.accuracies.len() as f64
    }

    fn range(&self) -> (f64, f64) {
        let fold = |start, choose: fn(f64, f64) -> f64| {
            self.accuracies.iter().copied().fold(start, choose)
        };
        (
            fold(f64::INFINITY, f64::min),
            fold(f64::NEG_INFINITY, f64::max),
        )
    }
}

/// Configurations, best mean first.
fn configurations_by_mean(rows: &[TrialRow]) -> Vec<ConfigurationMean> {
    let mut by_id: BTreeMap<String, ConfigurationMean> = BTreeMap::new();
    for row in rows {
        let Some(figures) = row.figures else { continue };
        by_id
            .entry(row.trial.configuration_id())
            .or_insert_with(|| ConfigurationMean {
                name: match row.ours() {
                    Some(trial) => trial.hyperparameters.short_name(),
                    None => row.name.clone(),
                },
                accuracies: Vec::new(),
            })
            .accuracies
            .push(figures.accuracy);
    }
    let mut means: Vec<ConfigurationMean> = by_id.into_values().collect();
    means.sort_by(|a, b| b.mean().total_cmp(&a.mean()));
    means
}
