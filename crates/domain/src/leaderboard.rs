//! Which finished trial is best.

use std::cmp::Ordering;

use crate::recorded_trial::RecordedFigures;
use crate::trial::TrialId;

/// The order of a leaderboard, best first: higher validation accuracy, then fewer parameters, then
/// lower validation loss, then id; what is unknown comes after what is known. Total, so that equal figures never
/// leave the choice to chance.
pub fn order(a: (&TrialId, &RecordedFigures), b: (&TrialId, &RecordedFigures)) -> Ordering {
    let parameters = |figures: &RecordedFigures| figures.parameters.unwrap_or(u64::MAX);
    let loss = |figures: &RecordedFigures| figures.loss.unwrap_or(f64::INFINITY);
    b.1.accuracy
        .total_cmp(&a.1.accuracy)
        .then_with(|| parameters(a.1).cmp(&parameters(b.1)))
        .then_with(|| loss(a.1).total_cmp(&loss(b.1)))
        .then_with(|| a.0.cmp(b.0))
}

/// Sorts best first; what has no figures comes last, in its old order.
pub fn sort<T>(entries: &mut [T], key: impl Fn(&T) -> (TrialId, Option<RecordedFigures>)) {
    entries.sort_by(|a, b| {
        let (a, b) = (key(a), key(b));
        match (&a.1, &b.1) {
            (Some(figures_a), Some(figures_b)) => order((&a.0, figures_a), (&b.0, figures_b)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(accuracy: f64, parameters: u64, loss: f64) -> RecordedFigures {
        RecordedFigures {
            accuracy,
            loss: Some(loss),
            best_epoch: Some(1),
            epochs: Some(3),
            parameters: Some(parameters),
            multiply_adds: Some(1),
            seconds: Some(1.0),
        }
    }

    #[test]
    fn what_is_unknown_loses_a_tie() {
        let known = figures(0.9, 1000, 9.0);
        let unknown = RecordedFigures {
            parameters: None,
            loss: None,
            ..known
        };
        let id = |digit: &str| digit.repeat(32).parse::<TrialId>().unwrap();
        assert_eq!(
            order((&id("1"), &known), (&id("0"), &unknown)),
            Ordering::Less
        );
        let better = RecordedFigures {
            accuracy: 0.91,
            ..unknown
        };
        assert_eq!(
            order((&id("1"), &known), (&id("0"), &better)),
            Ordering::Greater
        );
    }

    #[test]
    fn ties_go_to_fewer_parameters_then_lower_loss_then_id() {
        let id = |digit: &str| digit.repeat(32).parse::<TrialId>().unwrap();
        let mut entries = [
            (id("5"), None),
            (id("4"), Some(figures(0.8, 10, 0.5))),
            (id("3"), Some(figures(0.9, 20, 0.1))),
            (id("2"), Some(figures(0.9, 10, 0.4))),
            (id("1"), Some(figures(0.9, 10, 0.3))),
            (id("0"), Some(figures(0.9, 10, 0.4))),
        ];
        sort(&mut entries, |entry| entry.clone());
        let order: Vec<_> = entries.iter().map(|(id, _)| &id.as_str()[..1]).collect();
        assert_eq!(order, ["1", "0", "2", "3", "4", "5"]);
    }
}
