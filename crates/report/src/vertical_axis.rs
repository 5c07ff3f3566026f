//! The vertical axes of plots: losses in powers of ten, accuracies in percent.

use std::ops::Range;

use fitroom_domain::LossAndAccuracy;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

/// Losses below this share of the highest one are drawn at the bottom.
const LOSS_FLOOR: f64 = 1e-3;

/// From where to where a vertical axis goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum VerticalAxis {
    /// Losses on a logarithmic scale; both ends are above 0.
    Loss {
        /// The lower end.
        lowest: f64,
        /// The upper end.
        highest: f64,
    },
    /// Accuracies from here to 1.
    Accuracy {
        /// The lower end.
        lowest: f64,
    },
}

impl VerticalAxis {
    /// An axis for all of these losses, or `None` without one that can be drawn.
    pub(crate) fn of_losses(
        metrics: impl Iterator<Item = LossAndAccuracy>,
    ) -> Option<VerticalAxis> {
        let losses: Vec<f64> = metrics
            .map(|metrics| metrics.loss)
            .filter(|loss| loss.is_finite() && *loss >= 0.0)
            .collect();
        let highest = losses.iter().copied().reduce(f64::max)?.max(1e-9);
        let lowest = losses.iter().copied().fold(highest, f64::min);
        Some(VerticalAxis::Loss {
            lowest: lowest.max(highest * LOSS_FLOOR) / 1.1,
            highest: highest * 1.1,
        })
    }

    /// An axis for all of these accuracies: from the lowest, rounded down to a twentieth.
    pub(crate) fn of_accuracies(metrics: impl Iterator<Item = LossAndAccuracy>) -> VerticalAxis {
        let lowest = metrics
            .map(|metrics| metrics.accuracy)
            .filter(|accuracy| accuracy.is_finite())
            .fold(0.95, f64::min);
        VerticalAxis::Accuracy {
            lowest: ((lowest * 20.0).floor() / 20.0).max(0.0),
        }
    }

    /// How high a value lies, from 0 at the bottom to 1 at the top; values beyond an end lie at it.
    fn height(self, value: f64) -> f64 {
        match self {
            VerticalAxis::Loss { lowest, highest } => {
                let value = value.clamp(lowest, highest);
                (value / lowest).ln() / (highest / lowest).ln()
            }
            VerticalAxis::Accuracy { lowest } => {
                (value.clamp(lowest, 1.0) - lowest) / (1.0 - lowest)
            }
        }
    }

    /// The values at which there are lines: round ones, and not too many.
    fn lines(self) -> Vec<f64> {
        match self {
            VerticalAxis::Loss { lowest, highest } => {
                let steps: &[i32] = match highest / lowest {
                    0.0..5.0 => &[
                        10, 12, 14, 16, 18, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90,
                    ],
                    5.0..500.0 => &[10, 20, 50],
                    _ => &[10],
                };
                let decades = lowest.log10().floor() as i32..=highest.log10().floor() as i32;
                decades
                    .flat_map(|decade| {
                        steps
                            .iter()
                            .map(move |step| f64::from(*step) * 10f64.powi(decade - 1))
                    })
                    .filter(|loss| (lowest..=highest).contains(loss))
                    .collect()
            }
            VerticalAxis::Accuracy { lowest } => {
                let step = match lowest {
                    0.9.. => 1,
                    0.7..0.9 => 5,
                    0.4..0.7 => 10,
                    _ => 20,
                };
                (0..=100)
                    .step_by(step)
                    .map(|percent| f64::from(percent) / 100.0)
                    .filter(|accuracy| *accuracy > lowest - 1e-9)
                    .collect()
            }
        }
    }
}

impl Ranged for VerticalAxis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (bottom, top): (i32, i32)) -> i32 {
        bottom + (self.height(*value) * f64::from(top - bottom)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _hint: Hint) -> Vec<f64> {
        self.lines()
    }

    fn range(&self) -> Range<f64> {
        match *self {
            VerticalAxis::Loss { lowest, highest } => lowest..highest,
            VerticalAxis::Accuracy { lowest } => lowest..1.0,
        }
    }
}

impl ValueFormatter<f64> for VerticalAxis {
    fn format_ext(&self, value: &f64) -> String {
        match self {
            VerticalAxis::Loss { .. } if !(1e-4..1e5).contains(value) => {
                format!("{value:.1e}").replace(".0", "")
            }
            // Lines are at values of two digits at most, so that rounding to ten decimals is exact.
            VerticalAxis::Loss { .. } => ((value * 1e10).round() / 1e10).to_string(),
            VerticalAxis::Accuracy { .. } => format!("{:.0}%", value * 100.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metrics(losses: &[f64]) -> impl Iterator<Item = LossAndAccuracy> {
        losses.iter().map(|loss| LossAndAccuracy {
            loss: *loss,
            accuracy: 0.5,
        })
    }

    fn labels(axis: VerticalAxis) -> Vec<String> {
        axis.lines()
            .iter()
            .map(|line| axis.format_ext(line))
            .collect()
    }

    #[test]
    fn losses_of_every_range_have_a_few_round_lines() {
        for (losses, expected) in [
            (vec![0.15, 2.3], vec!["0.2", "0.5", "1", "2"]),
            (vec![1e-2, 9.0], vec!["0.01", "0.1", "1"]),
            (vec![0.41, 0.52], vec!["0.4", "0.45", "0.5"]),
            (vec![0.0, 0.0], vec!["1e-12", "1e-11", "1e-10", "1e-9"]),
            (vec![2e6, 4e6], vec!["2e6", "2.5e6", "3e6", "3.5e6", "4e6"]),
        ] {
            let axis = VerticalAxis::of_losses(metrics(&losses)).unwrap();
            assert_eq!(labels(axis), expected, "{losses:?}");
        }
    }

    #[test]
    fn without_a_finite_loss_there_is_no_axis() {
        assert_eq!(VerticalAxis::of_losses(metrics(&[])), None);
        assert_eq!(
            VerticalAxis::of_losses(metrics(&[f64::NAN, f64::INFINITY])),
            None
        );
    }

    #[test]
    fn a_loss_of_zero_lies_at_the_bottom_and_the_highest_below_the_top() {
        let axis = VerticalAxis::of_losses(metrics(&[0.0, 2.0])).unwrap();
        assert_eq!(axis.map(&0.0, (500, 0)), 500);
        assert!((1..50).contains(&axis.map(&2.0, (500, 0))));
    }

    #[test]
    fn accuracies_start_at_the_lowest_twentieth() {
        let axis = VerticalAxis::of_accuracies(metrics(&[1.0]));
        assert_eq!(axis, VerticalAxis::Accuracy { lowest: 0.5 });
        assert_eq!(labels(axis), ["50%", "60%", "70%", "80%", "90%", "100%"]);
        assert_eq!(axis.map(&0.75, (500, 0)), 250);
    }
}
