//! What processes leave that have died, outside of trials' folders.

use std::fs;
use std::io;
use std::path::Path;

use fitroom_store::{is_locked, worker_locks};

use super::checkup::{Site, UNFINISHED};
use super::findings::{Finding, Wrong};
use super::layout::{Layout, entries};
use super::trials::outcome;

impl Site<'_> {
    /// Looks at the locks of workers and at files that nobody has finished, and removes what is left of the dead.
    ///
    /// # Errors
    /// When a lock cannot be looked at.
    pub(super) fn check_leftovers(&self, layout: &Layout) -> anyhow::Result<Vec<Finding>> {
        let locks = worker_locks(self.runs())?.into_iter();
        let dead = locks.filter(|lock| !lock.is_alive).map(|lock| {
            let name = lock.path.file_name().unwrap_or_default().to_string_lossy();
            (format!(".workers/{name}"), Wrong::StaleLock)
        });
        let half_written = layout.half_written.iter();
        let half_written = half_written.map(|path| (path.clone(), Wrong::HalfWritten));
        let mut findings = Vec::new();
        // Whoever makes a database holds the lock of opening one, and so nobody does.
        for (name, is_folder) in entries(self.runs(), "")? {
            let is_locked = is_locked(&self.runs().join(".fitroom.lock"))?;
            if is_folder && name.starts_with(UNFINISHED) && !is_locked {
                let mut finding = Finding::new(&name, Wrong::HalfWritten);
                if self.checkup.fix {
                    let removed = fs::remove_dir_all(self.runs().join(&name));
                    finding.outcome = outcome(removed.map_err(Into::into));
                }
                findings.push(finding);
            }
        }
        for (path, wrong) in dead.chain(half_written) {
            let mut finding = Finding::new(&path, wrong);
            if self.checkup.fix {
                let removed = remove(&self.runs().join(&path));
                finding.outcome = outcome(removed.map_err(Into::into));
            }
            findings.push(finding);
        }
        Ok(findings)
    }
}

/// Removes a file; one that has gone already is no error.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
