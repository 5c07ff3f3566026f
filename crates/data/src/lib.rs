//! Photographs and labels become a dataset; a task becomes rows of it.
//!
//! [`import()`] reads a folder or a zip with its `labels.csv` into a [`Dataset`], which
//! [`Dataset::save`] packs into one folder and [`Dataset::load`] reads back; [`import_npz()`] makes one of
//! NumPy's `.npz` files, [`draw_demo()`] one of drawings. [`task_rows()`] says which photographs a task is
//! about and what their classes are, without copying a pixel. [`check()`] finds what somebody should look
//! at first, and [`leaks()`] the photographs that a task should not be measured on. [`Predictions`] is
//! what a trained model said about the validation photographs, [`ShownPredictions`] about any others.
//! [`PhotographSource`] reads photographs that have no labels yet, and [`Pictures`] are prepared photographs
//! without anything else.

mod assign_split;
mod check;
mod class_names;
mod codes;
mod coding;
mod dataset;
mod dataset_folder;
mod decode;
mod demo;
mod duplicates;
mod element_type;
mod find_labels;
mod fingerprint;
mod implied_labels;
mod import;
mod import_npz;
mod jpeg_end;
mod labels;
mod leaks;
mod manifest;
mod near_identical;
mod npz;
mod npz_parts;
mod npz_sets;
mod photograph_names;
mod photograph_source;
mod picture;
mod pictures;
mod prediction_arrays;
mod predictions;
mod read_photographs;
mod replace_folder;
mod shown_predictions;
mod skipped;
mod source;
mod split_photographs;
mod task_rows;
mod thumbnail;
mod unicode_array;

pub use assign_split::{SplitFractions, SplitFractionsError};
pub use check::{
    AlikeGroup, AlikeMember, Disagreement, Findings, PairCounts, PoorPicture, Problem, SmallClass,
    SplitLeaks, TOO_FEW, WithinAndAcross, check,
};
pub use class_names::ClassNamesError;
pub use coding::{Constant, ConstantError};
pub use dataset::{Column, Dataset, InconsistentDataset, Origin};
pub use dataset_folder::{LoadDatasetError, SaveDatasetError, check_can_be_written, read_manifest};
pub use demo::{DEMO_SOURCE, DrawDemoError, draw_demo};
pub use duplicates::{Duplicates, StoredDuplicates};
pub use implied_labels::implied_labels;
pub use import::{ImportError, ImportOutcome, ImportRequest, Progress, import};
pub use import_npz::{ImportNpzError, NpzImportOutcome, NpzSet, import_npz};
pub use labels::LabelsError;
pub use leaks::leaks;
pub use manifest::{ColumnCounts, Manifest, ManifestError, SplitCounts};
pub use near_identical::{HASH_DISTANCE, PIXEL_DISTANCE, near_identical_groups};
pub use npz::NpzError;
pub use npz_sets::{NpzSetsError, read_npz_sets};
pub use photograph_source::{
    PhotographError, PhotographReader, PhotographSource, PreparedPhotograph,
};
pub use picture::{PREPARATION, PrepareError, prepare};
pub use pictures::{NoPictures, Pictures};
pub use prediction_arrays::PredictionsError;
pub use predictions::{Predictions, read_predictions, write_predictions};
pub use replace_folder::ReplaceFolderError;
pub use shown_predictions::{
    ShownPhotograph, ShownPredictions, read_shown_predictions, write_shown_predictions,
};
pub use skipped::{Skipped, SkippedPhotographs};
pub use source::{ReadFileError, SourceError};
pub use task_rows::{Row, TaskClass, TaskRows, TaskRowsError, task_rows};
pub use thumbnail::{ThumbnailError, small_thumbnail, thumbnail};
