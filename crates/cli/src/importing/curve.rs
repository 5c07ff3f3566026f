//! A trial's curve, from series whose steps are anything that rises.

use std::cmp::Ordering;

use fitroom_domain::{EpochMetrics, LossAndAccuracy, Split};

use super::log_runs::LogRun;
use super::series::{Measure, SeriesKind};

/// Epochs that are recorded of a trial, and two more. Somebody who logs every step has millions.
const MOST_EPOCHS: usize = 1000;

type Points = [(i64, f64)];

/// Epochs of a trial, and the step of each.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct LoggedCurve {
    /// Counted from 1. What was not logged is NaN.
    pub(crate) epochs: Vec<EpochMetrics>,
    /// The step of each.
    pub(crate) steps: Vec<i64>,
    /// Whether the loss ended infinite or undefined.
    pub(crate) diverged: bool,
}

impl LoggedCurve {
    /// The curve of everything that was logged of a trial. Each step at which validation was logged is an epoch (of
    /// train, where validation never was); train figures count to the first such step that is not before them.
    pub(crate) fn of(runs: &[&LogRun]) -> LoggedCurve {
        let series = |measure, split| find(runs, measure, split);
        let loss = |split| {
            // Without the penalty, where somebody logged that.
            let without = series(Measure::CrossEntropy, split);
            if without.is_empty() {
                series(Measure::Loss, split)
            } else {
                without
            }
        };
        let [train, validation] = [Split::Train, Split::Validation]
            .map(|split| [loss(split), series(Measure::Accuracy, split)]);
        let diverged = has_diverged(train[0]) || has_diverged(validation[0]);
        let of_split = |split: &[&Points]| {
            let steps = split
                .iter()
                .flat_map(|series| series.iter().map(|(step, _)| *step));
            let mut steps: Vec<i64> = steps.collect();
            steps.sort_unstable();
            steps.dedup();
            steps
        };
        let validated = of_split(&validation);
        // Steps that go on far beyond those of validation are counted otherwise: which epoch is theirs, nobody says.
        let train = match has_other_steps(&train, &validated) {
            true => [&[][..]; 2],
            false => train,
        };
        let steps = if validated.is_empty() {
            of_split(&train)
        } else {
            validated
        };
        let figures = |split: [&Points; 2], at: usize| {
            let [loss, accuracy] = split.map(|series| value(series, &steps, at));
            LossAndAccuracy { loss, accuracy }
        };
        let epochs = (0..steps.len()).map(|at| EpochMetrics {
            epoch: at as u32 + 1,
            train: figures(train, at),
            validation: figures(validation, at),
            seconds: f64::NAN,
        });
        LoggedCurve {
            epochs: epochs.collect(),
            steps,
            diverged,
        }
    }

    /// At most so many epochs: evenly taken, the best and the last among them.
    pub(crate) fn thinned(self, best: Option<u32>) -> Vec<EpochMetrics> {
        let every = self.epochs.len().div_ceil(MOST_EPOCHS).max(1) as u32;
        let last = self.epochs.len() as u32;
        let mut epochs = self.epochs;
        epochs.retain(|it| {
            it.epoch % every == 1 % every || it.epoch == last || Some(it.epoch) == best
        });
        epochs
    }

    /// The best epoch: of those with a validation accuracy the one with the lowest validation loss, as ours are
    /// chosen, else with the highest accuracy; `None` without either.
    pub(crate) fn best(&self) -> Option<&EpochMetrics> {
        let figures = |epoch: &EpochMetrics| epoch.validation;
        let known = self.epochs.iter().filter(|epoch| {
            let LossAndAccuracy { loss, accuracy } = figures(epoch);
            loss.is_finite() || accuracy.is_finite()
        });
        let rank = |epoch: &EpochMetrics| {
            let LossAndAccuracy { loss, accuracy } = figures(epoch);
            (accuracy.is_nan(), loss.is_nan(), loss, -accuracy)
        };
        known.min_by(|a, b| {
            let (a, b) = (rank(a), rank(b));
            let known = (a.0, a.1).cmp(&(b.0, b.1));
            // A NaN may have any sign.
            let loss = if a.1 {
                Ordering::Equal
            } else {
                a.2.total_cmp(&b.2)
            };
            known.then(loss).then(a.3.total_cmp(&b.3))
        })
    }
}

