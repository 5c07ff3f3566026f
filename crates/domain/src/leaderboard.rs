//! Which finished trial is best.

use std::cmp::Ordering;

use crate::trial::{TrialFigures, TrialId};

/// The order of a leaderboard, best first: higher validation accuracy, then fewer parameters, then
/// lower validation loss, then id. Total, so that equal figures never leave the choice to chance.
pub fn order(a: (&TrialId, &TrialFigures), b: (&TrialId, &TrialFigures)) -> Ordering {
    b.1.accuracy
        .total_cmp(&a.1.accuracy)
        .then_with(|| a.1.parameters.cmp(&b.1.parameters))
        .then_with(|| a.1.loss.total_cmp(&b.1.loss))
        .then_with(|| a.0.cmp(b.0))
}

/// Sorts best first; what has no figures comes last, in its old order.
pub fn sort<T>(entries: &mut [T], key: impl Fn(&T) -> (TrialId, Option<TrialFigures>)) {
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

    fn figures(accuracy: f64, parameters: u64, loss: f64) -> TrialFigures {
        TrialFigures {
            accuracy,
            loss,
            best_epoch: 1,
            epochs: 3,
            parameters,
            multiply_adds: 1,
            seconds: 1.0,
        }
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
