//! Which processes are at work below a `runs/` folder. Looking changes nothing.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::StoreError;

/// How long a process may take from making its lock file to locking it.
const STARTING: Duration = Duration::from_secs(60);

/// A lock file in `runs/.workers`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerLock {
    /// Where it lies.
    pub path: PathBuf,
    /// Whether its process lives. One that is just starting counts as living.
    pub is_alive: bool,
}

/// The lock files of this folder's workers, by name.
///
/// # Errors
/// When a lock cannot be looked at.
pub fn worker_locks(runs: &Path) -> Result<Vec<WorkerLock>, StoreError> {
    let folder = runs.join(".workers");
    let at = |source| StoreError::Lock {
        path: folder.clone(),
        source,
    };
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(at)?,
    };
    let mut locks = Vec::new();
    for entry in entries {
        let path = entry.map_err(at)?.path();
        let is_alive = match path.extension().and_then(|it| it.to_str()) {
            Some("lock") => is_locked(&path)?,
            // It has its lock before it gets its name.
            Some("new") => is_locked(&path)? || is_young(&path),
            _ => continue,
        };
        locks.push(WorkerLock { path, is_alive });
    }
    locks.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(locks)
}

/// Whether the process lives that called itself so.
///
/// # Errors
/// When its lock cannot be looked at.
pub fn is_working(runs: &Path, owner: &str) -> Result<bool, StoreError> {
    is_locked(&runs.join(".workers").join(format!("{owner}.lock")))
}

/// Whether a process holds the lock on this file; nobody does if there is none.
///
/// # Errors
/// When the lock cannot be looked at.
pub fn is_locked(path: &Path) -> Result<bool, StoreError> {
    let at = |source| StoreError::Lock {
        path: path.to_owned(),
        source,
    };
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        file => file.map_err(at)?,
    };
    // Shared: two who only look do not take each other for a worker.
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(at(error)),
    }
}

fn is_young(path: &Path) -> bool {
    let modified = fs::metadata(path).and_then(|metadata| metadata.modified());
    modified.is_ok_and(|time| time.elapsed().is_ok_and(|age| age < STARTING))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::owner::Owner;

    #[test]
    fn a_look_tells_the_living_from_the_dead_and_changes_nothing() {
        let runs = tempfile::tempdir().unwrap();
        assert!(worker_locks(runs.path()).unwrap().is_empty());
        let owner = Owner::new(runs.path()).unwrap();
        let dead = runs.path().join(".workers/dead.lock");
        fs::write(&dead, "").unwrap();
        fs::write(runs.path().join(".workers/keeping"), "").unwrap();
        for _ in 0..2 {
            let locks = worker_locks(runs.path()).unwrap();
            let alive: Vec<bool> = locks.iter().map(|lock| lock.is_alive).collect();
            assert_eq!(locks.len(), 2, "{locks:?}");
            assert_eq!(alive.iter().filter(|it| **it).count(), 1);
            assert!(is_working(runs.path(), owner.id()).unwrap());
            assert!(!is_working(runs.path(), "dead").unwrap());
            assert!(!is_working(runs.path(), "nobody").unwrap());
        }
        assert!(dead.exists());
    }
}
