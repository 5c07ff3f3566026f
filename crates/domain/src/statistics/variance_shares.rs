//! Which hyperparameters matter, and which only together.

mod grid;

use grid::Grid;
use serde::Serialize;

/// Something that was varied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    /// Its name.
    pub name: String,
    /// How many values it took.
    pub levels: usize,
}

/// One result.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Of each factor, in order, which of its values this had, counted from 0.
    pub levels: Vec<usize>,
    /// The result, such as an accuracy.
    pub value: f64,
}

/// What factors explain.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Share {
    /// The positions of one or two factors, in rising order.
    pub factors: Vec<usize>,
    /// How much of the variance they explain, of two only what goes beyond each alone; in [0, 1].
    pub share: f64,
    /// Of one factor: the mean result with each of its values, in order. Empty for two.
    pub marginal_means: Vec<f64>,
}

/// Where the variance of results comes from. All shares together are 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VarianceShares {
    /// Each factor alone, in order.
    pub mains: Vec<Share>,
    /// Each pair of factors that vary, in order; empty where a pair could not be told from chance.
    pub pairs: Vec<Share>,
    /// Three and more factors together, in [0, 1]; `None` if this cannot be told from chance.
    pub higher: Option<f64>,
    /// What differs between results of the same combination, such as by seed, in [0, 1]; `None` if each
    /// combination has a single result.
    pub noise: Option<f64>,
    /// What is left without the mains and pairs, where interaction and noise cannot be told apart.
    pub higher_and_noise: Option<f64>,
    /// The mean squared distance of results from their mean, above 0, in the unit of the results squared.
    pub total_variance: f64,
}

/// Why there are no shares.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SharesNotAvailable {
    /// Nothing was varied.
    #[error("no setting has at least two values")]
    NoFactorVaries,
    /// Some combinations have no result.
    #[error("{missing} of {combinations} combinations of settings have no result")]
    IncompleteGrid {
        /// How many have none.
        missing: u64,
        /// How many there could be.
        combinations: u64,
    },
    /// Some combinations have more results than others.
    #[error(
        "some combinations of settings have {fewest} results (seeds) and some {most}, expected as many of each"
    )]
    UnequalSeeds {
        /// The smallest number of results.
        fewest: u64,
        /// The largest.
        most: u64,
    },
    /// All results are the same.
    #[error("all results are the same")]
    NoVariance,
    /// A result is infinite or undefined.
    #[error("a result is `{0}`, expected a finite number")]
    NotFinite(f64),
    /// A result has a value of a factor, or a factor, that does not exist.
    #[error("a result has the levels {levels:?}, which the {factors} settings do not have")]
    UnknownLevel {
        /// What it has.
        levels: Vec<usize>,
        /// How many factors there are.
        factors: usize,
    },
}

/// Splits the variance of results of a full grid by factors and pairs of factors: the balanced analysis of variance
/// (Fisher 1925), which on a complete grid is exactly functional ANOVA (Hooker 2007; for hyperparameters Hutter, Hoos
/// & Leyton-Brown 2014). Each combination has the same number of results. Shares describe these results: of pure
/// noise, too, some falls to each factor.
///
/// With one result of each combination, what noise adds is part of every share, most of it of `higher_and_noise`. With
/// fewer than three varying factors then, a pair would take all that is left, and so there is none.
///
/// # Errors
/// When the grid has gaps, uneven numbers of results or nothing to explain.
pub fn variance_shares(
    factors: &[Factor],
    observations: &[Observation],
) -> Result<VarianceShares, SharesNotAvailable> {
    let grid = Grid::new(factors, observations)?;
    let total = grid.total_variance();
    let share = |variance: f64| (variance / total).clamp(0.0, 1.0);
    let main = |factor| Share {
        factors: vec![factor],
        share: share(grid.main_variance(factor)),
        marginal_means: grid.marginal_means(factor),
    };
    let mains: Vec<Share> = (0..factors.len()).map(main).collect();

    let varying: Vec<usize> = (0..factors.len())
        .filter(|factor| factors[*factor].levels >= 2)
        .collect();
    let mut pairs = Vec::new();
    if grid.results_of_each() > 1 || varying.len() > 2 {
        for (position, first) in varying.iter().enumerate() {
            pairs.extend(varying[position + 1..].iter().map(|second| Share {
                factors: vec![*first, *second],
                share: share(grid.pair_variance(*first, *second)),
                marginal_means: Vec::new(),
            }));
        }
    }
    let explained: f64 = mains.iter().chain(&pairs).map(|it| it.share).sum();
    let rest = |noise: f64| (1.0 - explained - noise).clamp(0.0, 1.0);
    let noise = (grid.results_of_each() > 1).then(|| share(grid.variance_within()));
    Ok(VarianceShares {
        mains,
        pairs,
        higher: noise.map(rest),
        noise,
        higher_and_noise: noise.is_none().then(|| rest(0.0)),
        total_variance: total,
    })
}

#[cfg(test)]
mod tests;
