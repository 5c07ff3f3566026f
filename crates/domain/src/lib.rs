//! The words of Fitting Room as types. Pure: no files, no clock, no threads; what is drawn comes from a fixed seed.
//!
//! A [`Task`] asks a question of a dataset; [`Hyperparameters`], [`TrainSettings`] and a seed make it
//! a [`Trial`], whose [`TrialId`] is a hash of all that determines its result; a finished trial has
//! [`TrialFigures`], and [`leaderboard`] says which of them is best.

mod chosen;
mod confusion;
mod dataset_key;
mod decision;
pub mod hyperparameters;
pub mod keep;
pub mod leaderboard;
mod metric;
mod mistakes;
mod network_shape;
mod provenance;
mod recorded_trial;
pub mod route;
mod split;
mod state;
pub mod statistics;
mod task;
mod task_summary;
mod train_settings;
mod trial;
mod trial_field;
pub mod trial_filter;

pub use chosen::Chosen;
pub use confusion::{ClassOutOfRange, ConfusionMatrix};
pub use dataset_key::{DatasetKey, Fingerprint, FingerprintError};
pub use decision::{highest_logit, softmax_of};
pub use hyperparameters::{HYPERPARAMETERS, Hyperparameters, HyperparametersError};
pub use metric::{EpochMetrics, LossAndAccuracy};
pub use mistakes::{Mistake, most_confident_mistakes};
pub use network_shape::{CHANNELS, ImageSize, NetworkShape, NetworkShapeError};
pub use provenance::{GitState, Machine, Provenance, Usage, Versions};
pub use recorded_trial::{ImportedTrial, RecordedFigures, RecordedTrial, SettingValue};
pub use split::{Split, UnknownSplit};
pub use state::{AttemptState, TrialState, UnknownState, trial_state_after};
pub use task::{Flip, Task, TaskDefinition};
pub use task_summary::{Leaks, SplitCounts, TaskSummary};
pub use train_settings::{TRAIN_SETTINGS, TrainSetting, TrainSettings, TrainSettingsError};
pub use trial::{TRAINING_SEMANTICS, Trial, TrialFigures, TrialId, TrialIdError};
pub use trial_field::{NUMBER_FIELDS, NumberField, TrialField};
pub use trial_filter::TrialFilter;

/// The separator between the labels of one class of a task that predicts several columns.
pub const CLASS_SEPARATOR: &str = " · ";
