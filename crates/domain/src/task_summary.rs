//! What a task comes to on one dataset.

use serde::{Deserialize, Serialize};

use crate::hyperparameters::Hyperparameters;
use crate::network_shape::{ImageSize, NetworkShape, NetworkShapeError};

/// A task's classes and photographs on one dataset: what a trial's results mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskSummary {
    /// Size of every photograph.
    pub image: ImageSize,
    /// Names of the classes, in the order of their indices.
    pub classes: Vec<String>,
    /// Photographs of the task in each split, without mirrored copies.
    pub photographs: SplitCounts,
    /// Photographs that belong to the task but lack a label that it predicts.
    pub left_out: u64,
}

impl TaskSummary {
    /// The network of these hyperparameters for this task.
    ///
    /// # Errors
    /// When the photographs are too small for it.
    pub fn network(
        &self,
        hyperparameters: &Hyperparameters,
    ) -> Result<NetworkShape, NetworkShapeError> {
        NetworkShape::new(self.image, hyperparameters, self.classes.len())
    }
}

/// A number of photographs for each split.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitCounts {
    /// In the train split.
    pub train: u64,
    /// In the validation split.
    pub validation: u64,
    /// In the test split.
    pub test: u64,
}
