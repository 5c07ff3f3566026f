//! What must hold of statistics whatever goes in.

use fitroom_domain::statistics::{
    Candidate, Factor, Observation, TwoWayBootstrap, Verdict, compare, discordant, holm, mean,
    optimism, paired_difference_interval, photograph_scores, smallest_significant_difference,
    variance_shares, wilson,
};
use proptest::prelude::*;

fn score() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(0.5), Just(1.0)]
}

fn scores(photographs: std::ops::Range<usize>) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(score(), photographs)
}

/// Scores of several models on the same photographs.
fn models() -> impl Strategy<Value = Vec<Vec<f64>>> {
    (1usize..6, 0usize..40).prop_flat_map(|(count, photographs)| {
        prop::collection::vec(scores(photographs..photographs + 1), count)
    })
}

proptest! {
    #[test]
    fn an_accuracy_lies_in_its_interval(halves in 0u64..=400, confidence in 0.01..0.9999f64) {
        let accuracy = halves as f64 / 400.0;
        let interval = wilson(accuracy, 200, confidence);
        prop_assert!(0.0 <= interval.low && interval.high <= 1.0);
        prop_assert!((interval.low - 1e-12..=interval.high + 1e-12).contains(&accuracy));
        let mirrored = wilson(1.0 - accuracy, 200, confidence);
        prop_assert!((interval.low - (1.0 - mirrored.high)).abs() < 1e-12);
    }

    #[test]
    fn a_difference_lies_in_its_interval(
        photographs in 1u64..5000,
        parts in (0.0..=1.0f64, 0.0..=1.0f64),
        confidence in 0.01..0.9999f64,
    ) {
        let first = (parts.0 * 2.0 * photographs as f64).floor() / 2.0;
        let second = (parts.1 * 2.0 * (photographs as f64 - first)).floor() / 2.0;
        let seen = (first - second) / photographs as f64;
        let interval = paired_difference_interval(first, second, photographs, confidence);
        prop_assert!(-1.0 <= interval.low && interval.high <= 1.0);
        prop_assert!((interval.low - 1e-12..=interval.high + 1e-12).contains(&seen));
        let mirrored = paired_difference_interval(second, first, photographs, confidence);
        prop_assert!((interval.low + mirrored.high).abs() < 1e-12);
        let wider = paired_difference_interval(first, second, photographs, confidence + 0.000_05);
        prop_assert!(wider.low <= interval.low && interval.high <= wider.high);
    }

    #[test]
    fn adjusted_p_values_are_larger_and_in_the_same_order(
        p_values in prop::collection::vec(0.0..=1.0f64, 0..20)
    ) {
        let adjusted = holm(&p_values);
        for (one, adjusted_one) in p_values.iter().zip(&adjusted) {
            prop_assert!(one <= adjusted_one && *adjusted_one <= 1.0);
            for (other, adjusted_other) in p_values.iter().zip(&adjusted) {
                prop_assert!(one > other || adjusted_one <= adjusted_other);
            }
        }
    }

    #[test]
    fn order_of_pictures_does_not_matter(
        pictures in prop::collection::vec((0u32..20, any::<bool>()), 0..60).prop_shuffle()
    ) {
        let mut sorted = pictures.clone();
        sorted.sort();
        let scores = photograph_scores(pictures);
        prop_assert_eq!(&scores, &photograph_scores(sorted));
        prop_assert!(mean(&scores).is_none_or(|mean| (0.0..=1.0).contains(&mean)));
    }

    #[test]
    fn fewer_photographs_show_only_larger_differences(
        disagreements in 0u64..60, photographs in 1u64..500
    ) {
        let few = smallest_significant_difference(disagreements, photographs, 0.05);
        let many = smallest_significant_difference(disagreements, photographs * 2, 0.05);
        prop_assert!(few.is_none_or(|few| 0.0 < few && few <= 1.0));
        if let (Some(few), Some(many)) = (few, many) {
            prop_assert!(many <= few);
        }
    }

    #[test]
    fn swapping_models_changes_no_p_value(models in models()) {
        let (first, last) = (&models[0], &models[models.len() - 1]);
        let found = discordant(first, last);
        prop_assert_eq!(found.p_value(), discordant(last, first).p_value());
        prop_assert!(found.first + found.second <= found.photographs);
    }

    #[test]
    fn no_certainty_exceeds_that_over_seeds_or_photographs_alone(models in models()) {
        let photographs = models[0].len();
        let found = TwoWayBootstrap::new(models.len(), photographs).difference(&models);
        prop_assert_eq!(found.is_some(), models.len() > 1 && photographs > 1);
        let Some(found) = found else { return Ok(()) };
        let by_seed: Vec<f64> = models.iter().filter_map(|scores| mean(scores)).collect();
        let seeds_only = fitroom_domain::statistics::paired_t(&by_seed).unwrap();
        prop_assert!((found.mean - seeds_only.mean).abs() < 1e-12);
        prop_assert!(found.standard_error >= seeds_only.standard_error - 1e-12);
        prop_assert!(found.degrees_of_freedom >= 1.0);
        prop_assert!((0.0..=1.0).contains(&found.p_value()));
    }

    #[test]
    fn the_best_is_never_more_lucky_than_it_is_accurate(models in models()) {
        let models: Vec<&[f64]> = models.iter().map(Vec::as_slice).collect();
        let optimism = optimism(&models);
        prop_assert!((0.0..=1.0).contains(&optimism));
    }

    #[test]
    fn shares_add_up_to_1(
        levels in prop::collection::vec(1usize..4, 1..4),
        seeds in 1usize..4,
        values in prop::collection::vec(0.0..1.0f64, 81),
    ) {
        let factors: Vec<Factor> = (levels.iter())
            .map(|levels| Factor { name: String::new(), levels: *levels })
            .collect();
        let cells: usize = levels.iter().product();
        let observations: Vec<Observation> = (0..cells * seeds)
            .map(|position| {
                let mut cell = position / seeds;
                let levels = levels.iter().map(|levels| {
                    let level = cell % levels;
                    cell /= levels;
                    level
                });
                Observation { levels: levels.collect(), value: values[position] }
            })
            .collect();
        if let Ok(shares) = variance_shares(&factors, &observations) {
            let named: f64 = (shares.mains.iter().chain(&shares.pairs)).map(|it| it.share).sum();
            let rest = [shares.higher, shares.noise, shares.higher_and_noise];
            let sum = named + rest.into_iter().flatten().sum::<f64>();
            prop_assert!((sum - 1.0).abs() < 1e-9);
        } else {
            prop_assert!(cells == 1);
        }
    }

    #[test]
    fn a_comparison_holds_together(
        trials in prop::collection::vec(
            prop::collection::btree_map(0u64..6, scores(12..14), 0..7), 0..6,
        ),
        costs in prop::collection::vec(prop::option::of(0u64..4), 6),
        margin in 0.0..0.5f64,
    ) {
        let candidates: Vec<Candidate> = (trials.iter().enumerate())
            .map(|(id, trials)| Candidate {
                id,
                trials: trials.iter().map(|(seed, scores)| (*seed, scores.as_slice())).collect(),
                multiply_adds: costs[id],
                parameters: costs[5 - id],
            })
            .collect();
        let Some(found) = compare(&candidates, 0, margin) else {
            prop_assert!(trials.first().is_none_or(|first| first.is_empty()));
            return Ok(());
        };
        let verdicts = found.entries.iter().filter(|it| it.p_value.is_some()).count();
        prop_assert_eq!(found.cheapest.is_some(), verdicts > 0);
        prop_assert_eq!(found.entries[found.best].good_enough, verdicts > 0);
        prop_assert!(found.cheapest.is_none_or(|it| found.entries[it].good_enough));
        for (index, entry) in found.entries.iter().enumerate() {
            prop_assert_eq!(entry.verdict == Verdict::Best, index == found.best);
            prop_assert_eq!(entry.p_value.is_some(), entry.adjusted_p_value.is_some());
            prop_assert_eq!(entry.p_value.is_some(), entry.loss_bound.is_some());
            if let (Some(p_value), Some(adjusted)) = (entry.p_value, entry.adjusted_p_value) {
                prop_assert!((0.0..=1.0).contains(&adjusted) && p_value <= adjusted);
                if entry.verdict == Verdict::ShownWorse {
                    prop_assert!(adjusted < 0.05 && entry.evidence.difference().unwrap() < 0.0);
                }
            }
        }
    }
}
