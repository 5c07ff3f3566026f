//! Successive halving, all trials of a rung together.

use super::{Curve, best_first, longest, rungs};

/// Successive halving: all trials are trained to the first rung, the best of them, one in `reduction_factor`
/// (rounded up), to the next, and so on, and those that are left to their ends (Jamieson and Talwalkar, 2016).
/// A trial that ended by itself keeps its figures. Of equal ones the earlier trial goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Halving {
    /// Epochs of the first rung, at least 1.
    pub grace_epochs: u32,
    /// Each rung has so many times the epochs of the one before, at least 2.
    pub reduction_factor: u32,
}

/// A trial that competes.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Its curve so far.
    pub curve: Curve,
    /// Whether it was trained to its own end.
    pub ended: bool,
}

/// What is to be trained next. Trials are named by their places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// The epoch after which these trials pause; `None`: they are trained to their ends.
    pub until: Option<u32>,
    /// The trials, in order; none if all that are left have ended.
    pub trials: Vec<usize>,
    /// For each trial the rung at which it was not among the best; `None` if it was at all so far.
    pub lost_at: Vec<Option<u32>>,
}

impl Halving {
    /// What is to be trained next, if trials are trained for at most `epochs` epochs. Where somebody was
    /// interrupted does not matter: rungs that all have reached are judged again, with the same result.
    /// `None` stands for a trial without figures, which does not compete.
    pub fn next(&self, trials: &[Option<Candidate>], epochs: usize) -> Round {
        let mut lost_at = vec![None; trials.len()];
        let mut left: Vec<(usize, &Candidate)> = trials
            .iter()
            .enumerate()
            .filter_map(|(place, trial)| Some((place, trial.as_ref()?)))
            .collect();
        let waiting = |left: &[(usize, &Candidate)], rung: usize| {
            let mut places: Vec<usize> = left
                .iter()
                .filter(|(_, trial)| !trial.ended && trial.curve.epochs() < rung)
                .map(|(place, _)| *place)
                .collect();
            places.sort_unstable();
            places
        };
        let factor = self.reduction_factor as usize;
        // Places are those of all trials: one without figures leaves its place to the next best.
        let mut places = trials.len();
        for rung in rungs(self.grace_epochs as usize, factor, epochs) {
            let trials = waiting(&left, rung);
            if !trials.is_empty() {
                return Round {
                    until: Some(rung as u32),
                    trials,
                    lost_at,
                };
            }
            left.sort_by(|(one_place, one), (other_place, other)| {
                best_first(one.curve.after(rung), other.curve.after(rung))
                    .then(one_place.cmp(other_place))
            });
            places = places.div_ceil(factor.max(2));
            for (place, _) in left.split_off(places.min(left.len())) {
                lost_at[place] = Some(rung as u32);
            }
        }
        Round {
            until: None,
            trials: waiting(&left, usize::MAX),
            lost_at,
        }
    }

    /// Mean epochs that so many trials will be trained, if each would end by itself after `epochs`, at most `most`;
    /// and how many of them will be pruned then.
    pub fn forecast(&self, trials: usize, epochs: f64, most: usize) -> (f64, usize) {
        let (mut left, mut total, mut reached) = (trials, 0.0, 0.0);
        let factor = self.reduction_factor as usize;
        for rung in rungs(self.grace_epochs as usize, factor, most) {
            let rung = rung as f64;
            if rung >= epochs {
                break;
            }
            total += left as f64 * (rung - reached);
            (left, reached) = (left.div_ceil(factor.max(2)), rung);
        }
        total += left as f64 * (epochs - reached);
        (total / trials.max(1) as f64, trials - left)
    }

