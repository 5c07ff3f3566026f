//! How well an accuracy is known.

use super::distributions::{normal_upper_quantile, two_sided_tail};
use super::interval::Interval;

/// Wilson's score interval (1927, eq. 4 of Brown, Cai & DasGupta 2001) for the accuracy, in [0, 1], of a model seen
/// on so many `photographs`; `confidence` in (0, 1). The accuracy may be a multiple of half a photograph. Without
/// photographs it may be anything.
pub fn wilson(accuracy: f64, photographs: u64, confidence: f64) -> Interval {
    if photographs == 0 {
        return Interval {
            low: 0.0,
            high: 1.0,
        };
    }
    let count = photographs as f64;
    let z = normal_upper_quantile(two_sided_tail(confidence));
    let lower_end = |accuracy: f64| {
        let centre = accuracy + z * z / (2.0 * count);
        let variance = accuracy * (1.0 - accuracy) / count + (z / (2.0 * count)).powi(2);
        // The product of both ends is accuracy² / (1 + z² / count): no difference of almost equal numbers.
        (accuracy * accuracy / (centre + z * variance.sqrt())).clamp(0.0, 1.0)
    };
    Interval {
        low: lower_end(accuracy),
        high: 1.0 - lower_end(1.0 - accuracy),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_stay_within_0_and_1() {
        assert_eq!(wilson(0.0, 50, 0.95).low, 0.0);
        assert_eq!(wilson(1.0, 50, 0.95).high, 1.0);
        assert!(wilson(1.0, 50, 0.95).low < 1.0);
        let all = Interval {
            low: 0.0,
            high: 1.0,
        };
        assert_eq!(wilson(0.5, 0, 0.95), all);
        assert_eq!(wilson(0.0, 1, 1.0).low, 0.0);
    }

    #[test]
    fn half_a_photograph_counts() {
        let (low, middle, high) = (
            wilson(8.0 / 10.0, 10, 0.95),
            wilson(8.5 / 10.0, 10, 0.95),
            wilson(9.0 / 10.0, 10, 0.95),
        );
        assert!(low.low < middle.low && middle.low < high.low);
    }
}
