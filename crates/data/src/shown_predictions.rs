//! What a trained model said about any photographs of a dataset, also those that its task is not about. The file has
//! the arrays of `predictions.npz`; `class` is −1 where a photograph does not belong to the task.

use std::path::Path;

use ndarray::Array2;

use crate::prediction_arrays::{PredictionRow, PredictionsError, read_arrays, write_arrays};

/// A photograph that a model was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ShownPhotograph {
    /// Its position in the dataset.
    pub photograph: u32,
    /// Whether the model saw it in a mirror (left and right changed).
    pub mirrored: bool,
    /// Its true class, a position among the task's classes; `None` if it does not belong to the task.
    pub class: Option<u16>,
}

/// What a model said about the photographs that it was shown.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownPredictions {
    /// The photographs.
    pub shown: Vec<ShownPhotograph>,
    /// For each of them a logit for each class of the task: photographs × classes.
    pub logits: Array2<f32>,
}

/// Stands for no class.
const NO_CLASS: i64 = -1;

impl PredictionRow for ShownPhotograph {
    const SMALLEST_CLASS: i64 = NO_CLASS;

    fn numbers(&self) -> (u32, bool, i64) {
        let class = self.class.map_or(NO_CLASS, i64::from);
        (self.photograph, self.mirrored, class)
    }

    fn of(photograph: u32, mirrored: bool, class: i64) -> Option<ShownPhotograph> {
        let class = match class {
            NO_CLASS => None,
            class => Some(u16::try_from(class).ok()?),
        };
        Some(ShownPhotograph {
            photograph,
            mirrored,
            class,
        })
    }
}

/// Writes what a model said to `path`, under a temporary name beside it until it is complete. Equal predictions give
/// equal files.
///
/// # Errors
/// When a photograph has no logits or a class without a logit, or the disk refuses.
pub fn write_shown_predictions(
    path: &Path,
    predictions: &ShownPredictions,
) -> Result<(), PredictionsError> {
    write_arrays(path, &predictions.shown, &predictions.logits)
}

/// Reads what a model said.
///
/// # Errors
/// When the file cannot be read, an array is missing, or the arrays do not fit together.
pub fn read_shown_predictions(path: &Path) -> Result<ShownPredictions, PredictionsError> {
    let (shown, logits) = read_arrays(path)?;
    Ok(ShownPredictions { shown, logits })
}
