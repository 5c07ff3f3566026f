//! One sweep of a call of `fitroom sweep`: from its plan to its results.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use fitroom_data::{Dataset, TaskRows, leaks, task_rows};
use fitroom_domain::{
    Provenance, Split, SplitCounts, Task, TaskSummary, Trial, TrialId, TrialState,
};
use fitroom_store::{Registered, SweepToRun, TrialRow};
use fitroom_sweep::{Place, SweepFile, plan};
use fitroom_train::{Engine, peak_memory};

use crate::arguments::TrainingArguments;
use crate::database::Database;
use crate::exit::Failure;
use crate::output;
use crate::run_folder::SweepRecordFile;
use crate::sweeping::workers;

/// Digits of an id that are enough to name a trial.
pub(super) const SHORTEST_ID: usize = 8;

/// A sweep file and the task that it names.
pub(crate) struct SweepSource {
    pub(crate) path: PathBuf,
    pub(crate) sweep: SweepFile,
    pub(crate) task: Task,
    /// Where the task is defined.
    pub(crate) task_place: Option<Place>,
}

/// A sweep with all that is known before it runs.
pub(crate) struct PlannedSweep {
    pub(super) sweep: SweepFile,
    task: Task,
    pub(super) rows: TaskRows,
    pub(super) summary: TaskSummary,
    pub(super) trials: Vec<Trial>,
}

/// What the command line says beside the sweep file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// What it changes in the file: the `KEY=VALUE` of each `--set`.
    pub(crate) overrides: &'a [String],
    /// By which program, command and machine.
    pub(crate) provenance: &'a Provenance,
    /// The failed trials that get another attempt.
    pub(crate) retry: &'a [String],
}

/// How a sweep is to be trained.
#[derive(Debug, Clone, Copy)]
pub(crate) struct How {
    pub(crate) engine: Engine,
    /// Trials at a time, where somebody said how many.
    pub(crate) workers: Option<NonZeroUsize>,
    /// How much of a trial's training may be lost.
    pub(crate) checkpoint_every: Duration,
}

impl TrainingArguments {
    /// How they want a sweep to be trained.
    ///
    /// # Errors
    /// When there is no such GPU.
    pub(super) fn how(&self) -> anyhow::Result<How> {
        Ok(How {
            engine: self.device.engine()?,
            workers: self.workers,
            checkpoint_every: self.checkpoint_every,
        })
    }
}

impl PlannedSweep {
    /// What a sweep wants on a dataset. Errors name the file, and of a task its line.
    pub(crate) fn new(source: SweepSource, dataset: &Dataset) -> anyhow::Result<PlannedSweep> {
        let SweepSource {
            path,
            sweep,
            task,
            task_place,
        } = source;
        let rows = task_rows(dataset, &task);
        let rows = match task_place {
            Some(place) => rows.with_context(|| place.to_string())?,
            None => rows?,
        };
        let summary = summary(dataset, &rows);
        let classes = summary.classes.len();
        let planned = plan(&sweep, &dataset.key(), &task, summary.image, classes)
            .with_context(|| path.display().to_string())?;
        Ok(PlannedSweep {
            sweep,
            task,
            rows,
            summary,
            trials: planned.trials,
        })
    }

    /// Leaves the configurations with the fewest multiply-adds in the plan, so many of them, each with all its seeds.
    pub(crate) fn keep_cheapest(&mut self, configurations: usize) {
        let mut order: Vec<(u64, String)> = (self.trials.iter())
            .map(|trial| {
                let network = self.summary.network(&trial.hyperparameters);
                let cost = network.map_or(u64::MAX, |network| network.multiply_adds());
                (cost, trial.configuration_id())
            })
            .collect();
        order.dedup();
        // Of equal ones those that the grid has first.
        order.sort_by_key(|(cost, _)| *cost);
        order.truncate(configurations);
        let is_kept = |trial: &Trial| {
            let id = trial.configuration_id();
            order.iter().any(|(_, kept)| *kept == id)
        };
        self.trials.retain(is_kept);
    }

