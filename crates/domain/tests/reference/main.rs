//! Statistics as SciPy, statsmodels and scikit-learn have them, on cases drawn by chance. `make_statistics.py` wrote
//! `statistics.json` and says what is in each case.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use fitroom_domain::ConfusionMatrix;
use fitroom_domain::statistics::{
    Factor, Observation, PairedDifference, balanced_accuracy, class_figures, clopper_pearson_lower,
    expected_calibration_error, holm, macro_f1, mcnemar, paired_difference_interval, paired_t,
    top_k_accuracy, variance_shares, wilson,
};
use serde::de::DeserializeOwned;

/// The cases of one function of the script, at least so many.
fn cases<T: DeserializeOwned>(function: &str, at_least: usize) -> Vec<T> {
    let all: serde_json::Value = serde_json::from_str(include_str!("statistics.json")).unwrap();
    let cases: Vec<T> = serde_json::from_value(all[function].clone()).unwrap();
    assert!(cases.len() >= at_least, "{} {function}", cases.len());
    cases
}

/// To 1e-9 of the larger number.
fn assert_close(got: f64, want: f64, case: &str) {
    let scale = got.abs().max(want.abs());
    assert!(
        (got - want).abs() <= 1e-9 * scale,
        "got {got}, want {want}: {case}"
    );
}

/// To 1e-9, for shares.
fn assert_near(got: f64, want: f64, case: &str) {
    assert!((got - want).abs() <= 1e-9, "got {got}, want {want}: {case}");
}

#[test]
fn wilson_intervals_are_those_of_statsmodels() {
    for (halves, photographs, confidence, low, high) in
        cases::<(u64, u64, f64, f64, f64)>("wilson", 200)
    {
        let case = format!("{halves} halves of {photographs}, {confidence}");
        let accuracy = halves as f64 / (2.0 * photographs as f64);
        let got = wilson(accuracy, photographs, confidence);
        assert_near(got.low, low, &case);
        assert_near(got.high, high, &case);
    }
}

#[test]
fn exact_lower_bounds_are_those_of_scipy() {
    for (right, count, confidence, low) in cases::<(u64, u64, f64, f64)>("clopper_pearson", 240) {
        let case = format!("{right} of {count}, {confidence}");
        assert_close(clopper_pearson_lower(right, count, confidence), low, &case);
    }
}

#[test]
fn exact_p_values_are_those_of_whole_numbers() {
    for (first, second, p_value) in cases::<(u64, u64, f64)>("exact_mcnemar", 200) {
        assert_close(
            mcnemar(first, second),
            p_value,
            &format!("{first}, {second}"),
        );
    }
}

#[test]
fn adjusted_p_values_are_those_of_statsmodels() {
    for (p_values, adjusted) in cases::<(Vec<f64>, Vec<f64>)>("holm", 200) {
        for (got, want) in holm(&p_values).into_iter().zip(adjusted) {
            assert_close(got, want, &format!("{p_values:?}"));
        }
    }
}

#[test]
fn paired_t_is_that_of_scipy() {
    type Case = (Vec<f64>, f64, f64, f64, f64, f64, f64, f64);
    for (differences, confidence, mean, low, high, lower, upper, p_value) in
        cases::<Case>("paired_t", 200)
    {
        let case = format!("{differences:?}, {confidence}");
        let paired = paired_t(&differences).unwrap();
        let interval = paired.interval(confidence);
        // Ends may lie near 0: 1e-9 of the width.
        let width = high - low;
        for (got, want) in [
            (paired.mean, mean),
            (interval.low, low),
            (interval.high, high),
            (paired.lower_bound(confidence), lower),
            (paired.upper_bound(confidence), upper),
        ] {
            assert_near(got / width, want / width, &case);
        }
        assert_close(paired.p_value(), p_value, &case);
    }
}

#[test]
fn students_t_is_right_far_out_too() {
    for (confidence, degrees_of_freedom, quantile, p_value) in
        cases::<(Option<f64>, f64, f64, f64)>("t_quantiles", 100)
    {
        let case = format!("{confidence:?}, {degrees_of_freedom}");
        let around = |mean| PairedDifference {
            mean,
            standard_error: 1.0,
            degrees_of_freedom,
        };
        if let Some(confidence) = confidence {
            assert_close(around(0.0).upper_bound(confidence), quantile, &case);
        }
        assert_close(around(quantile).p_value(), p_value, &case);
    }
}

