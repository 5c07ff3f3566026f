//! Sweep file to plan to run. Does not know what a trial does.
//!
//! A [`TasksFile`] says what can be asked of a catalogue. A [`SweepFile`], with [`Override`]s from the
//! command line, names one task and a [`Grid`] of configurations; [`plan()`] makes them the trials of
//! one dataset. Every mistake in a file is an error that names its line and what was expected.

mod document;
mod grid;
mod hyperparameters_table;
pub mod keys;
mod overrides;
mod plan;
pub mod pruning;
mod report_table;
mod run;
mod settings;
#[cfg(test)]
mod shipped_files;
mod sweep_file;
mod tasks_file;
mod tensorboard_table;
mod train_table;
mod unknown_key;

pub use document::{Place, SyntaxError, ValueError};
pub use grid::{Axes, Axis, Grid, GridError, KernelSizes, MOST_TRIALS};
pub use overrides::{Override, OverrideError};
pub use plan::{Plan, PlanError, plan};
pub use report_table::ReportSettings;
pub use run::{RunError, Work, run};
pub use sweep_file::{SweepFile, SweepFileError};
pub use tasks_file::{TasksFile, TasksFileError, UnknownTask};
pub use tensorboard_table::TensorboardSettings;
pub use unknown_key::UnknownKey;
