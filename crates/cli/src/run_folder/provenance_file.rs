//! `provenance.toml`: how a trial's last attempt came about.

use std::fs;
use std::path::Path;

use fitroom_store::SweepRun;
use serde::{Deserialize, Serialize};

use super::{PROVENANCE, read_toml};

/// The content of `provenance.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ProvenanceFile {
    /// The sweep that the attempt was made for.
    pub(crate) sweep: String,
    /// Its dataset, as it was called then.
    pub(crate) dataset: String,
    /// The run of that sweep.
    pub(crate) run: SweepRun,
}

impl ProvenanceFile {
    /// The file in a trial's folder, if there is one: older versions wrote none.
    ///
    /// # Errors
    /// When it cannot be read, or says something else.
    pub(crate) fn read(folder: &Path) -> anyhow::Result<Option<ProvenanceFile>> {
        let path = folder.join(PROVENANCE);
        match path.exists() {
            true => read_toml(&path).map(Some),
            false => Ok(None),
        }
    }

    /// Writes it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        Ok(fs::write(path, toml::to_string(self)?)?)
    }
}
