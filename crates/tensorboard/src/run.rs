//! What is kept of a run.

use std::collections::{BTreeMap, BTreeSet};

use crate::logged_session::{LoggedEnd, LoggedExperiment, LoggedStart};

/// What is kept of a run: all but pictures and the contents of histograms.
///
/// Where a step has several values of a tag, the last one counts. Where training started again at a step, what
/// was written before of that step and of later ones is gone; no tag is without a step.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Run {
    /// Scalars by tag.
    pub scalars: BTreeMap<String, Series<f64>>,
    /// Texts by tag.
    pub texts: BTreeMap<String, Series<Vec<String>>>,
    /// How many texts were left out because they are longer than [`MAX_TEXT_BYTES`](crate::MAX_TEXT_BYTES).
    pub long_texts: u64,
    /// How many pictures there are, by tag and step.
    pub pictures: BTreeMap<String, BTreeMap<i64, usize>>,
    /// Which steps have histograms, by tag.
    pub histograms: BTreeMap<String, BTreeSet<i64>>,
    /// The experiment that it belongs to. Of several the first counts, as it does for TensorBoard.
    pub experiment: Option<LoggedExperiment>,
    /// Its hyperparameters. Of several the first count.
    pub session_start: Option<LoggedStart>,
    /// How it ended. Of several the first counts.
    pub session_end: Option<LoggedEnd>,
    /// The architecture of its Keras model, as JSON. Of several the first counts.
    pub keras_model: Option<String>,
    /// Whether it says that training starts: a file that does so goes on with the training of those before it.
    pub starts: bool,
    /// The earliest time of an event other than the file's version, in seconds since 1970, UTC; `None` where no
    /// event has a finite one.
    pub first_wall_time: Option<f64>,
    /// The latest, likewise.
    pub last_wall_time: Option<f64>,
}

/// The values of a tag, by step.
pub type Series<T> = BTreeMap<i64, Point<T>>;

/// The value of a tag at a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point<T> {
    /// When it was written, in seconds since 1970, UTC; perhaps not finite.
    pub wall_time: f64,
    /// The value.
    pub value: T,
}
