use super::*;

fn factors(levels: &[usize]) -> Vec<Factor> {
    let factor = |(position, levels): (usize, &usize)| Factor {
        name: format!("factor {position}"),
        levels: *levels,
    };
    levels.iter().enumerate().map(factor).collect()
}

/// Results of a full grid of two-valued factors, in order of the last factor first.
fn two_valued(factors: usize, values: &[f64]) -> Vec<Observation> {
    let observation = |(cell, value): (usize, &f64)| Observation {
        levels: (0..factors).rev().map(|bit| cell >> bit & 1).collect(),
        value: *value,
    };
    values.iter().enumerate().map(observation).collect()
}

fn sum(shares: &VarianceShares) -> f64 {
    let named: f64 = (shares.mains.iter().chain(&shares.pairs))
        .map(|it| it.share)
        .sum();
    let rest = [shares.higher, shares.noise, shares.higher_and_noise];
    named + rest.into_iter().flatten().sum::<f64>()
}

#[test]
fn a_factor_that_decides_alone_has_the_whole_variance() {
    let observations = two_valued(3, &[0.0, 0.0, 0.0, 0.0, 2.0, 2.0, 2.0, 2.0]);
    let shares = variance_shares(&factors(&[2, 2, 2]), &observations).unwrap();
    assert_eq!(shares.mains[0].share, 1.0);
    assert_eq!(shares.mains[0].marginal_means, [0.0, 2.0]);
    assert_eq!(shares.mains[1].marginal_means, [1.0, 1.0]);
    assert_eq!(shares.pairs.len(), 3);
    assert_eq!((shares.higher, shares.noise), (None, None));
    assert_eq!(shares.higher_and_noise, Some(0.0));
    assert_eq!(shares.total_variance, 1.0);
}

#[test]
fn factors_that_only_count_together_share_as_a_pair() {
    // The exclusive or of the first two.
    let observations = two_valued(3, &[0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0]);
    let shares = variance_shares(&factors(&[2, 2, 2]), &observations).unwrap();
    assert_eq!(shares.pairs[0].factors, [0, 1]);
    assert_eq!(shares.pairs[0].share, 1.0);
    assert_eq!(shares.mains[0].share, 0.0);
}

#[test]
fn seeds_tell_interaction_from_noise() {
    // The exclusive or of all three, twice, and 0.1 more or less by seed: variances of 0.25 and 0.01.
    let mut observations = two_valued(3, &[0.1, 1.1, 1.1, 0.1, 1.1, 0.1, 0.1, 1.1]);
    observations.extend(two_valued(3, &[-0.1, 0.9, 0.9, -0.1, 0.9, -0.1, -0.1, 0.9]));
    let shares = variance_shares(&factors(&[2, 2, 2]), &observations).unwrap();
    assert!((shares.higher.unwrap() - 0.25 / 0.26).abs() < 1e-12);
    assert!((shares.noise.unwrap() - 0.01 / 0.26).abs() < 1e-12);
    assert_eq!(shares.higher_and_noise, None);
    assert!((sum(&shares) - 1.0).abs() < 1e-12);
}

#[test]
fn two_factors_without_seeds_have_no_pair() {
    let observations = two_valued(2, &[0.0, 1.0, 2.0, 7.0]);
    let shares = variance_shares(&factors(&[2, 2]), &observations).unwrap();
    assert!(shares.pairs.is_empty());
    // The interaction is 1 in each of four combinations, of 7.25 on average.
    assert!((shares.higher_and_noise.unwrap() - 1.0 / 7.25).abs() < 1e-12);
    assert!((sum(&shares) - 1.0).abs() < 1e-12);
}

#[test]
fn a_factor_with_one_value_explains_nothing() {
    let observations: Vec<Observation> = (0..6)
        .map(|it| Observation {
            levels: vec![0, it % 3],
            value: it as f64,
        })
        .collect();
    let shares = variance_shares(&factors(&[1, 3]), &observations).unwrap();
    assert_eq!(shares.mains[0].share, 0.0);
    assert_eq!(shares.mains[0].marginal_means, [2.5]);
    assert!(shares.pairs.is_empty());
    assert_eq!(shares.higher, Some(0.0));
    assert!((sum(&shares) - 1.0).abs() < 1e-12);
}

#[test]
fn what_makes_shares_impossible_is_said() {
    let message = |levels: &[usize], observations: &[Observation]| {
        let error = variance_shares(&factors(levels), observations).unwrap_err();
        error.to_string()
    };
    let full = two_valued(2, &[0.0, 1.0, 2.0, 3.0]);
    assert_eq!(message(&[1, 1], &[]), "no setting has at least two values");
    assert_eq!(message(&[], &[]), "no setting has at least two values");
    assert_eq!(
        message(&[2, 2], &full[..3]),
        "1 of 4 combinations of settings have no result"
    );
    assert_eq!(
        message(&[2, 2], &[]),
        "4 of 4 combinations of settings have no result"
    );
    let uneven = [full.as_slice(), &full[..1]].concat();
    assert_eq!(
        message(&[2, 2], &uneven),
        "some combinations of settings have 1 results (seeds) and some 2, expected as many of each"
    );
    let equal = two_valued(2, &[0.7; 4]);
    assert_eq!(message(&[2, 2], &equal), "all results are the same");
    let undefined = two_valued(2, &[0.7, f64::NAN, 0.7, 0.7]);
    assert_eq!(
        message(&[2, 2], &undefined),
        "a result is `NaN`, expected a finite number"
    );
    assert_eq!(
        message(&[2, 1], &full),
        "a result has the levels [0, 1], which the 2 settings do not have"
    );
}

#[test]
fn a_grid_too_large_to_count_is_incomplete() {
    let error = variance_shares(&factors(&[usize::MAX; 3]), &[]).unwrap_err();
    assert!(matches!(error, SharesNotAvailable::IncompleteGrid { .. }));
}
