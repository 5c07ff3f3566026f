//! The checkpoints that lie in a trial's folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::run_folder::CHECKPOINT;

/// The checkpoint of the latest attempt that has one.
pub(crate) fn latest_checkpoint(path: &Path) -> io::Result<Option<PathBuf>> {
    let latest = checkpoints(path)?
        .into_iter()
        .max_by_key(|(attempt, _)| *attempt);
    Ok(latest.map(|(_, file)| file))
}

/// All checkpoints in a trial's folder.
pub(crate) fn checkpoints_of(path: &Path) -> io::Result<Vec<PathBuf>> {
    let found = checkpoints(path)?.into_iter();
    Ok(found.map(|(_, file)| file).collect())
}

/// Removes the checkpoints of a trial that has ended. What cannot be removed now is when its sweep runs again.
pub(crate) fn forget_checkpoints(path: &Path) {
    for (_, file) in checkpoints(path).unwrap_or_default() {
        let _ = fs::remove_file(file);
    }
}

/// Attempts and their checkpoints; a folder that is not there has none.
fn checkpoints(path: &Path) -> io::Result<Vec<(u32, PathBuf)>> {
    let entries = match fs::read_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let attempt = || {
            let number = name.to_str()?.strip_prefix("attempt-")?;
            number
                .strip_suffix(CHECKPOINT)?
                .strip_suffix('.')?
                .parse()
                .ok()
        };
        if let Some(attempt) = attempt() {
            found.push((attempt, entry.path()));
        }
    }
    Ok(found)
}
