use super::*;

/// Scores of 200 photographs of which `wrong` are wrong.
fn scores(wrong: std::ops::Range<usize>) -> Vec<f64> {
    (0..200)
        .map(|it| f64::from(u8::from(!wrong.contains(&it))))
        .collect()
}

fn candidate<'a>(id: usize, cost: u64, trials: &[(u64, &'a [f64])]) -> Candidate<'a> {
    Candidate {
        id,
        trials: trials.to_vec(),
        multiply_adds: Some(cost),
        parameters: Some(cost),
    }
}

/// Of each seed a model with so many wrong photographs.
fn trained(wrong: &[std::ops::Range<usize>]) -> Vec<Vec<f64>> {
    wrong.iter().cloned().map(scores).collect()
}

fn with_seeds<'a>(id: usize, cost: u64, models: &'a [Vec<f64>]) -> Candidate<'a> {
    let trials: Vec<(u64, &[f64])> = (models.iter().enumerate())
        .map(|(seed, scores)| (seed as u64, scores.as_slice()))
        .collect();
    candidate(id, cost, &trials)
}

/// Compares with the most accurate of those with the most trials.
fn compared(candidates: &[Candidate], margin: f64) -> Option<Comparison> {
    let rank = |it: &usize| {
        let accuracy = candidates[*it].accuracy().unwrap_or_default();
        (candidates[*it].trials.len(), (accuracy * 1e9) as u64)
    };
    compare(candidates, (0..candidates.len()).max_by_key(rank)?, margin)
}

#[test]
fn single_models_are_told_apart_by_the_photographs_on_which_they_differ() {
    let (best, close, worse) = (scores(0..20), scores(2..24), scores(0..60));
    let candidates = [
        candidate(0, 1, &[(7, &worse)]),
        candidate(1, 9, &[(7, &best)]),
        candidate(2, 3, &[(7, &close)]),
    ];
    let found = compared(&candidates, 0.1).unwrap();
    assert_eq!(found.best, 1);
    let verdicts: Vec<Verdict> = found.entries.iter().map(|it| it.verdict).collect();
    assert_eq!(
        verdicts,
        [Verdict::ShownWorse, Verdict::Best, Verdict::NotShownWorse]
    );
    let Evidence::Models {
        discordant,
        difference,
        ..
    } = found.entries[2].evidence
    else {
        panic!("{:?}", found.entries[2].evidence);
    };
    assert_eq!((discordant.first, discordant.second), (2, 4));
    assert!((difference + 0.01).abs() < 1e-12);
    // 5 % of chance below the lower end of 90 %.
    let interval = super::super::paired_difference_interval(2.0, 4.0, 200, 0.9);
    assert_eq!(found.entries[2].loss_bound, Some(-interval.low));
    assert_eq!(found.cheapest, Some(2));
    // 40 and 6 disagreements: 23, between which 6 of 23 are the most that is significant.
    let expected = smallest_significant_difference(23, 200, 0.05);
    assert_eq!(found.smallest_difference, expected);
    assert!(!found.all_shown_worse);
}

#[test]
fn p_values_are_adjusted_for_all_of_them() {
    let (best, other) = (scores(0..20), scores(0..27));
    let candidates: Vec<Candidate> = (0..5)
        .map(|id| candidate(id, 1, &[(0, if id == 0 { &best } else { &other })]))
        .collect();
    let alone = compared(&candidates[..2], 0.0).unwrap();
    // 2 · 2⁻⁷, and four times that.
    assert!((alone.entries[1].p_value.unwrap() - 0.015625).abs() < 1e-12);
    assert_eq!(alone.entries[1].verdict, Verdict::ShownWorse);
    assert!(alone.all_shown_worse);
    let together = compared(&candidates, 0.0).unwrap();
    assert!((together.entries[1].adjusted_p_value.unwrap() - 0.0625).abs() < 1e-12);
    assert_eq!(together.entries[1].verdict, Verdict::NotShownWorse);
    assert!(!together.all_shown_worse);
}

