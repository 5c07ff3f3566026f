//! What the figures of a sweep show, and what they do not.

use std::collections::HashSet;

use fitroom_domain::statistics::{
    Candidate, Comparison, Entry, Interval, VarianceShares, Verdict, compare, optimism, wilson,
};
use fitroom_domain::{Mistake, RecordedFigures, most_confident_mistakes};

use crate::answers::Answers;
use crate::configuration::{Configuration, RankedTrial};
use crate::effects;
use crate::sweep_report::{SweepReport, TrialRow};

/// The confidence of every interval that is shown.
pub(crate) const CONFIDENCE: f64 = 0.95;

/// Everything that is computed of a sweep's figures, for pages and programs alike.
#[derive(Debug)]
pub(crate) struct Analysis<'a> {
    /// The configurations with a finished trial, best first.
    pub(crate) configurations: Vec<Configuration<'a>>,
    /// Each configuration beside the best one, in the same order; `None` without predictions.
    pub(crate) comparison: Option<Comparison>,
    /// How much too high the best trial's accuracy is for having been chosen by it, a share.
    pub(crate) optimism: Option<f64>,
    /// What the accuracy depends on, or why that cannot be said.
    pub(crate) effects: Result<VarianceShares, String>,
}

impl<'a> Analysis<'a> {
    /// The analysis of a sweep.
    pub(crate) fn new(report: &'a SweepReport) -> Analysis<'a> {
        let leaderboard = report.leaderboard();
        let trials: Vec<RankedTrial<'a>> = (leaderboard.into_iter().enumerate())
            .map(|(rank, (row, figures))| ranked(report, rank, row, figures))
            .collect();
        let scores: Vec<&[f64]> = trials.iter().filter_map(RankedTrial::scores).collect();
        let best_has_scores = trials.first().is_some_and(|best| best.answers.is_some());
        // A mean luck; that of this sweep was at most what the best has before the mean of all, for to choose is not
        // worse than to take any.
        let accuracies = trials.iter().map(|trial| trial.figures.accuracy);
        let mean = accuracies.clone().sum::<f64>() / trials.len().max(1) as f64;
        let before_mean = accuracies.fold(0.0, f64::max) - mean;
        let optimism =
            (best_has_scores && scores.len() > 1).then(|| optimism(&scores).min(before_mean));
        let configurations = Configuration::group(trials);
        let comparison = compare_all(&configurations, report.margin);
        Analysis {
            effects: effects::shares(report, &configurations),
            configurations,
            comparison,
            optimism,
        }
    }

    /// The best trial: the one that is kept for the task.
    pub(crate) fn best_trial(&self) -> Option<&RankedTrial<'a>> {
        self.trials().min_by_key(|trial| trial.rank)
    }

    /// What a configuration is called: as its trials are, without seed and id.
    pub(crate) fn name(&self, configuration: usize) -> &str {
        let row = self
            .configurations
            .get(configuration)
            .and_then(|it| it.row());
        match row {
            Some(row) if !row.trial.is_imported() => {
                let mut parts = row.name.rsplitn(3, '-');
                parts.nth(2).unwrap_or(&row.name)
            }
            Some(row) => &row.name,
            None => "",
        }
    }

    /// The finished trials, configuration by configuration.
    pub(crate) fn trials(&self) -> impl Iterator<Item = &RankedTrial<'a>> {
        self.configurations
            .iter()
            .flat_map(|configuration| &configuration.trials)
    }

    /// Where a configuration stands beside the best one.
    pub(crate) fn entry(&self, configuration: usize) -> Option<&Entry> {
        self.comparison.as_ref()?.entries.get(configuration)
    }

    /// How many configurations stand so.
    pub(crate) fn count(&self, verdict: Verdict) -> usize {
        let entries = self.entries();
        entries.filter(|entry| entry.verdict == verdict).count()
    }

    /// How many configurations are good enough to ship.
    pub(crate) fn good_enough(&self) -> usize {
        self.entries().filter(|entry| entry.good_enough).count()
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        let comparison = self.comparison.iter();
        comparison.flat_map(|comparison| &comparison.entries)
    }

    /// The cheapest configuration that is good enough to ship.
    pub(crate) fn cheapest(&self) -> Option<usize> {
        self.comparison.as_ref()?.cheapest
    }

    /// The best trial's mistakes, the most confident first, each photograph once.
    pub(crate) fn mistakes(&self, report: &SweepReport) -> Vec<Mistake> {
        let Some(logits) = self.best_trial().and_then(|best| best.row.logits.as_ref()) else {
            return Vec::new();
        };
        let truths = report.pictures.iter().map(|picture| picture.class);
        let rows = truths.zip(logits.chunks_exact(report.class_count().max(1)));
        let mut seen = HashSet::new();
        let mut mistakes = most_confident_mistakes(rows);
        mistakes.retain(|mistake| {
            let photograph = report
                .pictures
                .get(mistake.row)
                .map(|picture| picture.photograph);
            seen.insert(photograph)
        });
        mistakes
    }
}

fn ranked<'a>(
    report: &SweepReport,
    rank: usize,
    row: &'a TrialRow,
    figures: RecordedFigures,
) -> RankedTrial<'a> {
    let logits = row.logits.as_deref();
    let answers =
        logits.and_then(|logits| Answers::new(&report.pictures, logits, report.class_count()));
    let photographs = report
        .summary()
        .map(|summary| summary.photographs.validation);
    RankedTrial {
        rank,
        row,
        figures,
        interval: photographs.map(|photographs| interval(figures.accuracy, photographs)),
        answers,
    }
}

/// Wilson's interval of an accuracy over so many photographs; mirrored copies do not count as photographs.
pub(crate) fn interval(accuracy: f64, photographs: u64) -> Interval {
    wilson(accuracy, photographs, CONFIDENCE)
}

/// Each configuration beside the first; `None` unless a trial of that one has predictions.
fn compare_all(configurations: &[Configuration<'_>], margin: f64) -> Option<Comparison> {
    let candidates = configurations.iter().enumerate();
    let candidates: Vec<Candidate<'_>> = candidates.map(|(id, it)| candidate(id, it)).collect();
    compare(&candidates, 0, margin)
}

fn candidate<'a>(id: usize, configuration: &'a Configuration<'_>) -> Candidate<'a> {
    let figures = configuration.figures();
    let mut trials: Vec<(u64, &[f64])> = (configuration.trials.iter())
        .filter_map(|trial| Some((trial.row.trial.seed()?, trial.scores()?)))
        .collect();
    trials.sort_by_key(|(seed, _)| *seed);
    Candidate {
        id,
        trials,
        multiply_adds: figures.multiply_adds,
        parameters: figures.parameters,
    }
}
