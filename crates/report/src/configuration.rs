//! Trials that differ by their seeds alone.

use std::cmp::Ordering;

use fitroom_domain::RecordedFigures;
use fitroom_domain::statistics::Interval;

use crate::answers::Answers;
use crate::numbers;
use crate::sweep_report::TrialRow;

/// A finished trial.
#[derive(Debug)]
pub(crate) struct RankedTrial<'a> {
    /// Its place on the leaderboard, from 0.
    pub(crate) rank: usize,
    /// The trial.
    pub(crate) row: &'a TrialRow,
    /// Its figures.
    pub(crate) figures: RecordedFigures,
    /// Where its accuracy on all photographs like these may lie, if their number is known.
    pub(crate) interval: Option<Interval>,
    /// What it says about the validation pictures, if that was stored.
    pub(crate) answers: Option<Answers>,
}

impl RankedTrial<'_> {
    /// For each photograph the share of its pictures that are right, if it is known.
    pub(crate) fn scores(&self) -> Option<&[f64]> {
        self.answers.as_ref().map(|answers| &answers.scores[..])
    }
}

/// A configuration with the trials of its seeds that finished, at least one.
#[derive(Debug)]
pub(crate) struct Configuration<'a> {
    /// The trials, best first.
    pub(crate) trials: Vec<RankedTrial<'a>>,
    /// Their mean accuracy.
    pub(crate) accuracy: f64,
}

impl<'a> Configuration<'a> {
    /// The configurations of these trials, which come best first. Those with the most seeds come first, for a mean
    /// of few is more often a lucky one; then the higher mean, fewer parameters, and the better trial.
    pub(crate) fn group(trials: Vec<RankedTrial<'a>>) -> Vec<Configuration<'a>> {
        let mut places = std::collections::HashMap::new();
        let mut groups: Vec<Vec<RankedTrial<'a>>> = Vec::new();
        for trial in trials {
            let place = *places.entry(key(trial.row)).or_insert(groups.len());
            match groups.get_mut(place) {
                Some(group) => group.push(trial),
                None => groups.push(vec![trial]),
            }
        }
        let mut configurations: Vec<Configuration<'a>> = groups
            .into_iter()
            .map(|trials| Configuration {
                accuracy: mean(trials.iter().map(|trial| trial.figures.accuracy)),
                trials,
            })
            .collect();
        configurations.sort_by(Configuration::order);
        configurations
    }

    /// One of its trials: what all of them share can be read off it.
    pub(crate) fn row(&self) -> Option<&'a TrialRow> {
        self.trials.first().map(|trial| trial.row)
    }

    /// Figures of its best trial; parameters and multiply-adds are those of all.
    pub(crate) fn figures(&self) -> RecordedFigures {
        let nothing = RecordedFigures {
            accuracy: self.accuracy,
            loss: None,
            best_epoch: None,
            epochs: None,
            parameters: None,
            multiply_adds: None,
            seconds: None,
        };
        self.trials.first().map_or(nothing, |trial| trial.figures)
    }

    /// The mean accuracy in percent; `validated` pictures are those of one trial.
    pub(crate) fn percent(&self, validated: Option<u64>) -> String {
        let trials = self.trials.len() as u64;
        let pictures = validated.map(|pictures| pictures.saturating_mul(trials));
        numbers::percent(self.accuracy, pictures)
    }

    /// The mean of a figure over the trials that have it.
    pub(crate) fn mean_of(&self, figure: impl Fn(&RankedTrial<'a>) -> Option<f64>) -> Option<f64> {
        let known: Vec<f64> = self.trials.iter().filter_map(figure).collect();
        (!known.is_empty()).then(|| mean(known.into_iter()))
    }

    /// The lowest and the highest accuracy of its trials.
    pub(crate) fn range(&self) -> (f64, f64) {
        let accuracies = || self.trials.iter().map(|trial| trial.figures.accuracy);
        (
            accuracies().fold(f64::INFINITY, f64::min),
            accuracies().fold(f64::NEG_INFINITY, f64::max),
        )
    }

    fn order(one: &Configuration<'_>, other: &Configuration<'_>) -> Ordering {
        let parameters = |it: &Configuration<'_>| it.figures().parameters.unwrap_or(u64::MAX);
        let rank = |it: &Configuration<'_>| it.trials.first().map(|trial| trial.rank);
        (other.trials.len().cmp(&one.trials.len()))
            .then_with(|| other.accuracy.total_cmp(&one.accuracy))
            .then_with(|| parameters(one).cmp(&parameters(other)))
            .then_with(|| rank(one).cmp(&rank(other)))
    }
}

/// What the trials of one configuration share. One without a known seed is a configuration of its own: what else it
/// does not share with others is not known either.
fn key(row: &TrialRow) -> String {
    match row.trial.seed() {
        Some(_) => row.trial.configuration_id(),
        None => row.id.as_str().to_owned(),
    }
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len().max(1) as f64;
    values.sum::<f64>() / count
}
