//! Trains finished trials again whose weights were removed and are wanted now. They get them back only if they come
//! out as they were, to the bit.

use std::fs::{self, File, TryLockError};
use std::io;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use anyhow::Context;
use fitroom_data::{Dataset, TaskRows};
use fitroom_domain::TaskSummary;
use fitroom_store::TrialRow;
use fitroom_sweep::Work;
use fitroom_train::{
    Answer, Engine, Event, Fitted, Outcome, StopReason, Training, fit, write_weights,
};

use super::cost;
use super::progress::Progress;
use super::run::lock;
use super::trial_folder::{describe, recorded_hash, sync_folder};
use crate::database::Database;
use crate::interrupt::Interrupt;
use crate::output;
use crate::run_folder::WEIGHTS;

/// How long a process waits before it looks again whether another one still restores weights.
const PAUSE: Duration = Duration::from_millis(200);

/// All that the workers share that restore weights of one sweep's trials.
pub(crate) struct Restoring<'a> {
    pub(crate) database: &'a Database,
    pub(crate) interrupt: &'a Interrupt,
    pub(crate) dataset: &'a Dataset,
    pub(crate) rows: &'a TaskRows,
    pub(crate) summary: &'a TaskSummary,
    pub(crate) engine: Engine,
    pub(crate) progress: &'a Progress,
}

/// What is locked for that, in `runs/.workers`.
pub(crate) const RESTORING: &str = "restoring";

/// One process at a time restores weights below a `runs/` folder: others wait, and then find nothing left to do.
#[derive(Debug)]
pub(crate) struct RestoreLock {
    _lock: File,
}

impl RestoreLock {
    /// Waits for the lock; `None` if somebody asked to stop.
    pub(crate) fn take(runs: &Path, interrupt: &Interrupt) -> anyhow::Result<Option<RestoreLock>> {
        let path = runs.join(".workers").join(RESTORING);
        let at = || format!("failed to lock `{}`", path.display());
        let file = File::create(&path).with_context(at)?;
        let mut is_said = false;
        while !interrupt.asked() {
            match file.try_lock() {
                Ok(()) => return Ok(Some(RestoreLock { _lock: file })),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error).with_context(at),
            }
            if !is_said {
                output::message("waiting for another process that trains removed weights again");
                is_said = true;
            }
            sleep(PAUSE);
        }
        Ok(None)
    }

    /// Takes the lock; `None` if another process has it.
    pub(crate) fn try_take(runs: &Path) -> anyhow::Result<Option<RestoreLock>> {
        let folder = runs.join(".workers");
        let path = folder.join(RESTORING);
        let at = || format!("failed to lock `{}`", path.display());
        fs::create_dir_all(&folder).with_context(at)?;
        let file = File::create(&path).with_context(at)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(RestoreLock { _lock: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).with_context(at),
        }
    }
}

/// What came of training a trial again.
enum Again {
    /// The same: its weights are there.
    Same,
    /// It was stopped.
    Stopped,
    /// Something else, or an error of training.
    Otherwise(String),
}

