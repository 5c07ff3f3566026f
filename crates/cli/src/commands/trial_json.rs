//! A trial as `--json` shows it.

use std::collections::BTreeMap;

use fitroom_domain::Fingerprint;
use fitroom_store::TrialRow;
use serde::Serialize;

/// One object of the arrays that `runs list --json` and `best --json` print. What is unknown is null.
#[derive(Debug, Serialize)]
pub(crate) struct TrialJson<'a> {
    dataset: &'a str,
    /// Null of an imported trial: what it was trained on is not known.
    fingerprint: Option<&'a str>,
    sweep: &'a str,
    task: &'a str,
    trial: &'a str,
    name: &'a str,
    state: &'static str,
    /// The epoch after which its sweep gave it up, of a planned one.
    pruned_after: Option<u32>,
    /// Whether others trained it, and its logs were read.
    imported: bool,
    seed: Option<u64>,
    epochs: Option<u32>,
    hyperparameters: BTreeMap<String, serde_json::Value>,
    accuracy: Option<f64>,
    loss: Option<f64>,
    parameters: Option<u64>,
    seconds: Option<f64>,
    /// Why it failed or diverged.
    reason: Option<&'a str>,
    /// When its last attempt ended, UTC.
    ended: Option<&'a str>,
    tags: &'a [String],
    note: Option<&'a str>,
}

impl<'a> TrialJson<'a> {
    /// A trial of the database.
    pub(crate) fn new(row: &'a TrialRow) -> TrialJson<'a> {
        let figures = row.figures;
        TrialJson {
            dataset: &row.dataset,
            fingerprint: row.trial.fingerprint().map(Fingerprint::as_str),
            sweep: &row.sweep,
            task: row.trial.task(),
            trial: row.id.as_str(),
            name: &row.name,
            state: row.state.as_str(),
            pruned_after: row.pruned_after.filter(|_| row.is_pruned()),
            imported: row.trial.is_imported(),
            seed: row.trial.seed(),
            epochs: figures.and_then(|figures| figures.epochs),
            hyperparameters: row.trial.hyperparameters_json(),
            accuracy: figures.map(|figures| figures.accuracy),
            loss: figures.and_then(|figures| figures.loss),
            parameters: figures.and_then(|figures| figures.parameters),
            seconds: figures.and_then(|figures| figures.seconds),
            reason: row.error.as_deref().filter(|_| figures.is_none()),
            ended: row.ended_at.as_deref(),
            tags: &row.tags,
            note: row.note.as_deref(),
        }
    }
}
