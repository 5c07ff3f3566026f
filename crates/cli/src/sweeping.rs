//! Running a sweep: where plan, training and the three outputs meet.

mod checkpoint_files;
mod checkpoints;
mod conclude_trial;
mod control_groups;
mod draw_mistakes;
mod hparams_records;
mod progress;
mod restore_weights;
mod run;
mod sinks;
mod tensorboard_sink;
mod tensorboard_tags;
mod time;
mod train_trial;
mod trial_folder;
mod trial_text;
mod usage_meter;
mod workers;

use fitroom_domain::{TaskSummary, Trial, TrialState};
use fitroom_store::TrialRow;

use crate::database::Database;

pub(crate) use checkpoint_files::{checkpoints_of, forget_checkpoints};
pub(crate) use progress::Progress;
pub(crate) use restore_weights::{RESTORING, RestoreLock, Restoring};
pub(crate) use run::Sweeping;
pub(crate) use tensorboard_tags::{BEST_ACCURACY, SUMMARY};
pub(crate) use time::duration;
pub(crate) use trial_folder::{describe, recorded_hash, sync_folder, write_model};
pub(crate) use workers::{gibibytes, memory_taken, workers};

/// Removes checkpoints of trials that have ended: a process may have died just before it did.
pub(crate) fn sweep_up(database: &Database, trials: &[TrialRow]) {
    let ended = |row: &&TrialRow| matches!(row.state, TrialState::Finished | TrialState::Diverged);
    for folder in trials
        .iter()
        .filter(ended)
        .filter_map(|row| row.folder.as_ref())
    {
        forget_checkpoints(&database.store().runs().join(folder));
    }
}

/// What a trial costs beside others, for estimates of time: multiply-adds of one prediction.
pub(crate) fn cost(summary: &TaskSummary, trial: &Trial) -> f64 {
    summary
        .network(&trial.hyperparameters)
        .map_or(0.0, |network| network.multiply_adds() as f64)
}