impl Restoring<'_> {
    /// Restores the weights of these trials, and counts those that could not be. An error is one of the disk or the
    /// database.
    pub(crate) fn run(
        &self,
        trials: Vec<TrialRow>,
        workers: NonZeroUsize,
    ) -> anyhow::Result<usize> {
        let queue = Mutex::new(trials.into_iter());
        let failed = Mutex::new(0);
        let broken: Mutex<Option<anyhow::Error>> = Mutex::new(None);
        let stop = || self.interrupt.asked() || lock(&broken).is_some();
        let next = || match stop() {
            true => Work::Done,
            false => lock(&queue).next().map_or(Work::Done, Work::Do),
        };
        let otherwise = |row: &TrialRow, what: &str| {
            *lock(&failed) += 1;
            let line = self.progress.line(&row.name);
            let what = format!("weights stay removed: {what}");
            self.progress.ended(line, &what, Some(self.cost(row)));
        };
        let work = |row: &TrialRow| match self.train_again(row, &stop) {
            Ok(Again::Otherwise(what)) => otherwise(row, &what),
            Ok(Again::Same | Again::Stopped) => {}
            Err(error) => {
                lock(&broken).get_or_insert(error);
            }
        };
        let panicked =
            |row: &TrialRow, message: &str| otherwise(row, &format!("panicked: {message}"));
        fitroom_sweep::run(workers, next, work, panicked)?;
        let failed = *lock(&failed);
        match broken.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => Ok(failed),
        }
    }

    fn train_again(&self, row: &TrialRow, stop: &dyn Fn() -> bool) -> anyhow::Result<Again> {
        let runs = self.database.store().runs();
        let folder = runs.join(row.folder.as_deref().unwrap_or_default());
        let expected = match recorded_hash(&folder, WEIGHTS) {
            Ok(expected) => expected,
            Err(error) => return Ok(Again::Otherwise(format!("{error:#}"))),
        };
        let line = self.progress.begin(&row.name);
        let mut observe = |event: &Event, _: &Training<'_>| {
            match event {
                Event::Step { epoch, step, steps } => line.step(*epoch, *step, *steps),
                Event::Epoch { metrics, .. } => line.epoch(metrics),
                Event::Validation { .. } => {}
            }
            match stop() {
                true => Answer::Break(StopReason::Interrupted),
                false => Answer::Continue(()),
            }
        };
        let Some(trial) = row.ours() else {
            return Ok(Again::Otherwise("others trained it".to_owned()));
        };
        let trained = Training::begin(trial, self.dataset, self.rows, self.engine)
            .map_err(anyhow::Error::from)
            .and_then(|training| Ok(fit(training, &mut observe)?));
        let fitted = match trained {
            Ok(Outcome::Finished(fitted)) => fitted,
            Ok(Outcome::Stopped(_)) => {
                self.progress.ended(line, "interrupted", None);
                return Ok(Again::Stopped);
            }
            Ok(Outcome::Diverged { epoch }) => {
                return Ok(Again::Otherwise(format!(
                    "it diverged in epoch {epoch} this time"
                )));
            }
            Err(error) => return Ok(Again::Otherwise(format!("{error:#}"))),
        };
        let again = self.give_back(row, &fitted, &folder, &expected)?;
        if matches!(again, Again::Same) {
            let what = "its weights are back, the same to the bit";
            self.progress.ended(line, what, Some(self.cost(row)));
        }
        Ok(again)
    }

    fn cost(&self, row: &TrialRow) -> f64 {
        row.ours().map_or(0.0, |trial| cost(self.summary, trial))
    }

    /// Puts weights in their place, if they have the hash that they had.
    fn give_back(
        &self,
        row: &TrialRow,
        fitted: &Fitted,
        folder: &Path,
        expected: &str,
    ) -> anyhow::Result<Again> {
        let partial = folder.join(format!("{WEIGHTS}.partial"));
        let give = || {
            write_weights(&fitted.weights, &row.id, &partial)?;
            let file = describe(&partial, WEIGHTS.to_owned())?;
            if file.blake3 != expected {
                let what = "the numerics are those of then, and yet other weights come out";
                return Ok(Again::Otherwise(what.to_owned()));
            }
            let place = || -> io::Result<()> {
                fs::rename(&partial, folder.join(WEIGHTS))?;
                sync_folder(folder)
            };
            let store = self.database.store();
            let restored = store.restore_weights(row.key, &file, place);
            Ok(match self.database.wait(restored)? {
                true => Again::Same,
                false => Again::Otherwise("it was removed meanwhile".to_owned()),
            })
        };
        let given = give();
        if !matches!(given, Ok(Again::Same)) {
            let _ = fs::remove_file(&partial);
        }
        given
    }
}
