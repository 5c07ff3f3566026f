//! What lies in the trash.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Context;
use fitroom_domain::{TrialId, TrialState};
use jiff::Timestamp;

use super::{RemovedTrial, TRASH};

/// Something in the trash.
#[derive(Debug)]
pub(crate) struct TrashEntry {
    /// Where it lies.
    pub(crate) path: PathBuf,
    /// What it is.
    pub(crate) content: Content,
    /// How much room it takes.
    pub(crate) bytes: u64,
    /// When it was put there, as far as that is known.
    since: SystemTime,
}

/// What something in the trash is.
#[derive(Debug)]
pub(crate) enum Content {
    /// A trial that can be brought back.
    Trial(Box<RemovedSummary>),
    /// A trial whose record cannot be read, and why.
    Unreadable(String),
    /// Anything else: what `doctor` put there, or an older version, which left no records.
    Other,
}

/// What is shown of a removed trial.
#[derive(Debug, Clone)]
pub(crate) struct RemovedSummary {
    pub(crate) id: TrialId,
    pub(crate) name: String,
    pub(crate) removed_at: String,
    pub(crate) dataset: Option<String>,
    pub(crate) state: TrialState,
    pub(crate) accuracy: Option<f64>,
}

/// All that is in the trash of a runs folder, the oldest first. What `doctor` put there is an entry for each call.
///
/// # Errors
/// When it cannot be listed.
pub(crate) fn entries(runs: &Path) -> anyhow::Result<Vec<TrashEntry>> {
    let trash = runs.join(TRASH);
    let doctor = trash.join("doctor");
    let mut entries = Vec::new();
    for folder in [&trash, &doctor] {
        let at = || format!("failed to list `{}`", folder.display());
        let listed = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            listed => listed.with_context(at)?,
        };
        for entry in listed {
            let path = entry.with_context(at)?.path();
            if path != doctor {
                entries.push(TrashEntry::new(path).with_context(at)?);
            }
        }
    }
    entries.sort_by(|one, other| (one.since, &one.path).cmp(&(other.since, &other.path)));
    Ok(entries)
}

impl TrashEntry {
    fn new(path: PathBuf) -> io::Result<TrashEntry> {
        let content = match RemovedTrial::read(&path) {
            Ok(removed) => Content::Trial(Box::new(summary(&removed))),
            Err(error) => match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Content::Other,
                _ => Content::Unreadable(error.to_string()),
            },
        };
        let changed = fs::symlink_metadata(&path)?.modified()?;
        let removed_at = match &content {
            Content::Trial(removed) => removed.removed_at.parse::<Timestamp>().ok(),
            Content::Unreadable(_) | Content::Other => None,
        };
        Ok(TrashEntry {
            bytes: bytes_of(&path)?,
            since: removed_at.map_or(changed, |time| {
                let since = u64::try_from(time.as_millisecond()).unwrap_or(0);
                SystemTime::UNIX_EPOCH + Duration::from_millis(since)
            }),
            content,
            path,
        })
    }

    /// Whether it has been there for longer than this.
    pub(crate) fn is_older_than(&self, age: Duration) -> bool {
        age.is_zero() || self.since.elapsed().is_ok_and(|found| found > age)
    }

    /// What people call it: the trial's name, else where it lies.
    pub(crate) fn name(&self) -> String {
        match &self.content {
            Content::Trial(removed) => removed.name.clone(),
            Content::Unreadable(_) | Content::Other => self.path.display().to_string(),
        }
    }

    /// Whether it lies where a trial with this id would, or one whose id begins so.
    pub(crate) fn is_called(&self, called: &str) -> bool {
        let name = self.path.file_name().map(|name| name.to_string_lossy());
        !called.is_empty() && name.is_some_and(|name| name.starts_with(called))
    }

    /// Removes it for good.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) fn delete(&self) -> io::Result<()> {
        match fs::symlink_metadata(&self.path)?.is_dir() {
            true => fs::remove_dir_all(&self.path),
            false => fs::remove_file(&self.path),
        }
    }
}

fn summary(removed: &RemovedTrial) -> RemovedSummary {
    let record = &removed.record;
    RemovedSummary {
        id: record.trial.id(),
        name: record.trial.name(),
        removed_at: removed.removed_at.clone(),
        dataset: record.wishes.first().map(|wish| wish.dataset.clone()),
        state: record.state,
        accuracy: record.figures.map(|figures| figures.accuracy),
    }
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
