//! A trial's curve, from series whose steps are anything that rises.

use fitroom_domain::{EpochMetrics, LossAndAccuracy, Split};

use super::log_runs::LogRun;
use super::series::{Measure, SeriesKind};

type Series = [(i64, f64)];

/// Epochs of a trial, and the step of each.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct LoggedCurve {
    /// Counted from 1. What was not logged is NaN.
    pub(crate) epochs: Vec<EpochMetrics>,
    /// The step of each.
    pub(crate) steps: Vec<i64>,
    /// Whether the loss became infinite or undefined, and stayed so.
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
        let of_split = |split: &[&Series]| {
            let steps = split
                .iter()
                .flat_map(|series| series.iter().map(|(step, _)| *step));
            let mut steps: Vec<i64> = steps.collect();
            steps.sort_unstable();
            steps.dedup();
            steps
        };
        let validated = of_split(&validation);
        let steps = if validated.is_empty() {
            of_split(&train)
        } else {
            validated
        };
        let figures = |split: [&Series; 2], at: usize| {
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
            diverged: has_diverged(train[0]) || has_diverged(validation[0]),
        }
    }

    /// The best epoch: of those with a validation accuracy the one with the lowest validation loss, as ours are
    /// chosen, else with the highest accuracy; `None` without either.
    pub(crate) fn best(&self) -> Option<&EpochMetrics> {
        let figures = |epoch: &EpochMetrics| epoch.validation;
        let known = self.epochs.iter().filter(|epoch| {
            let LossAndAccuracy { loss, accuracy } = figures(epoch);
            loss.is_finite() || accuracy.is_finite()
        });
        // NaN, which nobody logged, comes after every number.
        known.min_by(|a, b| {
            let (a, b) = (figures(a), figures(b));
            let with_accuracy = a.accuracy.is_nan().cmp(&b.accuracy.is_nan());
            with_accuracy
                .then(a.loss.total_cmp(&b.loss))
                .then(b.accuracy.total_cmp(&a.accuracy))
        })
    }
}

/// Whether a loss became infinite or undefined, and stayed so.
fn has_diverged(loss: &Series) -> bool {
    let is_finite = |(_, loss): &(i64, f64)| loss.is_finite();
    loss.iter().any(is_finite) && !loss.last().is_none_or(is_finite)
}

/// A series of a trial; empty if nobody logged it. Where no tag or folder names a split, it is train's.
fn find<'a>(runs: &[&'a LogRun], measure: Measure, split: Split) -> &'a Series {
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
    found.map_or(&[], Vec::as_slice)
}

/// The last value of a series in an epoch: after the step of the one before, up to its own.
fn value(series: &Series, steps: &[i64], at: usize) -> f64 {
    let end = series.partition_point(|(step, _)| *step <= steps[at]);
    let last = series[..end].last();
    let is_within = |step: i64| at == 0 || step > steps[at - 1];
    last.filter(|(step, _)| is_within(*step))
        .map_or(f64::NAN, |(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(series: &[(Measure, Option<Split>, &Series)]) -> LogRun {
        let series = series.iter().map(|(measure, split, points)| {
            let kind = SeriesKind {
                measure: *measure,
                split: *split,
            };
            (kind, points.to_vec())
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
    fn a_loss_that_ends_undefined_has_diverged() {
        let curve =
            |last| LoggedCurve::of(&[&run(&[(Measure::Loss, TRAIN, &[(1, 0.5), (2, last)])])]);
        assert!(curve(f64::NAN).diverged && curve(f64::INFINITY).diverged);
        assert!(!curve(0.25).diverged);
        assert_eq!(curve(0.25).best(), None);
        assert_eq!(LoggedCurve::of(&[]), LoggedCurve::default());
    }
}
