//! The disk that trials will take.

use fitroom_domain::{ConfusionMatrix, TaskSummary, Trial};
use fitroom_report::ConfusionPicture;

/// Bytes of a weight, and of a logit.
const NUMBER: u64 = 4;

/// Bytes of a row of predictions beside its logits: photograph and class.
const ROW: u64 = 7;

/// Bytes of an epoch's numbers: in the event file, the table, and the database.
const EPOCH: u64 = 1000;

/// A checkpoint beside weights: it holds them, the best ones and two moments.
const CHECKPOINT: u64 = 4;

/// Bytes of a trial's descriptions and of the event file's hyperparameters.
const TRIAL: u64 = 8000;

/// The large files that trials leave, each of one trial.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// How many keep their weights.
    pub(crate) weights: usize,
    /// How many are in training at a time.
    pub(crate) in_training: usize,
    /// How many stay where they were pruned.
    pub(crate) pruned: usize,
}

/// Bytes that trials take at most.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Disk {
    /// Once all have ended.
    pub(crate) kept: u64,
    /// Beside that, while they are in training.
    pub(crate) in_training: u64,
}

/// What these trials take if they train for so many epochs on average.
pub(crate) fn disk(trials: &[&Trial], summary: &TaskSummary, epochs: f64, wanted: Wanted) -> Disk {
    let classes = summary.classes.len() as u64;
    let rows = summary.photographs.validation * (classes * NUMBER + ROW);
    let picture = picture(summary);
    // The best weights' matrix comes once more.
    let of_epochs = (epochs * (EPOCH + picture) as f64) as u64 + picture;
    let mut weights: Vec<u64> = trials
        .iter()
        .filter_map(|trial| summary.network(&trial.hyperparameters).ok())
        .map(|network| network.parameters() * NUMBER)
        .collect();
    weights.sort_unstable_by(|one, other| other.cmp(one));
    let largest = |count: usize| weights.iter().take(count).sum::<u64>();
    Disk {
        kept: trials.len() as u64 * (TRIAL + rows + of_epochs)
            + largest(wanted.weights)
            + CHECKPOINT * largest(wanted.pruned),
        // The old one lies there until the new one is whole.
        in_training: 2 * CHECKPOINT * largest(wanted.in_training),
    }
}

/// Bytes of a confusion matrix as TensorBoard gets it; 0 where none is drawn.
fn picture(summary: &TaskSummary) -> u64 {
    let names: Vec<&str> = summary.classes.iter().map(String::as_str).collect();
    let classes = names.len();
    // Numbers of about the length that real ones have.
    let photographs = summary.photographs.validation as usize;
    let pairs = (0..photographs).map(|row| (row % classes, row / classes % classes));
    let drawn = ConfusionPicture::new(&names).and_then(|picture| {
        let matrix = ConfusionMatrix::new(classes, pairs).ok();
        matrix.map(|matrix| picture.draw(&matrix)).transpose()
    });
    drawn
        .ok()
        .flatten()
        .map_or(0, |picture| picture.png.len() as u64)
}
