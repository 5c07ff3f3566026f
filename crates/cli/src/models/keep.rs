//! Puts the model of each task where it can be used.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use fitroom_data::{
    Dataset, PREPARATION, TaskClass, implied_labels, task_rows, write_shown_predictions,
};
use fitroom_domain::route::Labels;
use fitroom_domain::statistics::wilson;
use fitroom_domain::{DatasetKey, NetworkShape, Split, TRAINING_SEMANTICS, Task, Trial};
use fitroom_train::read_weights;

use super::dataset_shelf::DatasetShelf;
use super::kept_model::{KeptModel, VALIDATION, hash_of_file};
use super::model_file::{Class, ModelFile, Validation};
use super::selected::Selected;
use super::split_predictions::predict_split;
use crate::output;
use crate::run_folder::WEIGHTS;
use crate::sweeping::recorded_hash;

/// The folder of models in a `runs/` folder.
pub(crate) const MODELS: &str = "models";

/// What is locked while models are kept or evaluated, in `runs/.workers`.
pub(crate) const KEEPING: &str = "keeping";

/// How sure a model's interval is.
const CONFIDENCE: f64 = 0.95;

/// Where the models of a dataset lie.
pub(crate) fn models_folder(runs: &Path, dataset: &str) -> PathBuf {
    runs.join(MODELS).join(dataset)
}

/// Keeps models, one process at a time.
pub(crate) struct Keeper<'a> {
    runs: &'a Path,
    _lock: File,
}

/// What came of keeping a model.
#[derive(Debug)]
pub(crate) enum Keeping {
    /// It is there.
    Kept {
        model: Box<KeptModel>,
        /// Whether it had to be written.
        is_new: bool,
    },
    /// It cannot be, and why. What another trial left in its place is set aside.
    NotKept(String),
    /// Another one has its place, and why.
    Superseded(String),
}