#[test]
fn five_seeds_are_compared_as_configurations() {
    let best = trained(&[0..20, 1..21, 0..19, 2..22, 0..20]);
    let worse = trained(&[0..80, 0..85, 0..75, 0..80, 0..82]);
    let like = trained(&[0..20, 1..22, 0..19, 2..22, 0..21]);
    let candidates = [
        with_seeds(0, 5, &best),
        with_seeds(1, 1, &worse),
        with_seeds(2, 2, &like),
    ];
    let found = compared(&candidates, 0.02).unwrap();
    let Evidence::Seeds {
        two_way,
        seeds,
        seeds_only,
    } = found.entries[1].evidence
    else {
        panic!("{:?}", found.entries[1].evidence);
    };
    assert_eq!(seeds, 5);
    assert!((two_way.mean - seeds_only.unwrap().mean).abs() < 1e-12);
    assert!(two_way.standard_error > seeds_only.unwrap().standard_error);
    assert_eq!(found.entries[1].verdict, Verdict::ShownWorse);
    assert_eq!(
        found.entries[1].loss_bound,
        Some(-two_way.lower_bound(0.95))
    );
    assert!(found.entries[2].good_enough && !found.entries[1].good_enough);
    assert_eq!(found.cheapest, Some(2));
    assert!(found.smallest_difference.unwrap() > 0.0);
}

#[test]
fn few_seeds_give_numbers_but_no_verdict() {
    let (best, other) = (trained(&[0..20, 0..21]), trained(&[0..90, 0..91]));
    let candidates = [with_seeds(0, 5, &best), with_seeds(1, 1, &other)];
    let found = compared(&candidates, 1.0).unwrap();
    let entry = &found.entries[1];
    assert!(matches!(
        entry.evidence,
        Evidence::FewSeeds { seeds: 2, .. }
    ));
    assert_eq!((entry.p_value, entry.loss_bound), (None, None));
    assert_eq!(
        (entry.verdict, entry.good_enough),
        (Verdict::NoVerdict, false)
    );
    assert!(!found.entries[0].good_enough);
    assert_eq!((found.cheapest, found.smallest_difference), (None, None));
    assert!(!found.all_shown_worse);
}

#[test]
fn one_seed_against_two_of_the_best_gives_no_verdict() {
    let (twice, lucky) = (trained(&[0..30, 0..31]), scores(0..10));
    let candidates = [candidate(0, 1, &[(0, &lucky)]), with_seeds(1, 1, &twice)];
    let found = compared(&candidates, 0.01).unwrap();
    assert_eq!(found.best, 1);
    assert_eq!(found.entries[0].verdict, Verdict::NoVerdict);
}

#[test]
fn better_by_more_than_chance_is_not_worse() {
    let several = trained(&[0..30, 0..31, 0..30, 0..29, 0..30, 0..30]);
    let lucky = trained(&[0..10, 0..11, 0..10, 0..9, 0..10]);
    let candidates = [with_seeds(0, 1, &lucky), with_seeds(1, 1, &several)];
    let found = compared(&candidates, 0.01).unwrap();
    assert_eq!(found.best, 1);
    assert!(found.entries[0].adjusted_p_value.unwrap() < 0.05);
    assert_eq!(found.entries[0].verdict, Verdict::NotShownWorse);
    assert!(found.entries[0].loss_bound.unwrap() < 0.0);
}

#[test]
fn other_seeds_or_photographs_cannot_be_compared() {
    let (best, short) = (scores(0..20), vec![0.0; 7]);
    let candidates = [
        candidate(0, 1, &[(0, &best)]),
        candidate(1, 1, &[(1, &best)]),
        candidate(2, 1, &[(0, &short)]),
        candidate(3, 1, &[]),
    ];
    let found = compare(&candidates, 0, 0.1).unwrap();
    for entry in &found.entries[1..] {
        assert_eq!(entry.evidence, Evidence::Nothing);
        assert_eq!(entry.verdict, Verdict::NoVerdict);
    }
    assert_eq!(found.entries[3].accuracy, None);
    assert_eq!(found.cheapest, None);
}

