//! What a comparison of two configurations rests on.

use super::candidate::Candidate;
use crate::statistics::interval::Interval;
use crate::statistics::mcnemar::{Discordant, discordant};
use crate::statistics::paired::{PairedDifference, paired_t};
use crate::statistics::scores::mean;
use crate::statistics::tango::paired_difference_interval;
use crate::statistics::two_way_bootstrap::TwoWayBootstrap;
use serde::Serialize;

/// With fewer shared seeds, how results vary by seed is too little known for a verdict.
const SEEDS_FOR_A_VERDICT: usize = 5;

/// What two configurations can be compared by. Differences are the candidate's accuracy less the best's, shares.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Five or more shared seeds: a difference of configurations.
    Seeds {
        /// Over seeds and photographs.
        two_way: PairedDifference,
        /// Over seeds, on just these photographs.
        seeds_only: Option<PairedDifference>,
        /// How many both share.
        seeds: usize,
    },
    /// Two to four shared seeds: the same, but too few for a verdict.
    FewSeeds {
        /// Over seeds and photographs.
        two_way: PairedDifference,
        /// Over seeds, on just these photographs.
        seeds_only: Option<PairedDifference>,
        /// How many both share.
        seeds: usize,
    },
    /// One shared seed: a difference of two trained models.
    Models {
        /// Photographs that the candidate, first, and the best, second, gets more right.
        discordant: Discordant,
        /// Of their accuracies.
        difference: f64,
        /// Tango's, with 95 % confidence.
        interval: Interval,
    },
    /// No shared seed, or other photographs.
    Nothing,
}

impl Evidence {
    /// Whether it speaks against the candidate. Of trained models both the difference and the photographs must, which may
    /// disagree where only one of a photograph's copies is right.
    pub(super) fn is_worse(&self) -> bool {
        let by_photographs = match self {
            Evidence::Models { discordant, .. } => discordant.second > discordant.first,
            _ => true,
        };
        by_photographs && self.difference().is_some_and(|difference| difference < 0.0)
    }

    /// The mean difference over the shared seeds.
    pub fn difference(&self) -> Option<f64> {
        match self {
            Evidence::Seeds { two_way, .. } | Evidence::FewSeeds { two_way, .. } => {
                Some(two_way.mean)
            }
            Evidence::Models { difference, .. } => Some(*difference),
            Evidence::Nothing => None,
        }
    }
}

/// Evidence, and what follows from it for the loss of accuracy.
pub(super) struct Found {
    pub(super) evidence: Evidence,
    /// Two-sided, of no difference; `None` where the evidence is too little.
    pub(super) p_value: Option<f64>,
    /// How much less accurate the candidate is at most, with 95 % confidence; `None` where the evidence is too little.
    pub(super) loss_bound: Option<f64>,
}

impl Found {
    pub(super) fn nothing() -> Found {
        Found {
            evidence: Evidence::Nothing,
            p_value: None,
            loss_bound: None,
        }
    }

    /// The same, where the best has several seeds: then a single pair of trained models is too little.
    pub(super) fn of_several_seeds(self) -> Found {
        match self.evidence {
            Evidence::Models { .. } => Found {
                p_value: None,
                loss_bound: None,
                ..self
            },
            _ => self,
        }
    }

    pub(super) fn between(candidate: &Candidate, best: &Candidate) -> Found {
        let shared = candidate.shared_with(best).unwrap_or_default();
        match shared.as_slice() {
            [] => Found::nothing(),
            [(candidate, best)] => Found::of_models(candidate, best),
            shared => Found::of_seeds(shared).unwrap_or_else(Found::nothing),
        }
    }

    fn of_models(candidate: &[f64], best: &[f64]) -> Found {
        let differences = differences(candidate, best);
        let Some(difference) = mean(&differences) else {
            return Found::nothing();
        };
        let photographs = differences.len() as u64;
        let (mut only_candidate, mut only_best) = (0.0, 0.0);
        for difference in differences {
            only_candidate += difference.max(0.0);
            only_best += (-difference).max(0.0);
        }
        let interval = |confidence| {
            paired_difference_interval(only_candidate, only_best, photographs, confidence)
        };
        let discordant = discordant(candidate, best);
        Found {
            evidence: Evidence::Models {
                discordant,
                difference,
                interval: interval(0.95),
            },
            p_value: Some(discordant.p_value()),
            // Both ends of 90 % leave 5 % below the lower one.
            loss_bound: Some(-interval(0.9).low),
        }
    }

    fn of_seeds(shared: &[(&[f64], &[f64])]) -> Option<Found> {
        let table: Vec<Vec<f64>> = (shared.iter())
            .map(|(candidate, best)| differences(candidate, best))
            .collect();
        let seeds = table.len();
        let two_way = TwoWayBootstrap::new(seeds, table.first()?.len()).difference(&table)?;
        let by_seed: Vec<f64> = table.iter().filter_map(|row| mean(row)).collect();
        let seeds_only = paired_t(&by_seed);
        Some(if seeds >= SEEDS_FOR_A_VERDICT {
            Found {
                evidence: Evidence::Seeds {
                    two_way,
                    seeds_only,
                    seeds,
                },
                p_value: Some(two_way.p_value()),
                loss_bound: Some(-two_way.lower_bound(0.95)),
            }
        } else {
            Found {
                evidence: Evidence::FewSeeds {
                    two_way,
                    seeds_only,
                    seeds,
                },
                p_value: None,
                loss_bound: None,
            }
        })
    }
}

fn differences(candidate: &[f64], best: &[f64]) -> Vec<f64> {
    (candidate.iter().zip(best))
        .map(|(candidate, best)| candidate - best)
        .collect()
}
