//! `evaluation.toml`: when a model was shown the test photographs, and of which model `test.npz` is.

use std::fs;
use std::io;
use std::path::Path;

use anyhow::Context;
use fitroom_domain::TrialId;
use serde::{Deserialize, Serialize};

use super::model_file::write_toml;

const EVALUATION: &str = "evaluation.toml";

/// The content of `evaluation.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct EvaluationFile {
    pub(crate) trial: TrialId,
    pub(crate) weights_blake3: String,
    pub(crate) predictions_blake3: String,
    /// In UTC.
    pub(crate) evaluated_at: String,
    /// Photographs and mirrored copies that the model was shown.
    pub(crate) pictures: u64,
    /// Time of each, on this machine with all its cores.
    pub(crate) milliseconds_per_picture: f64,
}

impl EvaluationFile {
    /// The file in a model's folder, if there is one.
    pub(super) fn read(folder: &Path) -> anyhow::Result<Option<EvaluationFile>> {
        let path = folder.join(EVALUATION);
        let at = || format!("failed to read `{}`", path.display());
        match fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).map(Some).with_context(at),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(at),
        }
    }

    /// Writes the file into a model's folder, in place of an older one.
    pub(crate) fn write(&self, folder: &Path) -> anyhow::Result<()> {
        write_toml(&folder.join(EVALUATION), self)
    }
}
