//! Event files that we, TensorFlow, PyTorch and others wrote, whole and damaged, as the crate reads them.
//!
//! - `bytes`: how these tests make files and read them
//! - `ours`: what our own writer wrote is read back
//! - `theirs`: what the writers of others wrote (`files/`, made by `write_files.py`) is read as they meant it
//! - `agreement`: TensorBoard's own reader reads the same (needs `FITROOM_PYTHON`, and for the study's logs
//!   `FITROOM_TEST_DATA`, the folder in which `study-logs` lies)
//! - `values`: odd values are read as TensorBoard does, or left out
//! - `runs`: events of one or several files become a run
//! - `damage`: files that are cut off, altered, or grow
//! - `hostile`: files that somebody made to do harm
//! - `folders`: runs are found below a folder
//! - `invariants`: what holds for any file
//! - `corpus`: the files that the fuzzer starts from and found

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test may panic, and says what it skips"
)]

mod agreement;
mod bytes;
mod corpus;
mod damage;
mod folders;
mod hostile;
mod invariants;
mod ours;
mod runs;
mod theirs;
mod values;
