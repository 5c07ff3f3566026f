//! What a user of the crate notices.
//!
//! - `import`: folders, zips and labels files become datasets, or errors that say why not
//! - `import_npz`: `.npz` files become datasets, or errors that say why not
//! - `folder`: a dataset's folder is written, replaced, read back, and not believed when it was changed
//! - `check`: what somebody should look at is found
//! - `demo`: the demo catalogue is the same everywhere, and every task can be asked of it
//! - `rows`: tasks become rows
//! - `predictions`: predictions are written and read back
//! - `shown_predictions`: so are those of any photographs, and damaged files are named
//! - `photograph_source`: photographs without labels are read one at a time
//! - `numpy`: NumPy reads what we write (needs `FITROOM_PYTHON`, a Python that has it)
//! - `numpy_sets`: the study's own files, as NumPy writes them, become datasets (likewise)
//! - `catalogue`: a real catalogue (needs `FITROOM_TEST_DATA`, the folder with `fashion-catalogue.zip`)

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may panic, and says what it skips"
)]

mod catalogue;
mod check;
mod demo;
mod folder;
mod import;
mod import_npz;
mod numpy;
mod numpy_sets;
mod photograph_source;
mod predictions;
mod rows;
mod shown_predictions;
mod small_dataset;