#[test]
fn without_trials_there_is_no_comparison() {
    assert_eq!(compared(&[], 0.1), None);
    assert_eq!(compared(&[candidate(0, 1, &[])], 0.1), None);
    assert_eq!(compared(&[candidate(0, 1, &[(0, &[])])], 0.1), None);
}

#[test]
fn all_wrong_and_identical_models_are_not_shown_worse() {
    let wrong = vec![0.0; 50];
    let candidates = [
        candidate(0, 2, &[(0, &wrong)]),
        candidate(1, 1, &[(0, &wrong)]),
    ];
    let found = compared(&candidates, 0.1).unwrap();
    let best = 1 - found.best;
    assert_eq!(found.entries[best].p_value, Some(1.0));
    assert_eq!(found.entries[best].verdict, Verdict::NotShownWorse);
}

#[test]
fn a_comparison_is_written_as_json() {
    let (best, other) = (scores(0..20), scores(0..27));
    let candidates = [
        candidate(0, 1, &[(0, &best)]),
        candidate(1, 1, &[(0, &other)]),
    ];
    let json = serde_json::to_value(compared(&candidates, 0.1).unwrap()).unwrap();
    assert_eq!(json["entries"][1]["verdict"], "shown-worse");
    assert_eq!(
        json["entries"][1]["evidence"]["models"]["discordant"]["second"],
        7
    );
    assert_eq!(json["entries"][0]["evidence"], "nothing");
}

#[test]
fn one_seed_against_several_of_the_best_gives_no_verdict() {
    let five = trained(&[0..4, 0..4, 0..4, 0..4, 0..4]);
    let others = trained(&[0..30, 0..30, 0..30, 0..30, 0..30]);
    let one = vec![scores(0..60)];
    let candidates = [
        with_seeds(0, 9, &five),
        with_seeds(1, 9, &others),
        with_seeds(2, 9, &one),
    ];
    let comparison = compared(&candidates, 0.01).unwrap();
    assert_eq!(comparison.entries[1].verdict, Verdict::ShownWorse);
    let single = &comparison.entries[2];
    assert!(matches!(single.evidence, Evidence::Models { .. }));
    assert_eq!(single.verdict, Verdict::NoVerdict);
    assert_eq!((single.p_value, single.loss_bound), (None, None));
    // A single p-value has nothing to be corrected for.
    assert_eq!(
        comparison.entries[1].adjusted_p_value,
        comparison.entries[1].p_value
    );
}

#[test]
fn copies_of_which_one_is_right_do_not_turn_the_verdict_round() {
    // On 40 photographs one copy more is right, on 21 both less: more photographs, and less accurate.
    let best: Vec<f64> = (0..200).map(|it| if it < 40 { 0.5 } else { 1.0 }).collect();
    let other: Vec<f64> = (0..200)
        .map(|it| if (40..61).contains(&it) { 0.0 } else { 1.0 })
        .collect();
    let candidates = [
        candidate(0, 1, &[(0, &best)]),
        candidate(1, 1, &[(0, &other)]),
    ];
    let found = compare(&candidates, 0, 0.01).unwrap();
    assert!(found.entries[1].p_value.unwrap() < 0.05);
    assert!(found.entries[1].evidence.difference().unwrap() < 0.0);
    assert_eq!(found.entries[1].verdict, Verdict::NotShownWorse);
}

#[test]
fn equals_are_as_cheap_as_their_multiply_adds() {
    let scores = scores(0..20);
    let mut candidates: Vec<Candidate> =
        (0..4).map(|id| candidate(id, 5, &[(0, &scores)])).collect();
    candidates[2].multiply_adds = Some(4);
    candidates[1].parameters = Some(4);
    candidates[1].multiply_adds = None;
    assert_eq!(compare(&candidates, 0, 0.1).unwrap().cheapest, Some(2));
    assert_eq!(compare(&candidates, 4, 0.1), None);
}
