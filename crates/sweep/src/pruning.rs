//! Stopping trials early by their curves so far: what it would have done on curves that are known whole.
//!
//! A score is what a leaderboard would rank the trial by if it ended with that epoch: higher is better.

mod asha;
mod halving;
mod median;

pub use asha::asha;
pub use halving::halving;
pub use median::median_stopping;

/// The curve of a trial that was trained to its own end.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// The score after each epoch.
    pub scores: Vec<f64>,
    /// Seconds of each epoch.
    pub seconds: Vec<f64>,
}

impl Curve {
    /// Epochs until its own end.
    pub fn epochs(&self) -> usize {
        self.scores.len()
    }

    /// The score after so many epochs, or the last one if it ended before; `None` before the first.
    fn score(&self, epochs: usize) -> Option<f64> {
        self.scores[..epochs.min(self.epochs())].last().copied()
    }
}

/// The rungs of successive halving: epochs after which trials are compared, `grace` first, then `factor` times
/// as many each, below `most`.
fn rungs(grace: usize, factor: usize, most: usize) -> Vec<usize> {
    let mut rungs = Vec::new();
    let (mut rung, factor) = (grace.max(1), factor.max(2));
    while rung < most {
        rungs.push(rung);
        rung = rung.saturating_mul(factor);
    }
    rungs
}

/// The longest curve's epochs.
fn longest(curves: &[Curve]) -> usize {
    curves.iter().map(Curve::epochs).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(super) fn curve(scores: &[f64]) -> Curve {
        Curve {
            scores: scores.to_vec(),
            seconds: vec![1.0; scores.len()],
        }
    }

    #[test]
    fn rungs_grow_by_the_factor_and_stay_below_the_last_epoch() {
        assert_eq!(rungs(1, 3, 15), [1, 3, 9]);
        assert_eq!(rungs(2, 2, 16), [2, 4, 8]);
        assert_eq!(rungs(0, 0, 3), [1, 2]);
        assert_eq!(rungs(20, 3, 15), [0usize; 0]);
    }

    fn curves() -> impl Strategy<Value = Vec<Curve>> {
        let scores = prop::collection::vec(0.0..1.0f64, 1..12);
        prop::collection::vec(scores.prop_map(|scores| curve(&scores)), 1..20)
    }

    proptest! {
        #[test]
        fn no_method_trains_more_than_there_is_or_nothing_at_all(
            curves in curves(), grace in 1usize..5, factor in 2usize..5, workers in 1usize..4,
        ) {
            for epochs in [
                median_stopping(&curves, grace),
                asha(&curves, grace, factor, workers),
                halving(&curves, grace, factor),
            ] {
                prop_assert_eq!(epochs.len(), curves.len());
                for (epochs, curve) in epochs.iter().zip(&curves) {
                    prop_assert!(*epochs <= curve.epochs());
                    prop_assert!(*epochs >= grace.min(curve.epochs()));
                }
                // Somebody is trained to the end.
                prop_assert!(epochs.iter().zip(&curves).any(|(e, c)| *e == c.epochs()));
            }
        }

        #[test]
        fn a_trial_that_always_leads_is_never_stopped(
            curves in curves(), grace in 1usize..5, factor in 2usize..5, place in 0usize..20,
        ) {
            let mut curves = curves;
            let place = place.min(curves.len());
            curves.insert(place, curve(&[2.0; 12]));
            for epochs in [
                median_stopping(&curves, grace),
                asha(&curves, grace, factor, 2),
                halving(&curves, grace, factor),
            ] {
                prop_assert_eq!(epochs[place], 12);
            }
        }
    }
}
