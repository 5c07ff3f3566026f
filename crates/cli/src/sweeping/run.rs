//! Trains the trials of one sweep: its workers.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fitroom_data::{Dataset, TaskRows};
use fitroom_domain::{TaskSummary, Trial, TrialState, Usage};
use fitroom_store::{AttemptKey, Claimed, Ending, Next, Owner, Queue, StoreError};
use fitroom_sweep::{SweepFile, Work};
use fitroom_train::{Engine, numerics};

use super::cost;
use super::progress::{Progress, TrialLine};
use crate::database::Database;
use crate::interrupt::Interrupt;
use crate::run_folder::ProvenanceFile;

/// All that the workers of one sweep share.
pub(crate) struct Sweeping<'a> {
    pub(crate) database: &'a Database,
    pub(crate) owner: &'a Owner,
    pub(crate) interrupt: &'a Interrupt,
    pub(crate) dataset: &'a Dataset,
    pub(crate) rows: &'a TaskRows,
    pub(crate) summary: &'a TaskSummary,
    pub(crate) sweep: &'a SweepFile,
    pub(crate) engine: Engine,
    /// How much of a trial's training may be lost.
    pub(crate) checkpoint_every: Duration,
    /// The sweep's key.
    pub(crate) key: i64,
    /// How it is run, for the trials' folders.
    pub(crate) provenance: ProvenanceFile,
    /// Its trials by key.
    pub(crate) trials: HashMap<i64, Trial>,
    pub(crate) queue: Mutex<Queue>,
    /// The epoch after which trials wait until it is known which go on; `None`: none does.
    pub(crate) until: Option<u32>,
    pub(crate) progress: &'a Progress,
}

impl Sweeping<'_> {
    /// Trains until nothing is left to do, or somebody asks to stop. An error is one of tracking: a full
    /// disk, a broken database.
    pub(crate) fn run(&self, workers: NonZeroUsize) -> anyhow::Result<()> {
        let broken: Mutex<Option<anyhow::Error>> = Mutex::new(None);
        let breaks = |error: anyhow::Error| {
            lock(&broken).get_or_insert(error);
        };
        let stop = || self.interrupt.asked() || lock(&broken).is_some();
        let numerics = numerics(self.engine, self.sweep.train.threads);
        let next = || {
            if stop() {
                return Work::Done;
            }
            let mut queue = lock(&self.queue);
            let claim = self
                .database
                .store()
                .claim(&mut queue, self.owner, &numerics);
            match self.database.wait(claim) {
                Ok(Next::Train(claimed)) => Work::Do(claimed),
                Ok(Next::Wait { elsewhere }) => {
                    self.progress.waiting(elsewhere);
                    Work::Wait
                }
                Ok(Next::Done) => Work::Done,
                Err(error) => {
                    breaks(error.into());
                    Work::Done
                }
            }
        };
        let work = |claimed: &Claimed| {
            if let Err(error) = self.train(claimed, &numerics, &stop) {
                breaks(error);
                // What cannot be recorded has not happened: the attempt does not count as failed.
                let _ = self.end(
                    claimed.attempt,
                    &Ending::Interrupted,
                    Usage::default(),
                    || Ok(()),
                );
            }
        };
        let panicked = |claimed: &Claimed, message: &str| {
            let Some(trial) = self.trials.get(&claimed.attempt.trial) else {
                return;
            };
            // The line that the trial had went with its stack.
            let line = self.progress.line(&trial.name());
            let error = format!("panicked: {message}");
            if let Err(error) =
                self.conclude_failed((claimed.attempt, Usage::default()), trial, &error, line)
            {
                breaks(error);
            }
        };
        fitroom_sweep::run(workers, next, work, panicked)?;
        match broken.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// Records that an attempt failed, shows it, and puts a trial that may be tried again into the queue.
    pub(super) fn conclude_failed(
        &self,
        (attempt, usage): (AttemptKey, Usage),
        trial: &Trial,
        error: &str,
        line: TrialLine,
    ) -> anyhow::Result<()> {
        let ending = Ending::Failed {
            error,
            attempts: self.sweep.attempts,
        };
        match self.end(attempt, &ending, usage, || Ok(()))? {
            Some(TrialState::Planned) => {
                lock(&self.queue).put_back(attempt.trial);
                self.progress
                    .ended(line, &format!("will be tried again: {error}"), None);
            }
            Some(_) => {
                let cost = cost(self.summary, trial);
                self.progress
                    .ended(line, &format!("failed: {error}"), Some(cost));
            }
            None => self.show_superseded(line),
        }
        Ok(())
    }

    /// Ends an attempt; `place` puts its files in their places. Returns the trial's state, or `None` if
    /// another attempt took its place and nothing was recorded.
    pub(super) fn end(
        &self,
        attempt: AttemptKey,
        ending: &Ending<'_>,
        usage: Usage,
        place: impl FnOnce() -> std::io::Result<()>,
    ) -> anyhow::Result<Option<TrialState>> {
        let store = self.database.store();
        match self
            .database
            .wait(store.end_attempt(attempt, ending, usage, place))
        {
            Ok(ended) => Ok(Some(ended.trial)),
            Err(StoreError::Superseded { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// The value behind a lock; what a panicking thread left there is sound.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
