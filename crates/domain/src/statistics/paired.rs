//! The mean of paired differences.

use super::distributions::{one_sided_tail, t_upper_quantile, t_upper_tail, two_sided_tail};
use super::interval::Interval;
use super::scores::mean;
use serde::Serialize;

/// A mean difference that over many repetitions is Student's t around the true one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PairedDifference {
    /// The mean difference.
    pub mean: f64,
    /// Its standard deviation over repetitions, at least 0, in the unit of the mean.
    pub standard_error: f64,
    /// How well the standard error is known: Student's t has so many degrees of freedom, at least 1, not
    /// always whole.
    pub degrees_of_freedom: f64,
}

impl PairedDifference {
    /// The two-sided interval; `confidence` in (0, 1).
    pub fn interval(&self, confidence: f64) -> Interval {
        let half = self.quantile(two_sided_tail(confidence)) * self.standard_error;
        Interval {
            low: self.mean - half,
            high: self.mean + half,
        }
    }

    /// What the true difference is at least, with `confidence` in [0.5, 1).
    pub fn lower_bound(&self, confidence: f64) -> f64 {
        self.mean - self.quantile(one_sided_tail(confidence)) * self.standard_error
    }

    /// What the true difference is at most, with `confidence` in [0.5, 1).
    pub fn upper_bound(&self, confidence: f64) -> f64 {
        self.mean + self.quantile(one_sided_tail(confidence)) * self.standard_error
    }

    /// The two-sided p-value of no true difference. Without any error it is 1 if the mean is 0, else 0.
    pub fn p_value(&self) -> f64 {
        if self.standard_error == 0.0 {
            return if self.mean == 0.0 { 1.0 } else { 0.0 };
        }
        let t = (self.mean / self.standard_error).abs();
        2.0 * t_upper_tail(t, self.degrees_of_freedom)
    }

    fn quantile(&self, tail: f64) -> f64 {
        t_upper_quantile(tail, self.degrees_of_freedom)
    }
}

/// Student's paired t (1908): the mean of `differences`, one for each pair, such as each seed's. `None` below two.
pub fn paired_t(differences: &[f64]) -> Option<PairedDifference> {
    if differences.len() < 2 {
        return None;
    }
    let count = differences.len() as f64;
    let mean = mean(differences)?;
    let squares: f64 = differences.iter().map(|it| (it - mean).powi(2)).sum();
    Some(PairedDifference {
        mean,
        standard_error: (squares / (count - 1.0) / count).sqrt(),
        degrees_of_freedom: count - 1.0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_pair_says_nothing_of_its_error() {
        assert_eq!(paired_t(&[]), None);
        assert_eq!(paired_t(&[0.1]), None);
    }

    #[test]
    fn equal_differences_leave_no_doubt() {
        let none = paired_t(&[0.0, 0.0, 0.0]).unwrap();
        assert_eq!((none.p_value(), none.standard_error), (1.0, 0.0));
        let some = paired_t(&[0.25, 0.25]).unwrap();
        assert_eq!(some.p_value(), 0.0);
        let interval = some.interval(0.95);
        assert_eq!((interval.low, interval.high), (0.25, 0.25));
    }

    #[test]
    fn a_one_sided_bound_is_the_end_of_a_wider_two_sided_interval() {
        let paired = paired_t(&[0.3, 0.1, -0.1, 0.4]).unwrap();
        let interval = paired.interval(0.9);
        assert!((paired.lower_bound(0.95) - interval.low).abs() < 1e-12);
        assert!((paired.upper_bound(0.95) - interval.high).abs() < 1e-12);
        assert_eq!(paired.lower_bound(0.5), paired.mean);
    }
}
