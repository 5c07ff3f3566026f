//! Trains the trials of one sweep.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use fitroom_data::{Dataset, TaskRows};
use fitroom_domain::{NetworkShape, TaskSummary, Trial, TrialFigures, TrialState};
use fitroom_store::{AttemptKey, Claimed, Ending, Next, Owner, Queue, StoreError};
use fitroom_sweep::{SweepFile, Work};
use fitroom_train::{Answer, Event, Fitted, Outcome, StopReason, fit, numerics};

use super::progress::{Progress, TrialLine};
use super::sinks::Sinks;
use super::time;
use super::trial_folder::{self, Result as TrialResult, TrialFolder};
use crate::database::Database;
use crate::interrupt::Interrupt;

/// All that the workers of one sweep share.
pub(crate) struct Sweeping<'a> {
    pub(crate) database: &'a Database,
    pub(crate) owner: &'a Owner,
    pub(crate) interrupt: &'a Interrupt,
    pub(crate) dataset: &'a Dataset,
    pub(crate) rows: &'a TaskRows,
    pub(crate) summary: &'a TaskSummary,
    pub(crate) sweep: &'a SweepFile,
    /// The sweep's key.
    pub(crate) key: i64,
    /// Its trials by key.
    pub(crate) trials: HashMap<i64, Trial>,
    pub(crate) queue: Mutex<Queue>,
    pub(crate) progress: &'a Progress,
}

/// How far an attempt came: errors of tracking stop the sweep, errors of training fail the trial.
enum Attempted {
    Finished(TrialFigures),
    Diverged(String),
    Failed(String),
    Interrupted,
    /// Another attempt took its place; nothing of this one counts.
    Superseded,
}

impl Sweeping<'_> {
    /// Trains until nothing is left to do, or somebody asks to stop. An error is one of tracking: a full disk, a broken database.
    pub(crate) fn run(&self, workers: NonZeroUsize) -> anyhow::Result<()> {
        let broken: Mutex<Option<anyhow::Error>> = Mutex::new(None);
        let breaks = |error: anyhow::Error| {
            lock(&broken).get_or_insert(error);
        };
        let numerics = numerics(self.sweep.train.threads);
        let next = || {
            if self.interrupt.asked() || lock(&broken).is_some() {
                return Work::Done;
            }
            let mut queue = lock(&self.queue);
            let claim = self
                .database
                .store()
                .claim(&mut queue, self.owner, &numerics);
            match self.database.wait(claim) {
                Ok(Next::Train(claimed)) => Work::Do(claimed),
                Ok(Next::Wait { .. }) => Work::Wait,
                Ok(Next::Done) => Work::Done,
                Err(error) => {
                    breaks(error.into());
                    Work::Done
                }
            }
        };
        let work = |claimed: &Claimed| {
            let stop = || self.interrupt.asked() || lock(&broken).is_some();
            if let Err(error) = self.train(claimed, &numerics, &stop) {
                // What cannot be recorded has not happened: the attempt does not count as failed.
                let ending = Ending::Interrupted;
                let ended = self
                    .database
                    .store()
                    .end_attempt(claimed.attempt, &ending, || Ok(()));
                let _ = self.database.wait(ended);
                breaks(error);
            }
        };
        let panicked = |claimed: &Claimed, message: &str| {
            let error = format!("panicked: {message}");
            if let Err(error) = self.fail(claimed.attempt, &error) {
                breaks(error);
            }
        };
        fitroom_sweep::run(workers, next, work, panicked)?;
        match broken.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// Trains one claimed trial and records how it ended.
    fn train(
        &self,
        claimed: &Claimed,
        numerics: &str,
        stop: &dyn Fn() -> bool,
    ) -> anyhow::Result<()> {
        let attempt = claimed.attempt;
        let Some(trial) = self.trials.get(&attempt.trial) else {
            anyhow::bail!("trial {} was claimed but never planned", attempt.trial);
        };
        let line = self.progress.begin(&trial.name());
        let path = self.database.store().runs().join(&claimed.folder);
        let folder = TrialFolder::begin(&path, attempt.number, trial, self.summary)?;
        let mut sinks = Sinks::new(
            self.database,
            attempt,
            folder,
            line,
            trial.train.learning_rate,
        );
        let started = (Instant::now(), time::now());
        let fitted = {
            let mut broken = None;
            let mut observe = |event: &Event| {
                match event {
                    Event::Step { epoch, step, steps } => sinks.line.step(*epoch, *step, *steps),
                    Event::Epoch(metrics) => broken = sinks.epoch(metrics).err(),
                }
                match broken.is_some() || stop() {
                    true => Answer::Stop(StopReason::Interrupted),
                    false => Answer::GoOn,
                }
            };
            let fitted = fit(trial, self.dataset, self.rows, &mut observe);
            match broken {
                Some(error) => Err(error),
                None => Ok(fitted),
            }
        };
        let (attempted, line) = match fitted {
            Err(error) if is_superseded(&error) => (Attempted::Superseded, sinks.finish(None).1),
            Err(error) => {
                let (folder, line) = sinks.finish(None);
                folder.abandon();
                self.progress.ended(line, "stopped", None);
                return Err(error);
            }
            Ok(Err(error)) => {
                let (folder, line) = sinks.finish(None);
                folder.abandon();
                (
                    Attempted::Failed(format!("{:#}", anyhow::Error::from(error))),
                    line,
                )
            }
            Ok(Ok(Outcome::Stopped(StopReason::Interrupted))) => {
                let (folder, line) = sinks.finish(None);
                folder.abandon();
                (Attempted::Interrupted, line)
            }
            Ok(Ok(Outcome::Diverged { epoch })) => {
                let (folder, line) = sinks.finish(None);
                let reason = format!("the loss became infinite or undefined in epoch {epoch}");
                let result = TrialResult {
                    state: TrialState::Diverged.as_str(),
                    reason: Some(&reason),
                    figures: None,
                    started_at: &started.1,
                    numerics,
                };
                let complete = folder.complete(trial, &result)?;
                let ending = Ending::Diverged {
                    reason: &reason,
                    files: complete.files(),
                };
                let recorded = self.end(attempt, &ending, || complete.place())?;
                (
                    if recorded {
                        Attempted::Diverged(reason)
                    } else {
                        Attempted::Superseded
                    },
                    line,
                )
            }
            Ok(Ok(Outcome::Finished(fitted))) => {
                let (folder, line) = sinks.finish(Some(&fitted));
                folder.write_model(trial, &self.rows.validation, &fitted)?;
                let figures = self.figures(trial, &fitted, started.0)?;
                let result = TrialResult {
                    state: TrialState::Finished.as_str(),
                    reason: None,
                    figures: Some(&figures),
                    started_at: &started.1,
                    numerics,
                };
                let complete = folder.complete(trial, &result)?;
                let ending = Ending::Finished {
                    figures: &figures,
                    files: complete.files(),
                };
                let recorded = self.end(attempt, &ending, || complete.place())?;
                (
                    if recorded {
                        Attempted::Finished(figures)
                    } else {
                        Attempted::Superseded
                    },
                    line,
                )
            }
        };
        self.conclude(attempt, trial, attempted, line)
    }
}

