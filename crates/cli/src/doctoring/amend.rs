//! What a trial's record and files are to be instead of what is wrong with them. Pure.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, anyhow};
use fitroom_domain::{AttemptState, RecordedFigures, TaskSummary, TrialFigures, TrialState};
use fitroom_store::{AttemptRecord, TrialFile, TrialRecord};

use super::examine::remarks;
use super::findings::Wrong;
use super::folder_state::{FolderState, Part};
use super::recovered::{close_attempts, concluded};
use crate::run_folder::{
    FileEntry, METRICS, PROVENANCE, ProvenanceFile, REMARKS, RESULT, Remarks, ResultFile, TRIAL,
    TrialDescription, WEIGHTS, write_metrics,
};
use crate::trash::RemovedTrial;

#[cfg(test)]
mod tests;

/// A trial as it is to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Amended {
    pub(crate) record: TrialRecord,
    /// What happens to its files, in order.
    pub(crate) steps: Vec<Step>,
}

/// What happens to a file of a trial's folder.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    /// It goes to the trash.
    SetAside(String),
    /// Another folder of the trial, which was the recorded one, goes to the trash.
    SetFolderAside(String),
    /// The trial's folder comes back from here.
    GiveBack(String),
    /// It is removed.
    Remove(String),
    /// It is written.
    Write(String, Vec<u8>),
    /// Tags and note are written.
    Remark(Remarks),
    /// The record of the trial as it was goes to the trash, beside its files.
    KeepRecord(Vec<u8>),
}

/// What is known of a trial beside its folder.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) key: i64,
    pub(crate) record: &'a TrialRecord,
    /// What its task comes to, if its sweep is known.
    pub(crate) summary: Option<&'a TaskSummary>,
    /// The time in UTC.
    pub(crate) now: &'a str,
}

/// The trial without what is wrong with it. All hashes of its files must be known.
///
/// # Errors
/// When the database does not have what it takes.
pub(crate) fn amend(
    known: Known<'_>,
    folder: Option<&FolderState>,
    wrongs: &[Wrong],
) -> anyhow::Result<Amended> {
    let mut amending = Amending {
        known,
        folder,
        record: known.record.clone(),
        steps: Vec::new(),
        has_other_files: false,
        is_result_wrong: false,
    };
    for wrong in wrongs {
        amending.amend(wrong)?;
    }
    if amending.has_other_files {
        amending.write_result()?;
    }
    Ok(Amended {
        record: amending.record,
        steps: amending.steps,
    })
}

struct Amending<'a> {
    known: Known<'a>,
    folder: Option<&'a FolderState>,
    record: TrialRecord,
    steps: Vec<Step>,
    /// Whether `result.toml` lists other files than there will be.
    has_other_files: bool,
    /// Whether `result.toml` is not what was written: nothing of it but its hashes is taken over.
    is_result_wrong: bool,
}

