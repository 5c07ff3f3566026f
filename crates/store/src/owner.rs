//! Who is alive: each process holds a lock on a file of its own, which the kernel frees when it dies.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

/// This process as the owner of attempts. Dropping it frees the lock.
#[derive(Debug)]
pub struct Owner {
    id: String,
    path: PathBuf,
    _lock: File,
}

/// A process that could not make itself known.
#[derive(Debug, thiserror::Error)]
#[error("failed to write `{path}`")]
pub struct OwnerError {
    path: PathBuf,
    source: io::Error,
}

impl Owner {
    /// Makes this process known in `runs/.workers/<uuid>.lock`.
    pub fn new(runs: &Path) -> Result<Owner, OwnerError> {
        let folder = workers(runs);
        let id = Uuid::new_v4().to_string();
        let path = folder.join(format!("{id}.lock"));
        // The lock is taken before the file has its name: nobody can find it without its lock.
        let unnamed = folder.join(format!("{id}.new"));
        let create = || -> io::Result<File> {
            fs::create_dir_all(&folder)?;
            let file = File::create(&unnamed)?;
            file.lock()?;
            fs::rename(&unnamed, &path)?;
            Ok(file)
        };
        match create() {
            Ok(lock) => Ok(Owner {
                id,
                path,
                _lock: lock,
            }),
            Err(source) => Err(OwnerError { path, source }),
        }
    }

    /// What identifies it.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // A file that stays is harmless: without its lock it counts as dead.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether the process that called itself `id` still lives. Removes the file of one that does not.
pub(crate) fn is_alive(runs: &Path, id: &str) -> Result<bool, (PathBuf, io::Error)> {
    let path = workers(runs).join(format!("{id}.lock"));
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err((path, error)),
    };
    match file.try_lock() {
        Ok(()) => {
            let _ = fs::remove_file(&path);
            Ok(false)
        }
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err((path, error)),
    }
}

fn workers(runs: &Path) -> PathBuf {
    runs.join(".workers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_lives_until_it_is_dropped() {
        let runs = tempfile::tempdir().unwrap();
        let owner = Owner::new(runs.path()).unwrap();
        let id = owner.id().to_owned();
        assert!(is_alive(runs.path(), &id).unwrap());
        drop(owner);
        assert!(!is_alive(runs.path(), &id).unwrap());
    }

    #[test]
    fn a_lock_file_that_a_dead_process_left_counts_as_dead_and_goes() {
        let runs = tempfile::tempdir().unwrap();
        fs::create_dir(workers(runs.path())).unwrap();
        let left = workers(runs.path()).join("left.lock");
        fs::write(&left, "").unwrap();
        assert!(!is_alive(runs.path(), "left").unwrap());
        assert!(!left.exists());
    }
}