impl Sweeping<'_> {
    /// Records an ending that needs no files, and shows how the trial ended.
    fn conclude(
        &self,
        attempt: AttemptKey,
        trial: &Trial,
        attempted: Attempted,
        line: TrialLine,
    ) -> anyhow::Result<()> {
        let cost = Some(self.cost(trial));
        match attempted {
            Attempted::Finished(figures) => {
                self.progress.finished(line, &figures, self.cost(trial));
                self.forget_surplus_weights()?;
            }
            Attempted::Diverged(reason) => {
                self.progress
                    .ended(line, &format!("diverged: {reason}"), cost);
            }
            Attempted::Failed(error) => match self.fail(attempt, &error)? {
                TrialState::Failed => self.progress.ended(line, &format!("failed: {error}"), cost),
                _ => self
                    .progress
                    .ended(line, &format!("will be tried again: {error}"), None),
            },
            Attempted::Interrupted => {
                self.end(attempt, &Ending::Interrupted, || Ok(()))?;
                self.progress.ended(line, "interrupted", None);
            }
            Attempted::Superseded => {
                self.progress
                    .ended(line, "given up: another attempt took its place", None);
            }
        }
        Ok(())
    }

    /// Ends an attempt as failed; a trial that may be tried again goes back into the queue. Returns the
    /// trial's state.
    fn fail(&self, attempt: AttemptKey, error: &str) -> anyhow::Result<TrialState> {
        let ending = Ending::Failed {
            error,
            attempts: self.sweep.attempts,
        };
        let end = self
            .database
            .store()
            .end_attempt(attempt, &ending, || Ok(()));
        match self.database.wait(end) {
            Ok(ended) => {
                if ended.trial == TrialState::Planned {
                    lock(&self.queue).put_back(attempt.trial);
                }
                Ok(ended.trial)
            }
            // Whoever took its place decides.
            Err(StoreError::Superseded { .. }) => Ok(TrialState::Running),
            Err(error) => Err(error.into()),
        }
    }

    /// Ends an attempt; `false` if another took its place, and nothing was recorded.
    fn end(
        &self,
        attempt: AttemptKey,
        ending: &Ending<'_>,
        place: impl FnOnce() -> std::io::Result<()>,
    ) -> anyhow::Result<bool> {
        match self
            .database
            .wait(self.database.store().end_attempt(attempt, ending, place))
        {
            Ok(_) => Ok(true),
            Err(StoreError::Superseded { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn figures(
        &self,
        trial: &Trial,
        fitted: &Fitted,
        started: Instant,
    ) -> anyhow::Result<TrialFigures> {
        let shape = self.shape(trial)?;
        Ok(TrialFigures {
            accuracy: fitted.validation.accuracy,
            loss: fitted.validation.loss,
            best_epoch: fitted.best_epoch,
            epochs: fitted.epochs,
            parameters: shape.parameters(),
            multiply_adds: shape.multiply_adds(),
            seconds: started.elapsed().as_secs_f64(),
        })
    }

    fn shape(&self, trial: &Trial) -> Result<NetworkShape, fitroom_domain::NetworkShapeError> {
        NetworkShape::new(
            self.summary.image,
            &trial.hyperparameters,
            self.summary.classes.len(),
        )
    }

    /// What a trial costs beside others, for the estimate of the time left.
    fn cost(&self, trial: &Trial) -> f64 {
        self.shape(trial)
            .map_or(0.0, |shape| shape.multiply_adds() as f64)
    }

    fn forget_surplus_weights(&self) -> anyhow::Result<()> {
        let store = self.database.store();
        let remove = |folder: &str| trial_folder::remove_weights(&store.runs().join(folder));
        let forget = store.forget_surplus_weights(self.key, trial_folder::WEIGHTS, remove);
        Ok(self.database.wait(forget)?)
    }
}

fn is_superseded(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(StoreError::Superseded { .. }))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
