//! What the selected model of a sweep's task says about the test split, beside validation.

use fitroom_domain::statistics::{
    ClassFigures, Interval, balanced_accuracy, class_figures, macro_f1, mean, photograph_scores,
};
use fitroom_domain::{Chosen, ConfusionMatrix, TrialId};

use crate::analysis::interval;
use crate::sweep_report::ValidationPicture;

/// What the selected model of a sweep's task says about the test split, beside validation.
#[derive(Debug, Clone)]
pub struct TestReport {
    /// The selected model.
    pub model: TrialId,
    /// The name of its folder.
    pub model_name: String,
    /// The sweep that trained it.
    pub trained_by: String,
    /// Why it is the selected one.
    pub chosen: Chosen,
    /// What it says about the validation pictures, if that can be read.
    pub validation: Option<SplitAnswers>,
    /// What it says about the test pictures; `None` if it was not evaluated yet.
    pub test: Option<SplitAnswers>,
    /// Each time when test photographs were read for this task, for any model, the oldest first.
    pub looks: Vec<Look>,
}

/// What a model says about the pictures of a split.
#[derive(Debug, Clone)]
pub struct SplitAnswers {
    /// The pictures.
    pub pictures: Vec<ValidationPicture>,
    /// For each of them the class that it is taken for, a position among the task's classes.
    pub predicted: Vec<usize>,
}

/// A time when test photographs were read.
#[derive(Debug, Clone)]
pub struct Look {
    /// When, as it will be shown; UTC.
    pub at: String,
    /// The model that was evaluated.
    pub model: TrialId,
    /// The name of its folder.
    pub model_name: String,
    /// Test photographs, without mirrored copies.
    pub photographs: u64,
    /// Its accuracy on them, in [0, 1].
    pub accuracy: f64,
}

impl SplitAnswers {
    /// For each photograph the share of its pictures that are right, in rising order of photograph.
    pub fn scores(&self) -> Vec<f64> {
        let pairs = self.pictures.iter().zip(&self.predicted);
        photograph_scores(
            pairs.map(|(picture, predicted)| (picture.photograph, picture.class == *predicted)),
        )
    }

    /// Photographs, without mirrored copies.
    pub fn photographs(&self) -> u64 {
        self.scores().len() as u64
    }

    /// The share of photographs that are right, in [0, 1]; a mirrored copy counts half of its photograph. `None` without
    /// photographs.
    pub fn accuracy(&self) -> Option<f64> {
        mean(&self.scores())
    }

    /// Wilson's 95 % interval of the accuracy.
    pub fn interval(&self) -> Option<Interval> {
        Some(interval(self.accuracy()?, self.photographs()))
    }

    /// Pictures by true and predicted class; `None` unless there is one answer for each picture and all are of these
    /// `classes`.
    pub fn confusion(&self, classes: usize) -> Option<ConfusionMatrix> {
        if self.pictures.len() != self.predicted.len() {
            return None;
        }
        let truths = self.pictures.iter().map(|picture| picture.class);
        ConfusionMatrix::new(classes, truths.zip(self.predicted.iter().copied())).ok()
    }

    /// All figures that are shown of a split; `None` without photographs or if the answers are not of these `classes`.
    pub(crate) fn figures(&self, classes: usize) -> Option<SplitFigures> {
        let confusion = self.confusion(classes)?;
        Some(SplitFigures {
            photographs: self.photographs(),
            pictures: confusion.total(),
            accuracy: self.accuracy()?,
            interval: self.interval()?,
            macro_f1: macro_f1(&confusion),
            balanced_accuracy: balanced_accuracy(&confusion),
            classes: class_figures(&confusion),
            confusion,
        })
    }
}

/// How well a model answers about a split.
#[derive(Debug)]
pub(crate) struct SplitFigures {
    /// Photographs, without mirrored copies.
    pub(crate) photographs: u64,
    /// Photographs and mirrored copies.
    pub(crate) pictures: u64,
    /// The share of photographs that are right, in [0, 1].
    pub(crate) accuracy: f64,
    /// Its 95 % interval.
    pub(crate) interval: Interval,
    /// The mean of the classes' F1, in [0, 1].
    pub(crate) macro_f1: Option<f64>,
    /// The mean of the classes' recalls, in [0, 1].
    pub(crate) balanced_accuracy: Option<f64>,
    /// Precision, recall and support of each class.
    pub(crate) classes: Vec<ClassFigures>,
    /// Pictures by true and predicted class.
    pub(crate) confusion: ConfusionMatrix,
}