    /// Whether `name` (of `--retry`) means one of its trials.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.trials.iter().any(|trial| is_meant(name, trial))
    }

    /// Writes the plan down, and gives failed trials another attempt that may have one.
    pub(crate) fn register(
        &self,
        database: &Database,
        dataset: &Dataset,
        asked: Asked<'_>,
    ) -> Result<Registered, Failure> {
        let dataset = dataset.key();
        let registered = database.wait(database.store().register(&SweepToRun {
            name: &self.sweep.name,
            dataset: &dataset,
            task: &self.task,
            summary: &self.summary,
            keep: self.sweep.keep,
            text: &self.sweep.text,
            overrides: asked.overrides,
            provenance: Some(asked.provenance),
            trials: &self.trials,
        }))?;
        let record = SweepRecordFile {
            name: self.sweep.name.clone(),
            keep: self.sweep.keep,
            trials: self.trials.iter().map(Trial::id).collect(),
            dataset,
            task: self.task.clone(),
            summary: self.summary.clone(),
            run: registered.run.clone(),
        };
        record.write(database.store().runs())?;
        for name in asked.retry {
            self.explain_retry(name, &self.rows_of_plan(database, &registered)?);
        }
        let named = |trial: &Trial| asked.retry.iter().any(|name| is_meant(name, trial));
        let asked_for: Vec<i64> = registered
            .trials
            .iter()
            .zip(&self.trials)
            .filter(|(_, trial)| named(trial))
            .map(|(key, _)| *key)
            .collect();
        let attempts = self.sweep.attempts;
        database.wait(
            database
                .store()
                .retry_failed(&registered.trials, attempts, &asked_for),
        )?;
        Ok(registered)
    }

    /// Says so where `--retry NAME` changes nothing.
    fn explain_retry(&self, name: &str, rows: &[TrialRow]) {
        let meant: Vec<&TrialRow> = rows
            .iter()
            .filter(|row| name == "all" || is_called(name, &row.name, &row.id))
            .collect();
        if meant.is_empty() || meant.iter().any(|row| row.state == TrialState::Failed) {
            return;
        }
        match meant[..] {
            [row] => output::message(&format!(
                "--retry {name}: the trial is {}, and only failed ones are tried again",
                row.state
            )),
            _ => output::message(&format!("--retry {name}: no trial has failed")),
        }
    }

    /// The trials of this plan as they stand, in its order; those of the sweep's other plans are left out.
    pub(super) fn rows_of_plan(
        &self,
        database: &Database,
        registered: &Registered,
    ) -> Result<Vec<TrialRow>, Failure> {
        let rows = database.wait(database.store().sweep_trials(registered.sweep))?;
        let mut by_key: HashMap<i64, TrialRow> =
            rows.into_iter().map(|row| (row.key, row)).collect();
        let keys = registered.trials.iter();
        Ok(keys.filter_map(|key| by_key.remove(key)).collect())
    }

    /// How many of these trials are trained at a time.
    pub(super) fn workers<'a>(
        &self,
        how: How,
        to_do: impl Iterator<Item = &'a Trial>,
    ) -> NonZeroUsize {
        if how.engine.is_gpu() {
            return how.workers.unwrap_or(NonZeroUsize::MIN);
        }
        let peaks = self.peaks(how.engine, to_do);
        workers(how.workers, self.sweep.train.threads, peaks)
    }

    /// Bytes that each of these trials takes at its peak.
    pub(super) fn peaks<'a>(
        &self,
        engine: Engine,
        trials: impl Iterator<Item = &'a Trial>,
    ) -> Vec<u64> {
        let rows = [
            self.rows.train.len() as u64,
            self.rows.validation.len() as u64,
        ];
        trials
            .filter_map(|trial| {
                let shape = self.summary.network(&trial.hyperparameters).ok()?;
                Some(peak_memory(&shape, &trial.train, rows, engine))
            })
            .collect()
    }
}

/// Whether `name` (of `--retry`) means this trial.
fn is_meant(name: &str, trial: &Trial) -> bool {
    name == "all" || is_called(name, &trial.name(), &trial.id())
}

/// Whether `called` is a trial's name, or its id or enough of its start.
pub(super) fn is_called(called: &str, name: &str, id: &TrialId) -> bool {
    called == name || (called.len() >= SHORTEST_ID && id.as_str().starts_with(called))
}

/// What a task comes to on a dataset.
fn summary(dataset: &Dataset, rows: &TaskRows) -> TaskSummary {
    let photographs = |split: Split| {
        let rows = match split {
            Split::Train => &rows.train,
            Split::Validation => &rows.validation,
            Split::Test => &rows.test,
        };
        rows.iter().filter(|row| !row.mirrored).count() as u64
    };
    TaskSummary {
        image: dataset.image_size(),
        classes: rows
            .classes
            .iter()
            .map(|class| class.name.clone())
            .collect(),
        photographs: SplitCounts {
            train: photographs(Split::Train),
            validation: photographs(Split::Validation),
            test: photographs(Split::Test),
        },
        left_out: rows.left_out as u64,
        leaks: Some(leaks(dataset.duplicates(), rows)),
    }
}
