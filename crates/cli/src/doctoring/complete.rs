//! Whether a folder alone says how its trial ended.

use fitroom_domain::{EpochMetrics, TrialState};

use super::folder_state::{FolderState, Part};
use crate::run_folder::{
    EVENTS, METRICS, PREDICTIONS, PROVENANCE, RESULT, ResultFile, TRIAL, TrialDescription, WEIGHTS,
};

/// A folder that says all of a trial that has ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Complete<'a> {
    pub(crate) folder: &'a FolderState,
    pub(crate) description: &'a TrialDescription,
    pub(crate) result: &'a ResultFile,
    pub(crate) epochs: &'a [EpochMetrics],
}

impl FolderState {
    /// The trial that the folder is of.
    ///
    /// # Errors
    /// What is wrong with its `trial.toml`.
    pub(crate) fn trial(&self) -> Result<&TrialDescription, String> {
        match &self.description {
            Part::Missing => Err(format!("`{TRIAL}` is missing")),
            Part::Damaged(why) => Err(format!("`{TRIAL}` is damaged: {why}")),
            Part::There(it) if !it.is_sound() => Err(format!(
                "`{TRIAL}` has the id {}, expected {} of what it says",
                it.id.short(),
                it.trial.id().short()
            )),
            Part::There(it) => Ok(it),
        }
    }

    /// All that the folder says, if it says how its trial ended: weights and event files may have been removed since,
    /// and `trial.toml` written again.
    ///
    /// # Errors
    /// What is missing.
    pub(crate) fn complete(&self) -> Result<Complete<'_>, String> {
        let description = self.trial()?;
        let result = match &self.result {
            Part::Missing => return Err(format!("`{RESULT}` is missing")),
            Part::Damaged(why) => return Err(format!("`{RESULT}` is damaged: {why}")),
            Part::There(result) => result,
        };
        if result.trial != description.id {
            let other = result.trial.short();
            return Err(format!("`{RESULT}` is that of trial {other}"));
        }
        let needed: &[&str] = match (result.state, result.figures) {
            (TrialState::Finished, Some(_)) => &[METRICS, PREDICTIONS],
            (TrialState::Diverged, None) => &[METRICS],
            (state, _) => return Err(format!("`{RESULT}` says {state}, or has no figures")),
        };
        if let Some(name) = needed.iter().find(|name| result.hash_of(name).is_err()) {
            return Err(format!("`{RESULT}` lists no `{name}`"));
        }
        let is_dispensable =
            |name: &str| [TRIAL, WEIGHTS, PROVENANCE].contains(&name) || name.starts_with(EVENTS);
        for file in result.files.iter().filter(|it| !is_dispensable(&it.name)) {
            if let Some(damage) = self.damage(&file.name, file.bytes, &file.blake3) {
                return Err(format!("`{}` {damage}", file.name));
            }
        }
        match &self.metrics {
            Part::There(epochs) => Ok(Complete {
                folder: self,
                description,
                result,
                epochs,
            }),
            Part::Missing => Err(format!("`{METRICS}` is missing")),
            Part::Damaged(why) => Err(format!("`{METRICS}` is damaged: {why}")),
        }
    }
}
