//! Makes the report of a sweep from the database, the run folders and its dataset.

use anyhow::Context;
use fitroom_report::SweepReport;
use fitroom_store::SweepRecord;

use super::margin::margin;
use super::observed_sweep::{ObservedSweep, key, warnings};
use super::photographs::{PhotographShelf, of_pictures};
use super::predictions::{self, ReadPredictions};
use super::said::Said;
use super::test_report::ObservedModel;
use crate::arguments::Places;
use crate::database::Database;

/// Makes reports, for as long as a command runs: it loads no dataset twice, and says nothing twice.
pub(crate) struct Reporter<'a> {
    pub(super) places: &'a Places,
    /// The sweeps whose pages are asked for; all, if none is named.
    pub(super) names: &'a [String],
    pub(super) said: Said,
    shelf: PhotographShelf,
}

/// A report, and whether everything that it should show could be read.
pub(crate) struct Made {
    pub(crate) report: SweepReport,
    pub(crate) is_complete: bool,
}

impl<'a> Reporter<'a> {
    /// A reporter of the sweeps of these names, or of all if none is named.
    pub(crate) fn new(places: &'a Places, names: &'a [String]) -> Reporter<'a> {
        Reporter {
            places,
            names,
            said: Said::default(),
            shelf: PhotographShelf::new(&places.datasets),
        }
    }

    /// Looks again at what lies in the datasets folder.
    pub(super) fn look_again(&mut self) {
        self.shelf.look_again();
    }

    /// The report of a sweep as it stands now.
    ///
    /// # Errors
    /// When the database cannot be read. What else cannot be read is said and missing.
    pub(crate) fn make(
        &mut self,
        database: &Database,
        sweep: &SweepRecord,
        generated_at: &str,
    ) -> anyhow::Result<Made> {
        let observed = self.observe(database, sweep)?;
        self.complete(database, observed, generated_at)
    }

    /// What is known of a sweep before any file is read.
    pub(super) fn observe<'s>(
        &mut self,
        database: &Database,
        sweep: &'s SweepRecord,
    ) -> anyhow::Result<ObservedSweep<'s>> {
        let store = database.store();
        let (margin, problem) = margin(sweep);
        if let Some(problem) = problem {
            self.said.once(problem);
        }
        let evaluations = database.wait(store.evaluations())?;
        let model = match sweep.question() {
            Some(task) => ObservedModel::observe(
                &self.places.runs,
                &key(sweep),
                (task, &sweep.definition),
                &evaluations,
            ),
            None => ObservedModel::default(),
        };
        Ok(ObservedSweep {
            sweep,
            model,
            // Before the curves: these may go on meanwhile, and then the page is made again.
            last_epochs: database.wait(store.last_epochs(sweep.key))?,
            origins: database.wait(store.origins(sweep.key))?,
            trials: database.wait(store.wanted_trials(sweep.key))?,
            margin,
            dataset: match sweep.summary() {
                Some(_) => self.shelf.folder(&key(sweep)),
                None => None,
            },
        })
    }

    /// The report, with all that lies in files.
    pub(super) fn complete(
        &mut self,
        database: &Database,
        observed: ObservedSweep<'_>,
        generated_at: &str,
    ) -> anyhow::Result<Made> {
        let (sweep, dataset) = (observed.sweep, observed.dataset.clone());
        let curves = database.wait(database.store().curves(sweep.key))?;
        let expected = observed.expected();
        let mut predictions = match expected {
            Some(expected) => predictions::read(&self.places.runs, &observed.trials, expected),
            None => ReadPredictions::default(),
        };
        let problems = std::mem::take(&mut predictions.problems);
        for warning in warnings(sweep, &problems) {
            self.said.once(warning);
        }
        if predictions.left_out > 0 {
            self.said.once(format!(
                "{} on {}: {} finished trials are left out of comparisons by picture, which hold the best {}",
                sweep.name,
                sweep.dataset,
                predictions.left_out,
                predictions.logits.len() + problems.len(),
            ));
        }
        let test = observed.model.report();
        let mut made = Made {
            report: observed.report(curves, predictions, generated_at.to_owned()),
            is_complete: problems.is_empty(),
        };
        match test {
            Ok(test) => made.report.test = test,
            Err(error) => {
                let (sweep, dataset) = (&sweep.name, &sweep.dataset);
                self.said.once(format!(
                    "warning: {sweep} on {dataset}: nothing of test: {error:#}"
                ));
                made.is_complete = false;
            }
        }
        if let (Some(folder), Some(expected), [_, ..]) = (dataset, expected, &*made.report.pictures)
        {
            match self.shelf.photographs(&folder, &sweep.fingerprint) {
                Ok(known) => {
                    let logits =
                        (made.report.trials.iter()).filter_map(|row| row.logits.as_deref());
                    made.report.photographs =
                        of_pictures(&known, &made.report.pictures, logits, expected.classes);
                }
                Err(error) => {
                    self.said.once(format!(
                        "warning: {} on {}: no photographs: {error}",
                        sweep.name, sweep.dataset
                    ));
                    made.is_complete = false;
                }
            }
        }
        Ok(made)
    }
}

impl Made {
    /// The report as one HTML file.
    pub(super) fn page(&self) -> anyhow::Result<String> {
        let report = &self.report;
        fitroom_report::sweep_page(report)
            .with_context(|| format!("failed to draw the page of {}", report.sweep))
    }
}
