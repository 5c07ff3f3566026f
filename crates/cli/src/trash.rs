//! The trash of a runs folder: what was removed, and can be brought back.
//!
//! ```text
//! .trash/<trial id>/          a removed trial: its folder and removed.json, all that the database had of it
//! .trash/doctor/<time>/…      damaged files that `doctor` took away
//! ```

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Context;
use fitroom_domain::TrialId;
use fitroom_store::TrialRecord;
use serde::{Deserialize, Serialize};

/// Its folder, in the runs folder.
pub(crate) const TRASH: &str = ".trash";
const REMOVED: &str = "removed.json";

/// What TensorBoard knows event files by, and what it does not: trials in the trash are not to be shown.
const EVENTS: (&str, &str) = ("tfevents", "tf-events");

/// The trash of a runs folder.
#[derive(Debug)]
pub(crate) struct Trash {
    folder: PathBuf,
}

/// `removed.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RemovedTrial {
    /// The key that it had.
    pub(crate) key: i64,
    /// When, in UTC.
    pub(crate) removed_at: String,
    /// All that was recorded of it.
    pub(crate) record: TrialRecord,
}

/// Something in the trash.
#[derive(Debug)]
pub(crate) struct TrashEntry {
    /// Where it lies.
    pub(crate) path: PathBuf,
    /// The trial, if it is one that can be brought back.
    pub(crate) removed: Option<RemovedTrial>,
    /// How much room it takes.
    pub(crate) bytes: u64,
    /// When it was put there.
    pub(crate) since: SystemTime,
}

impl Trash {
    /// That of this runs folder; it need not be there yet.
    pub(crate) fn of(runs: &Path) -> Trash {
        Trash {
            folder: runs.join(TRASH),
        }
    }

    /// Where a trial lies once it is removed.
    pub(crate) fn place(&self, id: &TrialId) -> PathBuf {
        self.folder.join(id.as_str())
    }

    /// Moves a trial's folder, if it has one, to its place in the trash, with its record. Returns whether a folder was
    /// moved.
    ///
    /// # Errors
    /// When the disk refuses; then the folder is where it was.
    pub(crate) fn take(&self, folder: Option<&Path>, removed: &RemovedTrial) -> io::Result<bool> {
        let id = removed.record.trial.id();
        let place = self.place(&id);
        fs::create_dir_all(&self.folder)?;
        // Nothing is there if somebody deleted it, or an earlier call moved it and was killed.
        let folder = folder.filter(|folder| folder.exists());
        match folder {
            Some(folder) => {
                // A trial that was removed before and trained again is the same to the bit.
                if place.exists() {
                    fs::remove_dir_all(&place)?;
                }
                fs::rename(folder, &place)?;
            }
            None => fs::create_dir_all(&place)?,
        }
        let describe = || -> io::Result<()> {
            let text = serde_json::to_string_pretty(removed).map_err(io::Error::other)?;
            fs::write(place.join(REMOVED), text)?;
            hide_from_tensorboard(&place)
        };
        describe().inspect_err(|_| {
            // The first error is the one to tell.
            let _ = self.give_back(&id, folder);
        })?;
        Ok(folder.is_some())
    }

    /// Moves a trial back to its folder; without one its record alone was there.
    ///
    /// # Errors
    /// When the disk refuses, or something lies there.
    pub(crate) fn give_back(&self, id: &TrialId, folder: Option<&Path>) -> io::Result<()> {
        let place = self.place(id);
        let Some(folder) = folder else {
            return fs::remove_dir_all(place);
        };
        if folder.exists() {
            let there = format!("`{}` is there already", folder.display());
            return Err(io::Error::other(there));
        }
        if let Some(above) = folder.parent() {
            fs::create_dir_all(above)?;
        }
        rename_files(&place, shown)?;
        match fs::remove_file(place.join(REMOVED)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::rename(&place, folder)
    }

    /// Whether more of a trial is there than its record.
    pub(crate) fn has_files(&self, id: &TrialId) -> bool {
        let listed = fs::read_dir(self.place(id)).into_iter().flatten().flatten();
        listed.into_iter().any(|entry| entry.file_name() != REMOVED)
    }

    /// All that is in the trash, the oldest first.
    ///
    /// # Errors
    /// When it cannot be listed.
    pub(crate) fn entries(&self) -> anyhow::Result<Vec<TrashEntry>> {
        let at = || format!("failed to list `{}`", self.folder.display());
        let mut entries = Vec::new();
        let listed = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(entries),
            listed => listed.with_context(at)?,
        };
        for entry in listed {
            let path = entry.with_context(at)?.path();
            entries.push(TrashEntry {
                removed: removed_trial(&path),
                bytes: bytes_of(&path).with_context(at)?,
                since: fs::symlink_metadata(&path)
                    .and_then(|found| found.modified())
                    .with_context(at)?,
                path,
            });
        }
        entries.sort_by_key(|entry| entry.since);
        Ok(entries)
    }
}

impl TrashEntry {
    /// Whether it is the place of a trial with this id, or one that begins so.
    pub(crate) fn is_called(&self, called: &str) -> bool {
        let name = self.path.file_name().map(|name| name.to_string_lossy());
        !called.is_empty() && name.is_some_and(|name| name.starts_with(called))
    }

    /// Whether it has been there for longer than this.
    pub(crate) fn is_older_than(&self, age: Duration) -> bool {
        self.since.elapsed().is_ok_and(|found| found >= age) || age.is_zero()
    }
}

/// The record of a removed trial; older versions left none.
fn removed_trial(place: &Path) -> Option<RemovedTrial> {
    let text = fs::read_to_string(place.join(REMOVED)).ok()?;
    serde_json::from_str(&text).ok()
}

/// The name of an event file under which TensorBoard does not show it; any other name as it is.
pub(crate) fn hidden(name: &str) -> String {
    name.replace(EVENTS.0, EVENTS.1)
}

fn shown(name: &str) -> String {
    name.replace(EVENTS.1, EVENTS.0)
}

/// Renames event files in a folder so that TensorBoard does not show them.
///
/// # Errors
/// When the disk refuses.
pub(crate) fn hide_from_tensorboard(folder: &Path) -> io::Result<()> {
    rename_files(folder, hidden)
}

fn rename_files(folder: &Path, renamed: fn(&str) -> String) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if renamed(&name) != name {
            fs::rename(entry.path(), folder.join(renamed(&name)))?;
        }
    }
    Ok(())
}

/// The bytes of all files in a folder, or of a file.
fn bytes_of(path: &Path) -> io::Result<u64> {
    let found = fs::symlink_metadata(path)?;
    if !found.is_dir() {
        return Ok(found.len());
    }
    let mut bytes = 0;
    for entry in fs::read_dir(path)? {
        bytes += bytes_of(&entry?.path())?;
    }
    Ok(bytes)
}
