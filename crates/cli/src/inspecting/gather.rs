//! Gathering what is known of trials.

use std::collections::BTreeMap;
use std::io;

use anyhow::Context;
use fitroom_domain::Chosen;
use fitroom_store::{Evaluation, Preference, Standing, SweepRecord, TaskKey, TrialRow};

use super::facts::TrialFacts;
use crate::database::Database;
use crate::models::{models_folder, models_in};

/// Columns where stdout is no terminal, or does not say how wide it is.
const COLUMNS: u16 = 80;

/// Reads a database, and the folders beside it.
#[derive(Debug)]
pub(crate) struct Gatherer<'a> {
    database: &'a Database,
    sweeps: Vec<SweepRecord>,
    preferences: BTreeMap<TaskKey, Preference>,
    evaluations: Vec<Evaluation>,
}

impl<'a> Gatherer<'a> {
    /// Reads what all trials share.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) fn new(database: &'a Database) -> anyhow::Result<Gatherer<'a>> {
        let store = database.store();
        Ok(Gatherer {
            database,
            sweeps: database.wait(store.sweeps())?,
            preferences: database.wait(store.selections())?,
            evaluations: database.wait(store.evaluations())?,
        })
    }

    /// All that is known of a trial.
    ///
    /// # Errors
    /// When the database cannot be read, or the trial has just been removed.
    pub(crate) fn facts(&self, row: TrialRow) -> anyhow::Result<TrialFacts> {
        let store = self.database.store();
        let record = self.database.wait(store.record(row.key))?;
        let record = record.with_context(|| format!("trial {} was just removed", row.name))?;
        let standing = self.database.wait(store.standing(row.key))?;
        let of_task = |sweep: &&SweepRecord| {
            (&sweep.fingerprint, &sweep.definition) == (&row.fingerprint, &row.definition)
        };
        let mut summaries = self.sweeps.iter().filter(of_task);
        let of_trial = self.evaluations.iter().filter(|it| it.trial == row.id);
        let folder = row.folder.as_ref().map(|folder| store.runs().join(folder));
        let files = record.files.iter().map(|file| &file.name);
        let is_missing = |name: &&String| {
            !(folder.as_ref()).is_some_and(|folder| folder.join(name.as_str()).is_file())
        };
        Ok(TrialFacts {
            summary: summaries.find_map(|sweep| sweep.summary().cloned()),
            standing,
            model: self.model(&row, standing),
            evaluations: of_trial.cloned().collect(),
            missing_files: files.filter(is_missing).cloned().collect(),
            row,
            record,
        })
    }

    /// By what the trial was chosen, if it is the model of its task.
    fn model(&self, row: &TrialRow, standing: Option<Standing>) -> Option<Chosen> {
        let key = (row.fingerprint.clone(), row.definition.clone());
        let preference = self.preferences.get(&key).copied().unwrap_or_default();
        let leads = standing.is_some_and(|standing| standing.place == 1);
        match preference {
            Preference::Pinned(pinned) => (pinned == row.key).then_some(Chosen::Pinned),
            Preference::Accuracy => leads.then_some(Chosen::Accuracy),
            // Which one is the cheapest was found when models were kept.
            Preference::Cheapest => {
                let models = models_in(&models_folder(self.database.store().runs(), &row.dataset));
                let mut models = models.unwrap_or_default().into_iter();
                let kept = models.find(|model| model.file.trial == row.id)?;
                Some(kept.file.chosen)
            }
        }
    }
}

/// How many columns there are to print on.
pub(crate) fn terminal_width() -> u16 {
    let size = rustix::termios::tcgetwinsize(io::stdout());
    let columns = size.map_or(0, |size| size.ws_col);
    match columns {
        0 => COLUMNS,
        columns => columns,
    }
}
