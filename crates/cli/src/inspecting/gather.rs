//! Gathering what is known of trials.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::io;

use anyhow::Context;
use fitroom_domain::{Chosen, TrialId};
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
    /// Where all trials stand, if many are asked for.
    standings: Option<HashMap<i64, Standing>>,
    /// By what kept models were chosen, by dataset; read once.
    chosen: RefCell<HashMap<String, Vec<(TrialId, Chosen)>>>,
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
            standings: None,
            chosen: RefCell::default(),
        })
    }

    /// The same, to gather what is known of many trials.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) fn of_many(database: &'a Database) -> anyhow::Result<Gatherer<'a>> {
        Ok(Gatherer {
            standings: Some(database.wait(database.store().standings())?),
            ..Gatherer::new(database)?
        })
    }

    /// All that is known of a trial.
    ///
    /// # Errors
    /// When the database cannot be read, or the trial has just been removed.
    pub(crate) fn facts(&self, row: TrialRow) -> anyhow::Result<TrialFacts> {
        let name = row.name.clone();
        let facts = self.facts_if_there(row)?;
        facts.with_context(|| format!("trial {name} was just removed"))
    }

    /// All that is known of a trial; `None` if it has just been removed.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) fn facts_if_there(&self, row: TrialRow) -> anyhow::Result<Option<TrialFacts>> {
        let store = self.database.store();
        let Some(record) = self.database.wait(store.record(row.key))? else {
            return Ok(None);
        };
        let standing = match &self.standings {
            Some(standings) => standings.get(&row.key).copied(),
            None => self.database.wait(store.standing(row.key))?,
        };
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
        Ok(Some(TrialFacts {
            summary: summaries.find_map(|sweep| sweep.summary().cloned()),
            standing,
            model: self.model(&row, standing),
            evaluations: of_trial.cloned().collect(),
            missing_files: files.filter(is_missing).cloned().collect(),
            row,
            record,
        }))
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
                let mut chosen = self.chosen.borrow_mut();
                let of_dataset = chosen.entry(row.dataset.clone()).or_insert_with(|| {
                    let folder = models_folder(self.database.store().runs(), &row.dataset);
                    let models = models_in(&folder).unwrap_or_default().into_iter();
                    models.map(|it| (it.file.trial, it.file.chosen)).collect()
                });
                let kept = of_dataset.iter().find(|(trial, _)| *trial == row.id)?;
                Some(kept.1)
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
