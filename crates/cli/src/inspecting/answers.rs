//! What two trials said about the same validation photographs.

use std::path::Path;

use anyhow::{Context, anyhow};
use fitroom_data::{Predictions, read_predictions};
use fitroom_domain::{DatasetKey, TrialState};

use super::facts::TrialFacts;
use crate::models::DatasetShelf;
use crate::run_folder::PREDICTIONS;

/// The answers of two trials to the same photographs of the same task.
///
/// # Errors
/// In words, why they cannot be compared by photograph.
pub(crate) fn shared_answers(
    runs: &Path,
    a: &TrialFacts,
    b: &TrialFacts,
) -> Result<(Predictions, Predictions), String> {
    for facts in [a, b] {
        if facts.row.trial.is_imported() {
            let name = &facts.row.name;
            return Err(format!(
                "others trained {name}: its logs have no predictions"
            ));
        }
    }
    let (one, other) = (&a.row, &b.row);
    if one.fingerprint != other.fingerprint {
        return Err(format!(
            "they are trained on different datasets ({}, fingerprint {}; {}, fingerprint {})",
            one.dataset,
            one.fingerprint.short(),
            other.dataset,
            other.fingerprint.short()
        ));
    }
    if one.definition != other.definition {
        let (one, other) = (one.trial.task(), other.trial.task());
        return Err(match one == other {
            true => format!("they answer two tasks that are both called {one}"),
            false => format!("they answer different tasks ({one}; {other})"),
        });
    }
    for row in [one, other] {
        if row.state != TrialState::Finished {
            return Err(format!(
                "{} is {}: it predicts nothing",
                row.name, row.state
            ));
        }
    }
    let read = |facts| predictions(runs, facts).map_err(|error| format!("{error:#}"));
    let (answers_a, answers_b) = (read(a)?, read(b)?);
    match answers_a.rows == answers_b.rows && answers_a.logits.dim() == answers_b.logits.dim() {
        true => Ok((answers_a, answers_b)),
        false => Err(format!(
            "their files `{PREDICTIONS}` are about different photographs or classes"
        )),
    }
}

fn predictions(runs: &Path, facts: &TrialFacts) -> anyhow::Result<Predictions> {
    let name = &facts.row.name;
    let folder = (facts.row.folder.as_ref()).with_context(|| format!("{name} has no folder"))?;
    let path = runs.join(folder).join(PREDICTIONS);
    let predictions = read_predictions(&path)
        .with_context(|| format!("the predictions of {name} cannot be read"))?;
    match predictions.logits.iter().all(|logit| logit.is_finite()) {
        true => Ok(predictions),
        false => Err(anyhow!(
            "`{}` has a logit that is not finite",
            path.display()
        )),
    }
}

/// Where the photographs of a dataset lie.
#[derive(Debug, Default)]
pub(crate) struct PhotographPaths(Vec<String>);

impl PhotographPaths {
    /// Those of the dataset with this content in the datasets folder; none, with the reason, if it cannot be read. Of a
    /// dataset that is not there nothing is said: it was moved or removed, and its rows still have numbers.
    pub(crate) fn find(datasets: &Path, dataset: &DatasetKey) -> (PhotographPaths, Option<String>) {
        match DatasetShelf::new(datasets).get(dataset) {
            Ok(Some(found)) => (PhotographPaths(found.photographs.clone()), None),
            Ok(None) => (PhotographPaths::default(), None),
            Err(error) => (PhotographPaths::default(), Some(format!("{error:#}"))),
        }
    }

    /// The path of a photograph, as its dataset has it.
    pub(super) fn path(&self, photograph: u32) -> Option<&str> {
        let path = self.0.get(usize::try_from(photograph).ok()?);
        path.map(String::as_str)
    }
}
