//! A model in its folder.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use fitroom_data::{ShownPredictions, read_shown_predictions};
use fitroom_domain::Fingerprint;
use fitroom_store::SweepRecord;
use fitroom_train::{Weights, read_weights};

use super::evaluation_file::EvaluationFile;
use super::keep::models_folder;
use super::model_file::{MODEL, ModelFile};
use crate::run_folder::WEIGHTS;

/// What a model says about the validation photographs.
pub(super) const VALIDATION: &str = "validation.npz";
/// What it says about the test photographs.
pub(crate) const TEST: &str = "test.npz";

/// A model that was kept.
#[derive(Debug, Clone)]
pub(crate) struct KeptModel {
    pub(crate) folder: PathBuf,
    pub(crate) file: ModelFile,
}

impl KeptModel {
    /// The model in this folder.
    ///
    /// # Errors
    /// When there is none, or it is damaged.
    pub(crate) fn read(folder: &Path) -> anyhow::Result<KeptModel> {
        Ok(KeptModel {
            folder: folder.to_owned(),
            file: ModelFile::read(folder)?,
        })
    }

    /// Where its weights lie.
    pub(crate) fn weights_path(&self) -> PathBuf {
        self.folder.join(WEIGHTS)
    }

    /// Its weights.
    ///
    /// # Errors
    /// When the file cannot be read, or is not the one that `model.toml` describes.
    pub(crate) fn weights(&self) -> anyhow::Result<Weights> {
        self.check_weights()?;
        let (path, shape) = (self.weights_path(), self.file.network()?);
        let (bytes, parameters) = (fs::metadata(&path)?.len(), shape.parameters());
        // Before any memory is taken for a network that `model.toml` only claims.
        if bytes / 4 < parameters {
            let path = path.display();
            return Err(anyhow!(
                "`{path}` has {bytes} bytes, too few for {parameters} weights"
            ));
        }
        Ok(read_weights(&path, &shape)?)
    }

    /// Makes sure that the weights are those that `model.toml` describes.
    pub(crate) fn check_weights(&self) -> anyhow::Result<()> {
        self.check_hash(WEIGHTS, &self.file.weights_blake3)
    }

    fn check_hash(&self, name: &str, expected: &str) -> anyhow::Result<()> {
        let path = self.folder.join(name);
        let found = hash_of_file(&path)?;
        if found != expected {
            let path = path.display();
            return Err(anyhow!(
                "`{path}` has the BLAKE3 hash {found}, expected {expected} as `{MODEL}` beside it says"
            ));
        }
        Ok(())
    }

    /// What it says about the validation photographs of its dataset.
    pub(crate) fn validation(&self) -> anyhow::Result<ShownPredictions> {
        self.check_hash(VALIDATION, &self.file.validation_blake3)?;
        self.predictions(VALIDATION)
    }

    /// What it said about the test photographs, and when; `None` if it was not evaluated.
    ///
    /// # Errors
    /// When a file cannot be read, or they do not belong together.
    pub(crate) fn evaluation(&self) -> anyhow::Result<Option<(EvaluationFile, ShownPredictions)>> {
        let Some(file) = EvaluationFile::read(&self.folder)? else {
            return Ok(None);
        };
        let is_of_this =
            (&file.trial, &file.weights_blake3) == (&self.file.trial, &self.file.weights_blake3);
        if !is_of_this {
            return Ok(None);
        }
        let path = self.folder.join(TEST);
        if hash_of_file(&path)? != file.predictions_blake3 {
            return Err(anyhow!(
                "`{}` is not what was evaluated (`fitroom evaluate --again` makes it anew)",
                path.display()
            ));
        }
        Ok(Some((file, self.predictions(TEST)?)))
    }

    fn predictions(&self, name: &str) -> anyhow::Result<ShownPredictions> {
        let path = self.folder.join(name);
        let predictions = read_shown_predictions(&path)?;
        let (found, expected) = (predictions.logits.ncols(), self.file.classes.len());
        if found != expected {
            let path = path.display();
            return Err(anyhow!(
                "`{path}` has logits for {found} classes, expected {expected}"
            ));
        }
        Ok(predictions)
    }
}

/// The models that tasks of a dataset have now, each in the place that its name says; not what an older name or another
/// definition of a task left behind. By task.
///
/// # Errors
/// When one of them is damaged.
pub(crate) fn current_models(
    runs: &Path,
    sweeps: &[SweepRecord],
    fingerprint: &Fingerprint,
) -> anyhow::Result<Vec<KeptModel>> {
    let (mut names, mut definitions) = (BTreeSet::new(), BTreeSet::new());
    let mut models = Vec::new();
    // Those that ran last come first.
    for sweep in sweeps
        .iter()
        .filter(|sweep| sweep.fingerprint == *fingerprint)
    {
        let Some(task) = sweep.question() else {
            continue;
        };
        let is_new = definitions.insert(&sweep.definition);
        if !is_new || !names.insert(&task.name) {
            continue;
        }
        let folder = models_folder(runs, &sweep.dataset).join(&task.name);
        if !folder.join(MODEL).is_file() {
            continue;
        }
        let model = KeptModel::read(&folder)?;
        let file = &model.file;
        if (&file.dataset.fingerprint, &file.task.definition) == (fingerprint, &task.definition) {
            models.push(model);
        }
    }
    models.sort_by(|one, other| one.file.task.name.cmp(&other.file.task.name));
    Ok(models)
}

/// The models in the folders below `folder`, by name; none if there is no such folder.
///
/// # Errors
/// When one of them is damaged.
pub(crate) fn models_in(folder: &Path) -> anyhow::Result<Vec<KeptModel>> {
    let at = || format!("failed to list `{}`", folder.display());
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.with_context(at)?,
    };
    let mut folders = Vec::new();
    for entry in entries {
        let path = entry.with_context(at)?.path();
        let is_hidden = path
            .file_name()
            .is_none_or(|it| it.to_string_lossy().starts_with('.'));
        if !is_hidden && path.join(MODEL).is_file() {
            folders.push(path);
        }
    }
    folders.sort();
    folders
        .iter()
        .map(|folder| KeptModel::read(folder))
        .collect()
}

/// The BLAKE3 hash of a file's content, as hexadecimal digits.
pub(crate) fn hash_of_file(path: &Path) -> anyhow::Result<String> {
    let mut hasher = blake3::Hasher::new();
    fs::File::open(path)
        .and_then(|mut file| io::copy(&mut file, &mut hasher))
        .with_context(|| format!("failed to read `{}`", path.display()))?;
    Ok(hasher.finalize().to_hex().to_string())
}
