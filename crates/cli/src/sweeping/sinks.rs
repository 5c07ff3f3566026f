//! Where the events of a trial in training go: database, run folder, TensorBoard, display.

use fitroom_domain::{ConfusionMatrix, EpochMetrics, TrialState};
use fitroom_store::AttemptKey;
use fitroom_train::{Fitted, Training};

use super::progress::TrialLine;
use super::tensorboard_sink::TensorboardSink;
use super::trial_folder::TrialFolder;
use crate::database::Database;

/// The sinks of one attempt.
pub(crate) struct Sinks<'a> {
    pub(crate) database: &'a Database,
    pub(crate) attempt: AttemptKey,
    pub(crate) folder: TrialFolder,
    pub(crate) line: TrialLine,
    pub(crate) tensorboard: TensorboardSink<'a>,
}

/// How an attempt came to its end.
pub(crate) enum Close<'a> {
    /// The best weights are restored.
    Finished(&'a Fitted),
    /// In this state, without weights.
    In(TrialState),
    /// It was stopped; nothing is to be said of it.
    Stopped,
}

impl Sinks<'_> {
    /// An epoch has ended.
    pub(crate) fn epoch(
        &mut self,
        metrics: &EpochMetrics,
        confusion: &ConfusionMatrix,
        training: &Training<'_>,
    ) -> anyhow::Result<()> {
        self.database
            .wait(self.database.store().record_epoch(self.attempt, metrics))?;
        self.folder.epoch(metrics)?;
        self.tensorboard.epoch(metrics, confusion, training);
        self.record_warning()?;
        self.line.epoch(metrics);
        Ok(())
    }

    /// Records what TensorBoard did not get, where the trial's report finds it.
    fn record_warning(&mut self) -> anyhow::Result<()> {
        let Some(error) = self.tensorboard.take_error() else {
            return Ok(());
        };
        let warning = format!("TensorBoard's log is not complete: {error}");
        let store = self.database.store();
        Ok(self
            .database
            .wait(store.record_warning(self.attempt, &warning))?)
    }

    /// These epochs ended in earlier attempts, from whose checkpoint this one goes on.
    pub(crate) fn go_on(
        &mut self,
        history: &[EpochMetrics],
        is_logged: bool,
    ) -> anyhow::Result<()> {
        self.record_warning()?;
        let store = self.database.store();
        self.database
            .wait(store.record_epochs(self.attempt, history))?;
        for metrics in history {
            self.folder.epoch(metrics)?;
            self.line.epoch(metrics);
            if !is_logged {
                self.tensorboard.log_again(metrics);
            }
        }
        Ok(())
    }

    /// Training has ended; what is left writes how.
    pub(crate) fn finish(mut self, how: Close<'_>) -> (TrialFolder, TrialLine) {
        match how {
            Close::Finished(fitted) => self.tensorboard.finish(fitted),
            Close::In(state) => self.tensorboard.end(state),
            Close::Stopped => self.tensorboard.close(),
        }
        // The trial's end says itself what is wrong with the database, if anything is.
        let _ = self.record_warning();
        (self.folder, self.line)
    }
}
