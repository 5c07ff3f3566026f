//! What a model gets right, by photograph.

use std::collections::BTreeMap;

/// The share of each photograph's pictures that a model gets right, in rising order of photograph; from
/// (photograph, right) in any order. A photograph and its mirrored copy show the same thing and so are not two
/// independent tries: together they score 0, 0.5 or 1.
pub fn photograph_scores(pictures: impl IntoIterator<Item = (u32, bool)>) -> Vec<f64> {
    let mut photographs: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
    for (photograph, right) in pictures {
        let (sum, count) = photographs.entry(photograph).or_default();
        *sum += u32::from(right);
        *count += 1;
    }
    photographs
        .into_values()
        .map(|(sum, count)| f64::from(sum) / f64::from(count))
        .collect()
}

/// The accuracy of a model with these scores, in [0, 1]; also the mean of any other numbers. `None` without any.
pub fn mean(scores: &[f64]) -> Option<f64> {
    (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirrored_copy_shares_its_photographs_score() {
        let pictures = [(7, true), (2, false), (7, false), (9, true), (9, true)];
        let scores = photograph_scores(pictures);
        assert_eq!(scores, [0.0, 0.5, 1.0]);
        assert_eq!(mean(&scores), Some(0.5));
    }

    #[test]
    fn nothing_has_no_mean() {
        assert_eq!(photograph_scores([]), [0.0; 0]);
        assert_eq!(mean(&[]), None);
    }
}
