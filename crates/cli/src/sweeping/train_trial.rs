//! Trains one claimed trial and records how it ended.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use fitroom_domain::{Trial, TrialFigures, TrialState};
use fitroom_store::{AttemptKey, Claimed, Ending, StoreError, utc_now};
use fitroom_train::{
    Answer, Event, FitError, Fitted, Outcome, ReadTensorsError, ResumeError, StopReason, Training,
    fit,
};

use super::checkpoint_files::{forget_checkpoints, latest_checkpoint};
use super::checkpoints::Checkpoints;
use super::cost;
use super::progress::TrialLine;
use super::run::Sweeping;
use super::sinks::{Close, Sinks};
use super::tensorboard_sink::{Logged, TensorboardSink};
use super::trial_folder::{self, Result as TrialResult, TrialFolder};
use crate::output;

/// An attempt in progress.
struct Attempt<'a> {
    key: AttemptKey,
    trial: &'a Trial,
    numerics: &'a str,
    path: PathBuf,
    started: Instant,
    started_at: String,
    /// Seconds of training in the attempts that it goes on from.
    seconds_before: f64,
}

/// A trial that is to be trained on.
struct Begun<'a> {
    training: Training<'a>,
    /// The checkpoint that it goes on from, and what it says of the event files.
    from: Option<(PathBuf, Logged)>,
}

