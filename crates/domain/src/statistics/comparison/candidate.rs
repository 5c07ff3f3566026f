//! A configuration that could be chosen.

use std::cmp::Ordering;

/// One configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate<'a> {
    /// Decides between equals, the lower before the higher.
    pub id: usize,
    /// Seed and scores by photograph of each trial, at most one of each seed, in rising order of seed. All scores are
    /// of the same photographs in the same order.
    pub trials: Vec<(u64, &'a [f64])>,
    /// What one picture takes; unknown counts as more than any other.
    pub multiply_adds: Option<u64>,
    /// Unknown counts as more than any other.
    pub parameters: Option<u64>,
}

impl Candidate<'_> {
    /// Mean accuracy over its seeds; over all scores at once, so that equals come out equal to the last bit.
    pub(super) fn accuracy(&self) -> Option<f64> {
        let (mut sum, mut count) = (0.0, 0);
        for (_, scores) in &self.trials {
            sum += scores.iter().sum::<f64>();
            count += scores.len();
        }
        (count > 0).then(|| sum / count as f64)
    }

    /// Pairs of scores with the same seed, this one's first; `None` if their lengths differ.
    pub(super) fn shared_with<'b>(
        &'b self,
        other: &'b Candidate<'b>,
    ) -> Option<Vec<(&'b [f64], &'b [f64])>> {
        let photographs = other.trials.first()?.1.len();
        let all = self.trials.iter().chain(&other.trials);
        if !all
            .map(|(_, scores)| scores.len())
            .all(|it| it == photographs)
        {
            return None;
        }
        let pair = |(seed, scores): &(u64, &'b [f64])| {
            let same = other.trials.iter().find(|(other, _)| other == seed)?;
            Some((*scores, same.1))
        };
        Some(self.trials.iter().filter_map(pair).collect())
    }

    /// The cheapest comes first.
    pub(super) fn rank_as_cheapest(&self, other: &Candidate) -> Ordering {
        let multiply_adds = known(self.multiply_adds).cmp(&known(other.multiply_adds));
        multiply_adds
            .then_with(|| known(self.parameters).cmp(&known(other.parameters)))
            .then_with(|| self.more_accurate_first(other))
            .then_with(|| self.id.cmp(&other.id))
    }

    fn more_accurate_first(&self, other: &Candidate) -> Ordering {
        let accuracy = |it: &Candidate| it.accuracy().unwrap_or(0.0);
        accuracy(other).total_cmp(&accuracy(self))
    }
}

fn known(cost: Option<u64>) -> u64 {
    cost.unwrap_or(u64::MAX)
}
