//! What a share is at least, exactly.

use statrs::function::beta::checked_beta_reg;

use super::distributions::{bisect, one_sided_tail};

/// The lower bound of Clopper and Pearson (Biometrika 26, 1934) for a share, in [0, 1], of which `right` of `count` tries
/// were seen; one-sided, `confidence` in (0, 1). It is the α quantile of the beta distribution with parameters `right` and
/// `count` − `right` + 1. 0 if nothing is right.
pub fn clopper_pearson_lower(right: u64, count: u64, confidence: f64) -> f64 {
    let right = right.min(count);
    if right == 0 {
        return 0.0;
    }
    let tail = one_sided_tail(confidence);
    let (a, b) = (right as f64, (count - right + 1) as f64);
    let too_low = |share: f64| checked_beta_reg(a, b, share).is_ok_and(|below| below < tail);
    bisect(0.0, 1.0, too_low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_mistake_it_is_a_root_of_the_tail() {
        for count in [1, 10, 149, 5000] {
            let expected = 0.05f64.powf(1.0 / count as f64);
            let found = clopper_pearson_lower(count, count, 0.95);
            assert!(
                (found - expected).abs() < 1e-12,
                "{count}: {found}, expected {expected}"
            );
        }
    }

    #[test]
    fn nothing_right_leaves_nothing() {
        assert_eq!(clopper_pearson_lower(0, 0, 0.95), 0.0);
        assert_eq!(clopper_pearson_lower(0, 10, 0.95), 0.0);
    }

    #[test]
    fn more_than_all_is_all() {
        let all = clopper_pearson_lower(10, 10, 0.95);
        assert_eq!(clopper_pearson_lower(12, 10, 0.95), all);
    }
}
