//! Stopping trials early by their curves so far, and what that would have done on curves that are known whole.
//!
//! After each epoch a trial is judged by the weights that would be kept then: their validation accuracy and, where
//! that is equal (early on, many trials see one class everywhere), their validation loss.

mod asha;
mod halving;
mod median;

pub use asha::asha;
pub use halving::{Candidate, Halving, Round};
pub use median::median_stopping;

use std::cmp::Ordering;

use fitroom_domain::{EpochMetrics, LossAndAccuracy};

/// The curve of a trial.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// The validation figures, after each epoch, of the weights that would be kept then: those of the lowest
    /// validation loss so far.
    pub figures: Vec<LossAndAccuracy>,
    /// Seconds of each epoch.
    pub seconds: Vec<f64>,
}

impl Curve {
    /// The curve of a trial with these epochs.
    pub fn new(epochs: &[EpochMetrics]) -> Curve {
        let mut kept: Option<LossAndAccuracy> = None;
        let mut figures = Vec::with_capacity(epochs.len());
        for EpochMetrics { validation, .. } in epochs {
            let best = kept.filter(|kept| kept.loss <= validation.loss);
            figures.push(*kept.insert(best.unwrap_or(*validation)));
        }
        Curve {
            figures,
            seconds: epochs.iter().map(|epoch| epoch.seconds).collect(),
        }
    }

    /// Epochs until its own end.
    pub fn epochs(&self) -> usize {
        self.figures.len()
    }

    /// The figures after so many epochs, or the last ones if it ended before; `None` before the first.
    fn after(&self, epochs: usize) -> Option<LossAndAccuracy> {
        self.figures[..epochs.min(self.epochs())].last().copied()
    }
}

/// The better figures first, no figures last.
fn best_first(one: Option<LossAndAccuracy>, other: Option<LossAndAccuracy>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => {
            let by_accuracy = other.accuracy.total_cmp(&one.accuracy);
            by_accuracy.then(one.loss.total_cmp(&other.loss))
        }
        _ => other.is_some().cmp(&one.is_some()),
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

    pub(super) fn figures(accuracy: f64, loss: f64) -> LossAndAccuracy {
        LossAndAccuracy { accuracy, loss }
    }

    pub(super) fn curve(accuracies: &[f64]) -> Curve {
        let figures = accuracies.iter().map(|accuracy| figures(*accuracy, 1.0));
        Curve {
            figures: figures.collect(),
            seconds: vec![1.0; accuracies.len()],
        }
    }

    #[test]
    fn a_trial_is_judged_by_the_weights_of_the_lowest_loss_so_far() {
        let epochs: Vec<EpochMetrics> = [(0.5, 0.9), (0.9, 1.0), (0.7, 0.8), (0.8, 0.8)]
            .into_iter()
            .zip(1..)
            .map(|((accuracy, loss), epoch)| EpochMetrics {
                epoch,
                train: figures(1.0, 0.0),
                validation: figures(accuracy, loss),
                seconds: 2.0,
            })
            .collect();
        let curve = Curve::new(&epochs);
        let accuracies: Vec<f64> = curve
            .figures
            .iter()
            .map(|figures| figures.accuracy)
            .collect();
        assert_eq!(accuracies, [0.5, 0.5, 0.7, 0.7]);
        assert_eq!(curve.seconds, [2.0; 4]);
    }

    #[test]
    fn of_equal_accuracies_the_lower_loss_is_better() {
        let (high, low) = (Some(figures(0.5, 2.0)), Some(figures(0.5, 1.0)));
        assert_eq!(best_first(low, high), Ordering::Less);
        assert_eq!(best_first(Some(figures(0.6, 3.0)), low), Ordering::Less);
        assert_eq!(best_first(high, None), Ordering::Less);
    }

    #[test]
    fn rungs_grow_by_the_factor_and_stay_below_the_last_epoch() {
        assert_eq!(rungs(1, 3, 15), [1, 3, 9]);
        assert_eq!(rungs(2, 2, 16), [2, 4, 8]);
        assert_eq!(rungs(0, 0, 3), [1, 2]);
        assert_eq!(rungs(20, 3, 15), [0usize; 0]);
    }

    fn halving(grace: usize, factor: usize) -> Halving {
        Halving {
            grace_epochs: grace as u32,
            reduction_factor: factor as u32,
        }
    }

    pub(super) fn curves() -> impl Strategy<Value = Vec<Curve>> {
        let accuracies = prop::collection::vec(0.0..1.0f64, 1..12);
        prop::collection::vec(accuracies.prop_map(|accuracies| curve(&accuracies)), 1..20)
    }

    proptest! {
        #[test]
        fn no_method_trains_more_than_there_is_or_nothing_at_all(
            curves in curves(), grace in 1usize..5, factor in 2usize..5, workers in 1usize..4,
        ) {
            for epochs in [
                median_stopping(&curves, grace),
                asha(&curves, grace, factor, workers),
                halving(grace, factor).epochs(&curves),
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
                halving(grace, factor).epochs(&curves),
            ] {
                prop_assert_eq!(epochs[place], 12);
            }
        }
    }
}
