//! The four arrays of a file with predictions, and what must hold between them.

use std::fs::{self, File};
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2};

use crate::npz::{NpzError, NpzReader, NpzWriter};

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
    #[error(
        "array `{array}` of `{}` has {found} in row {row}, expected {smallest} to {largest}",
        path.display()
    )]
    OutOfRange {
        /// The file.
        path: PathBuf,
        /// The array.
        array: &'static str,
        /// The row, from 0.
        row: usize,
        /// The number.
        found: i64,
        /// The smallest that it could be.
        smallest: i64,
        /// The largest that it could be.
        largest: i64,
    },
}

/// What the arrays say in one row beside the logits.
pub(crate) trait PredictionRow: Sized {
    /// The smallest number that the array `class` can have.
    const SMALLEST_CLASS: i64;

    /// The numbers in the arrays `photograph`, `mirrored` and `class`.
    fn numbers(&self) -> (u32, bool, i64);

    /// The row with these numbers, unless no class can have this one.
    fn of(photograph: u32, mirrored: bool, class: i64) -> Option<Self>;
}

/// Writes the arrays to `path`, under a temporary name beside it until they are complete. Equal arrays give equal
/// files.
pub(crate) fn write_arrays<R: PredictionRow>(
    path: &Path,
    rows: &[R],
    logits: &Array2<f32>,
) -> Result<(), PredictionsError> {
    let numbers = || rows.iter().map(R::numbers);
    let photographs: Array1<i64> = numbers().map(|(it, _, _)| i64::from(it)).collect();
    let mirrored: Array1<bool> = numbers().map(|(_, it, _)| it).collect();
    let classes: Array1<i64> = numbers().map(|(_, _, it)| it).collect();
    rows_of::<R>(path, &photographs, &mirrored, &classes, logits)?;

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

/// Reads the arrays: rows, and for each a logit for each class.
pub(crate) fn read_arrays<R: PredictionRow>(
    path: &Path,
) -> Result<(Vec<R>, Array2<f32>), PredictionsError> {
    let mut arrays = NpzReader::open(path)?;
    let photographs: Array1<i64> = arrays.array("photograph")?;
    let mirrored: Array1<bool> = arrays.array("mirrored")?;
    let classes: Array1<i64> = arrays.array("class")?;
    let logits: Array2<f32> = arrays.array("logits")?;
    let rows = rows_of(path, &photographs, &mirrored, &classes, &logits)?;
    Ok((rows, logits))
}

/// The rows that the arrays describe, if they fit together.
fn rows_of<R: PredictionRow>(
    path: &Path,
    photographs: &Array1<i64>,
    mirrored: &Array1<bool>,
    classes: &Array1<i64>,
    logits: &Array2<f32>,
) -> Result<Vec<R>, PredictionsError> {
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
    let out_of_range = |array, row, found, smallest, largest| PredictionsError::OutOfRange {
        path: path.to_owned(),
        array,
        row,
        found,
        smallest,
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
                .map_err(|_| out_of_range("photograph", row, *photograph, 0, largest))?;
            let smallest = R::SMALLEST_CLASS;
            Some(*class)
                .filter(|class| (smallest..=largest_class).contains(class))
                .and_then(|class| R::of(number, *mirrored, class))
                .ok_or_else(|| out_of_range("class", row, *class, smallest, largest_class))
        })
        .collect()
}
