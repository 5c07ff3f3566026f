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
//! - `results`: run folder, lists, best, report
//! - `report`: which pages are written, and when
//! - `report_formats`: what programs get of a report
//! - `report_watch`: pages follow the trials
//! - `many_trials`: a database of ten thousand
//! - `tensorboard`: real TensorBoard reads what was logged
//! - `tensorboard_pages`: its pages of pictures and of hyperparameters
//! - `tensorboard_contents`: everything else that it has of a trial, and trials that it misses
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
mod full_disk;
mod import;
mod import_layouts;
mod import_logs;
mod import_npz;
mod interrupt;
mod machine;
mod many_trials;
mod photographs;
mod plan;
mod prune;
mod real_catalogue;
mod remove;
mod report;
mod report_formats;
mod report_watch;
mod results;
mod small_disk;
mod sweep;
mod tensorboard;
mod tensorboard_contents;
mod tensorboard_pages;
