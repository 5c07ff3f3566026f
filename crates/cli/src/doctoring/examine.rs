//! What is wrong with a trial: from what the database has of it and what its folder holds. Pure.

use std::collections::BTreeSet;

use fitroom_domain::{AttemptState, RecordedFigures, TrialState};
use fitroom_store::{TrialFile, TrialRecord};

use super::findings::Wrong;
use super::folder_state::{Damage, FolderState, Part};
use crate::run_folder::{
    FileEntry, METRICS, PREDICTIONS, PROVENANCE, RESULT, Remarks, ResultFile, TRIAL, WEIGHTS,
};

#[cfg(test)]
pub(super) mod tests;

/// What is wrong with a trial that nobody trains.
pub(crate) fn examine(record: &TrialRecord, folder: Option<&FolderState>) -> Vec<Wrong> {
    match record.state {
        TrialState::Finished | TrialState::Diverged => match folder {
            Some(folder) => Ended::new(record, folder).examine(),
            None => vec![Wrong::FolderMissing],
        },
        TrialState::Planned | TrialState::Running | TrialState::Failed => {
            examine_open(record, folder)
        }
    }
}

/// Of a trial without an end.
fn examine_open(record: &TrialRecord, folder: Option<&FolderState>) -> Vec<Wrong> {
    let mut wrongs = Vec::new();
    let is_running = |state: &AttemptState| *state == AttemptState::Running;
    let is_in_training = record.state == TrialState::Running
        || record.attempts.iter().any(|it| is_running(&it.state));
    let complete = folder.map(FolderState::complete);
    let complete = complete.map(|it| {
        it.and_then(|it| match it.description.id == record.trial.id() {
            true => Ok(it),
            false => Err(format!("`{TRIAL}` is that of another trial")),
        })
    });
    let why = match complete {
        Some(Ok(complete)) => {
            wrongs.push(Wrong::Unrecorded(complete.result.state));
            return wrongs;
        }
        Some(Err(why)) => why,
        None => String::new(),
    };
    if is_in_training {
        wrongs.push(Wrong::WorkerDead);
    }
    let Some(folder) = folder else { return wrongs };
    let of_an_end = [METRICS, PREDICTIONS, PROVENANCE, RESULT, WEIGHTS];
    let files = of_an_end
        .iter()
        .filter(|it| folder.files.contains_key(**it));
    let files: Vec<String> = files.map(|it| (*it).to_owned()).collect();
    if !files.is_empty() {
        wrongs.push(Wrong::Unfinished { files, why });
    }
    let is_empty = folder.files.is_empty() && folder.leftovers.is_empty();
    if let Some(damage) = description_damage(record, folder).filter(|_| !is_empty) {
        let file = TRIAL;
        wrongs.push(Wrong::Rewritable { file, damage });
    }
    examine_rest(record, folder, false, &mut wrongs);
    wrongs
}

/// Leftovers, and what people say of the trial.
fn examine_rest(
    record: &TrialRecord,
    folder: &FolderState,
    has_ended: bool,
    wrongs: &mut Vec<Wrong>,
) {
    let garbage = folder.garbage(has_ended);
    if !garbage.is_empty() {
        wrongs.push(Wrong::Leftovers(garbage));
    }
    if !matches!(&folder.remarks, Part::There(it) if *it == remarks(record)) {
        wrongs.push(Wrong::RemarksDiffer);
    }
}

/// What the database has of `remarks.toml`.
pub(crate) fn remarks(record: &TrialRecord) -> Remarks {
    Remarks {
        tags: record.tags.clone(),
        note: record.note.clone(),
    }
}

/// What is wrong with what `trial.toml` says.
fn description_damage(record: &TrialRecord, folder: &FolderState) -> Option<Damage> {
    match folder.trial() {
        Ok(it) if it.id == record.trial.id() => None,
        Ok(it) => Some(Damage::Content(format!(
            "it is that of trial {}",
            it.id.short()
        ))),
        Err(_) if folder.description == Part::Missing => Some(Damage::Missing),
        Err(why) => Some(Damage::Content(why)),
    }
}

/// A trial that has ended, with its folder.
struct Ended<'a> {
    record: &'a TrialRecord,
    folder: &'a FolderState,
    /// `result.toml`, where it can be trusted: it is the one that is recorded, or it is of this trial and none is.
    result: Option<&'a ResultFile>,
}