impl Sweeping<'_> {
    /// Trains one claimed trial and records how it ended, unless `stop` asks to end it before.
    ///
    /// Errors of training fail the attempt; an error that is returned is one of tracking.
    pub(super) fn train(
        &self,
        claimed: &Claimed,
        numerics: &str,
        stop: &dyn Fn() -> bool,
    ) -> anyhow::Result<()> {
        let key = claimed.attempt;
        let Some(trial) = self.trials.get(&key.trial) else {
            anyhow::bail!("trial {} was claimed but never planned", key.trial);
        };
        let line = self.progress.begin(&trial.name());
        let path = self.database.store().runs().join(&claimed.folder);
        let begun = match self.begin(&path, trial)? {
            Ok(begun) => begun,
            Err(error) => {
                self.show_failed(&path, key.number, trial)?;
                let error = format!("{:#}", anyhow::Error::from(error));
                return self.conclude_failed(key, trial, &error, line);
            }
        };
        let Begun { training, from } = begun;
        let checkpoint = from.as_ref().map(|(file, logged)| (file.as_path(), logged));
        let folder = TrialFolder::begin(&path, key.number, trial, self.summary, checkpoint)?;
        let logged = from.map_or_else(Logged::default, |(_, logged)| logged);
        let is_logged = logged.whole;
        let (sweep, rows) = (self.sweep.name.as_str(), self.rows);
        let mut sinks = Sinks {
            database: self.database,
            attempt: key,
            folder,
            line,
            tensorboard: TensorboardSink::begin(
                &path,
                key.number,
                trial,
                sweep,
                rows,
                (logged, training.epoch()),
            ),
        };
        let attempt = Attempt {
            key,
            trial,
            numerics,
            path,
            started: Instant::now(),
            started_at: utc_now(),
            seconds_before: training.seconds(),
        };
        let mut broken = sinks.go_on(training.history(), is_logged).err();
        let mut checkpoints = Checkpoints::new(self.checkpoint_every);
        let is_broken = broken.is_some();
        let mut observe = |event: &Event, training: &Training<'_>| {
            match event {
                Event::Step { epoch, step, steps } => sinks.line.step(*epoch, *step, *steps),
                Event::Validation { .. } => {}
                Event::Epoch { metrics, confusion } => {
                    broken = sinks.epoch(metrics, confusion).err();
                }
            }
            if broken.is_some() {
                return Answer::Break(StopReason::Interrupted);
            }
            let stopped = stop();
            if stopped || checkpoints.due() {
                checkpoints.write(&sinks.folder, training, sinks.tensorboard.logged());
            }
            match stopped {
                true => Answer::Break(StopReason::Interrupted),
                false => Answer::Continue(()),
            }
        };
        let fitted = match is_broken {
            false => fit(training, &mut observe),
            true => Ok(Outcome::Stopped(StopReason::Interrupted)),
        };
        if let Some(error) = broken {
            let (folder, line) = sinks.finish(Close::Stopped);
            folder.abandon();
            return match error.downcast_ref() {
                Some(StoreError::Superseded { .. }) => {
                    self.show_superseded(line);
                    Ok(())
                }
                _ => {
                    self.progress.ended(line, "stopped", None);
                    Err(error)
                }
            };
        }
        match fitted {
            Ok(Outcome::Finished(fitted)) => self.conclude_finished(&attempt, &fitted, sinks),
            Ok(Outcome::Diverged { epoch }) => self.conclude_diverged(&attempt, epoch, sinks),
            Ok(Outcome::Stopped(StopReason::Interrupted)) => {
                let (folder, line) = sinks.finish(Close::Stopped);
                folder.abandon();
                self.end(key, &Ending::Interrupted, || Ok(()))?;
                self.progress.ended(line, "interrupted", None);
                Ok(())
            }
            Err(error) => {
                let (folder, line) = sinks.finish(Close::In(TrialState::Failed));
                folder.abandon();
                let error = format!("{:#}", anyhow::Error::from(error));
                self.conclude_failed(key, trial, &error, line)
            }
        }
    }

    /// TensorBoard gets a trial that could not even begin, unless its checkpoint may serve another attempt.
    fn show_failed(&self, path: &Path, attempt: u32, trial: &Trial) -> anyhow::Result<()> {
        if !matches!(latest_checkpoint(path), Ok(None)) {
            return Ok(());
        }
        let folder = TrialFolder::begin(path, attempt, trial, self.summary, None)?;
        let (sweep, earlier) = (self.sweep.name.as_str(), (Logged::default(), 1));
        TensorboardSink::begin(path, attempt, trial, sweep, self.rows, earlier)
            .end(TrialState::Failed);
        folder.abandon();
        Ok(())
    }

    /// The trial as its latest checkpoint has it, if there is one that can be gone on from, else from its
    /// beginning. The inner error is one of training, the outer one of tracking.
    fn begin<'t>(
        &'t self,
        path: &Path,
        trial: &'t Trial,
    ) -> anyhow::Result<Result<Begun<'t>, FitError>> {
        let listed = latest_checkpoint(path);
        let file = listed.with_context(|| format!("failed to list `{}`", path.display()))?;
        if let Some(file) = file {
            let resumed = Training::resume(&file, trial, self.dataset, self.rows, self.engine);
            let error = match resumed {
                Ok((training, note)) => {
                    // Of a note that cannot be read all event files are written again.
                    let logged = serde_json::from_str(&note).unwrap_or_default();
                    let from = Some((file, logged));
                    return Ok(Ok(Begun { training, from }));
                }
                Err(ResumeError::Begin(error)) => return Ok(Err(error.into())),
                Err(ResumeError::Tensors(ReadTensorsError::LibTorch(error))) => {
                    return Ok(Err(error.into()));
                }
                Err(error @ ResumeError::Tensors(ReadTensorsError::Io { .. })) => {
                    return Err(error.into());
                }
                Err(error) => anyhow::Error::from(error),
            };
            output::message(&format!("{}: begins anew: {error:#}", trial.name()));
        }
        let training = Training::begin(trial, self.dataset, self.rows, self.engine);
        Ok(training.map_err(FitError::from).map(|training| Begun {
            training,
            from: None,
        }))
    }

    fn conclude_finished(
        &self,
        attempt: &Attempt<'_>,
        fitted: &Fitted,
        sinks: Sinks<'_>,
    ) -> anyhow::Result<()> {
        let (folder, line) = sinks.finish(Close::Finished(fitted));
        folder.write_model(attempt.trial, &self.rows.validation, fitted)?;
        let figures = self.figures(attempt, fitted)?;
        let complete = folder.complete(
            attempt.trial,
            &TrialResult {
                state: TrialState::Finished.as_str(),
                reason: None,
                figures: Some(&figures),
                started_at: &attempt.started_at,
                numerics: attempt.numerics,
            },
        )?;
        let ending = Ending::Finished {
            figures: &figures,
            files: complete.files(),
        };
        match self.end(attempt.key, &ending, || complete.place())? {
            Some(_) => {
                forget_checkpoints(&attempt.path);
                let cost = cost(self.summary, attempt.trial);
                self.progress.finished(line, &figures, cost);
                self.forget_surplus_weights()
            }
            None => {
                self.show_superseded(line);
                Ok(())
            }
        }
    }

    fn conclude_diverged(
        &self,
        attempt: &Attempt<'_>,
        epoch: u32,
        sinks: Sinks<'_>,
    ) -> anyhow::Result<()> {
        let (folder, line) = sinks.finish(Close::In(TrialState::Diverged));
        let reason = format!("the loss became infinite or undefined in epoch {epoch}");
        let complete = folder.complete(
            attempt.trial,
            &TrialResult {
                state: TrialState::Diverged.as_str(),
                reason: Some(&reason),
                figures: None,
                started_at: &attempt.started_at,
                numerics: attempt.numerics,
            },
        )?;
        let ending = Ending::Diverged {
            reason: &reason,
            files: complete.files(),
        };
        match self.end(attempt.key, &ending, || complete.place())? {
            Some(_) => {
                forget_checkpoints(&attempt.path);
                let cost = cost(self.summary, attempt.trial);
                self.progress
                    .ended(line, &format!("diverged: {reason}"), Some(cost));
            }
            None => self.show_superseded(line),
        }
        Ok(())
    }

    pub(super) fn show_superseded(&self, line: TrialLine) {
        self.progress
            .ended(line, "given up: another attempt took its place", None);
    }

    fn figures(&self, attempt: &Attempt<'_>, fitted: &Fitted) -> anyhow::Result<TrialFigures> {
        let network = self.summary.network(&attempt.trial.hyperparameters)?;
        Ok(TrialFigures {
            accuracy: fitted.validation.accuracy,
            loss: fitted.validation.loss,
            best_epoch: fitted.best_epoch,
            epochs: fitted.epochs,
            parameters: network.parameters(),
            multiply_adds: network.multiply_adds(),
            seconds: attempt.seconds_before + attempt.started.elapsed().as_secs_f64(),
        })
    }

    fn forget_surplus_weights(&self) -> anyhow::Result<()> {
        let store = self.database.store();
        let remove = |folder: &str| trial_folder::remove_weights(&store.runs().join(folder));
        let forget = store.forget_surplus_weights(self.key, trial_folder::WEIGHTS, remove);
        Ok(self.database.wait(forget)?)
    }
}
