//! One file for each command.

pub(crate) mod announcement;
pub(crate) mod audit;
pub(crate) mod best;
pub(crate) mod compare;
pub(crate) mod data_check;
pub(crate) mod data_demo;
pub(crate) mod data_import;
pub(crate) mod data_import_npz;
pub(crate) mod data_show;
pub(crate) mod evaluate;
pub(crate) mod export;
pub(crate) mod import_logs;
pub(crate) mod keep_models;
pub(crate) mod label;
pub(crate) mod new_dataset;
pub(crate) mod planned_sweep;
pub(crate) mod report;
pub(crate) mod restore_weights;
pub(crate) mod run_sweep;
pub(crate) mod runs_list;
pub(crate) mod runs_remove;
pub(crate) mod study;
pub(crate) mod sweep;
pub(crate) mod sweep_plan;
pub(crate) mod sweep_results;
pub(crate) mod trial_json;
