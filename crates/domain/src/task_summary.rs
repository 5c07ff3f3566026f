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
    /// Photographs that accuracies should not be measured on; `None` in records of before they were counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaks: Option<Leaks>,
}

/// How many photographs of a task are identical or nearly so to one that a model has seen before. It may
/// know them by heart, and so its accuracy on them says nothing about new photographs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaks {
    /// In the validation split, like one of train; without mirrored copies.
    pub validation: u64,
    /// In the test split, like one of train or validation, by which models are selected; likewise.
    pub test: u64,
}

impl TaskSummary {
    /// What to know before trusting an accuracy, or `None` if no photograph is known to leak.
    pub fn leak_warning(&self) -> Option<String> {
        let Leaks { validation, test } = self.leaks?;
        let validation = (validation > 0).then(|| {
            format!(
                "{validation} of {} validation photographs nearly equal one that was trained on: \
                 accuracies on validation are too high",
                self.photographs.validation
            )
        });
        let test = (test > 0).then(|| {
            format!(
                "{test} of {} test photographs nearly equal one that was trained on or selected by: \
                 accuracies on test will be too high",
                self.photographs.test
            )
        });
        match (validation, test) {
            (Some(validation), Some(test)) => Some(format!("{validation}; {test}")),
            (validation, test) => validation.or(test),
        }
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(leaks: Option<Leaks>) -> TaskSummary {
        TaskSummary {
            image: ImageSize {
                height: 80,
                width: 60,
            },
            classes: vec!["jeans".to_owned(), "trousers".to_owned()],
            photographs: SplitCounts {
                train: 1322,
                validation: 167,
                test: 168,
            },
            left_out: 0,
            leaks,
        }
    }

    #[test]
    fn only_leaks_are_warned_of() {
        let warning = |validation, test| summary(Some(Leaks { validation, test })).leak_warning();
        assert_eq!(summary(None).leak_warning(), None);
        assert_eq!(warning(0, 0), None);
        assert_eq!(
            warning(12, 0).unwrap(),
            "12 of 167 validation photographs nearly equal one that was trained on: accuracies on \
             validation are too high"
        );
        assert_eq!(
            warning(0, 7).unwrap(),
            "7 of 168 test photographs nearly equal one that was trained on or selected by: \
             accuracies on test will be too high"
        );
        let both = warning(12, 7).unwrap();
        assert!(
            both.contains("12 of 167") && both.contains("; 7 of 168"),
            "{both}"
        );
    }

    #[test]
    fn summaries_of_before_leaks_were_counted_are_read_and_written_as_they_were() {
        let text = serde_json::to_string(&summary(None)).unwrap();
        assert!(!text.contains("leaks"), "{text}");
        assert_eq!(
            serde_json::from_str::<TaskSummary>(&text).unwrap(),
            summary(None)
        );
    }
}