#[test]
fn paired_score_intervals_are_those_of_a_numeric_likelihood() {
    for (first, second, photographs, confidence, low, high) in
        cases::<(f64, f64, u64, f64, f64, f64)>("tango", 200)
    {
        let case = format!("{first}, {second} of {photographs}, {confidence}");
        let got = paired_difference_interval(first, second, photographs, confidence);
        assert_near(got.low, low, &case);
        assert_near(got.high, high, &case);
    }
}

#[test]
fn figures_of_classes_are_those_of_scikit_learn() {
    type Figures = (Option<f64>, Option<f64>, Option<f64>, f64);
    type Case = (usize, Vec<usize>, f64, f64, Vec<Figures>);
    for (classes, matrix, macro_average, balanced, figures) in cases::<Case>("classification", 50) {
        let case = format!("{matrix:?}");
        let pairs = (matrix.iter().enumerate()).flat_map(|(cell, count)| {
            std::iter::repeat_n((cell / classes, cell % classes), *count)
        });
        let matrix = ConfusionMatrix::new(classes, pairs).unwrap();
        assert_near(macro_f1(&matrix).unwrap(), macro_average, &case);
        assert_near(balanced_accuracy(&matrix).unwrap(), balanced, &case);
        for (got, (precision, recall, f1, support)) in class_figures(&matrix).iter().zip(figures) {
            assert_eq!(got.support as f64, support);
            for (got, want) in [
                (got.precision, precision),
                (got.recall, recall),
                (got.f1, f1),
            ] {
                assert_eq!(got.is_some(), want.is_some(), "{got:?}, {want:?}: {case}");
                assert_near(got.unwrap_or(0.0), want.unwrap_or(0.0), &case);
            }
        }
    }
}

#[test]
fn ranks_and_calibration_are_those_of_numpy() {
    type Case = (usize, Vec<usize>, Vec<f32>, usize, Vec<f64>, f64);
    for (classes, truth, logits, bins, top, error) in cases::<Case>("calibration", 50) {
        let case = format!("{truth:?} {logits:?} {bins}");
        let rows = || truth.iter().copied().zip(logits.chunks(classes));
        for (position, top) in top.into_iter().enumerate() {
            assert_near(top_k_accuracy(rows(), position + 1).unwrap(), top, &case);
        }
        assert_near(
            expected_calibration_error(rows(), bins).unwrap(),
            error,
            &case,
        );
    }
}

#[test]
fn variance_shares_are_the_sums_of_squares_of_statsmodels() {
    type Case = (
        Vec<usize>,
        usize,
        Vec<f64>,
        Vec<f64>,
        Vec<f64>,
        f64,
        f64,
        f64,
    );
    for (levels, seeds, values, mains, pairs, rest, noise, variance) in
        cases::<Case>("variance_shares", 50)
    {
        let case = format!("{levels:?}, {seeds} seeds, {values:?}");
        let factor = |levels: &usize| Factor {
            name: String::new(),
            levels: *levels,
        };
        let factors: Vec<Factor> = levels.iter().map(factor).collect();
        let observation = |(position, value): (usize, &f64)| {
            let mut cell = position / seeds;
            let mut own: Vec<usize> = (levels.iter().rev())
                .map(|levels| (cell % levels, cell /= levels).0)
                .collect();
            own.reverse();
            Observation {
                levels: own,
                value: *value,
            }
        };
        let observations: Vec<Observation> = values.iter().enumerate().map(observation).collect();
        let got = variance_shares(&factors, &observations).unwrap();
        assert_close(got.total_variance, variance, &case);
        let lists = [(got.mains, mains), (got.pairs, pairs)];
        for (got, want) in lists {
            assert_eq!(got.len(), want.len(), "{case}");
            for (got, want) in got.iter().zip(want) {
                assert_near(got.share, want, &case);
            }
        }
        let got_rest = got.higher.or(got.higher_and_noise).unwrap();
        assert_eq!(got.noise.is_some(), seeds > 1);
        assert_near(got_rest, rest_of(rest, noise, seeds), &case);
        assert_near(
            got.noise.unwrap_or(0.0),
            if seeds > 1 { noise } else { 0.0 },
            &case,
        );
    }
}

/// What is left beside noise; with one result of each combination noise is part of it, and the script finds it 0.
fn rest_of(rest: f64, noise: f64, seeds: usize) -> f64 {
    if seeds > 1 { rest } else { rest + noise }
}
