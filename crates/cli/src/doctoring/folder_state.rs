//! What lies in a trial's folder.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use anyhow::{Context, bail};
use fitroom_domain::EpochMetrics;

use crate::run_folder::{
    CHECKPOINT, METRICS, ProvenanceFile, RESULT, Remarks, ResultFile, TRIAL, TrialDescription,
    read_metrics,
};

/// How closely files are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// At every byte.
    Bytes,
    /// At the sizes alone.
    Sizes,
}

/// A file that has been read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Part<T> {
    /// There is none.
    Missing,
    /// It cannot be read, and why.
    Damaged(String),
    /// What it says.
    There(T),
}

/// A file as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FoundFile {
    pub(crate) bytes: u64,
    /// Its hash; `None` if only sizes were looked at.
    pub(crate) blake3: Option<String>,
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Damage {
    /// It is not there.
    Missing,
    /// It has so many bytes.
    Size { found: u64, expected: u64 },
    /// It has another hash.
    Hash { found: String, expected: String },
    /// It says something else than it should.
    Content(String),
}

impl fmt::Display for Damage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Damage::Missing => write!(formatter, "is missing"),
            Damage::Size { found, expected } => {
                write!(formatter, "has {found} bytes, expected {expected}")
            }
            Damage::Hash { found, expected } => {
                let (found, expected) = (short(found), short(expected));
                write!(
                    formatter,
                    "has the BLAKE3 hash {found}…, expected {expected}…"
                )
            }
            Damage::Content(why) => write!(formatter, "is damaged: {why}"),
        }
    }
}

fn short(hash: &str) -> &str {
    hash.get(..8).unwrap_or(hash)
}

/// What an attempt leaves while it is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Leftover {
    /// `attempt-N.checkpoint.safetensors`: the attempt's number.
    Checkpoint(u32),
    /// Any other file.
    Other,
}

/// What lies in a trial's folder.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FolderState {
    /// The folder, relative to the runs folder.
    pub(crate) folder: String,
    pub(crate) description: Part<TrialDescription>,
    pub(crate) result: Part<ResultFile>,
    pub(crate) metrics: Part<Vec<EpochMetrics>>,
    pub(crate) provenance: Part<ProvenanceFile>,
    pub(crate) remarks: Part<Remarks>,
    /// All files by name, but for those that attempts leave while they are under way.
    pub(crate) files: BTreeMap<String, FoundFile>,
    /// Those, by name.
    pub(crate) leftovers: BTreeMap<String, Leftover>,
}

impl FolderState {
    /// What lies in this folder below `runs`; `None` if there is none. Files that are being written count for nothing
    /// where `may_be_partial` says that somebody writes them.
    ///
    /// # Errors
    /// When the folder or a file in it cannot be read.
    pub(crate) fn read(
        runs: &Path,
        folder: &str,
        look: Look,
        may_be_partial: bool,
    ) -> anyhow::Result<Option<FolderState>> {
        let path = runs.join(folder);
        let at = || format!("failed to look at `{}`", path.display());
        let entries = match fs::read_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            entries => entries.with_context(at)?,
        };
        let (mut files, mut leftovers) = (BTreeMap::new(), BTreeMap::new());
        for entry in entries {
            let entry = entry.with_context(at)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // A link is the file that it leads to.
            match fs::metadata(entry.path()) {
                Ok(found) if found.is_file() => {}
                Ok(_) => continue,
                Err(_) if entry.path().is_symlink() => {
                    bail!("`{}` is a link to nowhere", entry.path().display());
                }
                // It has gone since.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error).with_context(at),
            }
            match leftover(&name) {
                Some(_) if may_be_partial && name.ends_with(PARTIAL) => {}
                Some(kind) => drop(leftovers.insert(name, kind)),
                None => {
                    let found = found_file(&entry.path(), look).with_context(at)?;
                    files.insert(name, found);
                }
            }
        }
        let is_there = |name: &str| files.contains_key(name);
        Ok(Some(FolderState {
            description: part(is_there(TRIAL), || TrialDescription::read(&path)),
            result: part(is_there(RESULT), || ResultFile::read(&path)),
            metrics: part(is_there(METRICS), || read_metrics(&path.join(METRICS))),
            provenance: match ProvenanceFile::read(&path) {
                Ok(Some(file)) => Part::There(file),
                Ok(None) => Part::Missing,
                Err(error) => Part::Damaged(format!("{error:#}")),
            },
            remarks: part(true, || Remarks::read(&path)),
            folder: folder.to_owned(),
            files,
            leftovers,
        }))
    }

    /// What is wrong with a file that should have this length and this hash.
    pub(crate) fn damage(&self, name: &str, bytes: u64, blake3: &str) -> Option<Damage> {
        let Some(found) = self.files.get(name) else {
            return Some(Damage::Missing);
        };
        if found.bytes != bytes {
            return Some(Damage::Size {
                found: found.bytes,
                expected: bytes,
            });
        }
        let found = found.blake3.as_deref()?;
        (found != blake3).then(|| Damage::Hash {
            found: found.to_owned(),
            expected: blake3.to_owned(),
        })
    }

    /// The number of the latest checkpoint's attempt.
    pub(crate) fn latest_checkpoint(&self) -> Option<u32> {
        let numbers = self
            .leftovers
            .values()
            .filter_map(|leftover| match leftover {
                Leftover::Checkpoint(attempt) => Some(*attempt),
                Leftover::Other => None,
            });
        numbers.max()
    }

    /// Files that no attempt needs any more, of a trial that has ended or has no attempt that is under way.
    pub(crate) fn garbage(&self, has_ended: bool) -> Vec<String> {
        let needed = self.latest_checkpoint().filter(|_| !has_ended);
        let is_needed = |leftover: &Leftover| match leftover {
            Leftover::Checkpoint(attempt) => Some(*attempt) == needed,
            Leftover::Other => false,
        };
        let garbage = self.leftovers.iter().filter(|(_, it)| !is_needed(it));
        garbage.map(|(name, _)| name.clone()).collect()
    }
}

