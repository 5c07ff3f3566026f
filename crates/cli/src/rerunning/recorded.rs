//! What is recorded of a trial that has ended: by the database, or by its folder alone.

use std::path::Path;

use anyhow::{Context, anyhow};
use fitroom_domain::{EpochMetrics, Trial, TrialState};
use fitroom_store::TrialRecord;

use crate::run_folder::{
    METRICS, PREDICTIONS, ResultFile, TrialDescription, WEIGHTS, read_metrics,
};

/// A trial that has ended, and what came of it.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    pub(crate) trial: Trial,
    /// Finished or diverged.
    pub(crate) state: TrialState,
    /// What, beside the id, its bits depend on; empty if that is not known.
    pub(crate) numerics: String,
    pub(crate) epochs: Vec<EpochMetrics>,
    /// The hash of its weights, if it is known; they may have been removed.
    pub(crate) weights: Option<String>,
    /// The hash of what it said of the validation photographs, if it is known.
    pub(crate) predictions: Option<String>,
}

impl Recorded {
    /// What the database has, and the trial's folder of weights that were removed.
    ///
    /// # Errors
    /// When it has not ended, or others trained it.
    pub(crate) fn of_record(record: &TrialRecord, runs: &Path) -> anyhow::Result<Recorded> {
        let name = record.trial.name();
        let trial = record.trial.ours().ok_or_else(|| {
            anyhow!("others trained {name}: what its logs say is not enough to train it again")
        })?;
        check_ended(&name, record.state)?;
        let hash = |name: &str| {
            let file = record.files.iter().find(|file| file.name == name);
            file.map(|file| file.blake3.clone())
        };
        // The database forgets weights that are removed; the trial's own file does not.
        let of_folder = || {
            let result = ResultFile::read(&runs.join(record.folder.as_ref()?)).ok()?;
            result.hash_of(WEIGHTS).ok().map(str::to_owned)
        };
        let last = record.attempts.last();
        Ok(Recorded {
            trial: trial.clone(),
            state: record.state,
            numerics: last.map_or_else(String::new, |attempt| attempt.numerics.clone()),
            epochs: record.epochs.clone(),
            weights: hash(WEIGHTS).or_else(of_folder),
            predictions: hash(PREDICTIONS),
        })
    }

    /// What a trial's folder says, wherever it lies.
    ///
    /// # Errors
    /// When its files cannot be read, contradict one another, or the trial has not ended.
    pub(crate) fn of_folder(folder: &Path) -> anyhow::Result<Recorded> {
        let described = TrialDescription::read(folder)?;
        let shown = folder.display();
        if !described.is_sound() {
            return Err(anyhow!(
                "`{shown}`: its trial.toml describes trial {}, expected {} (rule {}), as it says of itself",
                described.trial.id(),
                described.id,
                described.training_semantics
            ));
        }
        let result =
            ResultFile::read(folder).with_context(|| format!("`{shown}` has not ended"))?;
        check_ended(&described.name, result.state)?;
        let hash = |name: &str| result.hash_of(name).ok().map(str::to_owned);
        Ok(Recorded {
            epochs: read_metrics(&folder.join(METRICS))?,
            weights: hash(WEIGHTS),
            predictions: hash(PREDICTIONS),
            state: result.state,
            numerics: result.numerics.clone(),
            trial: described.trial,
        })
    }
}

fn check_ended(name: &str, state: TrialState) -> anyhow::Result<()> {
    match state {
        TrialState::Finished | TrialState::Diverged => Ok(()),
        state => Err(anyhow!(
            "{name} is {state}, expected a trial that has finished or diverged"
        )),
    }
}
