//! Records how a trial ended that was trained to its end.

use fitroom_domain::{TrialFigures, TrialState};
use fitroom_store::Ending;
use fitroom_train::Fitted;

use super::checkpoint_files::forget_checkpoints;
use super::cost;
use super::progress::TrialLine;
use super::run::Sweeping;
use super::sinks::{Close, Sinks};
use super::train_trial::Attempt;
use super::trial_folder::{self, Result as TrialResult};
use crate::run_folder::WEIGHTS;

impl Sweeping<'_> {
    pub(super) fn conclude_finished(
        &self,
        attempt: &Attempt<'_>,
        fitted: &Fitted,
        sinks: Sinks<'_>,
    ) -> anyhow::Result<()> {
        let usage = attempt.meter.usage();
        let (folder, line) = sinks.finish(Close::Finished(fitted));
        folder.write_model(attempt.trial, &self.rows.validation, fitted)?;
        let figures = self.figures(attempt, fitted)?;
        let complete = folder.complete(
            attempt.trial,
            &TrialResult {
                state: TrialState::Finished,
                reason: None,
                figures: Some(&figures),
                started_at: &attempt.started_at,
                numerics: attempt.numerics,
                usage,
            },
        )?;
        let ending = Ending::Finished {
            figures: &figures,
            files: complete.files(),
        };
        match self.end(attempt.key, &ending, usage, || complete.place())? {
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

    pub(super) fn conclude_diverged(
        &self,
        attempt: &Attempt<'_>,
        epoch: u32,
        sinks: Sinks<'_>,
    ) -> anyhow::Result<()> {
        let usage = attempt.meter.usage();
        let (folder, line) = sinks.finish(Close::In(TrialState::Diverged));
        let reason = format!("the loss became infinite or undefined in epoch {epoch}");
        let complete = folder.complete(
            attempt.trial,
            &TrialResult {
                state: TrialState::Diverged,
                reason: Some(&reason),
                figures: None,
                started_at: &attempt.started_at,
                numerics: attempt.numerics,
                usage,
            },
        )?;
        let ending = Ending::Diverged {
            reason: &reason,
            epochs: epoch.saturating_sub(1),
            files: complete.files(),
        };
        match self.end(attempt.key, &ending, usage, || complete.place())? {
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
        let forget = store.forget_surplus_weights(self.key, WEIGHTS, remove);
        Ok(self.database.wait(forget)?)
    }
}
