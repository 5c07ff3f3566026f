//! A trial as `--json` shows it.

use std::collections::BTreeMap;

use fitroom_domain::hyperparameters::HYPERPARAMETERS;
use fitroom_store::TrialRow;
use serde::Serialize;

/// One object of the arrays that `runs list --json` and `best --json` print. What is unknown is null.
#[derive(Debug, Serialize)]
pub(crate) struct TrialJson<'a> {
    dataset: &'a str,
    fingerprint: &'a str,
    sweep: &'a str,
    task: &'a str,
    trial: &'a str,
    name: &'a str,
    state: &'static str,
    /// The epoch after which its sweep gave it up, of a planned one.
    pruned_after: Option<u32>,
    seed: u64,
    epochs: Option<u32>,
    hyperparameters: BTreeMap<&'static str, serde_json::Number>,
    accuracy: Option<f64>,
    loss: Option<f64>,
    parameters: Option<u64>,
    seconds: Option<f64>,
}

impl<'a> TrialJson<'a> {
    /// A trial of the database.
    pub(crate) fn new(row: &'a TrialRow) -> TrialJson<'a> {
        let figures = row.figures;
        TrialJson {
            dataset: &row.dataset,
            fingerprint: row.trial.dataset.fingerprint.as_str(),
            sweep: &row.sweep,
            task: &row.trial.task.name,
            trial: row.id.as_str(),
            name: &row.name,
            state: row.state.as_str(),
            pruned_after: row.pruned_after.filter(|_| row.is_pruned()),
            seed: row.trial.seed,
            epochs: figures.map(|figures| figures.epochs),
            hyperparameters: HYPERPARAMETERS
                .iter()
                .filter_map(|description| {
                    let value = (description.value)(&row.trial.hyperparameters);
                    let number = match description.whole {
                        true => serde_json::Number::from(value as u64),
                        false => serde_json::Number::from_f64(value)?,
                    };
                    Some((description.name, number))
                })
                .collect(),
            accuracy: figures.map(|figures| figures.accuracy),
            loss: figures.map(|figures| figures.loss),
            parameters: figures.map(|figures| figures.parameters),
            seconds: figures.map(|figures| figures.seconds),
        }
    }
}
