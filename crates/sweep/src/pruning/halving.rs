//! Successive halving, all trials of a rung together.

use super::{Curve, longest, rungs};

/// Epochs that each trial is trained, if all are trained to the first rung, the best of them, one in `factor`
/// (rounded up), to the next, and so on, and those that are left to their ends (Jamieson and Talwalkar, 2016).
/// A trial that ended by itself keeps its score. Of equal scores the earlier trial goes on.
pub fn halving(curves: &[Curve], grace: usize, factor: usize) -> Vec<usize> {
    let mut trained: Vec<usize> = curves.iter().map(Curve::epochs).collect();
    let mut alive: Vec<usize> = (0..curves.len()).collect();
    for rung in rungs(grace, factor, longest(curves)) {
        let score = |trial: &usize| curves[*trial].score(rung).unwrap_or(f64::NEG_INFINITY);
        alive.sort_by(|one, other| score(other).total_cmp(&score(one)).then(one.cmp(other)));
        for stopped in alive.split_off(alive.len().div_ceil(factor.max(2))) {
            trained[stopped] = trained[stopped].min(rung);
        }
    }
    trained
}

#[cfg(test)]
mod tests {
    use super::super::tests::curve;
    use super::*;

    #[test]
    fn one_in_factor_goes_on_from_each_rung() {
        let curves = [
            curve(&[0.1, 0.9, 0.9, 0.9]),
            curve(&[0.5, 0.5, 0.5, 0.5]),
            curve(&[0.4, 0.6, 0.6, 0.7]),
            curve(&[0.2, 0.2, 0.2, 0.2]),
        ];
        // After one epoch 0.5 and 0.4 go on; after two 0.6.
        assert_eq!(halving(&curves, 1, 2), [1, 2, 4, 1]);
        // One in three of four, rounded up, are two; of two, one.
        assert_eq!(halving(&curves, 1, 3), [1, 3, 4, 1]);
    }

    #[test]
    fn a_trial_that_ended_by_itself_competes_with_its_last_score() {
        let curves = [curve(&[0.9]), curve(&[0.5, 0.6, 0.7, 0.8])];
        assert_eq!(halving(&curves, 2, 2), [1, 2]);
    }
}
