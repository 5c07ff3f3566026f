//! Results by the combinations that they belong to.

use std::collections::BTreeMap;

use super::{Factor, Observation, SharesNotAvailable};

/// A complete grid with equally many results of each combination.
pub(super) struct Grid<'a> {
    factors: &'a [Factor],
    /// The levels of each result, and its distance from the mean of all.
    results: Vec<(&'a [usize], f64)>,
    mean: f64,
    results_of_each: u64,
}

impl<'a> Grid<'a> {
    pub(super) fn new(
        factors: &'a [Factor],
        observations: &'a [Observation],
    ) -> Result<Grid<'a>, SharesNotAvailable> {
        if factors.iter().all(|factor| factor.levels < 2) {
            return Err(SharesNotAvailable::NoFactorVaries);
        }
        for observation in observations {
            check(factors, observation)?;
        }
        let results_of_each = results_of_each(factors, observations)?;
        if observations
            .iter()
            .all(|it| it.value == observations[0].value)
        {
            return Err(SharesNotAvailable::NoVariance);
        }
        let sum: f64 = observations.iter().map(|it| it.value).sum();
        let mean = sum / observations.len() as f64;
        let centred = |it: &'a Observation| (it.levels.as_slice(), it.value - mean);
        Ok(Grid {
            factors,
            results: observations.iter().map(centred).collect(),
            mean,
            results_of_each,
        })
    }

    pub(super) fn results_of_each(&self) -> u64 {
        self.results_of_each
    }

    pub(super) fn total_variance(&self) -> f64 {
        mean_square(self.results.iter().map(|(_, distance)| *distance))
    }

    pub(super) fn marginal_means(&self, factor: usize) -> Vec<f64> {
        (self.distances(factor).into_iter())
            .map(|distance| self.mean + distance)
            .collect()
    }

    /// The variance of the means by one factor.
    pub(super) fn main_variance(&self, factor: usize) -> f64 {
        mean_square(self.distances(factor).into_iter())
    }

    /// The variance of what the means by two factors have beyond the sum of each alone.
    pub(super) fn pair_variance(&self, first: usize, second: usize) -> f64 {
        let (by_first, by_second) = (self.distances(first), self.distances(second));
        let width = by_second.len();
        let by_both = self.means_by(by_first.len() * width, |levels| {
            levels[first] * width + levels[second]
        });
        let beyond = |(cell, mean)| mean - by_first[cell / width] - by_second[cell % width];
        mean_square(by_both.into_iter().enumerate().map(beyond))
    }

    /// The variance of results around the mean of their combination.
    pub(super) fn variance_within(&self) -> f64 {
        let mut cells: BTreeMap<&[usize], f64> = BTreeMap::new();
        for (levels, distance) in &self.results {
            *cells.entry(levels).or_default() += distance / self.results_of_each as f64;
        }
        mean_square((self.results.iter()).map(|(levels, distance)| distance - cells[levels]))
    }

    /// How far the mean with each value of a factor is from that of all.
    fn distances(&self, factor: usize) -> Vec<f64> {
        self.means_by(self.factors[factor].levels, |levels| levels[factor])
    }

    /// The mean distance in each of so many groups of equally many results.
    fn means_by(&self, groups: usize, group: impl Fn(&[usize]) -> usize) -> Vec<f64> {
        let mut means = vec![0.0; groups];
        for (levels, distance) in &self.results {
            means[group(levels)] += distance;
        }
        let in_each = self.results.len() as f64 / groups as f64;
        means.iter_mut().for_each(|mean| *mean /= in_each);
        means
    }
}

fn check(factors: &[Factor], observation: &Observation) -> Result<(), SharesNotAvailable> {
    let mut levels = observation.levels.iter().zip(factors);
    let known = observation.levels.len() == factors.len()
        && levels.all(|(level, factor)| *level < factor.levels);
    if !known {
        return Err(SharesNotAvailable::UnknownLevel {
            levels: observation.levels.clone(),
            factors: factors.len(),
        });
    }
    if !observation.value.is_finite() {
        return Err(SharesNotAvailable::NotFinite(observation.value));
    }
    Ok(())
}

/// How many results each combination has, which is the same for all.
fn results_of_each(
    factors: &[Factor],
    observations: &[Observation],
) -> Result<u64, SharesNotAvailable> {
    let mut counts: BTreeMap<&[usize], u64> = BTreeMap::new();
    for observation in observations {
        *counts.entry(&observation.levels).or_default() += 1;
    }
    let combinations = (factors.iter()).fold(1u64, |product, factor| {
        product.saturating_mul(factor.levels as u64)
    });
    let missing = combinations - counts.len() as u64;
    if missing > 0 {
        return Err(SharesNotAvailable::IncompleteGrid {
            missing,
            combinations,
        });
    }
    let fewest = counts.values().copied().min().unwrap_or(0);
    let most = counts.values().copied().max().unwrap_or(0);
    if fewest < most {
        return Err(SharesNotAvailable::UnequalSeeds { fewest, most });
    }
    Ok(most)
}

fn mean_square(distances: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = distances.len() as f64;
    distances.map(|distance| distance * distance).sum::<f64>() / count
}
