//! Writing a trial's folder while it is trained.
//!
//! Until an attempt has ended its files are called `attempt-<number>.<name>`, and it may have a
//! `checkpoint.safetensors`, from which the next attempt goes on.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use fitroom_data::{Predictions, Row, write_predictions};
use fitroom_domain::{EpochMetrics, TaskSummary, Trial, TrialFigures, TrialState, Usage};
use fitroom_store::{TrialFile, utc_now};
use fitroom_train::{Fitted, Training, write_weights};
use ndarray::Array2;

use super::tensorboard_sink::Logged;
use crate::run_folder::{
    CHECKPOINT, EVENTS, FileEntry, METRICS, PREDICTIONS, PROVENANCE, ProvenanceFile, RESULT,
    ResultFile, TRIAL, TrialDescription, WEIGHTS, metrics_writer, write_metrics,
};

/// The folder of a trial, with an attempt in progress.
pub(crate) struct TrialFolder {
    path: PathBuf,
    attempt: u32,
    metrics: csv::Writer<File>,
}

/// How a trial ended, for `result.toml`.
pub(crate) struct Result<'a> {
    /// Finished or diverged.
    pub(crate) state: TrialState,
    /// Why it diverged.
    pub(crate) reason: Option<&'a str>,
    /// Figures of the kept weights, if it finished.
    pub(crate) figures: Option<&'a TrialFigures>,
    /// When the attempt began, UTC.
    pub(crate) started_at: &'a str,
    /// What, beside the id, the bits depend on.
    pub(crate) numerics: &'a str,
    /// What the attempt took.
    pub(crate) usage: Usage,
}

impl TrialFolder {
    /// Makes the folder ready for an attempt: what dead attempts left is removed, but for the checkpoint that
    /// this one goes on `from` and what it says of the event files.
    pub(crate) fn begin(
        path: &Path,
        attempt: u32,
        trial: &Trial,
        summary: &TaskSummary,
        provenance: &ProvenanceFile,
        from: Option<(&Path, &Logged)>,
    ) -> anyhow::Result<TrialFolder> {
        let at = |what: &str| format!("failed to {what} `{}`", path.display());
        fs::create_dir_all(path).with_context(|| at("make the folder"))?;
        for entry in fs::read_dir(path).with_context(|| at("list"))? {
            let entry = entry.with_context(|| at("list"))?;
            let (name, file) = (entry.file_name(), entry.path());
            let name = name.to_string_lossy();
            let kept = from.is_some_and(|(checkpoint, _)| checkpoint == file);
            let length = from.and_then(|(_, logged)| logged.length(&name));
            match length {
                _ if kept => {}
                Some(length) => cut(&file, length).with_context(|| at("cut an event file in"))?,
                None if is_leftover(&name) => {
                    fs::remove_file(file).with_context(|| at("clear"))?;
                }
                None => {}
            }
        }
        if let Some((checkpoint, _)) = from {
            fs::rename(checkpoint, path.join(attempt_name(attempt, CHECKPOINT)))
                .with_context(|| at("take over the checkpoint in"))?;
        }
        let content = TrialDescription::new(trial, summary);
        let text = toml::to_string(&content).with_context(|| at("describe the trial in"))?;
        let unfinished = path.join(attempt_name(attempt, TRIAL));
        fs::write(&unfinished, text)
            .and_then(|()| fs::rename(&unfinished, path.join(TRIAL)))
            .with_context(|| at("write trial.toml in"))?;
        provenance
            .write(&path.join(attempt_name(attempt, PROVENANCE)))
            .with_context(|| at("write provenance.toml in"))?;
        let metrics = metrics_writer(&path.join(attempt_name(attempt, METRICS)))?;
        Ok(TrialFolder {
            path: path.to_owned(),
            attempt,
            metrics,
        })
    }

    /// Adds an epoch to `metrics.csv`.
    pub(crate) fn epoch(&mut self, metrics: &EpochMetrics) -> anyhow::Result<()> {
        write_metrics(&mut self.metrics, metrics)
            .with_context(|| format!("failed to write metrics.csv in `{}`", self.path.display()))
    }

    /// Writes how training stands, in place of the checkpoint before.
    pub(crate) fn write_checkpoint(
        &self,
        training: &Training<'_>,
        logged: &Logged,
    ) -> anyhow::Result<()> {
        let partial = self.unfinished(&format!("{CHECKPOINT}.partial"));
        let place = || {
            File::open(&partial)?.sync_all()?;
            fs::rename(&partial, self.unfinished(CHECKPOINT))?;
            sync_folder(&self.path)
        };
        let note = serde_json::to_string(logged)?;
        let written = training.write(&partial, &note);
        written
            .map_err(anyhow::Error::from)
            .and_then(|()| Ok(place()?))
            .inspect_err(|_| drop(fs::remove_file(&partial)))
            .with_context(|| format!("failed to write a checkpoint in `{}`", self.path.display()))
    }

    /// Writes predictions and weights under the attempt's name.
    pub(crate) fn write_model(
        &self,
        trial: &Trial,
        rows: &[Row],
        fitted: &Fitted,
    ) -> anyhow::Result<()> {
        let (predictions, weights) = (self.unfinished(PREDICTIONS), self.unfinished(WEIGHTS));
        write_model(trial, rows, fitted, (&predictions, &weights))
    }

