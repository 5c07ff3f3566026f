//! `remarks.toml`: what people tag a trial with, and note of it.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::read_toml;

/// What people say of a trial.
pub(crate) const REMARKS: &str = "remarks.toml";

/// The content of `remarks.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Remarks {
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
}

impl Remarks {
    /// The remarks in a trial's folder; none, if there is no file.
    ///
    /// # Errors
    /// When it cannot be read, or says something else.
    pub(crate) fn read(folder: &Path) -> anyhow::Result<Remarks> {
        let path = folder.join(REMARKS);
        match path.exists() {
            true => read_toml(&path),
            false => Ok(Remarks::default()),
        }
    }

    /// Writes them into a trial's folder, in place of those that are there.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) fn write(&self, folder: &Path) -> io::Result<()> {
        let path = folder.join(REMARKS);
        if *self == Remarks::default() {
            return match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        let text = toml::to_string(self).map_err(io::Error::other)?;
        let partial = folder.join(format!("{REMARKS}.partial"));
        fs::write(&partial, text)?;
        fs::rename(partial, path)
    }
}
