//! The disk that trials will take.

use fitroom_domain::{ConfusionMatrix, ImageSize, NetworkShape, TaskSummary, Trial};
use fitroom_report::ConfusionPicture;
use fitroom_sweep::TensorboardSettings;

/// Bytes of a weight, and of a logit.
const NUMBER: u64 = 4;

/// Bytes of a row of predictions beside its logits: photograph and class.
const ROW: u64 = 7;

/// Bytes of an epoch's numbers: in the event file, the table, and the database.
const EPOCH: u64 = 1000;

/// A checkpoint beside weights: it holds them, the best ones and two moments.
const CHECKPOINT: u64 = 4;

/// Bytes of a trial's descriptions, and of texts and hyperparameters in the event file.
const TRIAL: u64 = 10_000;

/// Bytes of a histogram's bucket.
const BUCKET: f64 = 16.0;

/// Bytes of the picture of mistakes for each photograph, beside its pixels.
const MISTAKE: u64 = 2000;

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

/// What these trials take if they train for so many epochs on average, and log so much.
pub(crate) fn disk(
    trials: &[&Trial],
    summary: &TaskSummary,
    epochs: f64,
    wanted: Wanted,
    logged: TensorboardSettings,
) -> Disk {
    let classes = summary.classes.len() as u64;
    let rows = summary.photographs.validation * (classes * NUMBER + ROW);
    let picture = picture(summary);
    let times = |every: Option<u32>| every.map_or(0.0, |every| epochs / f64::from(every));
    let pictures = times(logged.confusion_matrices_every) * picture as f64;
    let networks = trials
        .iter()
        .map(|trial| summary.network(&trial.hyperparameters));
    let networks: Vec<NetworkShape> = networks.filter_map(Result::ok).collect();
    let histograms: f64 = networks.iter().map(histograms).sum();
    let histograms = times(logged.histograms_every) * histograms;
    // The best weights' matrix comes once more.
    let of_trial = TRIAL + rows + (epochs * EPOCH as f64 + pictures) as u64 + picture;
    let of_trial = of_trial + mistakes(summary, logged.mistakes);
    let mut weights: Vec<u64> = networks
        .iter()
        .map(|network| network.parameters() * NUMBER)
        .collect();
    weights.sort_unstable_by(|one, other| other.cmp(one));
    let largest = |count: usize| weights.iter().take(count).sum::<u64>();
    Disk {
        kept: trials.len() as u64 * of_trial
            + histograms as u64
            + largest(wanted.weights)
            + CHECKPOINT * largest(wanted.pruned),
        // The old one lies there until the new one is whole.
        in_training: 2 * CHECKPOINT * largest(wanted.in_training),
    }
}

/// Bytes of the histograms of a network's weights: the more values, the more buckets are not empty.
fn histograms(network: &NetworkShape) -> f64 {
    let tensors = network.tensors();
    let buckets = tensors.map(|values| {
        let values = values as f64;
        (14.0 * values.log2().max(1.0)).min(2.0 * values)
    });
    buckets.map(|buckets| 100.0 + BUCKET * buckets).sum()
}

/// Bytes of the picture of so many mistakes at most: a photograph that is shown larger takes no more for that.
fn mistakes(summary: &TaskSummary, most: usize) -> u64 {
    let ImageSize { height, width } = summary.image;
    // Of larger ones small copies are shown.
    let pixels = (u64::from(height) * u64::from(width)).min(160 * 120);
    let count = summary.photographs.validation.min(most as u64);
    count * (3 * pixels + MISTAKE)
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
