//! Reading what others logged: from event files to trials.
//!
//! ```text
//! log_runs      folders with event files → what is needed of each training that they hold
//! group_trials  which of them belong to one trial, and which trials to one sweep
//! read_trial    a trial's curve, figures, hyperparameters and state
//! ```
//!
//! Nobody agrees on names: [`series`] knows what tags and folders are called, [`hparam_names`] what hyperparameters
//! are, and [`keras_model`] reads a model instead.

mod curve;
mod group_trials;
mod hparam_names;
mod keras_model;
mod log_runs;
mod metric;
mod percent;
mod read_trial;
mod series;

pub(crate) use group_trials::{TrialLogs, group_trials};
pub(crate) use hparam_names::{HparamNames, MapArgument, known_names};
pub(crate) use log_runs::{LogRuns, read_log_runs};
pub(crate) use metric::Experiments;
pub(crate) use read_trial::{logged_hparam_names, read_trial};
