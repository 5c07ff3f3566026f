//! Which trial of each task is its model.

use std::collections::BTreeMap;

use fitroom_domain::{Chosen, DatasetKey, Task};
use fitroom_report::cheapest_good_enough;
use fitroom_store::{Preference, SweepRecord, TaskKey, TrialRow};

use crate::arguments::Places;
use crate::commands::best::best_of_each;
use crate::database::Database;
use crate::output;
use crate::reporting::Reporter;

/// A task's model: a trial with the reason for it.
#[derive(Debug, Clone)]
pub(crate) struct Selected {
    pub(crate) row: TrialRow,
    pub(crate) chosen: Chosen,
    /// The sweep that asked the task last, on the dataset as it is called by now; `None` of imported trials.
    pub(crate) asked: Option<SweepRecord>,
}

impl Selected {
    /// The name of its dataset.
    pub(crate) fn dataset(&self) -> &str {
        (self.asked.as_ref()).map_or(&self.row.dataset, |sweep| &sweep.dataset)
    }

    /// The name of its task.
    pub(crate) fn task(&self) -> &str {
        (self.asked.as_ref()).map_or(self.row.trial.task(), |sweep| &sweep.task)
    }

    /// By dataset, then by task.
    pub(crate) fn order(&self) -> (&str, &str) {
        (self.dataset(), self.task())
    }

    /// The dataset and the task, by the names that they have now; `None` of an imported trial.
    pub(crate) fn question(&self) -> Option<(DatasetKey, &Task)> {
        let asked = self.asked.as_ref()?;
        let dataset = DatasetKey {
            name: asked.dataset.clone(),
            fingerprint: asked.fingerprint.clone(),
        };
        Some((dataset, asked.question()?))
    }
}

/// Selects models by the leaderboard, and by what somebody prefers.
pub(crate) struct Selector<'a> {
    pub(crate) places: &'a Places,
    pub(crate) database: &'a Database,
}

impl Selector<'_> {
    /// The model of each task on each dataset that has a finished trial, by dataset and task.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) fn select(&self) -> anyhow::Result<Vec<Selected>> {
        let store = self.database.store();
        let best = best_of_each(self.database.wait(store.most_accurate_trials())?);
        let sweeps = self.database.wait(store.sweeps())?;
        let preferences = self.database.wait(store.selections())?;
        let of_task = |best: TrialRow| self.of_task(best, &sweeps, &preferences);
        best.into_iter().map(of_task).collect()
    }

    fn of_task(
        &self,
        best: TrialRow,
        sweeps: &[SweepRecord],
        preferences: &BTreeMap<TaskKey, Preference>,
    ) -> anyhow::Result<Selected> {
        let key = (best.fingerprint.clone(), best.definition.clone());
        let of_task = |sweep: &&SweepRecord| {
            sweep.fingerprint == key.0 && sweep.definition == key.1 && sweep.question().is_some()
        };
        // The one that ran last comes first.
        let asked = sweeps.iter().find(of_task).cloned();
        let store = self.database.store();
        let is_trained = |row: &TrialRow| row.figures.is_some();
        let preferred = match preferences.get(&key) {
            Some(Preference::Pinned(trial)) => {
                let found = self.database.wait(store.trials_with_keys(&[*trial]))?;
                let pinned = found.into_iter().find(is_trained);
                pinned.map(|row| (row, Chosen::Pinned))
            }
            Some(Preference::Cheapest) => {
                // The mark on the page of the sweep that trained the best.
                let sweep = sweeps
                    .iter()
                    .filter(of_task)
                    .find(|it| it.name == best.sweep);
                let cheapest = sweep
                    .map(|sweep| self.cheapest(sweep))
                    .transpose()?
                    .flatten();
                let found = match cheapest {
                    Some(id) => self.database.wait(store.trials_called(&id))?,
                    None => Vec::new(),
                };
                let row = found.into_iter().find(is_trained);
                let row = row.filter(|row| row.weights_kept);
                if row.is_none() {
                    output::message(&format!(
                        "{} on {}: the most accurate trial is taken, for none with weights is marked as the cheapest that is \
                         good enough to ship",
                        best.trial.task(),
                        best.dataset
                    ));
                }
                row.map(|row| (row, Chosen::Cheapest))
            }
            Some(Preference::Accuracy) | None => None,
        };
        let (row, chosen) = preferred.unwrap_or((best, Chosen::Accuracy));
        Ok(Selected { row, chosen, asked })
    }

    /// The id of the trial that a sweep's page marks as the cheapest that is good enough.
    fn cheapest(&self, sweep: &SweepRecord) -> anyhow::Result<Option<String>> {
        let mut reporter = Reporter::new(self.places, &[]);
        let made = reporter.make(self.database, sweep, "")?;
        Ok(cheapest_good_enough(&made.report).map(|id| id.as_str().to_owned()))
    }
}
