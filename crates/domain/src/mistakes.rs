//! Where a model is most sure and wrong.

use crate::decision::{highest_logit, softmax_of};

/// A row whose class is not the predicted one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mistake {
    /// The row's position.
    pub row: usize,
    /// Its class.
    pub truth: usize,
    /// The class that it is taken for.
    pub predicted: usize,
    /// The probability of that class, in (0, 1].
    pub confidence: f64,
}

/// The mistakes, the most confident first, then in the order of the rows; of each row its true class and its
/// logits. Logits that are not finite say nothing, and so such a row is left out.
pub fn most_confident_mistakes<'a>(
    rows: impl IntoIterator<Item = (usize, &'a [f32])>,
) -> Vec<Mistake> {
    let mistake = |(row, (truth, logits)): (usize, (usize, &[f32]))| {
        let predicted = highest_logit(logits.iter().copied());
        let confidence = softmax_of(predicted, logits)?;
        (predicted != truth).then_some(Mistake {
            row,
            truth,
            predicted,
            confidence,
        })
    };
    let mut mistakes: Vec<Mistake> = (rows.into_iter().enumerate()).filter_map(mistake).collect();
    mistakes.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    mistakes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_surest_of_the_wrong_answers_comes_first() {
        let rows: [(usize, &[f32]); 6] = [
            (0, &[3.0, 0.0]),
            (0, &[0.0, 1.0]),
            (1, &[2.0, 0.0]),
            (1, &[f32::NAN, 0.0]),
            (1, &[f32::INFINITY, 0.0]),
            (0, &[-1.0, 0.0]),
        ];
        let mistakes = most_confident_mistakes(rows);
        let shown = |it: &Mistake| (it.row, it.truth, it.predicted);
        let shown: Vec<_> = mistakes.iter().map(shown).collect();
        assert_eq!(shown, [(2, 1, 0), (1, 0, 1), (5, 0, 1)]);
        // The logistic function of 2 and of 1.
        assert!((mistakes[0].confidence - 0.880_797_077_977_882_3).abs() < 1e-15);
        assert!((mistakes[1].confidence - 0.731_058_578_630_004_9).abs() < 1e-15);
    }

    #[test]
    fn confidence_of_extreme_logits_is_1() {
        let rows: [(usize, &[f32]); 1] = [(1, &[3e38, -3e38])];
        assert_eq!(most_confident_mistakes(rows)[0].confidence, 1.0);
    }
}
