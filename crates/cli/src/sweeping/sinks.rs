//! Where the events of a trial in training go: database, run folder, TensorBoard, display.

use std::time::{SystemTime, UNIX_EPOCH};

use fitroom_domain::EpochMetrics;
use fitroom_store::AttemptKey;
use fitroom_tensorboard::{EventWriter, WriteEventError};
use fitroom_train::Fitted;

use super::progress::TrialLine;
use super::trial_folder::TrialFolder;
use crate::database::Database;
use crate::output;

/// The sinks of one attempt.
pub(crate) struct Sinks<'a> {
    database: &'a Database,
    attempt: AttemptKey,
    pub(crate) folder: TrialFolder,
    pub(crate) line: TrialLine,
    /// `None` once it has failed: a trial does not depend on its pictures.
    tensorboard: Option<EventWriter>,
    learning_rate: f64,
}

impl<'a> Sinks<'a> {
    /// Sinks for an attempt whose folder is ready.
    pub(crate) fn new(
        database: &'a Database,
        attempt: AttemptKey,
        folder: TrialFolder,
        line: TrialLine,
        learning_rate: f64,
    ) -> Sinks<'a> {
        let writer = EventWriter::create(
            folder.path(),
            seconds_since_1970(),
            "fitroom",
            &format!("attempt-{}", attempt.number),
        );
        let tensorboard = writer.map_err(warn).ok();
        Sinks {
            database,
            attempt,
            folder,
            line,
            tensorboard,
            learning_rate,
        }
    }

    /// An epoch has ended.
    pub(crate) fn epoch(&mut self, metrics: &EpochMetrics) -> anyhow::Result<()> {
        self.database
            .wait(self.database.store().record_epoch(self.attempt, metrics))?;
        self.folder.epoch(metrics)?;
        self.scalars(
            metrics.epoch,
            &[
                ("loss/train", metrics.train.loss),
                ("loss/validation", metrics.validation.loss),
                ("accuracy/train", metrics.train.accuracy),
                ("accuracy/validation", metrics.validation.accuracy),
                ("learning_rate", self.learning_rate),
            ],
        );
        self.line.epoch(metrics);
        Ok(())
    }

    /// The best weights are restored: their figures, and the end of the event file.
    pub(crate) fn finish(mut self, fitted: Option<&Fitted>) -> (TrialFolder, TrialLine) {
        if let Some(fitted) = fitted {
            let best = fitted.validation;
            self.scalars(
                fitted.best_epoch,
                &[("best/accuracy", best.accuracy), ("best/loss", best.loss)],
            );
        }
        if let Some(Err(error)) = self.tensorboard.take().map(EventWriter::finish) {
            warn(error);
        }
        (self.folder, self.line)
    }

    /// Writes scalars of an epoch and hands them to the system, so that TensorBoard follows.
    fn scalars(&mut self, epoch: u32, values: &[(&str, f64)]) {
        let Some(writer) = &mut self.tensorboard else {
            return;
        };
        let values: Vec<(&str, f32)> = values
            .iter()
            .map(|(tag, value)| (*tag, *value as f32))
            .collect();
        let written = writer
            .scalars(i64::from(epoch), seconds_since_1970(), &values)
            .and_then(|()| writer.flush());
        if let Err(error) = written {
            warn(error);
            self.tensorboard = None;
        }
    }
}

fn warn(error: WriteEventError) {
    let error = anyhow::Error::from(error);
    output::message(&format!(
        "warning: TensorBoard gets no more of this trial: {error:#}"
    ));
}

/// The wall clock as event files have it.
fn seconds_since_1970() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |since| since.as_secs_f64())
}
