//! A sweep as the database and the datasets folder show it at one moment, and the report that is made of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use fitroom_domain::{DatasetKey, EpochMetrics, Provenance, TrialState};
use fitroom_report::{SweepReport, SweepSource, TrialRow as ReportRow};
use fitroom_store::{SweepOrigin, SweepRecord, TrialRow};

use super::predictions::{Expected, ReadPredictions};
use super::state::State;
use super::test_report::ObservedModel;

/// Problems that are told in full.
const MOST_PROBLEMS: usize = 3;

/// What a report is made of, but for curves, predictions and pixels.
pub(super) struct ObservedSweep<'a> {
    pub(super) sweep: &'a SweepRecord,
    pub(super) trials: Vec<TrialRow>,
    /// How they came about.
    pub(super) origins: Vec<Provenance>,
    /// The last epoch of each trial that has any, by its key.
    pub(super) last_epochs: BTreeMap<i64, u32>,
    /// What a cheaper network's accuracy may lack.
    pub(super) margin: f64,
    /// The folder of its dataset, if it is there.
    pub(super) dataset: Option<PathBuf>,
    /// The model of its task, and how often test photographs were read for that.
    pub(super) model: ObservedModel,
}

impl ObservedSweep<'_> {
    /// Stands for all that the page shows: what the database has of the trials, and whether there are photographs.
    pub(super) fn state(&self) -> State {
        // That it was run again changes nothing that is shown; that logs were read again may.
        let run_at = match &self.sweep.origin {
            SweepOrigin::Ours { .. } => None,
            SweepOrigin::Imported { .. } => Some(&self.sweep.run_at),
        };
        let sweep = SweepRecord {
            run_at: String::new(),
            ..self.sweep.clone()
        };
        State::of(&[
            &sweep,
            &run_at,
            &self.trials,
            &self.origins,
            &self.last_epochs,
            &self.margin,
            &self.dataset.is_some(),
            &self.model.state(),
        ])
    }

    /// What the files with predictions must hold; `None` if there are no such files.
    pub(super) fn expected(&self) -> Option<Expected> {
        Some(Expected {
            classes: self.sweep.summary()?.classes.len(),
            pictures: source(self.sweep).validated()?,
        })
    }

    /// The report, without photographs.
    pub(super) fn report(
        self,
        mut curves: BTreeMap<i64, Vec<EpochMetrics>>,
        mut predictions: ReadPredictions,
        generated_at: String,
    ) -> SweepReport {
        let sweep = self.sweep;
        let numerics: BTreeSet<&String> = (self.trials.iter())
            .filter_map(|row| row.numerics.as_ref())
            .collect();
        let trials = self.trials.iter().map(|row| ReportRow {
            curve: curves.remove(&row.key).unwrap_or_default(),
            logits: predictions.logits.remove(&row.key),
            ..report_row(row, sweep)
        });
        SweepReport {
            dataset: key(sweep),
            sweep: sweep.name.clone(),
            source: source(sweep),
            overrides: sweep.overrides.clone(),
            generated_at,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            margin: self.margin,
            trials: trials.collect(),
            numerics: numerics.into_iter().cloned().collect(),
            origins: self.origins,
            pictures: predictions.pictures,
            photographs: BTreeMap::new(),
            test: None,
        }
    }
}

/// Who ran a sweep.
pub(super) fn source(sweep: &SweepRecord) -> SweepSource {
    match &sweep.origin {
        SweepOrigin::Ours { task, summary, .. } => SweepSource::Ours {
            task: task.clone(),
            summary: summary.clone(),
        },
        SweepOrigin::Imported { from } => SweepSource::Imported { from: from.clone() },
    }
}

/// The dataset of a sweep.
pub(super) fn key(sweep: &SweepRecord) -> DatasetKey {
    DatasetKey {
        name: sweep.dataset.clone(),
        fingerprint: sweep.fingerprint.clone(),
    }
}

/// A trial as the report of a sweep shows it, without curve and logits.
pub(super) fn report_row(row: &TrialRow, sweep: &SweepRecord) -> ReportRow {
    ReportRow {
        id: row.id.clone(),
        name: row.name.clone(),
        state: row.state,
        trial: row.trial.clone(),
        figures: row.figures,
        curve: Vec::new(),
        error: row.error.clone(),
        warning: row.warning.clone(),
        attempts: match row.state {
            // What was stopped and went on was no trouble.
            TrialState::Finished => row.attempts - row.interruptions,
            TrialState::Planned if row.is_pruned() => 1.max(row.attempts - row.interruptions),
            _ => row.attempts,
        },
        pruned_after: row.pruned_after,
        reused_from: (row.sweep != sweep.name).then(|| row.sweep.clone()),
        weights_kept: row.weights_kept,
        logits: None,
    }
}

/// What to say of a sweep's predictions that cannot be used: some in full, and how many more there are.
pub(super) fn warnings(sweep: &SweepRecord, problems: &[String]) -> Vec<String> {
    let mut warnings: Vec<String> = problems
        .iter()
        .take(MOST_PROBLEMS)
        .map(|problem| {
            format!(
                "warning: {} on {}: no predictions of {problem}",
                sweep.name, sweep.dataset
            )
        })
        .collect();
    if problems.len() > MOST_PROBLEMS {
        let more = problems.len() - MOST_PROBLEMS;
        warnings.push(format!(
            "warning: {} on {}: and {more} more",
            sweep.name, sweep.dataset
        ));
    }
    warnings
}
