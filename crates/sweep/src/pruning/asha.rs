//! Asynchronous successive halving.

use std::cmp::Ordering;

use fitroom_domain::LossAndAccuracy;

use super::{Curve, best_first, longest, rungs};

/// A worker's trial, and when its next epoch ends.
struct Working {
    trial: usize,
    epochs: usize,
    free_at: f64,
}

/// Epochs that each trial is trained, if `workers` take the trials in their order, each as long as its epochs
/// took, and a trial stops at a rung if it is not among the best, one in `factor` (rounded up), of those
/// that have reached the rung so far: ASHA (Li and others, 2020) in the form that stops instead of pausing.
pub fn asha(curves: &[Curve], grace: usize, factor: usize, workers: usize) -> Vec<usize> {
    let rungs = rungs(grace, factor, longest(curves));
    let mut reached: Vec<Vec<Option<LossAndAccuracy>>> = vec![Vec::new(); rungs.len()];
    let mut trained = vec![0; curves.len()];
    let mut next = 0..curves.len();
    let begin = |trial: usize, at: f64| Working {
        trial,
        epochs: 0,
        free_at: at + curves[trial].seconds.first().copied().unwrap_or(0.0),
    };
    let mut working: Vec<Working> = Vec::new();
    working.extend(
        next.by_ref()
            .take(workers.max(1))
            .map(|trial| begin(trial, 0.0)),
    );
    let earliest = |working: &[Working]| {
        let times = working.iter().enumerate();
        // Of equal times the first worker's.
        let first = times.min_by(|one, other| one.1.free_at.total_cmp(&other.1.free_at));
        first.map(|(position, _)| position)
    };
    while let Some(position) = earliest(&working) {
        let now = &mut working[position];
        let curve = &curves[now.trial];
        now.epochs = (now.epochs + 1).min(curve.epochs());
        trained[now.trial] = now.epochs;
        let mut stops = now.epochs == curve.epochs();
        if let Some(rung) = rungs.iter().position(|rung| *rung == now.epochs) {
            let figures = curve.after(now.epochs);
            let others = &mut reached[rung];
            let is_better = |other: &&_| best_first(**other, figures) == Ordering::Less;
            let better = others.iter().filter(is_better).count();
            others.push(figures);
            stops |= better >= others.len().div_ceil(factor.max(2));
        }
        if !stops {
            now.free_at += curve.seconds.get(now.epochs).copied().unwrap_or(0.0);
            continue;
        }
        let at = now.free_at;
        match next.next() {
            Some(trial) => working[position] = begin(trial, at),
            None => drop(working.remove(position)),
        }
    }
    trained
}

#[cfg(test)]
mod tests {
    use super::super::tests::curve;
    use super::*;

    #[test]
    fn a_trial_stops_where_too_many_before_it_were_better() {
        let curves = [
            curve(&[0.5, 0.5, 0.5]),
            // Among the best one in two of 0.5 and 0.4? No.
            curve(&[0.4, 0.9, 0.9]),
            // Two of 0.5, 0.4 and 0.45 may go on.
            curve(&[0.45, 0.45, 0.45]),
            curve(&[0.6, 0.6, 0.6]),
        ];
        // At the second rung 0.45 is second of two, and one may go on.
        assert_eq!(asha(&curves, 1, 2, 1), [3, 1, 2, 3]);
    }

    #[test]
    fn with_two_workers_what_ends_first_is_compared_first() {
        let slow = Curve {
            seconds: vec![10.0, 10.0],
            ..curve(&[0.3, 0.3])
        };
        let curves = [slow, curve(&[0.5, 0.5]), curve(&[0.4, 0.4])];
        // 0.5 and then 0.4 are there before the slow one's 0.3.
        assert_eq!(asha(&curves, 1, 2, 2), [1, 2, 1]);
        assert_eq!(asha(&curves, 1, 2, 1), [2, 2, 2]);
    }
}