    /// Writes `result.toml` under the attempt's name and waits until every file is on the disk. The event
    /// file must be complete. Returns what is to be put in place, with the hashes.
    pub(crate) fn complete(
        mut self,
        trial: &Trial,
        result: &Result<'_>,
    ) -> anyhow::Result<CompleteTrial> {
        let at = |what: &str| format!("failed to {what} `{}`", self.path.display());
        self.metrics
            .flush()
            .with_context(|| at("write metrics.csv in"))?;
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.path).with_context(|| at("list"))? {
            let name = entry
                .with_context(|| at("list"))?
                .file_name()
                .to_string_lossy()
                .into_owned();
            let prefix = attempt_name(self.attempt, "");
            let final_name = name.strip_prefix(&prefix).unwrap_or(&name).to_owned();
            let counts = name.starts_with(&prefix) && final_name != CHECKPOINT;
            if counts || is_never_renamed(&name) {
                files.push(describe(&self.path.join(&name), final_name)?);
            }
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        let content = ResultFile {
            trial: trial.id(),
            state: result.state,
            reason: result.reason.map(str::to_owned),
            attempt: self.attempt,
            fitroom: env!("CARGO_PKG_VERSION").to_owned(),
            numerics: result.numerics.to_owned(),
            started_at: result.started_at.to_owned(),
            ended_at: utc_now(),
            usage: result.usage,
            figures: result.figures.copied(),
            files: files.iter().map(FileEntry::from).collect(),
        };
        let unfinished = self.unfinished(RESULT);
        fs::write(&unfinished, toml::to_string(&content)?)
            .with_context(|| at("write result.toml in"))?;
        files.push(describe(&unfinished, RESULT.to_owned())?);
        sync_folder(&self.path).with_context(|| at("write"))?;
        Ok(CompleteTrial {
            path: self.path,
            attempt: self.attempt,
            files,
        })
    }

    /// Removes what this attempt wrote, as far as that is possible, but for its checkpoint.
    pub(crate) fn abandon(self) {
        for name in [PROVENANCE, METRICS, PREDICTIONS, WEIGHTS, RESULT] {
            let _ = fs::remove_file(self.unfinished(name));
        }
    }

    fn unfinished(&self, name: &str) -> PathBuf {
        self.path.join(attempt_name(self.attempt, name))
    }
}

/// A trial whose files are written and on the disk, but not yet in place.
pub(crate) struct CompleteTrial {
    path: PathBuf,
    attempt: u32,
    files: Vec<TrialFile>,
}

impl CompleteTrial {
    /// The files under their final names.
    pub(crate) fn files(&self) -> &[TrialFile] {
        &self.files
    }

    /// Gives the attempt's files their final names.
    pub(crate) fn place(&self) -> io::Result<()> {
        for file in self
            .files
            .iter()
            .filter(|file| !is_never_renamed(&file.name))
        {
            let unfinished = self.path.join(attempt_name(self.attempt, &file.name));
            fs::rename(unfinished, self.path.join(&file.name))?;
        }
        sync_folder(&self.path)
    }
}

/// Writes what a trained model says of the validation photographs, and its weights.
pub(crate) fn write_model(
    trial: &Trial,
    rows: &[Row],
    fitted: &Fitted,
    (predictions, weights): (&Path, &Path),
) -> anyhow::Result<()> {
    let predicted = &fitted.predicted;
    let logits = Array2::from_shape_vec((rows.len(), predicted.classes), predicted.logits.clone())?;
    let content = Predictions {
        rows: rows.to_vec(),
        logits,
    };
    write_predictions(predictions, &content)?;
    write_weights(&fitted.weights, &trial.id(), weights)?;
    Ok(())
}

/// Cuts off what a file has beyond so many bytes.
fn cut(file: &Path, length: u64) -> io::Result<()> {
    let file = File::options().write(true).open(file)?;
    match file.metadata()?.len() > length {
        true => file.set_len(length).and_then(|()| file.sync_all()),
        false => Ok(()),
    }
}

/// Whether a file in the folder of a trial that has just been claimed was left by an earlier attempt. No
/// result is valid then: a process may have died after it placed its files and before that was recorded.
fn is_leftover(name: &str) -> bool {
    name.trim_start_matches('.').starts_with("attempt-")
        || name.starts_with(EVENTS)
        || [PROVENANCE, METRICS, RESULT, PREDICTIONS, WEIGHTS].contains(&name)
}

/// Whether a file has its final name from the start.
fn is_never_renamed(name: &str) -> bool {
    name == TRIAL || name.starts_with(EVENTS)
}

fn attempt_name(attempt: u32, name: &str) -> String {
    format!("attempt-{attempt}.{name}")
}

/// Length and hash of a file, once it is on the disk.
pub(crate) fn describe(path: &Path, name: String) -> anyhow::Result<TrialFile> {
    let mut hasher = blake3::Hasher::new();
    let bytes = File::open(path)
        .and_then(|mut file| {
            file.sync_all()?;
            io::copy(&mut file, &mut hasher)
        })
        .with_context(|| format!("failed to read `{}`", path.display()))?;
    Ok(TrialFile {
        name,
        bytes,
        blake3: hasher.finalize().to_hex().to_string(),
    })
}

pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// The hash that a finished trial's `result.toml` has for one of its files.
pub(crate) fn recorded_hash(folder: &Path, name: &str) -> anyhow::Result<String> {
    Ok(ResultFile::read(folder)?.hash_of(name)?.to_owned())
}

/// Removes the weights of a trial that no longer keeps them; a file that is gone already is no error.
pub(crate) fn remove_weights(folder: &Path) -> io::Result<()> {
    match fs::remove_file(folder.join(WEIGHTS)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
