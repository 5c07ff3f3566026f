//! `sweep-<hash>.toml` in a sweep's folder: the sweep, and which trials it wants.

use std::path::{Path, PathBuf};

use fitroom_domain::keep::Keep;
use fitroom_domain::{DatasetKey, Task, TaskSummary, TrialId};
use fitroom_store::SweepRun;
use serde::{Deserialize, Serialize};

use super::read_toml;
use crate::write_whole::write_whole;

/// The content of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SweepRecordFile {
    pub(crate) name: String,
    pub(crate) keep: Keep,
    /// The trials of its newest plan, in order.
    pub(crate) trials: Vec<TrialId>,
    pub(crate) dataset: DatasetKey,
    pub(crate) task: Task,
    pub(crate) summary: TaskSummary,
    /// How it was last run.
    pub(crate) run: SweepRun,
}

impl SweepRecordFile {
    /// Where it lies: a dataset or a task that has become another one is another sweep, in the same folder.
    pub(crate) fn path(&self, runs: &Path) -> anyhow::Result<PathBuf> {
        let known_by = (&self.dataset.fingerprint, &self.task.definition);
        let hash = blake3::hash(serde_json::to_string(&known_by)?.as_bytes()).to_hex();
        let name = format!("sweep-{}.toml", &hash.as_str()[..8]);
        Ok(runs.join(&self.dataset.name).join(&self.name).join(name))
    }

    /// Whether a file in a sweep's folder has the name of one.
    pub(crate) fn is_name(name: &str) -> bool {
        name.starts_with("sweep-") && name.ends_with(".toml")
    }

    /// Reads one.
    ///
    /// # Errors
    /// When it cannot be read, or says something else.
    pub(crate) fn read(path: &Path) -> anyhow::Result<SweepRecordFile> {
        read_toml(path)
    }

    /// Writes it to its place.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) fn write(&self, runs: &Path) -> anyhow::Result<()> {
        write_whole(&self.path(runs)?, &toml::to_string(self)?)
    }
}
