//! Which configurations are worse than the best, which are good enough, and which of those is the cheapest.

mod candidate;
mod evidence;

pub use candidate::Candidate;
pub use evidence::Evidence;

use super::holm::holm;
use super::smallest_difference::smallest_significant_difference;
use evidence::Found;
use serde::Serialize;

/// The chance that a comparison has any [`Verdict::ShownWorse`] that is wrong.
const LEVEL: f64 = 0.05;

/// What can be said of a configuration beside the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is the best itself.
    Best,
    /// It may be as good: chance alone could have made the difference.
    NotShownWorse,
    /// It is worse by more than chance.
    ShownWorse,
    /// It shares too few seeds with the best for any verdict.
    NoVerdict,
}

/// One candidate beside the best.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// Mean accuracy over its seeds, in [0, 1]; `None` without trials.
    pub accuracy: Option<f64>,
    /// What the comparison rests on; of the best itself `Nothing`.
    pub evidence: Evidence,
    /// Two-sided, of no difference to the best.
    pub p_value: Option<f64>,
    /// By Holm's method, with all other p-values of the comparison.
    pub adjusted_p_value: Option<f64>,
    /// What follows from it.
    pub verdict: Verdict,
    /// Whether it is at most the margin less accurate than the best, with 95 % confidence; the best itself is, if there
    /// is any verdict.
    pub good_enough: bool,
    /// How much less accurate than the best it is at most, with 95 % confidence for it alone; a share, negative if it
    /// is surely better. `None` without a p-value.
    pub loss_bound: Option<f64>,
}

/// All candidates beside the best of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The position of the best.
    pub best: usize,
    /// In the order of the candidates.
    pub entries: Vec<Entry>,
    /// The position of the good enough one that takes the fewest multiply-adds, then has the fewest parameters, then
    /// the highest accuracy; `None` without any verdict.
    pub cheapest: Option<usize>,
    /// The smallest difference of accuracy, a share, that would typically be significant here, if it were the only one
    /// looked at; `None` without any p-value.
    pub smallest_difference: Option<f64>,
    /// Whether all others are shown worse, and there are others.
    pub all_shown_worse: bool,
    /// How much accuracy, a share, one may lose and still be good enough.
    pub margin: f64,
}

/// Compares all candidates with the one at `best`, which is to be the leaderboard's first. `None` if there is no such
/// one, or it has no trial.
///
/// Verdicts are by p-values of the seeds that both share: with five or more seeds by
/// [`TwoWayBootstrap`](super::TwoWayBootstrap); where the best has a single one, by McNemar's exact test, whose verdict
/// is of two trained models rather than of two configurations. Two to four seeds tell too little of how results vary by
/// seed, and so does one that several of the best stand against.
///
/// What stands first was chosen by the same photographs. So Holm's correction does not promise that none of many equals
/// is shown worse than the luckiest of them; it promises that the truly best one is not, but in 5 % of sweeps at most:
/// a subset that contains the best (Gupta 1965; Hsu 1981). `tests/coverage` measures that.
pub fn compare(candidates: &[Candidate], best: usize, margin: f64) -> Option<Comparison> {
    let accuracies: Vec<Option<f64>> = candidates.iter().map(Candidate::accuracy).collect();
    accuracies.get(best).copied().flatten()?;
    let found: Vec<Found> = (candidates.iter().enumerate())
        .map(|(index, candidate)| {
            if index == best {
                Found::nothing()
            } else {
                Found::between(candidate, &candidates[best])
            }
        })
        .collect();
    let found: Vec<Found> = match candidates[best].trials.len() {
        1 => found,
        _ => found.into_iter().map(Found::of_several_seeds).collect(),
    };
    let p_values: Vec<f64> = (found.iter().filter_map(|it| it.p_value)).collect();
    let mut adjusted = holm(&p_values).into_iter();
    let any_verdict = !p_values.is_empty();
    let smallest_difference = typical_smallest_difference(&found);

    let entry = |(index, found): (usize, Found)| {
        let p_value = found.p_value;
        let adjusted_p_value = p_value.and_then(|_| adjusted.next());
        let within = found.loss_bound.is_some_and(|loss| loss <= margin);
        Entry {
            accuracy: accuracies[index],
            verdict: match (adjusted_p_value, found.evidence.difference()) {
                _ if index == best => Verdict::Best,
                (Some(p), Some(_)) if p < LEVEL && found.evidence.is_worse() => Verdict::ShownWorse,
                (Some(_), _) => Verdict::NotShownWorse,
                (None, _) => Verdict::NoVerdict,
            },
            evidence: found.evidence,
            p_value,
            adjusted_p_value,
            good_enough: within || (index == best && any_verdict),
            loss_bound: found.loss_bound,
        }
    };
    let entries: Vec<Entry> = found.into_iter().enumerate().map(entry).collect();
    let cheapest = (0..candidates.len())
        .filter(|index| entries[*index].good_enough)
        .min_by(|one, other| candidates[*one].rank_as_cheapest(&candidates[*other]));
    let shown_worse = entries
        .iter()
        .filter(|it| it.verdict == Verdict::ShownWorse);
    Some(Comparison {
        best,
        cheapest,
        smallest_difference,
        all_shown_worse: entries.len() > 1 && shown_worse.count() == entries.len() - 1,
        entries,
        margin,
    })
}

/// The median over comparisons of configurations; where there is none, what the median number of photographs that
/// two models disagree on can show.
fn typical_smallest_difference(found: &[Found]) -> Option<f64> {
    let configurations = found.iter().filter_map(|it| match &it.evidence {
        Evidence::Seeds { two_way, .. } => {
            let interval = two_way.interval(1.0 - LEVEL);
            Some((interval.high - interval.low) / 2.0)
        }
        _ => None,
    });
    let tested = found.iter().filter(|it| it.p_value.is_some());
    let models = tested.filter_map(|it| match &it.evidence {
        Evidence::Models { discordant, .. } => Some(discordant),
        _ => None,
    });
    let photographs = models.clone().next().map(|first| first.photographs);
    let disagreements = models.map(|it| (it.first + it.second) as f64);
    median(configurations.collect()).or_else(|| {
        let disagreements = median(disagreements.collect())?.round() as u64;
        smallest_significant_difference(disagreements, photographs?, LEVEL)
    })
}

fn median(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    let upper = numbers.get(numbers.len() / 2)?;
    let lower = numbers.get((numbers.len() - 1) / 2)?;
    Some((lower + upper) / 2.0)
}

#[cfg(test)]
mod tests;
