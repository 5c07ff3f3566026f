//! How well a trained model answers, beyond its accuracy.

use fitroom_domain::statistics::{
    ClassFigures, balanced_accuracy, class_figures, expected_calibration_error, macro_f1,
    photograph_scores, top_k_accuracy,
};
use fitroom_domain::{ConfusionMatrix, highest_logit};

use crate::sweep_report::ValidationPicture;

/// Bins of the calibration error: equally wide ones, as is usual.
const BINS: usize = 15;

/// What a trained model says about the validation pictures.
#[derive(Debug)]
pub(crate) struct Answers {
    /// For each picture the class with the highest logit.
    pub(crate) predicted: Vec<usize>,
    /// For each photograph the share of its pictures that are right.
    pub(crate) scores: Vec<f64>,
    /// Pictures by true and predicted class.
    pub(crate) confusion: ConfusionMatrix,
    /// Precision, recall and support of each class.
    pub(crate) classes: Vec<ClassFigures>,
    /// The mean of the classes' F1, in [0, 1].
    pub(crate) macro_f1: Option<f64>,
    /// The mean of the classes' recalls, in [0, 1].
    pub(crate) balanced_accuracy: Option<f64>,
    /// The share of pictures whose class is among the two most probable ones; `None` with two classes.
    pub(crate) top_2_accuracy: Option<f64>,
    /// By how much the probabilities are off on average, a share.
    pub(crate) calibration_error: Option<f64>,
}

impl Answers {
    /// The answers that these logits (pictures × classes) give; `None` if they do not fit the pictures.
    pub(crate) fn new(
        pictures: &[ValidationPicture],
        logits: &[f32],
        classes: usize,
    ) -> Option<Answers> {
        if classes == 0 || logits.len() != pictures.len() * classes {
            return None;
        }
        let rows = || {
            let truths = pictures.iter().map(|picture| picture.class);
            truths.zip(logits.chunks_exact(classes))
        };
        let predicted: Vec<usize> = logits
            .chunks_exact(classes)
            .map(|logits| highest_logit(logits.iter().copied()))
            .collect();
        let truths = pictures.iter().map(|picture| picture.class);
        let confusion =
            ConfusionMatrix::new(classes, truths.zip(predicted.iter().copied())).ok()?;
        let right = (pictures.iter().zip(&predicted))
            .map(|(picture, predicted)| (picture.photograph, picture.class == *predicted));
        Some(Answers {
            scores: photograph_scores(right),
            classes: class_figures(&confusion),
            macro_f1: macro_f1(&confusion),
            balanced_accuracy: balanced_accuracy(&confusion),
            top_2_accuracy: (classes > 2).then(|| top_k_accuracy(rows(), 2)).flatten(),
            calibration_error: expected_calibration_error(rows(), BINS),
            confusion,
            predicted,
        })
    }
}
