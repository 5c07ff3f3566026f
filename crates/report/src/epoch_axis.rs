//! The horizontal axis of plots: whole epochs.

use std::ops::Range;

use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};

/// Most epochs that are written below a plot.
const MOST_LABELS: u32 = 16;

/// Epochs from 1 to the last one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EpochAxis {
    last: u32,
}

impl EpochAxis {
    /// The axis to this epoch, or to the second if there is only one.
    pub(crate) fn new(last: u32) -> EpochAxis {
        EpochAxis { last: last.max(2) }
    }

    /// The epochs that are written: all, or every 2nd, 5th, 10th and so on.
    fn written(self) -> Vec<u32> {
        let steps = (0..9).flat_map(|power| [1, 2, 5].map(|step| step * 10u32.pow(power)));
        let step = steps
            .into_iter()
            .find(|step| self.last / step <= MOST_LABELS)
            .unwrap_or(self.last);
        (step..=self.last).step_by(step as usize).collect()
    }
}

impl Ranged for EpochAxis {
    type FormatOption = DefaultFormatting;
    type ValueType = u32;

    fn map(&self, epoch: &u32, (left, right): (i32, i32)) -> i32 {
        let share = (f64::from(*epoch) - 1.0) / f64::from(self.last - 1);
        left + (share * f64::from(right - left)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _hint: Hint) -> Vec<u32> {
        self.written()
    }

    fn range(&self) -> Range<u32> {
        1..self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_epochs_are_all_written_and_many_are_not() {
        assert_eq!(EpochAxis::new(1).written(), [1, 2]);
        assert_eq!(EpochAxis::new(15).written(), (1..=15).collect::<Vec<_>>());
        assert_eq!(
            EpochAxis::new(20).written(),
            [2, 4, 6, 8, 10, 12, 14, 16, 18, 20]
        );
        assert_eq!(EpochAxis::new(100).written().len(), 10);
        assert!(EpochAxis::new(u32::MAX).written().len() <= 16);
    }

    #[test]
    fn the_first_epoch_is_at_the_left_and_the_last_at_the_right() {
        let axis = EpochAxis::new(5);
        assert_eq!(
            [1, 3, 5].map(|epoch| axis.map(&epoch, (100, 300))),
            [100, 200, 300]
        );
    }
}
