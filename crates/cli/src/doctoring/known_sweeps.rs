//! Which sweeps there are, by the files in their folders and by the database, and whose trials are whose.

use std::collections::{BTreeMap, HashMap, HashSet};

use fitroom_domain::keep::Keep;
use fitroom_domain::{DatasetKey, Task, TaskSummary, Trial, TrialId};
use fitroom_store::{RecoveredSweep, SweepIdentity, SweepRecord, SweepRun, TrialRecord, Wish};

use super::folder_state::{FolderState, Part};
use super::recovered::Belonging;
use crate::database::Database;
use crate::run_folder::{SweepRecordFile, TrialDescription};

/// The sweeps of a runs folder.
#[derive(Debug, Default)]
pub(crate) struct KnownSweeps<'a> {
    /// What the files in their folders say, the one that ran first first.
    files: Vec<(SweepIdentity, &'a SweepRecordFile)>,
    /// Sweeps of older versions, of which only trials tell.
    told: BTreeMap<SweepIdentity, ToldSweep>,
    /// What their tasks come to, of all that the database or a file knows.
    summaries: BTreeMap<SweepIdentity, TaskSummary>,
    /// Which sweeps want a trial, as the files say.
    wanted: HashMap<TrialId, Vec<Wish>>,
}

/// A sweep as its trials tell of it.
#[derive(Debug, Clone)]
pub(crate) struct ToldSweep {
    pub(crate) dataset: DatasetKey,
    pub(crate) task: Task,
    pub(crate) summary: TaskSummary,
    /// One of its trials.
    pub(crate) trial: Trial,
    /// When the last of them ended, in UTC.
    pub(crate) run_at: String,
}

/// What the task of a sweep is known by, and its name.
pub(crate) fn identity(name: &str, trial: &Trial) -> anyhow::Result<SweepIdentity> {
    Ok(SweepIdentity {
        fingerprint: trial.dataset.fingerprint.clone(),
        name: name.to_owned(),
        definition: serde_json::to_string(&trial.task.definition)?,
    })
}

