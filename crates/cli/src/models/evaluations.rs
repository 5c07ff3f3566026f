//! What stored predictions come to.

use fitroom_data::ShownPredictions;
use fitroom_domain::statistics::{Interval, balanced_accuracy, macro_f1};
use fitroom_domain::{Flip, Task, highest_logit};
use fitroom_report::{SplitAnswers, ValidationPicture};
use serde::Serialize;

/// A model's figures on the photographs of a split that its task is about, as `--json` shows them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ModelFigures {
    /// Photographs, without mirrored copies.
    pub(crate) photographs: u64,
    /// By photograph; null without any.
    pub(crate) accuracy: Option<f64>,
    /// Its 95 % interval.
    pub(crate) interval: Option<Interval>,
    pub(crate) macro_f1: Option<f64>,
    pub(crate) balanced_accuracy: Option<f64>,
}

impl ModelFigures {
    /// The figures of what a model said about a split.
    pub(crate) fn new(predictions: &ShownPredictions, task: &Task) -> ModelFigures {
        let answers = split_answers(predictions, task);
        let matrix = answers.confusion(predictions.logits.ncols());
        ModelFigures {
            photographs: answers.photographs(),
            accuracy: answers.accuracy(),
            interval: answers.interval(),
            macro_f1: matrix.as_ref().and_then(macro_f1),
            balanced_accuracy: matrix.as_ref().and_then(balanced_accuracy),
        }
    }
}

/// What a model said about the pictures that its task is about: mirrored copies only if it counts those of every split.
pub(crate) fn split_answers(predictions: &ShownPredictions, task: &Task) -> SplitAnswers {
    let with_copies = task.definition.flip == Flip::All;
    let rows = predictions.shown.iter().zip(predictions.logits.rows());
    let of_task = rows.filter_map(|(shown, logits)| {
        let picture = ValidationPicture {
            photograph: shown.photograph,
            mirrored: shown.mirrored,
            class: usize::from(shown.class?),
        };
        let is_counted = with_copies || !shown.mirrored;
        is_counted.then(|| (picture, highest_logit(logits.iter().copied())))
    });
    let (pictures, predicted) = of_task.unzip();
    SplitAnswers {
        pictures,
        predicted,
    }
}
