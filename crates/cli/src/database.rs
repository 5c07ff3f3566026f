//! The database for code that is not asynchronous.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use fitroom_store::{Health, OpenError, Store, SweepRecord};
use tokio::runtime::Runtime;

use crate::exit::{Failure, OrInput};
use crate::run_folder::TRIAL;
use crate::trash::TRASH;

/// The database with the runtime that it needs. Any thread may use it.
#[derive(Debug)]
pub(crate) struct Database {
    runtime: Runtime,
    store: Store,
}

impl Database {
    /// Opens the database of a `runs/` folder, making it where it is missing.
    pub(crate) fn open(runs: &Path) -> Result<Database, Failure> {
        refuse_lost(runs)?;
        let runtime = runtime()?;
        let store = runtime.block_on(Store::open(runs)).map_err(failure)?;
        Ok(Database { runtime, store })
    }

    /// Opens the database of a `runs/` folder, or `None` if there is none.
    pub(crate) fn open_existing(runs: &Path) -> Result<Option<Database>, Failure> {
        if Store::exists(runs) {
            Database::open(runs).map(Some)
        } else {
            refuse_lost(runs)?;
            Ok(None)
        }
    }

    /// Opens the database of a `runs/` folder to read it alone, or `None` if there is none.
    pub(crate) fn open_to_read(runs: &Path) -> Result<Option<Database>, Failure> {
        refuse_lost(runs)?;
        let runtime = runtime()?;
        let store = runtime.block_on(Store::open_to_read(runs));
        let store = store.map_err(failure)?;
        Ok(store.map(|store| Database { runtime, store }))
    }

    /// Opens the database of a `runs/` folder that must hold trials.
    ///
    /// # Errors
    /// When there is none, beside those of opening it.
    pub(crate) fn open_required(runs: &Path) -> Result<Database, Failure> {
        required(Database::open_existing(runs)?, runs)
    }

    /// Opens the database of a `runs/` folder that must hold trials, to read it alone.
    ///
    /// # Errors
    /// As those of [`Database::open_required`].
    pub(crate) fn open_required_to_read(runs: &Path) -> Result<Database, Failure> {
        required(Database::open_to_read(runs)?, runs)
    }

    /// Every sweep of the database of a `runs/` folder, the one that ran last first; none if there is no database.
    pub(crate) fn sweeps_in(runs: &Path) -> Result<Vec<SweepRecord>, Failure> {
        match Database::open_to_read(runs)? {
            Some(database) => Ok(database.wait(database.store().sweeps())?),
            None => Ok(Vec::new()),
        }
    }

    /// How the database of a `runs/` folder stands. Nothing is changed.
    pub(crate) fn health(runs: &Path) -> Result<Health, Failure> {
        runtime()?.block_on(Store::health(runs)).map_err(failure)
    }

    /// Opens a copy of the database of a `runs/` folder in another folder, brought up to date.
    pub(crate) fn open_copy(runs: &Path, copy: &Path) -> Result<Database, Failure> {
        let copied = runtime()?.block_on(Store::snapshot(runs, copy));
        copied.map_err(failure)?;
        Database::open(copy)
    }

    /// The database's operations.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Waits for one of them.
    pub(crate) fn wait<F: Future>(&self, operation: F) -> F::Output {
        self.runtime.block_on(operation)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.runtime.block_on(self.store.close());
    }
}

fn required(found: Option<Database>, runs: &Path) -> Result<Database, Failure> {
    let runs = runs.display();
    found
        .ok_or_else(|| anyhow!("there are no trials in `{runs}`"))
        .or_input()
}

/// Trials without a database are not taken for none: they would be trained again, and their folders cleared for that.
fn refuse_lost(runs: &Path) -> Result<(), Failure> {
    if Store::exists(runs) || !holds_trials(runs) {
        return Ok(());
    }
    let runs = runs.display();
    Err(Failure::Input(anyhow!(
        "there are trials in `{runs}`, but no database of them (`{runs}/fitroom.db`)\n(`fitroom doctor --fix` makes it anew \
         from their folders)"
    )))
}

/// Whether a folder below it is a trial's, as `<dataset>/<sweep>/<trial>`.
fn holds_trials(runs: &Path) -> bool {
    fn folders(folder: &Path) -> impl Iterator<Item = PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let folders = entries.map(|entry| entry.path());
        folders.filter(|path| path.is_dir() && !path.ends_with(TRASH))
    }
    let sweeps = folders(runs).flat_map(|dataset| folders(&dataset).collect::<Vec<_>>());
    let mut trials = sweeps.flat_map(|sweep| folders(&sweep).collect::<Vec<_>>());
    trials.any(|trial| trial.join(TRIAL).is_file())
}

fn runtime() -> anyhow::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build()
        .context("failed to start the database's thread")
}

/// A wrong folder is the input's fault, and all else the machine's.
fn failure(error: OpenError) -> Failure {
    match error {
        OpenError::NetworkFileSystem { .. } | OpenError::Newer { .. } => {
            Failure::Input(error.into())
        }
        OpenError::Io { .. } | OpenError::Database { .. } | OpenError::InUse { .. } => {
            Failure::Machine(error.into())
        }
    }
}