/// Whether train was logged at other steps than validation, by batches beside epochs for example: then it ends more
/// than one epoch after the last validation.
fn has_other_steps(train: &[&Points], validated: &[i64]) -> bool {
    let (Some(last), Some(of_train)) = (
        validated.last(),
        train.iter().filter_map(|it| it.last()).map(|it| it.0).max(),
    ) else {
        return false;
    };
    let gaps = validated
        .windows(2)
        .map(|pair| pair[1].saturating_sub(pair[0]));
    let epoch = gaps.max().unwrap_or(*last).max(1);
    of_train > last.saturating_add(epoch)
}

/// Whether a loss is infinite or undefined at its end.
fn has_diverged(loss: &Points) -> bool {
    loss.last().is_some_and(|(_, loss)| !loss.is_finite())
}

/// A series of a trial; empty if nobody logged it. Where no tag or folder names a split, it is train's.
fn find<'a>(runs: &[&'a LogRun], measure: Measure, split: Split) -> &'a Points {
    let of = |split| {
        let kind = SeriesKind { measure, split };
        runs.iter().find_map(|run| run.series.get(&kind))
    };
    let named = of(Some(split));
    let found = named.or_else(|| {
        if split == Split::Train {
            of(None)
        } else {
            None
        }
    });
    found.map_or(&[], |series| series.points.as_slice())
}

