//! The median stopping rule.

use fitroom_domain::LossAndAccuracy;

use super::Curve;

/// Epochs that each trial is trained, one trial after the other, if it is stopped after an epoch, of which there
/// were at least `grace`, where its best accuracy so far is lower than the median of the running averages up to
/// that epoch of all earlier trials that got that far and were not stopped (Golovin and others, Google Vizier,
/// 2017, section 3.2).
pub fn median_stopping(curves: &[Curve], grace: usize) -> Vec<usize> {
    let mut completed: Vec<&Curve> = Vec::new();
    let mut trained = Vec::with_capacity(curves.len());
    for curve in curves {
        let stop = (grace.max(1)..curve.epochs()).find(|&epochs| {
            let accuracies = curve.figures[..epochs]
                .iter()
                .map(|figures| figures.accuracy);
            let best = accuracies.fold(f64::NEG_INFINITY, f64::max);
            let reached = completed.iter().filter(|other| other.epochs() >= epochs);
            let averages = reached
                .map(|other| mean_accuracy(&other.figures[..epochs]))
                .collect();
            median(averages).is_some_and(|median| best < median)
        });
        match stop {
            Some(epochs) => trained.push(epochs),
            None => {
                trained.push(curve.epochs());
                completed.push(curve);
            }
        }
    }
    trained
}

fn mean_accuracy(figures: &[LossAndAccuracy]) -> f64 {
    figures.iter().map(|figures| figures.accuracy).sum::<f64>() / figures.len() as f64
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    match values.len() % 2 {
        1 => Some(upper),
        _ => Some((values[middle - 1] + upper) / 2.0),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::curve;
    use super::*;

    #[test]
    fn a_trial_below_the_median_of_the_averages_stops() {
        let curves = [
            curve(&[0.2, 0.4, 0.6]),
            curve(&[0.4, 0.6, 0.8]),
            // After two epochs the averages are 0.3 and 0.5, their median 0.4.
            curve(&[0.1, 0.39, 0.9]),
            curve(&[0.1, 0.41, 0.9]),
        ];
        assert_eq!(median_stopping(&curves, 2), [3, 3, 2, 3]);
        assert_eq!(median_stopping(&curves, 3), [3, 3, 3, 3]);
        // After one epoch they are 0.2 and 0.4.
        assert_eq!(median_stopping(&curves, 1), [3, 3, 1, 1]);
    }

    #[test]
    fn the_median_of_an_even_number_lies_in_the_middle() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }
}
