//! `trial.toml`: all that determines a trial's result.

use std::path::Path;

use fitroom_domain::{TRAINING_SEMANTICS, TaskSummary, Trial, TrialId};
use serde::{Deserialize, Serialize};

use super::{TRIAL, read_toml};

/// The content of `trial.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct TrialDescription {
    pub(crate) id: TrialId,
    pub(crate) name: String,
    pub(crate) training_semantics: u32,
    pub(crate) trial: Trial,
    /// What its task came to on its dataset.
    pub(crate) data: TaskSummary,
}

impl TrialDescription {
    /// The description of a trial that this program trains.
    pub(crate) fn new(trial: &Trial, data: &TaskSummary) -> TrialDescription {
        TrialDescription {
            id: trial.id(),
            name: trial.name(),
            training_semantics: TRAINING_SEMANTICS,
            trial: trial.clone(),
            data: data.clone(),
        }
    }

    /// The description in a trial's folder.
    ///
    /// # Errors
    /// When there is none, or it says something else.
    pub(crate) fn read(folder: &Path) -> anyhow::Result<TrialDescription> {
        read_toml(&folder.join(TRIAL))
    }

    /// Whether the id is that of the trial: nobody has changed what it says.
    pub(crate) fn is_sound(&self) -> bool {
        self.id == self.trial.id() && self.training_semantics == TRAINING_SEMANTICS
    }
}
