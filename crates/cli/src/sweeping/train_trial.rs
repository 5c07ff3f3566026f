//! Trains one claimed trial and records how it ended.

use std::time::Instant;

use fitroom_domain::{Trial, TrialFigures, TrialState};
use fitroom_store::{AttemptKey, Claimed, Ending, StoreError, utc_now};
use fitroom_train::{Answer, Event, Fitted, Outcome, StopReason, fit};

use super::cost;
use super::progress::TrialLine;
use super::run::Sweeping;
use super::sinks::{Close, Sinks};
use super::tensorboard_sink::TensorboardSink;
use super::trial_folder::{self, Result as TrialResult, TrialFolder};

/// An attempt in progress.
struct Attempt<'a> {
    key: AttemptKey,
    trial: &'a Trial,
    numerics: &'a str,
    started: Instant,
    started_at: String,
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
        let folder = TrialFolder::begin(&path, key.number, trial, self.summary)?;
        let (sweep, rows) = (self.sweep.name.as_str(), self.rows);
        let mut sinks = Sinks {
            database: self.database,
            attempt: key,
            folder,
            line,
            tensorboard: TensorboardSink::begin(&path, key.number, trial, sweep, rows),
        };
        let attempt = Attempt {
            key,
            trial,
            numerics,
            started: Instant::now(),
            started_at: utc_now(),
        };
        let mut broken = None;
        let mut observe = |event: &Event| {
            match event {
                Event::Step { epoch, step, steps } => sinks.line.step(*epoch, *step, *steps),
                Event::Validation { .. } => {}
                Event::Epoch { metrics, confusion } => {
                    broken = sinks.epoch(metrics, confusion).err();
                }
            }
            match broken.is_some() || stop() {
                true => Answer::Break(StopReason::Interrupted),
                false => Answer::Continue(()),
            }
        };
        let fitted = fit(trial, self.dataset, self.rows, self.engine, &mut observe);
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
            seconds: attempt.started.elapsed().as_secs_f64(),
        })
    }

    fn forget_surplus_weights(&self) -> anyhow::Result<()> {
        let store = self.database.store();
        let remove = |folder: &str| trial_folder::remove_weights(&store.runs().join(folder));
        let forget = store.forget_surplus_weights(self.key, trial_folder::WEIGHTS, remove);
        Ok(self.database.wait(forget)?)
    }
}
