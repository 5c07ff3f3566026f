//! Database and files of a runs folder compared, and brought together again.
//!
//! What is wrong is decided by pure functions from what the database has of a trial and what its folder holds
//! (`examine`), and so is what a trial's record and files are to be instead (`amend`). `mend` makes it so, in one
//! transaction for each trial that first makes sure that nobody has changed the record meanwhile. Whatever is damaged or
//! superfluous is moved to `runs/.trash/doctor/<time>/`, with the path that it had.

mod amend;
mod checkup;
mod complete;
mod examine;
mod findings;
mod folder_state;
mod known_sweeps;
mod layout;
mod leftovers;
mod models;
mod rebuild;
mod recovered;
mod strangers;
mod trash;
mod trials;

pub(crate) use checkup::{Checkup, Examination, check_up};
pub(crate) use findings::{Finding, Outcome};
pub(crate) use folder_state::Look;