/// What files are called that are being written.
const PARTIAL: &str = ".partial";

/// What a file is that is not there to stay.
fn leftover(name: &str) -> Option<Leftover> {
    if let Some(rest) = name.trim_start_matches('.').strip_prefix("attempt-") {
        let checkpoint = rest.strip_suffix(CHECKPOINT);
        let number = checkpoint.and_then(|it| it.strip_suffix('.')?.parse().ok());
        return Some(number.map_or(Leftover::Other, Leftover::Checkpoint));
    }
    name.ends_with(PARTIAL).then_some(Leftover::Other)
}

/// A file's length and, if its bytes are looked at, its hash.
pub(crate) fn found_file(path: &Path, look: Look) -> io::Result<FoundFile> {
    Ok(match look {
        Look::Sizes => FoundFile {
            bytes: fs::metadata(path)?.len(),
            blake3: None,
        },
        Look::Bytes => {
            let mut hasher = blake3::Hasher::new();
            hasher.update_reader(File::open(path)?)?;
            FoundFile {
                bytes: hasher.count(),
                blake3: Some(hasher.finalize().to_hex().to_string()),
            }
        }
    })
}

fn part<T>(is_there: bool, read: impl FnOnce() -> anyhow::Result<T>) -> Part<T> {
    match is_there.then(read) {
        None => Part::Missing,
        Some(Ok(content)) => Part::There(content),
        Some(Err(error)) => Part::Damaged(format!("{:#}", error.root_cause())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_attempts_leave() {
        for (name, expected) in [
            ("attempt-1.metrics.csv", Some(Leftover::Other)),
            (
                "attempt-12.checkpoint.safetensors",
                Some(Leftover::Checkpoint(12)),
            ),
            (
                "attempt-1.checkpoint.safetensors.partial",
                Some(Leftover::Other),
            ),
            ("model.safetensors.partial", Some(Leftover::Other)),
            ("events.out.tfevents.1.fitroom.attempt-1", None),
            ("metrics.csv", None),
        ] {
            assert_eq!(leftover(name), expected, "{name}");
        }
    }

    #[test]
    fn only_the_latest_checkpoint_of_a_trial_that_waits_is_needed() {
        let runs = tempfile::tempdir().unwrap();
        let names = [
            "attempt-1.checkpoint.safetensors",
            "attempt-3.checkpoint.safetensors",
            "attempt-3.metrics.csv",
        ];
        fs::create_dir(runs.path().join("trial")).unwrap();
        for name in names {
            fs::write(runs.path().join("trial").join(name), "").unwrap();
        }
        let state = FolderState::read(runs.path(), "trial", Look::Bytes, false);
        let state = state.unwrap().unwrap();
        assert_eq!(state.garbage(true), names);
        assert_eq!(state.garbage(false), [names[0], names[2]]);
        let missing = FolderState::read(runs.path(), "other", Look::Bytes, false);
        assert_eq!(missing.unwrap(), None);
    }
}
