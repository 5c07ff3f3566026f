//! One route less another, and whether that is more than luck.

use std::collections::BTreeMap;

use serde::Serialize;

use super::comparison::{Answered, CONFIDENCE, ComparedPicture, RouteStyle};
use crate::statistics::{
    Interval, discordant, holm, paired_difference_interval, paired_t, photograph_scores,
};

/// One route less another, on the same photographs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RouteDifference {
    /// The first route.
    pub first: RouteStyle,
    /// The second.
    pub second: RouteStyle,
    /// Points that the first has more for each photograph: Student's paired t.
    pub points: Estimate,
    /// By how much more often the first has all labels right: McNemar's exact test, Tango's interval.
    pub joint: Estimate,
}

/// A difference with its 95 % interval and p-value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The difference.
    pub difference: f64,
    /// Its interval.
    pub interval: Interval,
    /// The two-sided p-value of no difference, by itself.
    pub p_value: f64,
    /// The same adjusted by Holm over all pairs of the comparison.
    pub adjusted_p_value: f64,
}

/// For each photograph the share of its pictures with all labels right, in rising order of photograph.
pub(super) fn joint_scores(answered: &Answered, pictures: &[ComparedPicture]) -> Vec<f64> {
    let pairs = pictures.iter().zip(&answered.right);
    photograph_scores(
        pairs.map(|(picture, right)| (picture.photograph, right.iter().all(|it| *it))),
    )
}

/// For each photograph the mean points of its pictures, in rising order of photograph.
fn point_scores(answered: &Answered, pictures: &[ComparedPicture]) -> Vec<f64> {
    let mut sums: BTreeMap<u32, (usize, usize)> = BTreeMap::new();
    for (picture, right) in pictures.iter().zip(&answered.right) {
        let (points, count) = sums.entry(picture.photograph).or_default();
        *points += right.iter().filter(|it| **it).count();
        *count += 1;
    }
    let means = sums.into_values();
    means
        .map(|(points, count)| points as f64 / count as f64)
        .collect()
}

/// Every pair of routes.
pub(super) fn differences(
    answered: &[Answered; 3],
    pictures: &[ComparedPicture],
) -> Option<Vec<RouteDifference>> {
    let points: Vec<Vec<f64>> = answered
        .iter()
        .map(|it| point_scores(it, pictures))
        .collect();
    let joint: Vec<Vec<f64>> = answered
        .iter()
        .map(|it| joint_scores(it, pictures))
        .collect();
    let mut differences = Vec::new();
    // The pair that is asked about first comes first.
    for (first, second) in [(0, 1), (0, 2), (1, 2)] {
        differences.push(RouteDifference {
            first: RouteStyle::ALL[first],
            second: RouteStyle::ALL[second],
            points: points_estimate(&points[first], &points[second])?,
            joint: joint_estimate(&joint[first], &joint[second]),
        });
    }
    for estimate in [
        (|it| &mut it.points) as fn(&mut RouteDifference) -> &mut Estimate,
        |it| &mut it.joint,
    ] {
        let alone = differences.iter_mut().map(|it| estimate(it).p_value);
        let adjusted = holm(&alone.collect::<Vec<_>>());
        for (difference, adjusted) in differences.iter_mut().zip(adjusted) {
            estimate(difference).adjusted_p_value = adjusted;
        }
    }
    Some(differences)
}

fn points_estimate(first: &[f64], second: &[f64]) -> Option<Estimate> {
    let differences: Vec<f64> = first.iter().zip(second).map(|(a, b)| a - b).collect();
    let paired = paired_t(&differences)?;
    Some(Estimate {
        difference: paired.mean,
        interval: paired.interval(CONFIDENCE),
        // Differences that are all equal leave no error to judge by; their signs still do.
        p_value: paired.p_value().max(match paired.standard_error {
            0.0 => discordant(first, second).p_value(),
            _ => 0.0,
        }),
        adjusted_p_value: 1.0,
    })
}

fn joint_estimate(first: &[f64], second: &[f64]) -> Estimate {
    let more = |one: &[f64], other: &[f64]| -> f64 {
        one.iter().zip(other).map(|(a, b)| (a - b).max(0.0)).sum()
    };
    let (only_first, only_second) = (more(first, second), more(second, first));
    let count = first.len() as u64;
    Estimate {
        difference: (only_first - only_second) / (count.max(1) as f64),
        interval: paired_difference_interval(only_first, only_second, count, CONFIDENCE),
        p_value: discordant(first, second).p_value(),
        adjusted_p_value: 1.0,
    }
}