impl<'a> Ended<'a> {
    fn new(record: &'a TrialRecord, folder: &'a FolderState) -> Ended<'a> {
        let row = record.files.iter().find(|file| file.name == RESULT);
        let is_recorded =
            row.is_none_or(|it| folder.damage(RESULT, it.bytes, &it.blake3).is_none());
        let result = match &folder.result {
            Part::There(result) if is_recorded && result.trial == record.trial.id() => Some(result),
            _ => None,
        };
        Ended {
            record,
            folder,
            result,
        }
    }

    fn examine(&self) -> Vec<Wrong> {
        if self.record.state == TrialState::Finished
            && let Some(damage) = self.damage(PREDICTIONS)
        {
            return vec![Wrong::PredictionsDamaged(damage)];
        }
        let mut wrongs = Vec::new();
        self.examine_weights(&mut wrongs);
        self.examine_descriptions(&mut wrongs);
        self.examine_others(&mut wrongs);
        self.examine_content(&mut wrongs);
        if (self.record.attempts.iter()).any(|it| it.state == AttemptState::Running) {
            wrongs.push(Wrong::WorkerDead);
        }
        examine_rest(self.record, self.folder, true, &mut wrongs);
        wrongs
    }

    /// What the database has of a file.
    fn row(&self, name: &str) -> Option<&'a TrialFile> {
        self.record.files.iter().find(|file| file.name == name)
    }

    /// What `result.toml` has of it.
    fn entry(&self, name: &str) -> Option<&'a FileEntry> {
        self.result?.files.iter().find(|file| file.name == name)
    }

    /// Whether the file is as `result.toml` says.
    fn is_as_listed(&self, name: &str) -> bool {
        self.entry(name)
            .is_some_and(|it| self.folder.damage(name, it.bytes, &it.blake3).is_none())
    }

    /// What is wrong with a file that must be there. Where two of file, database and `result.toml` agree, they are
    /// right.
    fn damage(&self, name: &str) -> Option<Damage> {
        if self.is_as_listed(name) {
            return None;
        }
        match (self.row(name), self.entry(name)) {
            (Some(row), _) => self.folder.damage(name, row.bytes, &row.blake3),
            (None, Some(entry)) => self.folder.damage(name, entry.bytes, &entry.blake3),
            (None, None) if self.folder.files.contains_key(name) => None,
            (None, None) => Some(Damage::Missing),
        }
    }

    /// Whether a file that is right is recorded otherwise.
    fn is_recorded_wrong(&self, name: &str) -> bool {
        let row = self.row(name);
        let is_right = |row: &TrialFile| self.folder.damage(name, row.bytes, &row.blake3).is_none();
        self.is_as_listed(name) && !row.is_some_and(is_right)
    }

    fn examine_weights(&self, wrongs: &mut Vec<Wrong>) {
        let is_there = self.folder.files.contains_key(WEIGHTS);
        let is_known = self.row(WEIGHTS).is_some() || self.entry(WEIGHTS).is_some();
        let damage = self.damage(WEIGHTS);
        let is_kept = self.record.weights_kept;
        match (is_kept, is_there, damage) {
            (true, _, Some(damage)) => wrongs.push(Wrong::WeightsLost(damage)),
            (false, true, Some(_)) => wrongs.push(Wrong::WeightsForeign),
            (false, false, _) if self.row(WEIGHTS).is_some() => {
                wrongs.push(Wrong::WeightsLost(Damage::Missing));
            }
            (false, true, None) if is_known => wrongs.push(Wrong::WeightsUnrecorded),
            // Nobody knows whose they are.
            (_, true, None) if !is_known => wrongs.push(Wrong::WeightsForeign),
            (true, true, None) if self.is_recorded_wrong(WEIGHTS) => {
                wrongs.push(Wrong::FileMisrecorded {
                    file: WEIGHTS.to_owned(),
                })
            }
            _ => {}
        }
    }

    /// Files that follow from what the database has.
    fn examine_descriptions(&self, wrongs: &mut Vec<Wrong>) {
        for file in [TRIAL, METRICS, PROVENANCE] {
            // Older versions wrote no `provenance.toml`.
            let is_optional = file == PROVENANCE;
            let is_known = self.row(file).is_some() || self.entry(file).is_some();
            if is_optional && !is_known {
                continue;
            }
            let damage = self.damage(file).or_else(|| match file {
                TRIAL => description_damage(self.record, self.folder),
                _ => None,
            });
            let has_run = self.record.attempts.iter().any(|it| it.run.is_some());
            match damage {
                Some(damage) if is_optional && !has_run => wrongs.push(Wrong::Changed {
                    file: file.to_owned(),
                    damage,
                }),
                Some(damage) => wrongs.push(Wrong::Rewritable { file, damage }),
                None if self.is_recorded_wrong(file) => wrongs.push(Wrong::FileMisrecorded {
                    file: file.to_owned(),
                }),
                None => {}
            }
        }
        if self.record.state == TrialState::Finished && self.is_recorded_wrong(PREDICTIONS) {
            wrongs.push(Wrong::FileMisrecorded {
                file: PREDICTIONS.to_owned(),
            });
        }
    }

    /// Event files, and whatever else was recorded.
    fn examine_others(&self, wrongs: &mut Vec<Wrong>) {
        let known = [TRIAL, METRICS, PROVENANCE, PREDICTIONS, WEIGHTS, RESULT];
        let names = (self.record.files.iter()).map(|file| file.name.as_str());
        let names: BTreeSet<&str> = names.filter(|name| !known.contains(name)).collect();
        for name in names {
            let file = name.to_owned();
            match self.damage(name) {
                Some(damage) => wrongs.push(Wrong::Changed { file, damage }),
                None if self.is_recorded_wrong(name) => {
                    wrongs.push(Wrong::FileMisrecorded { file })
                }
                None => {}
            }
        }
    }

    /// Whether the database says the same as the files that are right.
    fn examine_content(&self, wrongs: &mut Vec<Wrong>) {
        let Some(result) = self.result else {
            let damage = match self.row(RESULT) {
                Some(row) => self.folder.damage(RESULT, row.bytes, &row.blake3),
                None => None,
            };
            let damage = damage.unwrap_or_else(|| match &self.folder.result {
                Part::Missing => Damage::Missing,
                Part::Damaged(why) => Damage::Content(why.clone()),
                Part::There(it) => {
                    Damage::Content(format!("it is that of trial {}", it.trial.short()))
                }
            });
            wrongs.push(Wrong::Rewritable {
                file: RESULT,
                damage,
            });
            return;
        };
        if self.row(RESULT).is_none() {
            let file = RESULT.to_owned();
            wrongs.push(Wrong::FileMisrecorded { file });
        }
        let is_same = (result.state, result.figures.map(RecordedFigures::from))
            == (self.record.state, self.record.figures);
        if !is_same {
            wrongs.push(Wrong::ResultDiffers);
        }
        if self.damage(METRICS).is_none()
            && matches!(&self.folder.metrics, Part::There(epochs) if *epochs != self.record.epochs)
        {
            wrongs.push(Wrong::EpochsDiffer);
        }
    }
}