    /// Epochs that each trial would have been trained, of trials whose whole curves are known.
    pub fn epochs(&self, curves: &[Curve]) -> Vec<usize> {
        let whole = |curve: &Curve| Candidate {
            curve: curve.clone(),
            ended: true,
        };
        let trials: Vec<_> = curves.iter().map(|curve| Some(whole(curve))).collect();
        let round = self.next(&trials, longest(curves));
        let trained = curves.iter().zip(round.lost_at);
        trained
            .map(|(curve, lost_at)| match lost_at {
                Some(rung) => curve.epochs().min(rung as usize),
                None => curve.epochs(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{curve, curves};
    use super::*;

    fn halving(grace_epochs: u32, reduction_factor: u32) -> Halving {
        Halving {
            grace_epochs,
            reduction_factor,
        }
    }

    #[test]
    fn one_in_factor_goes_on_from_each_rung() {
        let curves = [
            curve(&[0.1, 0.9, 0.9, 0.9]),
            curve(&[0.5, 0.5, 0.5, 0.5]),
            curve(&[0.4, 0.6, 0.6, 0.7]),
            curve(&[0.2, 0.2, 0.2, 0.2]),
        ];
        // After one epoch 0.5 and 0.4 go on; after two 0.6.
        assert_eq!(halving(1, 2).epochs(&curves), [1, 2, 4, 1]);
        // One in three of four, rounded up, are two; of two, one.
        assert_eq!(halving(1, 3).epochs(&curves), [1, 3, 4, 1]);
    }

    #[test]
    fn a_forecast_is_what_equally_long_curves_come_to() {
        let curves = vec![curve(&[0.5; 10]); 9];
        let epochs = halving(1, 3).epochs(&curves);
        let mean = epochs.iter().sum::<usize>() as f64 / 9.0;
        assert_eq!(halving(1, 3).forecast(9, 10.0, 15), (mean, 8));
        // Those that end by themselves before the rung at 9 are not pruned there.
        assert_eq!(halving(1, 3).forecast(9, 3.5, 15).1, 8);
        assert_eq!(halving(4, 3).forecast(9, 3.5, 15), (3.5, 0));
    }

    #[test]
    fn a_trial_that_ended_by_itself_competes_with_its_last_figures() {
        let curves = [curve(&[0.9]), curve(&[0.5, 0.6, 0.7, 0.8])];
        assert_eq!(halving(2, 2).epochs(&curves), [1, 2]);
    }

    #[test]
    fn a_trial_without_figures_leaves_its_place_to_the_next_best() {
        let trial = |accuracies: &[f64]| {
            Some(Candidate {
                curve: curve(accuracies),
                ended: false,
            })
        };
        let mut trials = [trial(&[0.1]), trial(&[0.3]), trial(&[0.2]), trial(&[0.4])];
        let round = |trials: &[Option<Candidate>]| halving(1, 4).next(trials, 2);
        assert_eq!(round(&trials).trials, [3]);
        // It diverges.
        trials[3] = None;
        let expected = Round {
            until: None,
            trials: vec![1],
            lost_at: vec![Some(1), None, Some(1), None],
        };
        assert_eq!(round(&trials), expected);
        // One that lost long ago fails for another sweep.
        trials[0] = None;
        assert_eq!(round(&trials).trials, [1]);
    }

    proptest! {
        /// Trained rung by rung, in any order and with any interruptions, it comes to what the whole curves say.
        #[test]
        fn a_sweep_comes_to_what_the_audit_says(
            curves in curves(), grace in 1u32..5, factor in 2u32..5, lag in prop::collection::vec(0usize..3, 20),
        ) {
            let halving = halving(grace, factor);
            let mut trained = vec![0; curves.len()];
            for lag in lag.into_iter().chain(std::iter::repeat(0)) {
                let seen: Vec<_> = curves.iter().zip(&trained).map(|(curve, epochs)| Some(Candidate {
                    curve: Curve {
                        figures: curve.figures[..*epochs].to_vec(),
                        seconds: curve.seconds[..*epochs].to_vec(),
                    },
                    ended: *epochs == curve.epochs(),
                })).collect();
                let round = halving.next(&seen, longest(&curves));
                let Some(last) = round.trials.last().copied() else { break };
                for place in round.trials {
                    let until = round.until.map_or(usize::MAX, |until| until as usize);
                    // Somebody stopped the last one before its time.
                    let until = if place == last { until.saturating_sub(lag) } else { until };
                    trained[place] = trained[place].max(until.min(curves[place].epochs()));
                }
            }
            prop_assert_eq!(trained, halving.epochs(&curves));
        }
    }
}
