//! How good a model's second guess and its confidence are.

use crate::decision::{highest_logit, softmax_of};

/// The share of rows, of each its true class and its logits, whose true class is among the `k` highest logits; a tie
/// for the last place goes to the lower class, as in [`highest_logit`]. A row with a logit that is not finite says
/// nothing and counts as wrong. `None` without rows.
pub fn top_k_accuracy<'a>(
    rows: impl IntoIterator<Item = (usize, &'a [f32])>,
    k: usize,
) -> Option<f64> {
    let (mut right, mut count) = (0u64, 0u64);
    for (truth, logits) in rows {
        count += 1;
        right += u64::from(rank(truth, logits).is_some_and(|rank| rank < k));
    }
    (count > 0).then(|| right as f64 / count as f64)
}

/// How many classes come before this one; `None` if a logit is not finite or there is no such class.
fn rank(class: usize, logits: &[f32]) -> Option<usize> {
    let own = *logits.get(class)?;
    let before = |&(other, logit): &(usize, &f32)| *logit > own || (*logit == own && other < class);
    (logits.iter().all(|logit| logit.is_finite()))
        .then(|| logits.iter().enumerate().filter(before).count())
}

/// How far a model's confidence is from how often it is right, in [0, 1]: the expected calibration error of Guo et
/// al. (2017). The softmax of the highest logit is sorted into so many `bins` of equal width, each without its lower
/// and with its upper end; in each bin mean confidence is held against accuracy, and bins count by their rows. Rows
/// with a logit that is not finite have no confidence and are left out. `None` without rows or bins.
pub fn expected_calibration_error<'a>(
    rows: impl IntoIterator<Item = (usize, &'a [f32])>,
    bins: usize,
) -> Option<f64> {
    // Of each bin: its rows that are right less the sum of their confidences.
    let mut excess = vec![0.0; bins];
    let mut count = 0u64;
    for (truth, logits) in rows {
        let predicted = highest_logit(logits.iter().copied());
        let Some(confidence) = softmax_of(predicted, logits) else {
            continue;
        };
        let bin = ((confidence * bins as f64).ceil() as usize).clamp(1, bins.max(1)) - 1;
        *excess.get_mut(bin)? += f64::from(u8::from(truth == predicted)) - confidence;
        count += 1;
    }
    (count > 0).then(|| excess.iter().map(|it: &f64| it.abs()).sum::<f64>() / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tie_for_the_last_place_goes_to_the_lower_class() {
        let logits: &[f32] = &[1.0, 2.0, 1.0];
        let top_2 = |truth| top_k_accuracy([(truth, logits)], 2);
        assert_eq!(
            [top_2(0), top_2(1), top_2(2)],
            [Some(1.0), Some(1.0), Some(0.0)]
        );
        assert_eq!(top_2(3), Some(0.0));
        assert_eq!(top_k_accuracy([(2, logits)], 9), Some(1.0));
        assert_eq!(top_k_accuracy([(1, logits)], 0), Some(0.0));
        assert_eq!(top_k_accuracy([], 1), None);
    }

    #[test]
    fn undefined_logits_are_wrong_and_have_no_confidence() {
        let rows: [(usize, &[f32]); 3] = [
            (0, &[f32::NAN, 0.0]),
            (0, &[f32::INFINITY, 0.0]),
            (0, &[f32::MAX, f32::MIN]),
        ];
        assert_eq!(top_k_accuracy(rows, 2), Some(1.0 / 3.0));
        assert_eq!(expected_calibration_error(rows, 10), Some(0.0));
        assert_eq!(
            expected_calibration_error(rows[..2].iter().copied(), 10),
            None
        );
        assert_eq!(expected_calibration_error(rows, 0), None);
        assert_eq!(expected_calibration_error([(0, &[][..])], 10), None);
    }

    #[test]
    fn a_confidence_on_the_border_belongs_to_the_lower_bin() {
        // Two rows of confidence 1/2, one right: no error in one bin. The third, surer and wrong, has its own bin.
        let rows: [(usize, &[f32]); 3] = [(0, &[0.0, 0.0]), (1, &[0.0, 0.0]), (1, &[9.0, 0.0])];
        let error = expected_calibration_error(rows, 2).unwrap();
        let sure = 1.0 / (1.0 + (-9.0f64).exp());
        assert!((error - sure / 3.0).abs() < 1e-15);
    }
}
