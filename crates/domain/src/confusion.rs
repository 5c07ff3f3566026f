//! Which classes a model takes for which.

/// Counts of predictions: rows are true classes, columns predicted ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfusionMatrix {
    classes: usize,
    counts: Vec<u64>,
}

/// A class index beyond the number of classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("class {index} does not exist: there are {classes} classes, counted from 0")]
pub struct ClassOutOfRange {
    /// The index.
    pub index: usize,
    /// How many classes there are.
    pub classes: usize,
}

impl ConfusionMatrix {
    /// Counts pairs of (true class, predicted class).
    pub fn new(
        classes: usize,
        pairs: impl IntoIterator<Item = (usize, usize)>,
    ) -> Result<ConfusionMatrix, ClassOutOfRange> {
        let mut counts = vec![0; classes * classes];
        for (truth, predicted) in pairs {
            for index in [truth, predicted] {
                if index >= classes {
                    return Err(ClassOutOfRange { index, classes });
                }
            }
            counts[truth * classes + predicted] += 1;
        }
        Ok(ConfusionMatrix { classes, counts })
    }

    /// How many classes there are.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Photographs of class `truth` that were taken for `predicted`; 0 for classes that do not exist.
    pub fn count(&self, truth: usize, predicted: usize) -> u64 {
        if truth < self.classes && predicted < self.classes {
            self.counts[truth * self.classes + predicted]
        } else {
            0
        }
    }

    /// Photographs of class `truth`.
    pub fn support(&self, truth: usize) -> u64 {
        (0..self.classes)
            .map(|predicted| self.count(truth, predicted))
            .sum()
    }

    /// All photographs.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Share of photographs on the diagonal, or `None` without photographs.
    pub fn accuracy(&self) -> Option<f64> {
        let right: u64 = (0..self.classes)
            .map(|class| self.count(class, class))
            .sum();
        match self.total() {
            0 => None,
            total => Some(right as f64 / total as f64),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_true_and_predicted_class() {
        let matrix = ConfusionMatrix::new(2, [(0, 0), (0, 1), (1, 1), (1, 1)]).unwrap();
        assert_eq!(
            (matrix.count(0, 1), matrix.count(1, 0), matrix.count(1, 1)),
            (1, 0, 2)
        );
        assert_eq!(matrix.support(0), 2);
        assert_eq!(matrix.accuracy(), Some(0.75));
    }

    #[test]
    fn a_class_that_does_not_exist_is_an_error() {
        assert_eq!(
            ConfusionMatrix::new(2, [(0, 2)]),
            Err(ClassOutOfRange {
                index: 2,
                classes: 2
            })
        );
    }

    #[test]
    fn no_photographs_have_no_accuracy() {
        assert_eq!(ConfusionMatrix::new(3, []).unwrap().accuracy(), None);
    }
}
