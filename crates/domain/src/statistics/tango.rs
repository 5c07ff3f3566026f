//! How well a difference of accuracies is known.

use super::distributions::{bisect, normal_upper_quantile, two_sided_tail};
use super::interval::Interval;

/// Tango's score interval (Statistics in Medicine 17, 1998) for the first model's accuracy less the
/// second's, in [−1, 1], of two models on the same `photographs`; `confidence` in (0, 1). `first` and `second`: how
/// many photographs only the first and only the second model gets right, fractions of one included. Unlike Wald's
/// interval, it stays honest where models agree on almost everything.
pub fn paired_difference_interval(
    first: f64,
    second: f64,
    photographs: u64,
    confidence: f64,
) -> Interval {
    if photographs == 0 {
        return Interval {
            low: -1.0,
            high: 1.0,
        };
    }
    let z = normal_upper_quantile(two_sided_tail(confidence));
    let count = photographs as f64;
    Interval {
        low: lower_end(first, second, count, z),
        high: -lower_end(second, first, count, z),
    }
}

/// The smallest difference that lies at most `z` standard errors below what was seen.
fn lower_end(first: f64, second: f64, count: f64, z: f64) -> f64 {
    let seen = ((first - second) / count).clamp(-1.0, 1.0);
    let too_low = |difference: f64| {
        let distance = first - second - count * difference;
        distance > z * (count * variance(first, second, count, difference)).sqrt()
    };
    if seen > -1.0 && too_low(-1.0) {
        bisect(-1.0, seen, too_low)
    } else {
        -1.0
    }
}

/// The variance of one photograph's difference if the true mean `difference` is given, with the share of photographs
/// that only one model gets right as likely as can be under that.
fn variance(first: f64, second: f64, count: f64, difference: f64) -> f64 {
    if difference < 0.0 {
        return variance(second, first, count, -difference);
    }
    // The share that only the second model gets right is the larger root of a·q² + b·q − c = 0, c at least 0.
    let a = 2.0 * count;
    let b = (2.0 * count - first + second) * difference - first - second;
    let c = second * difference * (1.0 - difference);
    let root = (b * b + 4.0 * a * c).sqrt();
    let share = if b > 0.0 {
        2.0 * c / (b + root)
    } else {
        (root - b) / (2.0 * a)
    };
    2.0 * share + difference * (1.0 - difference)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_that_always_agree_leave_what_could_have_been_missed() {
        // |difference| = z² / (photographs + z²), by hand.
        let interval = paired_difference_interval(0.0, 0.0, 100, 0.95);
        let square = 1.959_963_984_540_054f64.powi(2);
        assert!((interval.high - square / (100.0 + square)).abs() < 1e-12);
        assert_eq!(interval.low, -interval.high);
    }

    #[test]
    fn models_that_never_agree_reach_the_end() {
        let interval = paired_difference_interval(20.0, 0.0, 20, 0.95);
        assert!((interval.high - 1.0).abs() < 1e-12 && interval.low > 0.5 && interval.low < 1.0);
        let interval = paired_difference_interval(0.0, 20.0, 20, 0.95);
        assert!((interval.low + 1.0).abs() < 1e-12 && interval.high < -0.5);
    }

    #[test]
    fn nothing_is_known_without_photographs() {
        let all = Interval {
            low: -1.0,
            high: 1.0,
        };
        assert_eq!(paired_difference_interval(0.0, 0.0, 0, 0.95), all);
    }

    #[test]
    fn many_photographs_give_the_interval_of_a_normal_mean() {
        let interval = paired_difference_interval(6e7, 4e7, 1_000_000_000, 0.95);
        let half = 1.959_963_984_540_054 * ((0.1 - 0.02f64.powi(2)) / 1e9).sqrt();
        assert!((interval.low - (0.02 - half)).abs() < 1e-8);
        assert!((interval.high - (0.02 + half)).abs() < 1e-8);
    }
}
