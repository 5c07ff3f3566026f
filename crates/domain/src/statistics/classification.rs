//! How well each class is told from the others.

use crate::confusion::ConfusionMatrix;
use serde::Serialize;

/// A class's figures, as scikit-learn's `precision_recall_fscore_support` has them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassFigures {
    /// Pictures of the class.
    pub support: u64,
    /// Pictures that are taken for it.
    pub predicted: u64,
    /// The share of those taken for it that are, in [0, 1]; `None` if none is.
    pub precision: Option<f64>,
    /// The share of those of the class that are taken for it, in [0, 1]; `None` if there are none.
    pub recall: Option<f64>,
    /// The harmonic mean of both, in [0, 1], 0 if nothing is right; `None` without either kind of picture.
    pub f1: Option<f64>,
}

/// The figures of each class, in order.
pub fn class_figures(matrix: &ConfusionMatrix) -> Vec<ClassFigures> {
    let figures = |class| {
        let right = matrix.count(class, class);
        let support = matrix.support(class);
        let predicted = (0..matrix.classes())
            .map(|truth| matrix.count(truth, class))
            .sum();
        ClassFigures {
            support,
            predicted,
            precision: share(right, predicted),
            recall: share(right, support),
            f1: share(2 * right, support + predicted),
        }
    };
    (0..matrix.classes()).map(figures).collect()
}

/// The mean F1 of all classes that have a picture or are predicted, in [0, 1]: scikit-learn's
/// `f1_score(average="macro", zero_division=0)`. `None` without pictures.
pub fn macro_f1(matrix: &ConfusionMatrix) -> Option<f64> {
    mean_of(class_figures(matrix).into_iter().map(|it| it.f1))
}

/// The mean recall of all classes that have a picture, in [0, 1]: scikit-learn's `balanced_accuracy_score`.
/// `None` without pictures.
pub fn balanced_accuracy(matrix: &ConfusionMatrix) -> Option<f64> {
    mean_of(class_figures(matrix).into_iter().map(|it| it.recall))
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The mean of those that exist.
fn mean_of(figures: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let known: Vec<f64> = figures.flatten().collect();
    super::scores::mean(&known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_without_pictures_or_predictions_has_no_figures() {
        // Class 0: 1 of 2 right. Class 1 has no pictures, but one is taken for it. Class 2 does not occur at all.
        let matrix = ConfusionMatrix::new(3, [(0, 0), (0, 1)]).unwrap();
        let figures = class_figures(&matrix);
        assert_eq!(figures[0].precision, Some(1.0));
        assert_eq!(figures[0].recall, Some(0.5));
        assert_eq!(figures[0].f1, Some(2.0 / 3.0));
        assert_eq!((figures[1].support, figures[1].predicted), (0, 1));
        assert_eq!((figures[1].recall, figures[1].f1), (None, Some(0.0)));
        assert_eq!((figures[2].precision, figures[2].f1), (None, None));
        assert_eq!(macro_f1(&matrix), Some(1.0 / 3.0));
        assert_eq!(balanced_accuracy(&matrix), Some(0.5));
    }

    #[test]
    fn all_wrong_is_0_and_nothing_is_no_figure() {
        let matrix = ConfusionMatrix::new(2, [(0, 1), (1, 0)]).unwrap();
        assert_eq!(macro_f1(&matrix), Some(0.0));
        assert_eq!(balanced_accuracy(&matrix), Some(0.0));
        let matrix = ConfusionMatrix::new(2, []).unwrap();
        assert_eq!(
            (macro_f1(&matrix), balanced_accuracy(&matrix)),
            (None, None)
        );
    }
}
