//! The trash of a runs folder: what was removed, and can be brought back.
//!
//! ```text
//! .trash/<trial id>/          a removed trial: its folder and removed.json, all that the database had of it
//! .trash/<trial id>.2/        the same trial, removed again
//! .trash/doctor/<time>/…      damaged files that `doctor` took away
//! ```

mod entries;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use fitroom_store::TrialRecord;
use serde::{Deserialize, Serialize};

use crate::sweeping::sync_folder;

pub(crate) use entries::{Content, RemovedSummary, TrashEntry, entries};

/// Its folder, in the runs folder.
pub(crate) const TRASH: &str = ".trash";
/// The record of a removed trial, in its place.
pub(crate) const REMOVED: &str = "removed.json";

/// What TensorBoard knows event files by, and what it does not: trials in the trash are not to be shown.
const EVENTS: (&str, &str) = ("tfevents", "tf-events");

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

impl RemovedTrial {
    /// Reads the record in a place of the trash.
    ///
    /// # Errors
    /// When there is none, or it says something else.
    pub(crate) fn read(place: &Path) -> io::Result<RemovedTrial> {
        let text = fs::read_to_string(place.join(REMOVED))?;
        serde_json::from_str(&text).map_err(io::Error::other)
    }

    /// Writes it into a folder, and waits until it is on the disk.
    fn write(&self, folder: &Path) -> io::Result<()> {
        let partial = folder.join(format!("{REMOVED}.partial"));
        let text = serde_json::to_string_pretty(self).map_err(io::Error::other)?;
        let mut file = File::create(&partial)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(partial, folder.join(REMOVED))?;
        sync_folder(folder)
    }
}

/// A trial that has just been moved to the trash.
#[derive(Debug, Clone)]
pub(crate) struct Moved {
    /// Where it lies now.
    pub(crate) place: PathBuf,
    /// The folder that it was moved from; `None`: it had none, and its record alone is there.
    from: Option<PathBuf>,
}

impl Moved {
    /// Moves a trial's folder, if it has one, to a place of its own in the trash, with its record.
    ///
    /// # Errors
    /// When the disk refuses; then the folder is where it was.
    pub(crate) fn to_trash(
        runs: &Path,
        folder: Option<&Path>,
        removed: &RemovedTrial,
    ) -> io::Result<Moved> {
        let trash = runs.join(TRASH);
        fs::create_dir_all(&trash)?;
        let id = removed.record.trial.id();
        let moved = Moved {
            place: free_place(&trash.join(id.as_str())),
            from: folder.filter(|it| it.is_dir()).map(Path::to_owned),
        };
        match &moved.from {
            Some(from) => {
                // Before it is moved: whatever happens, a folder in the trash has its record.
                removed.write(from)?;
                fs::rename(from, &moved.place)?;
            }
            None => {
                fs::create_dir(&moved.place)?;
                removed.write(&moved.place)?;
            }
        }
        let hide = || -> io::Result<()> {
            hide_from_tensorboard(&moved.place)?;
            sync_folder(&trash)
        };
        hide().inspect_err(|_| {
            // The first error is the one to tell.
            let _ = moved.undo();
        })?;
        Ok(moved)
    }

    /// Takes it back. What somebody put into the place meanwhile stays.
    ///
    /// # Errors
    /// When the disk refuses; then it lies in the trash, with its record.
    pub(crate) fn undo(&self) -> io::Result<()> {
        match &self.from {
            Some(from) => give_back(&self.place, from),
            None => remove_record(&self.place),
        }
    }
}

/// Moves a trial's folder from the trash to where it was. Its record stays in it.
///
/// # Errors
/// When the disk refuses, or something lies there.
pub(crate) fn move_back(place: &Path, folder: &Path) -> io::Result<()> {
    if folder.exists() {
        let there = format!("`{}` is there already", folder.display());
        return Err(io::Error::other(there));
    }
    if let Some(above) = folder.parent() {
        fs::create_dir_all(above)?;
    }
    rename_files(place, shown)?;
    fs::rename(place, folder)?;
    folder.parent().map_or(Ok(()), sync_folder)
}

/// Moves a trial's folder from the trash to where it was, without its record.
///
/// # Errors
/// When the disk refuses, or something lies there.
pub(crate) fn give_back(place: &Path, folder: &Path) -> io::Result<()> {
    move_back(place, folder)?;
    match fs::remove_file(folder.join(REMOVED)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Removes a place of the trash that holds a record and nothing else.
///
/// # Errors
/// When there is more, or the disk refuses.
pub(crate) fn remove_record(place: &Path) -> io::Result<()> {
    fs::remove_file(place.join(REMOVED))?;
    fs::remove_dir(place)
}

/// Whether more of a trial lies in a place of the trash than its record.
pub(crate) fn has_files(place: &Path) -> bool {
    let listed = fs::read_dir(place).into_iter().flatten().flatten();
    listed.into_iter().any(|entry| entry.file_name() != REMOVED)
}

/// A place where nothing lies: this one, or it with a number.
pub(crate) fn free_place(place: &Path) -> PathBuf {
    let numbered = |number: u32| PathBuf::from(format!("{}.{number}", place.display()));
    let mut places = std::iter::once(place.to_owned()).chain((2..).map(numbered));
    places.find(|it| !it.exists()).unwrap_or(place.to_owned())
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
