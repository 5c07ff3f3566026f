//! The real binary, driven as a person drives it, in folders of its own.
//!
//! - `photographs`: helper: a small catalogue drawn for the tests, and the command line
//! - `import`: photographs and labels become a dataset
//! - `any_shop`: another taxonomy
//! - `bad_input`: wrong files and a full disk
//! - `check`: what somebody should look at is found, and leaks are warned of
//! - `import_layouts`: the many ways in which people lay out their logs
//! - `import_logs`: event files of Keras, PyTorch, tensorboardX and our own become sweeps
//! - `import_npz`: photographs and codes in `.npz` files, likewise, and a sweep trains on them
//! - `choose`: which dataset is meant, and what is refused before anything is trained
//! - `demo`: the demo catalogue is drawn when there is no dataset
//! - `sweep`: grids, workers, resuming, sharing, failures
//! - `machine`: what computes, and how much of it at a time
//! - `interrupt`: Ctrl-C and kill
//! - `full_disk`: a sweep without room
//! - `small_disk`: helper: a file system of a few kilobytes
//! - `chaos`: kills at random moments
//! - `plan`: what a sweep will take, and what stopping early would have saved
//! - `prune`: successive halving
//! - `remove`: weights that are removed and come back, and removed trials
//! - `trash`: removed trials come back, or go for good
//! - `runs_list`: filters, order, columns, pages; tags and notes
//! - `runs_export`: pandas reads trials and epochs
//! - `rerun`: a trial is trained again from its record
//! - `provenance`: where a trial comes from
//! - `shell_help`: completions, manual pages, help
//! - `doctor`: planted damage is found and mended, and a lost database comes back
//! - `doctor_edits`: what people change in run folders by hand
//! - `lost_database`: trials whose database is lost
//! - `results`: run folder, lists, best, report
//! - `show`: all that is known of a trial
//! - `diff`: by what two trials differ
//! - `report`: which pages are written, and when
//! - `report_formats`: what programs get of a report
//! - `report_watch`: pages follow the trials
//! - `readers`: readers beside a running sweep
//! - `many_trials`: a database of ten thousand
//! - `tensorboard`: real TensorBoard reads what was logged
//! - `tensorboard_pages`: its pages of pictures and of hyperparameters
//! - `tensorboard_contents`: everything else that it has of a trial, and trials that it misses
//! - `kept_models`: helper: what is kept of models, and catalogues whose models make routes
//! - `one_path`: training, a kept model, `evaluate` and `label` predict the same
//! - `models`: what is kept of the model of a task
//! - `selection`: which trial is the model of a task
//! - `evaluate`: test photographs, and how often they were read
//! - `routes`: the combined beside the hierarchical route
//! - `label`: labels, and which of them need review
//! - `label_models`: which models label
//! - `label_refused`: what labelling leaves if it does not go well
//! - `label_files`: photographs of all kinds and names, the page, and the way back
//! - `export`: another program predicts the same
//! - `study`: everything in one command
//! - `real_models`: real photographs of another shop are labelled
//! - `real_catalogue`: the whole main job on real photographs

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::panic,
    reason = "a test fails by panicking, and says why it skips"
)]

mod any_shop;
mod bad_input;
mod chaos;
mod check;
mod choose;
mod demo;
mod diff;
mod doctor;
mod doctor_edits;
mod evaluate;
mod export;
mod full_disk;
mod import;
mod import_layouts;
mod import_logs;
mod import_npz;
mod interrupt;
mod kept_models;
mod label;
mod label_files;
mod label_models;
mod label_refused;
mod lost_database;
mod machine;
mod many_trials;
mod models;
mod one_path;
mod photographs;
mod plan;
mod provenance;
mod prune;
mod readers;
mod real_catalogue;
mod real_models;
mod remove;
mod report;
mod report_formats;
mod report_watch;
mod rerun;
mod results;
mod routes;
mod runs_export;
mod runs_list;
mod selection;
mod shell_help;
mod show;
mod small_disk;
mod study;
mod sweep;
mod tensorboard;
mod tensorboard_contents;
mod tensorboard_pages;
mod trash;