impl<'a> KnownSweeps<'a> {
    /// The sweeps of these files and of the database.
    ///
    /// # Errors
    /// When a task cannot be written as JSON.
    pub(crate) fn new(
        files: impl Iterator<Item = &'a SweepRecordFile>,
        records: &[SweepRecord],
    ) -> anyhow::Result<KnownSweeps<'a>> {
        let mut known = KnownSweeps::default();
        for record in records {
            let sweep = SweepIdentity {
                fingerprint: record.fingerprint.clone(),
                name: record.name.clone(),
                definition: record.definition.clone(),
            };
            let summary = record.summary().cloned();
            known.summaries.extend(summary.map(|it| (sweep, it)));
        }
        for file in files {
            let sweep = SweepIdentity {
                fingerprint: file.dataset.fingerprint.clone(),
                name: file.name.clone(),
                definition: serde_json::to_string(&file.task.definition)?,
            };
            known
                .summaries
                .entry(sweep.clone())
                .or_insert_with(|| file.summary.clone());
            for (position, trial) in file.trials.iter().enumerate() {
                let wish = wish(&sweep, &file.dataset.name, position as i64, file.run.plan);
                known.wanted.entry(trial.clone()).or_default().push(wish);
            }
            known.files.push((sweep, file));
        }
        known
            .files
            .sort_by(|(_, one), (_, other)| one.run.run_at.cmp(&other.run.run_at));
        Ok(known)
    }

    /// Adds a sweep that a trial tells of, unless it is known.
    pub(crate) fn tell(&mut self, sweep: SweepIdentity, told: ToldSweep) {
        if self.files.iter().any(|(known, _)| *known == sweep) {
            return;
        }
        let known = self
            .told
            .entry(sweep.clone())
            .or_insert_with(|| told.clone());
        if told.run_at >= known.run_at {
            *known = told;
        }
        let summary = known.summary.clone();
        self.summaries.entry(sweep).or_insert(summary);
    }

    /// What the task of a trial comes to.
    pub(crate) fn summary(&self, record: &TrialRecord) -> Option<&TaskSummary> {
        let wishes = record.wishes.iter().map(|wish| &wish.sweep);
        let mut sweeps = record.sweep.iter().chain(wishes);
        sweeps.find_map(|sweep| self.summaries.get(sweep))
    }

    /// How many trials the files want that are not among these.
    pub(crate) fn wanted_but(&self, there: &HashSet<TrialId>) -> usize {
        let wanted = self.wanted.keys();
        wanted.filter(|id| !there.contains(*id)).count()
    }

    /// How many sweeps only trials tell of.
    pub(crate) fn told(&self) -> usize {
        self.told.len()
    }

    /// To whom the trial in a folder belongs, which is the `place`th of its sweep if no file says which.
    pub(crate) fn belonging(
        &self,
        sweep: &SweepIdentity,
        folder: &FolderState,
        description: &TrialDescription,
        place: i64,
    ) -> Belonging {
        let mut wishes = self
            .wanted
            .get(&description.id)
            .cloned()
            .unwrap_or_default();
        if !wishes.iter().any(|wish| wish.sweep == *sweep) {
            let file = self.files.iter().find(|(known, _)| known == sweep);
            // Its newest plan does not have the trial; without a file it is the only one that is known of.
            let (plan, after) = match file {
                Some((_, file)) => (file.run.plan - 1, file.trials.len() as i64),
                None => (1, 0),
            };
            let dataset = &description.trial.dataset.name;
            wishes.push(wish(sweep, dataset, after + place, plan));
        }
        let run = match &folder.provenance {
            Part::There(file) => {
                let of = SweepIdentity {
                    name: file.sweep.clone(),
                    ..sweep.clone()
                };
                let is_known = self.summaries.contains_key(&of);
                is_known.then(|| (of, file.run.clone()))
            }
            Part::Missing | Part::Damaged(_) => None,
        };
        Belonging {
            sweep: sweep.clone(),
            wishes,
            run,
        }
    }

    /// Writes those sweeps into the database that it does not know.
    ///
    /// # Errors
    /// When the database refuses.
    pub(crate) fn recover(&self, database: &Database) -> anyhow::Result<()> {
        let told = self.told.iter().map(|(sweep, told)| {
            let run = SweepRun {
                plan: 1,
                run_at: told.run_at.clone(),
                text: unknown_text(&told.trial),
                overrides: Vec::new(),
                provenance: None,
            };
            (sweep, told, run)
        });
        let mut told: Vec<_> = told.collect();
        told.sort_by(|one, other| one.2.run_at.cmp(&other.2.run_at));
        for (sweep, told, run) in told {
            let recovered = RecoveredSweep {
                name: &sweep.name,
                dataset: &told.dataset,
                task: &told.task,
                summary: &told.summary,
                // Nothing is removed that the sweep's file may want kept.
                keep: Keep::All,
                run: &run,
                is_recorded: false,
            };
            database.wait(database.store().recover_sweep(&recovered))?;
        }
        for (sweep, file) in &self.files {
            let recovered = RecoveredSweep {
                name: &sweep.name,
                dataset: &file.dataset,
                task: &file.task,
                summary: &file.summary,
                keep: file.keep,
                run: &file.run,
                is_recorded: true,
            };
            database.wait(database.store().recover_sweep(&recovered))?;
        }
        Ok(())
    }
}

fn wish(sweep: &SweepIdentity, dataset: &str, position: i64, plan: i64) -> Wish {
    Wish {
        sweep: sweep.clone(),
        dataset: dataset.to_owned(),
        position,
        plan,
        pruned_at_epoch: None,
    }
}

/// What stands for the text of a sweep's file: a sweep of one of its trials.
fn unknown_text(trial: &Trial) -> String {
    let settings = trial.hyperparameters;
    format!(
        "# What this sweep's file said is not known: the database was made anew from its trials' folders, which were\n\
         # written by a version that did not keep it. This is one of its trials.\n\
         task = \"{}\"\n\n[hyperparameters]\nkernel_size_1 = {}\nkernel_size_2 = {}\nkernel_num = {}\n",
        trial.task.name, settings.kernel_size_1, settings.kernel_size_2, settings.kernel_num
    )
}
