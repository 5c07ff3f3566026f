//! The horizontal axis of costs: counts on a logarithmic scale.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

use crate::numbers;

/// Counts from one to another, both above 0.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CostAxis {
    lowest: f64,
    highest: f64,
}

impl CostAxis {
    /// The axis between these ends.
    pub(crate) fn new(lowest: f64, highest: f64) -> CostAxis {
        CostAxis { lowest, highest }
    }

    /// The counts that are written: round ones, and not too many.
    fn written(self) -> Vec<f64> {
        let steps: &[f64] = match self.highest / self.lowest {
            ..3.0 => &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0],
            3.0..200.0 => &[1.0, 2.0, 5.0],
            _ => &[1.0],
        };
        let decades = self.lowest.log10().floor() as i32..=self.highest.log10().floor() as i32;
        decades
            .flat_map(|decade| steps.iter().map(move |step| step * 10f64.powi(decade)))
            .filter(|count| (self.lowest..=self.highest).contains(count))
            .collect()
    }
}

impl Ranged for CostAxis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (left, right): (i32, i32)) -> i32 {
        let share = (value / self.lowest).ln() / (self.highest / self.lowest).ln();
        left + (share * f64::from(right - left)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _hint: Hint) -> Vec<f64> {
        self.written()
    }

    fn range(&self) -> Range<f64> {
        self.lowest..self.highest
    }
}

impl ValueFormatter<f64> for CostAxis {
    fn format_ext(&self, value: &f64) -> String {
        numbers::rounded(value.round() as u64)
            .replace(".00", "")
            .replace(".0", "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(lowest: f64, highest: f64) -> Vec<String> {
        let axis = CostAxis::new(lowest, highest);
        let written = axis.written();
        written.iter().map(|count| axis.format_ext(count)).collect()
    }

    #[test]
    fn costs_of_every_range_have_a_few_round_labels() {
        assert_eq!(labels(1.1e7, 1.9e7), ["15.0\u{202f}M".replace(".0", "")]);
        assert_eq!(
            labels(1.4e7, 4e8).join(" "),
            "20\u{202f}M 50\u{202f}M 100\u{202f}M 200\u{202f}M"
        );
        assert_eq!(labels(1e3, 1e7).len(), 5);
    }

    #[test]
    fn equal_ratios_are_equally_far_apart() {
        let axis = CostAxis::new(1e6, 1e8);
        assert_eq!(
            [1e6, 1e7, 1e8].map(|cost| axis.map(&cost, (100, 300))),
            [100, 200, 300]
        );
    }
}
