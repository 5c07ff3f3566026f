//! Trains one claimed trial and records how it ended.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use fitroom_domain::{Trial, TrialState};
use fitroom_store::{AttemptKey, Claimed, Ending, StoreError, utc_now};
use fitroom_sweep::pruning::Curve;
use fitroom_train::{
    Answer, Event, FitError, Outcome, ReadTensorsError, ResumeError, StopReason, Training, fit,
};

use super::checkpoint_files::latest_checkpoint;
use super::checkpoints::Checkpoints;
use super::cost;
use super::run::Sweeping;
use super::sinks::{Close, Sinks};
use super::tensorboard_sink::{Logged, Logging, TensorboardSink};
use super::trial_folder::TrialFolder;
use super::usage_meter::UsageMeter;
use crate::output;

/// An attempt in progress.
pub(super) struct Attempt<'a> {
    pub(super) key: AttemptKey,
    pub(super) trial: &'a Trial,
    pub(super) numerics: &'a str,
    /// The trial's folder.
    pub(super) path: PathBuf,
    pub(super) started: Instant,
    pub(super) started_at: String,
    pub(super) meter: UsageMeter,
    /// Seconds of training in the attempts that it goes on from.
    pub(super) seconds_before: f64,
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
        let meter = UsageMeter::new(trial.train.threads);
        let line = self.progress.begin(&trial.name());
        let path = self.database.store().runs().join(&claimed.folder);
        let begun = match self.begin(&path, trial)? {
            Ok(begun) => begun,
            Err(error) => {
                self.show_failed(&path, key.number, trial)?;
                let error = format!("{:#}", anyhow::Error::from(error));
                return self.conclude_failed((key, meter.usage()), trial, &error, line);
            }
        };
        let Begun { training, from } = begun;
        let checkpoint = from.as_ref().map(|(file, logged)| (file.as_path(), logged));
        let folder = TrialFolder::begin(
            &path,
            key.number,
            trial,
            self.summary,
            &self.provenance,
            checkpoint,
        )?;
        let logged = from.map_or_else(Logged::default, |(_, logged)| logged);
        let is_logged = logged.whole;
        let epoch = training.epoch();
        let mut sinks = Sinks {
            database: self.database,
            attempt: key,
            folder,
            line,
            tensorboard: TensorboardSink::begin(
                &path,
                key.number,
                self.logging(trial),
                (logged, epoch),
            ),
        };
        let mut attempt = Attempt {
            key,
            trial,
            numerics,
            path,
            meter,
            started: Instant::now(),
            started_at: utc_now(),
            seconds_before: training.seconds(),
        };
        let mut broken = sinks.go_on(training.history(), is_logged).err();
        let mut checkpoints = Checkpoints::new(self.checkpoint_every);
        // How it stands when it begins to wait for the others.
        let mut standing = String::new();
        let is_broken = broken.is_some();
        let mut observe = |event: &Event, training: &Training<'_>| {
            match event {
                Event::Step { epoch, step, steps } => {
                    attempt.meter.look();
                    sinks.line.step(*epoch, *step, *steps);
                }
                Event::Validation { .. } => {}
                Event::Epoch { metrics, confusion } => {
                    broken = sinks.epoch(metrics, confusion, training).err();
                }
            }
            if broken.is_some() {
                return Answer::Break(StopReason::Interrupted);
            }
            let is_far_enough = || {
                let epochs = training.history().len();
                let reached = self.until.is_some_and(|until| epochs >= until as usize);
                matches!(event, Event::Epoch { .. }) && reached
            };
            let reason = match stop() {
                // There is nothing left to interrupt.
                _ if training.has_ended() => None,
                true => Some(StopReason::Interrupted),
                false => is_far_enough().then_some(StopReason::Paused),
            };
            if reason == Some(StopReason::Paused) {
                let curve = Curve::new(training.history());
                let accuracy = curve.figures.last().map_or(0.0, |figures| figures.accuracy);
                let (accuracy, epoch) = (output::percent(accuracy), curve.epochs());
                standing = format!("accuracy {accuracy} after epoch {epoch}");
            }
            if reason.is_some() || checkpoints.due() {
                checkpoints.write(&sinks.folder, training, sinks.tensorboard.logged());
            }
            match reason {
                Some(reason) => Answer::Break(reason),
                None => Answer::Continue(()),
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
            Ok(Outcome::Stopped(reason)) => {
                let (folder, line) = sinks.finish(Close::Stopped);
                folder.abandon();
                let usage = attempt.meter.usage();
                self.end(key, &Ending::Interrupted, usage, || Ok(()))?;
                match reason {
                    StopReason::Interrupted => self.progress.ended(line, "interrupted", None),
                    StopReason::Paused => {
                        let cost = cost(self.summary, trial);
                        self.progress.ended(line, &standing, Some(cost));
                    }
                }
                Ok(())
            }
            Err(error) => {
                let (folder, line) = sinks.finish(Close::In(TrialState::Failed));
                folder.abandon();
                let error = format!("{:#}", anyhow::Error::from(error));
                self.conclude_failed((key, attempt.meter.usage()), trial, &error, line)
            }
        }
    }

    /// TensorBoard gets a trial that could not even begin, unless its checkpoint may serve another attempt.
    fn show_failed(&self, path: &Path, attempt: u32, trial: &Trial) -> anyhow::Result<()> {
        if !matches!(latest_checkpoint(path), Ok(None)) {
            return Ok(());
        }
        let folder =
            TrialFolder::begin(path, attempt, trial, self.summary, &self.provenance, None)?;
        let about = self.logging(trial);
        TensorboardSink::begin(path, attempt, about, (Logged::default(), 1))
            .end(TrialState::Failed);
        folder.abandon();
        Ok(())
    }

    fn logging<'t>(&'t self, trial: &'t Trial) -> Logging<'t> {
        Logging {
            trial,
            sweep: self.sweep,
            dataset: self.dataset,
            rows: self.rows,
            summary: self.summary,
        }
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
}
