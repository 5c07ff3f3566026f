//! Running a sweep: where plan, training and the three outputs meet.

mod control_groups;
mod progress;
mod run;
mod sinks;
mod tensorboard_sink;
mod time;
mod train_trial;
mod trial_folder;
mod workers;

use fitroom_domain::{TaskSummary, Trial};

pub(crate) use progress::Progress;
pub(crate) use run::Sweeping;
pub(crate) use trial_folder::PREDICTIONS;
pub(crate) use workers::workers;

/// What a trial costs beside others, for estimates of time: multiply-adds of one prediction.
pub(crate) fn cost(summary: &TaskSummary, trial: &Trial) -> f64 {
    summary
        .network(&trial.hyperparameters)
        .map_or(0.0, |network| network.multiply_adds() as f64)
}
