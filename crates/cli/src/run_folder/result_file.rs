//! `result.toml`: how a trial ended.

use std::path::Path;

use anyhow::Context;
use fitroom_domain::{TrialFigures, TrialId, TrialState, Usage};
use fitroom_store::TrialFile;
use serde::{Deserialize, Serialize};

use super::{RESULT, read_toml};

/// The content of `result.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ResultFile {
    pub(crate) trial: TrialId,
    /// `finished` or `diverged`.
    pub(crate) state: TrialState,
    /// Why it diverged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    pub(crate) attempt: u32,
    /// The version of this program.
    pub(crate) fitroom: String,
    pub(crate) numerics: String,
    /// When the attempt began and ended, UTC.
    pub(crate) started_at: String,
    pub(crate) ended_at: String,
    /// What the attempt took; older versions did not measure it.
    #[serde(default, flatten)]
    pub(crate) usage: Usage,
    /// Figures of the kept weights, if it finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) figures: Option<TrialFigures>,
    pub(crate) files: Vec<FileEntry>,
}

/// A file of a trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct FileEntry {
    pub(crate) name: String,
    pub(crate) bytes: u64,
    pub(crate) blake3: String,
}

impl From<&TrialFile> for FileEntry {
    fn from(file: &TrialFile) -> FileEntry {
        FileEntry {
            name: file.name.clone(),
            bytes: file.bytes,
            blake3: file.blake3.clone(),
        }
    }
}

impl ResultFile {
    /// The file in a trial's folder.
    ///
    /// # Errors
    /// When there is none, or it says something else.
    pub(crate) fn read(folder: &Path) -> anyhow::Result<ResultFile> {
        read_toml(&folder.join(RESULT))
    }

    /// The hash that it has for one of the files.
    ///
    /// # Errors
    /// When it does not list that one.
    pub(crate) fn hash_of(&self, name: &str) -> anyhow::Result<&str> {
        let file = self.files.iter().find(|file| file.name == name);
        file.map(|file| file.blake3.as_str())
            .with_context(|| format!("`{RESULT}` of trial {} lists no `{name}`", self.trial))
    }
}
