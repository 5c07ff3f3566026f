//! Two models on the same photographs.

use serde::Serialize;

/// On how many photographs two models differ.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Discordant {
    /// Photographs that the first model gets more right.
    pub first: u64,
    /// Photographs that the second model gets more right.
    pub second: u64,
    /// All photographs.
    pub photographs: u64,
}

impl Discordant {
    /// The two-sided p-value of McNemar's exact test, which is a sign test: a photograph of which one model gets
    /// only half its pictures right counts like any other on which the two differ.
    pub fn p_value(&self) -> f64 {
        mcnemar(self.first, self.second)
    }
}

/// Counts the photographs that one model gets more right than the other. Scores of the same photographs, in the same
/// order; those beyond the shorter of the two are left out.
pub fn discordant(first: &[f64], second: &[f64]) -> Discordant {
    let pairs = || first.iter().zip(second);
    Discordant {
        first: pairs().filter(|(first, second)| first > second).count() as u64,
        second: pairs().filter(|(first, second)| first < second).count() as u64,
        photographs: pairs().count() as u64,
    }
}

/// The two-sided p-value of McNemar's exact test (1947): how likely two equally good models differ at least this
/// much, given the photographs that only the `first` and only the `second` gets right. Twice the smaller tail
/// of the binomial distribution with one half, at most 1.
pub fn mcnemar(first: u64, second: u64) -> f64 {
    let (count, fewer) = (first + second, first.min(second));
    // ln C(count, k) − count · ln 2, from one k to the next.
    let mut term = -(count as f64) * std::f64::consts::LN_2;
    let mut tail = 0.0;
    for k in 0..=fewer {
        tail += term.exp();
        term += ((count - k) as f64 / (k + 1) as f64).ln();
    }
    (2.0 * tail).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_photograph_counts_once_however_much_the_models_differ() {
        let found = discordant(&[1.0, 0.5, 0.5, 0.0, 1.0], &[0.0, 0.0, 0.5, 0.5, 1.0]);
        let expected = Discordant {
            first: 2,
            second: 1,
            photographs: 5,
        };
        assert_eq!(found, expected);
        assert_eq!(found.p_value(), 1.0);
    }

    #[test]
    fn identical_models_do_not_differ() {
        assert_eq!(discordant(&[1.0, 0.0], &[1.0, 0.0]).p_value(), 1.0);
        assert_eq!(discordant(&[], &[]).p_value(), 1.0);
    }

    /// By Python's whole numbers: min(1, 2 · Σ C(n, k) / 2ⁿ).
    #[test]
    fn p_values_are_those_of_whole_numbers() {
        for (first, second, expected) in [
            (0, 0, 1.0),
            (1, 0, 1.0),
            (5, 5, 1.0),
            (0, 5, 0.0625),
            (10, 2, 0.03857421875),
            (30, 11, 0.00432400493446039),
            (500, 420, 0.00916276387523138),
            (3000, 2800, 0.008969436001193416),
        ] {
            let found = mcnemar(first, second);
            assert!(
                (found - expected).abs() < 1e-9 * expected,
                "{first}, {second}: {found}, expected {expected}"
            );
            assert_eq!(found, mcnemar(second, first));
        }
    }
}