/// The last value of a series in an epoch: after the step of the one before, up to its own.
fn value(series: &Points, steps: &[i64], at: usize) -> f64 {
    let end = series.partition_point(|(step, _)| *step <= steps[at]);
    let last = series[..end].last();
    let is_within = |step: i64| at == 0 || step > steps[at - 1];
    last.filter(|(step, _)| is_within(*step))
        .map_or(f64::NAN, |(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::importing::log_runs::Series;

    fn run(series: &[(Measure, Option<Split>, &Points)]) -> LogRun {
        let series = series.iter().map(|(measure, split, points)| {
            let kind = SeriesKind {
                measure: *measure,
                split: *split,
            };
            let points = points.to_vec();
            (
                kind,
                Series {
                    points,
                    ..Series::default()
                },
            )
        });
        LogRun {
            series: series.collect(),
            ..LogRun::default()
        }
    }

    const TRAIN: Option<Split> = Some(Split::Train);
    const VALIDATION: Option<Split> = Some(Split::Validation);

    #[test]
    fn keras_epochs_from_0_are_epochs_from_1() {
        let train = run(&[(Measure::Loss, TRAIN, &[(0, 0.5), (1, 0.25)])]);
        let validation = run(&[
            (Measure::Loss, VALIDATION, &[(0, 9.0), (1, 8.0)]),
            (Measure::CrossEntropy, VALIDATION, &[(0, 0.75), (1, 1.0)]),
            (Measure::Accuracy, VALIDATION, &[(0, 0.5), (1, 0.625)]),
        ]);
        let curve = LoggedCurve::of(&[&train, &validation]);
        let losses: Vec<_> = curve
            .epochs
            .iter()
            .map(|it| (it.epoch, it.train.loss, it.validation.loss))
            .collect();
        assert_eq!(
            losses,
            [(1, 0.5, 0.75), (2, 0.25, 1.0)],
            "the cross-entropy, not the loss"
        );
        assert!(curve.epochs[0].train.accuracy.is_nan());
        assert_eq!(curve.best().unwrap().epoch, 1);
    }

    #[test]
    fn train_figures_of_every_step_count_to_the_next_validation() {
        let steps: Vec<(i64, f64)> = (1..=250).map(|step| (step, step as f64)).collect();
        let logged = run(&[
            (Measure::Loss, None, &steps),
            (
                Measure::Accuracy,
                VALIDATION,
                &[(100, 0.5), (200, 0.75), (300, 0.625)],
            ),
        ]);
        let curve = LoggedCurve::of(&[&logged]);
        let losses: Vec<f64> = curve.epochs.iter().map(|epoch| epoch.train.loss).collect();
        assert_eq!(losses, [100.0, 200.0, 250.0]);
        assert_eq!(curve.steps, [100, 200, 300]);
        assert_eq!(
            curve.best().unwrap().epoch,
            2,
            "the highest accuracy, for there is no loss"
        );
    }

    #[test]
    fn an_epoch_whose_accuracy_is_not_logged_yet_is_not_the_best() {
        let logged = run(&[
            (
                Measure::Loss,
                VALIDATION,
                &[(1, 0.5), (2, 0.25), (3, 0.25), (4, 0.125)],
            ),
            (
                Measure::Accuracy,
                VALIDATION,
                &[(1, 0.5), (2, 0.75), (3, 0.875)],
            ),
        ]);
        let curve = LoggedCurve::of(&[&logged]);
        assert_eq!(
            curve.best().unwrap().epoch,
            3,
            "the lowest loss, then the highest accuracy"
        );
        assert!(!curve.diverged, "what is not logged is not undefined");
    }

    #[test]
    fn of_very_many_epochs_some_are_taken_with_the_best_and_the_last() {
        let losses: Vec<(i64, f64)> = (0..2500).map(|step| (step, 2500.0 - step as f64)).collect();
        let curve = LoggedCurve::of(&[&run(&[(Measure::Loss, VALIDATION, &losses)])]);
        let epochs = curve.thinned(Some(77));
        let numbers: Vec<u32> = epochs.iter().map(|epoch| epoch.epoch).collect();
        assert_eq!(numbers.len(), 835);
        assert!(
            numbers.contains(&77) && numbers.starts_with(&[1, 4, 7]) && numbers.ends_with(&[2500])
        );
        let few = LoggedCurve::of(&[&run(&[(Measure::Loss, VALIDATION, &losses[..1000])])]);
        assert_eq!(few.thinned(None).len(), 1000);
    }

    #[test]
    fn batches_beside_epochs_are_no_epochs() {
        let batches: Vec<(i64, f64)> = (0..40)
            .map(|step| (step, 1.0 / (step as f64 + 1.0)))
            .collect();
        let epochs = [(0, 0.5), (1, 0.25), (2, 0.125), (3, 0.0625)];
        let logged = run(&[
            (Measure::Loss, TRAIN, &batches),
            (Measure::Loss, VALIDATION, &epochs),
        ]);
        let curve = LoggedCurve::of(&[&logged]);
        assert_eq!(curve.epochs.len(), 4);
        assert!(curve.epochs.iter().all(|epoch| epoch.train.loss.is_nan()));
        // One epoch ahead of validation is in training.
        let logged = run(&[
            (Measure::Loss, TRAIN, &batches[..21]),
            (Measure::Loss, VALIDATION, &[(10, 0.5)]),
        ]);
        assert_eq!(LoggedCurve::of(&[&logged]).epochs[0].train.loss, 1.0 / 11.0);
    }

    #[test]
    fn an_undefined_loss_of_either_sign_is_not_the_lowest() {
        for nan in [f64::NAN, -f64::NAN] {
            let logged = run(&[
                (Measure::Loss, VALIDATION, &[(1, 0.5), (2, nan), (3, 0.25)]),
                (
                    Measure::Accuracy,
                    VALIDATION,
                    &[(1, 0.5), (2, 0.25), (3, 0.75)],
                ),
            ]);
            let curve = LoggedCurve::of(&[&logged]);
            assert_eq!(curve.best().unwrap().epoch, 3);
            assert!(!curve.diverged);
        }
    }

    #[test]
    fn a_loss_that_ends_undefined_has_diverged() {
        let curve =
            |last| LoggedCurve::of(&[&run(&[(Measure::Loss, TRAIN, &[(1, 0.5), (2, last)])])]);
        assert!(curve(f64::NAN).diverged && curve(f64::INFINITY).diverged);
        let from_the_first = run(&[(Measure::Loss, TRAIN, &[(1, f64::NAN)])]);
        assert!(LoggedCurve::of(&[&from_the_first]).diverged);
        assert!(!curve(0.25).diverged);
        assert_eq!(curve(0.25).best(), None);
        assert_eq!(LoggedCurve::of(&[]), LoggedCurve::default());
    }
}
