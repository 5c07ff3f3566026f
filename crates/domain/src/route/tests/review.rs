use proptest::prelude::*;

use super::*;
use crate::statistics::clopper_pearson_lower;

/// So many photographs of equal probability, of which the first are right.
fn alike(probability: f64, right: usize, count: usize) -> Vec<(f64, bool)> {
    (0..count).map(|it| (probability, it < right)).collect()
}

#[test]
fn too_few_photographs_prove_nothing() {
    assert_eq!(review_rule(&[], 0.98, 0.95), None);
    assert_eq!(review_rule(&alike(0.9, 148, 148), 0.98, 0.95), None);
    let rule = review_rule(&alike(0.9, 149, 149), 0.98, 0.95).unwrap();
    assert_eq!((rule.threshold, rule.photographs), (0.9, 149));
    assert_eq!((rule.accepted, rule.right), (149, 149));
    assert!(rule.lower_bound >= 0.98 && rule.lower_bound < 0.9802);
}

#[test]
fn a_rule_accepts_as_many_as_it_can() {
    // Bounds at 95 %: 0.902 of 29 of 29, 0.884 of 38 of 39, and 0.748 of 42 of 49.
    let mut photographs = alike(0.7, 4, 10);
    photographs.extend(alike(0.9, 9, 10));
    photographs.extend(alike(0.99, 29, 29));
    let accepted = |precision| review_rule(&photographs, precision, 0.95).map(|it| it.accepted);
    assert_eq!(accepted(0.91), None);
    assert_eq!(accepted(0.90), Some(29));
    assert_eq!(accepted(0.89), Some(29));
    assert_eq!(accepted(0.75), Some(39));
    let rule = review_rule(&photographs, 0.88, 0.95).unwrap();
    assert_eq!((rule.threshold, rule.photographs), (0.9, 49));
    assert_eq!((rule.accepted, rule.right), (39, 38));
    assert_eq!(rule.lower_bound, clopper_pearson_lower(38, 39, 0.95));
    assert_eq!(accepted(0.74), Some(49));
}

#[test]
fn a_bound_that_lies_just_below_the_share_is_reached() {
    // The median of the beta distribution of 95 of 100 is 0.9435.
    let photographs = alike(0.9, 95, 100);
    let rule = review_rule(&photographs, 0.943, 0.5);
    assert_eq!(rule.map(|it| it.accepted), Some(100));
    assert_eq!(review_rule(&photographs, 0.944, 0.5), None);
}

#[test]
fn a_bound_may_be_reached_again_further_down() {
    // The first are wrong: by themselves they prove nothing.
    let mut photographs = alike(0.99, 0, 2);
    photographs.extend(alike(0.9, 200, 200));
    let rule = review_rule(&photographs, 0.95, 0.95).unwrap();
    assert_eq!((rule.threshold, rule.accepted, rule.right), (0.9, 202, 200));
}

#[test]
fn photographs_of_equal_probability_are_accepted_together() {
    // The right ones of 0.8 alone would do, whichever way they are sorted.
    let mut photographs = alike(0.95, 59, 59);
    photographs.extend(alike(0.8, 20, 40));
    for _ in 0..2 {
        let rule = review_rule(&photographs, 0.95, 0.95).unwrap();
        assert_eq!((rule.threshold, rule.accepted), (0.95, 59));
        photographs.reverse();
    }
}

fn photographs() -> impl Strategy<Value = Vec<(f64, bool)>> {
    // Few probabilities, so that many are equal; of the higher ones more are right.
    let photograph = (0u32..=12, 0.0..1.0f64).prop_map(|(step, chance)| {
        let probability = 0.4 + 0.05 * f64::from(step);
        (probability, chance < probability + 0.1)
    });
    prop::collection::vec(photograph, 0..300)
}

proptest! {
    #[test]
    fn no_lower_threshold_reaches_the_precision(
        photographs in photographs(), precision in 0.4..0.99f64, confidence in 0.5..0.999f64,
    ) {
        let accepted = |threshold: f64| {
            let accepted = photographs.iter().filter(|(probability, _)| *probability >= threshold);
            let (right, count) = accepted.fold((0, 0), |(right, count), (_, is_right)| {
                (right + u64::from(*is_right), count + 1)
            });
            (right, count, clopper_pearson_lower(right, count, confidence))
        };
        let rule = review_rule(&photographs, precision, confidence);
        if let Some(rule) = rule {
            let found = (rule.right, rule.accepted, rule.lower_bound);
            prop_assert_eq!(accepted(rule.threshold), found);
            prop_assert!(rule.lower_bound >= precision);
            prop_assert_eq!(rule.photographs, photographs.len() as u64);
        }
        let lower = photographs.iter().map(|(probability, _)| *probability).filter(|probability| {
            rule.is_none_or(|rule| *probability < rule.threshold)
        });
        for threshold in lower {
            prop_assert!(accepted(threshold).2 < precision, "{threshold}");
        }
    }

    #[test]
    fn the_order_of_photographs_does_not_matter(
        photographs in photographs(), precision in 0.4..0.99f64,
    ) {
        let mut sorted = photographs.clone();
        sorted.sort_by(|one, other| one.partial_cmp(other).unwrap());
        prop_assert_eq!(
            review_rule(&photographs, precision, 0.95), review_rule(&sorted, precision, 0.95)
        );
    }
}
