//! `predictions.npz`: what a trained model said about the validation rows of its task.
//!
//! ```text
//! photograph   int64    (rows)            position in the dataset
//! mirrored     bool     (rows)            whether the photograph was seen in a mirror
//! class        int64    (rows)            the true class, a position among the task's classes
//! logits       float32  (rows, classes)
//! ```

use std::path::Path;

use ndarray::Array2;

use crate::prediction_arrays::{PredictionRow, PredictionsError, read_arrays, write_arrays};
use crate::task_rows::Row;

/// What a model said about some rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Predictions {
    /// The rows, with their true classes.
    pub rows: Vec<Row>,
    /// For each row a logit for each class: rows × classes.
    pub logits: Array2<f32>,
}

impl PredictionRow for Row {
    const SMALLEST_CLASS: i64 = 0;

    fn numbers(&self) -> (u32, bool, i64) {
        (self.photograph, self.mirrored, i64::from(self.class))
    }

    fn of(photograph: u32, mirrored: bool, class: i64) -> Option<Row> {
        Some(Row {
            photograph,
            class: u16::try_from(class).ok()?,
            mirrored,
        })
    }
}

/// Writes predictions to `path`, under a temporary name beside it until they are complete. Equal
/// predictions give equal files.
///
/// # Errors
/// When a row has no logits or a class without a logit, or the disk refuses.
pub fn write_predictions(path: &Path, predictions: &Predictions) -> Result<(), PredictionsError> {
    write_arrays(path, &predictions.rows, &predictions.logits)
}

/// Reads predictions.
///
/// # Errors
/// When the file cannot be read, an array is missing, or the arrays do not fit together.
pub fn read_predictions(path: &Path) -> Result<Predictions, PredictionsError> {
    let (rows, logits) = read_arrays(path)?;
    Ok(Predictions { rows, logits })
}