impl<'a> Keeper<'a> {
    /// Waits until no other process keeps models below this `runs/` folder.
    pub(crate) fn new(runs: &'a Path) -> anyhow::Result<Keeper<'a>> {
        let folder = runs.join(".workers");
        let lock = || -> io::Result<File> {
            fs::create_dir_all(&folder)?;
            let file = File::create(folder.join(KEEPING))?;
            if let Err(TryLockError::WouldBlock) = file.try_lock() {
                output::message("waiting for another process that keeps or evaluates models");
                file.lock()?;
            }
            Ok(file)
        };
        Ok(Keeper {
            runs,
            _lock: lock().with_context(|| format!("failed to lock `{}`", folder.display()))?,
        })
    }

    /// Makes sure that the model of a task lies in its folder, in place of an older one.
    ///
    /// # Errors
    /// When the disk or LibTorch refuses.
    pub(crate) fn keep(
        &self,
        selected: &Selected,
        shelf: &mut DatasetShelf,
    ) -> anyhow::Result<Keeping> {
        let row = &selected.row;
        let (Some((dataset, task)), Some(trial)) = (selected.question(), row.ours()) else {
            return Ok(Keeping::NotKept(
                "others trained it: there are no weights".to_owned(),
            ));
        };
        let folder = models_folder(self.runs, &dataset.name).join(&task.name);
        let source = self.runs.join(row.folder.as_deref().unwrap_or_default());
        if let Some(model) = self.kept_already(&folder, selected, &dataset, task, &source)? {
            return Ok(model);
        }
        let at = || format!("failed to keep a model in `{}`", folder.display());
        let new = folder.with_file_name(format!(".{}.new", task.name));
        let made = self.make(selected, trial, shelf, &source, &new);
        let file = match made {
            Ok(file) => file,
            Err(error) => {
                remove_folder(&new).with_context(at)?;
                // Another trial's model must not be taken for the selected one; nor must it be lost for a full disk.
                set_aside(&folder, &new).with_context(at)?;
                return Ok(Keeping::NotKept(format!("{error:#}")));
            }
        };
        replace(&folder, &new).with_context(at)?;
        let model = Box::new(KeptModel { folder, file });
        Ok(Keeping::Kept {
            model,
            is_new: true,
        })
    }

    /// Makes the folder of a model under another name.
    fn make(
        &self,
        selected: &Selected,
        trial: &Trial,
        shelf: &mut DatasetShelf,
        source: &Path,
        new: &Path,
    ) -> anyhow::Result<ModelFile> {
        if !source.join(WEIGHTS).is_file() {
            return Err(anyhow!(
                "its weights were removed (its sweep brings them back with `--set 'keep=\"all\"'`)"
            ));
        }
        let (dataset, task) = selected.question().context("it has no task")?;
        let Some(loaded) = shelf.get(&dataset)? else {
            return Err(anyhow!(
                "its dataset, `{}` with fingerprint {}, is not in the datasets folder",
                dataset.name,
                dataset.fingerprint
            ));
        };
        remove_folder(new)?;
        fs::create_dir_all(new)?;
        write_model(selected, trial, (&dataset, loaded), task, source, new)
    }

    /// The model, if it is there. Only why it was chosen may have changed.
    fn kept_already(
        &self,
        folder: &Path,
        selected: &Selected,
        dataset: &DatasetKey,
        task: &Task,
        source: &Path,
    ) -> anyhow::Result<Option<Keeping>> {
        let Ok(mut model) = KeptModel::read(folder) else {
            return Ok(None);
        };
        let file = &model.file;
        let is_same =
            file.trial == selected.row.id && file.task == *task && file.dataset == *dataset;
        // A trial that was trained again may have come out otherwise.
        let is_latest = !source.join(WEIGHTS).is_file()
            || recorded_hash(source, WEIGHTS).is_ok_and(|hash| hash == file.weights_blake3);
        if !is_same || !is_latest || model.check_weights().is_err() || model.validation().is_err() {
            return Ok(None);
        }
        if file.chosen != selected.chosen {
            model.file.chosen = selected.chosen;
            model.file.write(folder)?;
        }
        Ok(Some(Keeping::Kept {
            model: Box::new(model),
            is_new: false,
        }))
    }
}

/// Writes weights, validation predictions and description into an empty folder.
fn write_model(
    selected: &Selected,
    trial: &Trial,
    (key, dataset): (&DatasetKey, &Dataset),
    task: &Task,
    source: &Path,
    folder: &Path,
) -> anyhow::Result<ModelFile> {
    let row = &selected.row;
    let rows = task_rows(dataset, task)?;
    let (from, to) = (source.join(WEIGHTS), folder.join(WEIGHTS));
    fs::copy(&from, &to).with_context(|| format!("failed to copy `{}`", from.display()))?;
    let weights_blake3 = hash_of_file(&to)?;
    let expected = recorded_hash(source, WEIGHTS)?;
    if weights_blake3 != expected {
        return Err(anyhow!(
            "`{}` has the BLAKE3 hash {weights_blake3}, expected {expected} as `result.toml` beside it says",
            from.display()
        ));
    }
    let shape = NetworkShape::new(
        dataset.image_size(),
        &trial.hyperparameters,
        rows.classes.len(),
    )?;
    let weights = read_weights(&to, &shape)?;
    let shown = predict_split(&weights, dataset, (task, &rows), Split::Validation)?;
    write_shown_predictions(&folder.join(VALIDATION), &shown.predictions)?;
    let figures = row.figures.context("the trial has no figures")?;
    let distinct = rows.validation.iter().filter(|row| !row.mirrored).count() as u64;
    let interval = wilson(figures.accuracy, distinct, CONFIDENCE);
    let file = ModelFile {
        format: ModelFile::FORMAT,
        fitroom: env!("CARGO_PKG_VERSION").to_owned(),
        training_semantics: TRAINING_SEMANTICS,
        numerics: row.numerics.clone().unwrap_or_default(),
        trial: row.id.clone(),
        name: row.name.clone(),
        sweep: row.sweep.clone(),
        seed: trial.seed,
        chosen: selected.chosen,
        weights_blake3,
        validation_blake3: hash_of_file(&folder.join(VALIDATION))?,
        preparation: PREPARATION.to_owned(),
        image: dataset.image_size(),
        dataset: key.clone(),
        task: task.clone(),
        hyperparameters: trial.hyperparameters,
        validation: Validation {
            accuracy: figures.accuracy,
            low: interval.low,
            high: interval.high,
            loss: figures.loss,
            photographs: distinct,
        },
        classes: rows
            .classes
            .iter()
            .map(|it| class(dataset, task, it))
            .collect(),
    };
    file.write(folder)?;
    File::open(&to)?.sync_all()?;
    File::open(folder)?.sync_all()?;
    Ok(file)
}

/// A class with its labels by column, and what follows from them.
fn class(dataset: &Dataset, task: &Task, class: &TaskClass) -> Class {
    let columns = task.definition.predicts.iter().cloned();
    let labels: Labels = columns.zip(class.labels.iter().cloned()).collect();
    let mut known = task.definition.where_.clone();
    known.extend(labels.clone());
    Class {
        name: class.name.clone(),
        implied: implied_labels(dataset, &known),
        labels,
    }
}

/// Gives an older model, if there is one, a name under which nobody takes it for a model.
fn set_aside(folder: &Path, new: &Path) -> io::Result<PathBuf> {
    let old = new.with_extension("old");
    if folder.exists() {
        remove_folder(&old)?;
        fs::rename(folder, &old)?;
    }
    Ok(old)
}

/// Puts a new folder in the place of an older one. Whoever is killed in between leaves none, and the next call makes it.
fn replace(folder: &Path, new: &Path) -> io::Result<()> {
    let old = set_aside(folder, new)?;
    fs::rename(new, folder)?;
    if let Some(parent) = folder.parent() {
        File::open(parent)?.sync_all()?;
    }
    remove_folder(&old)
}

/// Removes a folder, if it is there.
fn remove_folder(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
