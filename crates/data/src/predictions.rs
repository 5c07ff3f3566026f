//! `predictions.npz`: what a trained model said about the validation rows of its task.
//!
//! ```text
//! photograph   int64    (rows)            position in the dataset
//! mirrored     bool     (rows)            whether the photograph was seen in a mirror
//! class        int64    (rows)            the true class, a position among the task's classes
//! logits       float32  (rows, classes)
//! ```

use std::fs::{self, File};
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2};

use crate::npz::{NpzError, NpzReader, NpzWriter};
use crate::task_rows::Row;

/// What a model said about some rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Predictions {
    /// The rows, with their true classes.
    pub rows: Vec<Row>,
    /// For each row a logit for each class: rows × classes.
    pub logits: Array2<f32>,
}

/// Why predictions cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum PredictionsError {
    /// The file cannot be written.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// An array cannot be written or read.
    #[error(transparent)]
    Npz(#[from] NpzError),
    /// Arrays of different lengths.
    #[error("array `{array}` of `{}` has {found} rows, expected {expected} as `logits` has", path.display())]
    Length {
        /// The file.
        path: PathBuf,
        /// The array.
        array: &'static str,
        /// Its rows.
        found: usize,
        /// The rows of `logits`.
        expected: usize,
    },
    /// A number that no row can have.
    #[error("array `{array}` of `{}` has {found} in row {row}, expected 0 to {largest}", path.display())]
    OutOfRange {
        /// The file.
        path: PathBuf,
        /// The array.
        array: &'static str,
        /// The row, from 0.
        row: usize,
        /// The number.
        found: i64,
        /// The largest that it could be.
        largest: i64,
    },
}

/// Writes predictions to `path`, under a temporary name beside it until they are complete. Equal
/// predictions give equal files.
///
/// # Errors
/// When a row has no logits or a class without a logit, or the disk refuses.
pub fn write_predictions(path: &Path, predictions: &Predictions) -> Result<(), PredictionsError> {
    let column =
        |value: fn(&Row) -> i64| -> Array1<i64> { predictions.rows.iter().map(value).collect() };
    let photographs = column(|row| i64::from(row.photograph));
    let classes = column(|row| i64::from(row.class));
    let mirrored: Array1<bool> = predictions.rows.iter().map(|row| row.mirrored).collect();
    let logits = &predictions.logits;
    rows_of(path, &photographs, &mirrored, &classes, logits)?;

    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", std::process::id()));
    let new = path.with_file_name(name);
    let failed = |source| PredictionsError::Write {
        path: path.to_owned(),
        source,
    };
    let write = || {
        // In memory: of a full disk the archive's writer would complain to the terminal by itself.
        let mut arrays = NpzWriter::new(path, Cursor::new(Vec::new()));
        arrays.array("photograph", &photographs)?;
        arrays.array("mirrored", &mirrored)?;
        arrays.array("class", &classes)?;
        arrays.array("logits", logits)?;
        let bytes = arrays.finish()?.into_inner();
        let mut file = File::create(&new).map_err(failed)?;
        file.write_all(&bytes).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        fs::rename(&new, path).map_err(failed)
    };
    let written = write();
    if written.is_err() {
        // The first error says what went wrong; the file may not even be there.
        let _ = fs::remove_file(&new);
    }
    written
}

/// Reads predictions.
///
/// # Errors
/// When the file cannot be read, an array is missing, or the arrays do not fit together.
pub fn read_predictions(path: &Path) -> Result<Predictions, PredictionsError> {
    let mut arrays = NpzReader::open(path)?;
    let photographs: Array1<i64> = arrays.array("photograph")?;
    let mirrored: Array1<bool> = arrays.array("mirrored")?;
    let classes: Array1<i64> = arrays.array("class")?;
    let logits: Array2<f32> = arrays.array("logits")?;
    let rows = rows_of(path, &photographs, &mirrored, &classes, &logits)?;
    Ok(Predictions { rows, logits })
}

/// The rows that the arrays describe, if they fit together.
fn rows_of(
    path: &Path,
    photographs: &Array1<i64>,
    mirrored: &Array1<bool>,
    classes: &Array1<i64>,
    logits: &Array2<f32>,
) -> Result<Vec<Row>, PredictionsError> {
    let (expected, class_count) = logits.dim();
    for (array, found) in [
        ("photograph", photographs.len()),
        ("mirrored", mirrored.len()),
        ("class", classes.len()),
    ] {
        if found != expected {
            return Err(PredictionsError::Length {
                path: path.to_owned(),
                array,
                found,
                expected,
            });
        }
    }
    let largest_class = i64::try_from(class_count).unwrap_or(i64::MAX).min(1 << 16) - 1;
    let out_of_range = |array, row, found, largest| PredictionsError::OutOfRange {
        path: path.to_owned(),
        array,
        row,
        found,
        largest,
    };
    photographs
        .iter()
        .zip(mirrored)
        .zip(classes)
        .enumerate()
        .map(|(row, ((photograph, mirrored), class))| {
            let largest = i64::from(u32::MAX);
            let number = u32::try_from(*photograph)
                .map_err(|_| out_of_range("photograph", row, *photograph, largest))?;
            let class = u16::try_from(*class)
                .ok()
                .filter(|class| i64::from(*class) <= largest_class)
                .ok_or_else(|| out_of_range("class", row, *class, largest_class))?;
            Ok(Row {
                photograph: number,
                class,
                mirrored: *mirrored,
            })
        })
        .collect()
}