impl Amending<'_> {
    fn amend(&mut self, wrong: &Wrong) -> anyhow::Result<()> {
        match wrong {
            Wrong::FolderMissing | Wrong::PredictionsDamaged(_) => self.reopen()?,
            Wrong::FolderMisnamed { to: Some(to), .. } => self.record.folder = Some(to.clone()),
            Wrong::FolderMisnamed { to: None, .. } => {
                if self.known.record.state != TrialState::Planned {
                    self.reopen()?;
                }
                // Its sweep makes it a new one, and writes there what people say of it.
                self.steps.retain(|it| matches!(it, Step::KeepRecord(_)));
                self.record.folder = None;
            }
            Wrong::Moved { to } => self.record.folder = Some(to.clone()),
            Wrong::Superseded { by, .. } => {
                let folder = self.record.folder.replace(by.clone());
                self.steps.extend(folder.map(Step::SetFolderAside));
            }
            Wrong::InTrash { place } => self.steps.push(Step::GiveBack(place.clone())),
            Wrong::Unrecorded(_) => self.conclude()?,
            Wrong::WeightsLost(_) | Wrong::WeightsForeign => {
                self.record.weights_kept = false;
                self.record.files.retain(|file| file.name != WEIGHTS);
                self.set_aside(WEIGHTS);
            }
            Wrong::WeightsUnrecorded => {
                self.record.weights_kept = true;
                self.record_found(WEIGHTS)?;
            }
            Wrong::Rewritable { file: RESULT, .. } => {
                self.has_other_files = true;
                self.is_result_wrong = true;
            }
            Wrong::Rewritable { file, .. } => self.rewrite(file)?,
            Wrong::Changed { file, .. } => {
                self.has_other_files = true;
                match self.found(file) {
                    Some(found) => put(&mut self.record.files, found),
                    None => self.record.files.retain(|it| it.name != *file),
                }
            }
            Wrong::FileMisrecorded { file } => self.record_found(file)?,
            Wrong::RemarksDiffer => self.agree_on_remarks(),
            Wrong::Leftovers(files) => {
                self.steps.extend(files.iter().cloned().map(Step::Remove));
            }
            Wrong::Unfinished { files, .. } => {
                self.steps.extend(files.iter().cloned().map(Step::SetAside));
            }
            Wrong::WorkerDead => {
                close_attempts(&mut self.record, self.known.now);
                if self.record.state == TrialState::Running {
                    self.record.state = TrialState::Planned;
                }
            }
            Wrong::ResultDiffers => self.correct_result()?,
            Wrong::EpochsDiffer => match self.folder.map(|folder| &folder.metrics) {
                Some(Part::There(epochs)) => self.record.epochs.clone_from(epochs),
                _ => return Err(anyhow!("`{METRICS}` is missing")),
            },
            other => return Err(anyhow!("not of a trial's record: {}", other.found())),
        }
        Ok(())
    }

    /// Makes the trial planned again. What a new attempt would remove goes to the trash.
    fn reopen(&mut self) -> anyhow::Result<()> {
        let removed = RemovedTrial {
            key: self.known.key,
            removed_at: self.known.now.to_owned(),
            record: self.known.record.clone(),
        };
        let text = serde_json::to_vec_pretty(&removed)?;
        self.steps.push(Step::KeepRecord(text));
        if let Some(folder) = self.folder {
            let names = folder.files.keys().filter(|name| !stays(name));
            self.steps.extend(names.cloned().map(Step::SetAside));
            let garbage = folder.garbage(true);
            self.steps.extend(garbage.into_iter().map(Step::Remove));
        }
        let remarks = remarks(&self.record);
        if remarks != Remarks::default() {
            self.steps.push(Step::Remark(remarks));
        }
        close_attempts(&mut self.record, self.known.now);
        self.record.state = TrialState::Planned;
        self.record.figures = None;
        self.record.weights_kept = false;
        self.record.files.clear();
        Ok(())
    }

    fn conclude(&mut self) -> anyhow::Result<()> {
        let folder = self.folder.context("its folder is missing")?;
        let complete = folder.complete().map_err(|why| anyhow!(why))?;
        let run = match &folder.provenance {
            Part::There(file) => {
                let wishes = self.record.wishes.iter();
                let mut sweeps = wishes.map(|wish| &wish.sweep);
                let sweep = sweeps.find(|sweep| sweep.name == file.sweep).cloned();
                sweep.map(|sweep| (sweep, file.run.clone()))
            }
            Part::Missing | Part::Damaged(_) => None,
        };
        self.record = concluded(&self.record, &complete, run);
        Ok(())
    }

    /// Writes a file from what the database has.
    fn rewrite(&mut self, file: &'static str) -> anyhow::Result<()> {
        let bytes = match file {
            TRIAL => self.description()?.into_bytes(),
            METRICS => self.metrics()?,
            PROVENANCE => self.provenance()?.into_bytes(),
            other => return Err(anyhow!("`{other}` does not follow from the database")),
        };
        let new = described(file, &bytes);
        let has_ended = matches!(
            self.record.state,
            TrialState::Finished | TrialState::Diverged
        );
        if has_ended && !self.record.files.contains(&new) {
            put(&mut self.record.files, new);
            self.has_other_files = true;
        }
        self.set_aside(file);
        self.steps.push(Step::Write(file.to_owned(), bytes));
        Ok(())
    }

    fn description(&self) -> anyhow::Result<String> {
        let trial = self.record.trial.ours();
        let trial = trial.context("others trained it")?;
        let summary = self.known.summary;
        let summary = summary.context("the sweep that trained it is not in the database")?;
        Ok(toml::to_string(&TrialDescription::new(trial, summary))?)
    }

    fn metrics(&self) -> anyhow::Result<Vec<u8>> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for epoch in &self.record.epochs {
            write_metrics(&mut writer, epoch)?;
        }
        Ok(writer.into_inner()?)
    }

    fn provenance(&self) -> anyhow::Result<String> {
        let attempt = self.last_attempt()?;
        let (sweep, run) = (attempt.run.as_ref()).context("its run is not recorded")?;
        let wish = self.record.wishes.iter().find(|wish| wish.sweep == *sweep);
        let dataset = match (wish, self.record.trial.ours()) {
            (Some(wish), _) => wish.dataset.clone(),
            (None, Some(trial)) => trial.dataset.name.clone(),
            (None, None) => return Err(anyhow!("others trained it")),
        };
        Ok(toml::to_string(&ProvenanceFile {
            sweep: sweep.name.clone(),
            dataset,
            run: run.clone(),
        })?)
    }

    /// The attempt that ended the trial.
    fn last_attempt(&self) -> anyhow::Result<&AttemptRecord> {
        let is_end = |it: &&AttemptRecord| {
            matches!(it.state, AttemptState::Finished | AttemptState::Diverged)
        };
        let mut attempts = self.record.attempts.iter();
        attempts
            .rfind(is_end)
            .context("no attempt at it is recorded as the one that ended it")
    }

    /// Writes what the database has of tags and note; where it has nothing, it takes what the file says.
    fn agree_on_remarks(&mut self) {
        match self.folder.map(|folder| &folder.remarks) {
            Some(Part::There(said)) if remarks(&self.record) == Remarks::default() => {
                let tags: BTreeSet<String> = said.tags.iter().cloned().collect();
                self.record.tags = tags.into_iter().collect();
                self.record.note.clone_from(&said.note);
            }
            _ => self.set_aside(REMARKS),
        }
        self.steps.push(Step::Remark(remarks(&self.record)));
    }

    /// Writes `result.toml` with the files that there will be.
    fn write_result(&mut self) -> anyhow::Result<()> {
        let earlier = self.folder.and_then(|folder| match &folder.result {
            Part::There(result) if result.trial == self.record.trial.id() => Some(result),
            _ => None,
        });
        let mut entries: BTreeMap<&str, FileEntry> = BTreeMap::new();
        // Weights that were removed come back by their hash.
        let removed = earlier.and_then(|it| it.files.iter().find(|file| file.name == WEIGHTS));
        let recorded = self.known.record.files.iter();
        let recorded = recorded.filter(|file| file.name == WEIGHTS);
        let weights = recorded.map(FileEntry::from).chain(removed.cloned());
        entries.extend(weights.map(|entry| (WEIGHTS, entry)));
        let files = self.record.files.iter().filter(|file| file.name != RESULT);
        entries.extend(files.map(|file| (file.name.as_str(), FileEntry::from(file))));
        let files: Vec<FileEntry> = entries.into_values().collect();
        let result = match earlier.filter(|_| !self.is_result_wrong) {
            Some(earlier) => ResultFile {
                files,
                ..earlier.clone()
            },
            None => self.result(files)?,
        };
        let bytes = toml::to_string(&result)?.into_bytes();
        put(&mut self.record.files, described(RESULT, &bytes));
        self.set_aside(RESULT);
        self.steps.push(Step::Write(RESULT.to_owned(), bytes));
        Ok(())
    }

    /// What the database has of `result.toml`.
    fn result(&self, files: Vec<FileEntry>) -> anyhow::Result<ResultFile> {
        let attempt = self.last_attempt()?;
        let run = attempt.run.as_ref().map(|(_, run)| run);
        let provenance = run.and_then(|run| run.provenance.as_ref());
        Ok(ResultFile {
            trial: self.record.trial.id(),
            state: self.record.state,
            reason: attempt.error.clone(),
            attempt: attempt.number,
            fitroom: provenance.map_or_else(
                || env!("CARGO_PKG_VERSION").to_owned(),
                |it| it.versions.fitroom.clone(),
            ),
            numerics: attempt.numerics.clone(),
            started_at: attempt.started_at.clone(),
            ended_at: attempt.ended_at.clone().unwrap_or_default(),
            usage: attempt.usage,
            figures: self.record.figures.map(figures).transpose()?,
            files,
        })
    }

    fn correct_result(&mut self) -> anyhow::Result<()> {
        let Some(Part::There(result)) = self.folder.map(|folder| &folder.result) else {
            return Err(anyhow!("`{RESULT}` is missing"));
        };
        self.record.state = result.state;
        self.record.figures = result.figures.map(RecordedFigures::from);
        for attempt in &mut self.record.attempts {
            if attempt.number == result.attempt {
                attempt.state = match result.state {
                    TrialState::Diverged => AttemptState::Diverged,
                    _ => AttemptState::Finished,
                };
                attempt.error.clone_from(&result.reason);
            }
        }
        Ok(())
    }

    /// A file as it lies in the folder.
    fn found(&self, name: &str) -> Option<TrialFile> {
        let file = self.folder?.files.get(name)?;
        Some(TrialFile {
            name: name.to_owned(),
            bytes: file.bytes,
            blake3: file.blake3.clone()?,
        })
    }

    fn record_found(&mut self, name: &str) -> anyhow::Result<()> {
        let found = self.found(name);
        let found = found.with_context(|| format!("`{name}` is missing"))?;
        put(&mut self.record.files, found);
        Ok(())
    }

    fn set_aside(&mut self, name: &str) {
        if self.folder.is_some_and(|it| it.files.contains_key(name)) {
            self.steps.push(Step::SetAside(name.to_owned()));
        }
    }
}

/// Whether a file stays where a trial is planned again.
fn stays(name: &str) -> bool {
    name == TRIAL || name.starts_with("remarks.")
}

/// Adds a file to those of a trial, in place of the one of its name.
fn put(files: &mut Vec<TrialFile>, file: TrialFile) {
    files.retain(|it| it.name != file.name);
    files.push(file);
    files.sort_by(|one, other| one.name.cmp(&other.name));
}

fn described(name: &str, bytes: &[u8]) -> TrialFile {
    TrialFile {
        name: name.to_owned(),
        bytes: bytes.len() as u64,
        blake3: blake3::hash(bytes).to_hex().to_string(),
    }
}

/// Figures as `result.toml` has them.
fn figures(figures: RecordedFigures) -> anyhow::Result<TrialFigures> {
    let all = || {
        Some(TrialFigures {
            accuracy: figures.accuracy,
            loss: figures.loss?,
            best_epoch: figures.best_epoch?,
            epochs: figures.epochs?,
            parameters: figures.parameters?,
            multiply_adds: figures.multiply_adds?,
            seconds: figures.seconds?,
        })
    };
    all().context("the database does not have all of its figures")
}
