//! Which labels somebody should look at.

use serde::Serialize;

use crate::statistics::clopper_pearson_lower;

/// The probability from which on labels are taken without a look, and what is known of those.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ReviewRule {
    /// Labels with a joint probability of at least this need no review.
    pub threshold: f64,
    /// Photographs that the rule was chosen on.
    pub photographs: u64,
    /// Those of them that need no review.
    pub accepted: u64,
    /// Those of these whose labels are all right.
    pub right: u64,
    /// The lower Clopper-Pearson bound of the share of right ones among the accepted, in [0, 1].
    pub lower_bound: f64,
}

/// The rule that accepts the most of these photographs, each with its joint probability and whether all its labels are
/// right, while the one-sided Clopper-Pearson bound of the precision reaches `precision`, in (0, 1), with `confidence`, in
/// [0.5, 1).
/// `None` if no threshold does: with 95 %, 149 photographs without a mistake are needed for 0.98.
pub fn review_rule(
    photographs: &[(f64, bool)],
    precision: f64,
    confidence: f64,
) -> Option<ReviewRule> {
    let mut order: Vec<(f64, bool)> = photographs.to_vec();
    order.sort_by(|one, other| other.0.total_cmp(&one.0));
    let mut right = 0u64;
    let mut thresholds: Vec<(f64, u64, u64)> = Vec::new();
    for (place, (probability, is_right)) in order.iter().enumerate() {
        right += u64::from(*is_right);
        // Photographs of equal probability are accepted together or not at all.
        let next = order.get(place + 1);
        if next.is_none_or(|next| next.0 != *probability) {
            thresholds.push((*probability, place as u64 + 1, right));
        }
    }
    let rule = |(threshold, accepted, right): (f64, u64, u64)| {
        // A bound lies below the share itself, and takes long to find.
        if (right as f64) < precision * accepted as f64 {
            return None;
        }
        let lower_bound = clopper_pearson_lower(right, accepted, confidence);
        (lower_bound >= precision).then_some(ReviewRule {
            threshold,
            photographs: order.len() as u64,
            accepted,
            right,
            lower_bound,
        })
    };
    thresholds.into_iter().rev().find_map(rule)
}
