//! `fitroom sweep`: trains the grids of sweep files.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread::available_parallelism;

use anyhow::{Context, anyhow};
use fitroom_data::{Dataset, TaskRows, task_rows};
use fitroom_domain::{
    NetworkShape, Split, SplitCounts, Task, TaskSummary, Trial, TrialState, leaderboard,
};
use fitroom_store::{Owner, Queue, SweepToRun, TrialRow};
use fitroom_sweep::{Override, SweepFile, TasksFile, plan};

use super::runs_list::trials_table;
use crate::arguments::{Places, SweepArguments};
use crate::choose_dataset;
use crate::database::Database;
use crate::exit::{Exit, Failure, OrInput};
use crate::interrupt::Interrupt;
use crate::output;
use crate::sweeping::{Progress, Sweeping};

/// Trials that are printed at the end.
const SHOWN: usize = 5;

pub(crate) fn run(places: &Places, arguments: &SweepArguments) -> Result<Exit, Failure> {
    let overrides = arguments
        .set
        .iter()
        .map(|argument| Override::parse(argument))
        .collect::<Result<Vec<_>, _>>()
        .or_input()?;
    let sweeps = arguments
        .files
        .iter()
        .map(|file| read_sweep(file, arguments.tasks.as_deref(), &overrides))
        .collect::<Result<Vec<_>, _>>()?;
    let folder = choose_dataset::choose(arguments.data.as_deref(), &places.datasets)?;
    let dataset = Dataset::load(&folder).or_input()?;
    let planned = sweeps
        .into_iter()
        .map(|(sweep, task)| PlannedSweep::new(sweep, task, &dataset))
        .collect::<Result<Vec<_>, _>>()?;

    let database = Database::open(&places.runs)?;
    let owner = Owner::new(&places.runs)?;
    let interrupt = Interrupt::listen()?;
    let mut exit = Exit::Well;
    for sweep in &planned {
        let workers = arguments
            .workers
            .unwrap_or_else(|| default_workers(sweep.sweep.train.threads));
        match sweep.run(&database, &owner, &interrupt, &dataset, workers)? {
            Exit::Interrupted => return Ok(Exit::Interrupted),
            Exit::PartFailed => exit = Exit::PartFailed,
            Exit::Well => {}
        }
    }
    output::message(&format!(
        "curves: tensorboard --logdir {}",
        places.runs.display()
    ));
    Ok(exit)
}

/// A sweep file and its task.
fn read_sweep(
    path: &Path,
    tasks: Option<&Path>,
    overrides: &[Override],
) -> Result<(SweepFile, Task), Failure> {
    let read = |path: &Path| {
        fs::read_to_string(path)
            .with_context(|| format!("failed to read `{}`", path.display()))
            .or_input()
    };
    let sweep = SweepFile::parse(&read(path)?, path, overrides).or_input()?;
    if sweep.prune.is_some() {
        let shown = path.display();
        return Err(anyhow!(
            "{shown}: `[prune]` is not possible yet in this version; remove it"
        ))
        .or_input();
    }
    let tasks_path = match tasks {
        Some(path) => path.to_owned(),
        None => path
            .parent()
            .map_or_else(PathBuf::new, Path::to_owned)
            .join("tasks.toml"),
    };
    let tasks = TasksFile::parse(&read(&tasks_path)?, &tasks_path).or_input()?;
    let task = tasks.task(&sweep.task).or_input()?.clone();
    Ok((sweep, task))
}

/// As many trials at a time as there are cores for their threads.
fn default_workers(threads: u32) -> NonZeroUsize {
    let cores = available_parallelism().map_or(1, NonZeroUsize::get);
    NonZeroUsize::new(cores / threads.max(1) as usize).unwrap_or(NonZeroUsize::MIN)
}

/// A sweep with all that is known before it runs.
struct PlannedSweep {
    sweep: SweepFile,
    task: Task,
    rows: TaskRows,
    summary: TaskSummary,
    trials: Vec<Trial>,
}

impl PlannedSweep {
    fn new(sweep: SweepFile, task: Task, dataset: &Dataset) -> Result<PlannedSweep, Failure> {
        let rows = task_rows(dataset, &task).or_input()?;
        let summary = summary(dataset, &rows);
        let trials = plan(
            &sweep,
            &dataset.key(),
            &task,
            summary.image,
            summary.classes.len(),
        )
        .or_input()?
        .trials;
        Ok(PlannedSweep {
            sweep,
            task,
            rows,
            summary,
            trials,
        })
    }

    fn run(
        &self,
        database: &Database,
        owner: &Owner,
        interrupt: &Interrupt,
        dataset: &Dataset,
        workers: NonZeroUsize,
    ) -> Result<Exit, Failure> {
        let registered = database.wait(database.store().register(&SweepToRun {
            name: &self.sweep.name,
            dataset: &dataset.key(),
            task: &self.task,
            summary: &self.summary,
            keep: self.sweep.keep,
            text: &self.sweep.text,
            trials: &self.trials,
        }))?;
        let known = self.rows_of_plan(database, registered.sweep, &registered.trials)?;
        let to_do: Vec<i64> = known
            .iter()
            .filter(|row| matches!(row.state, TrialState::Planned | TrialState::Running))
            .map(|row| row.key)
            .collect();
        self.announce(dataset, to_do.len(), workers);
        let by_key: HashMap<i64, Trial> = registered
            .trials
            .iter()
            .copied()
            .zip(self.trials.iter().cloned())
            .collect();
        let cost = to_do
            .iter()
            .filter_map(|key| by_key.get(key))
            .map(|trial| self.cost(trial))
            .sum();
        let best = best_first(known).into_iter().next().and_then(|row| {
            let accuracy = row.figures?.accuracy;
            Some((row.name, accuracy))
        });
        let progress = Progress::new(
            self.trials.len(),
            self.trials.len() - to_do.len(),
            cost,
            best,
        );
        let ended = Sweeping {
            database,
            owner,
            interrupt,
            dataset,
            rows: &self.rows,
            summary: &self.summary,
            sweep: &self.sweep,
            key: registered.sweep,
            trials: by_key,
            queue: Mutex::new(Queue::new(registered.sweep, to_do)),
            progress: &progress,
        }
        .run(workers);
        progress.close();
        let rows = self.rows_of_plan(database, registered.sweep, &registered.trials)?;
        ended?;
        let failed = list_failures(&rows);
        // Whoever asks to stop after the last trial has ended interrupts nothing.
        let open = rows
            .iter()
            .filter(|row| matches!(row.state, TrialState::Planned | TrialState::Running))
            .count();
        if open > 0 {
            output::message(&format!(
                "interrupted with {open} of {} trials to do; the same command goes on",
                rows.len()
            ));
            return Ok(Exit::Interrupted);
        }
        print_best(&rows)?;
        Ok(match failed {
            0 => Exit::Well,
            _ => Exit::PartFailed,
        })
    }

    /// The trials of this plan as they stand, in its order; other trials of the sweep are left out.
    fn rows_of_plan(
        &self,
        database: &Database,
        sweep: i64,
        keys: &[i64],
    ) -> Result<Vec<TrialRow>, Failure> {
        let rows = database.wait(database.store().sweep_trials(sweep))?;
        let mut by_key: HashMap<i64, TrialRow> =
            rows.into_iter().map(|row| (row.key, row)).collect();
        Ok(keys.iter().filter_map(|key| by_key.remove(key)).collect())
    }

    fn announce(&self, dataset: &Dataset, to_do: usize, workers: NonZeroUsize) {
        let photographs = self.summary.photographs;
        output::message(&format!(
            "{} on {}: {} classes, {} photographs to train on, {} to validate",
            self.sweep.name,
            dataset.name,
            self.summary.classes.len(),
            photographs.train,
            photographs.validation,
        ));
        if self.summary.left_out > 0 {
            let count = self.summary.left_out;
            output::message(&format!(
                "{count} photographs lack a label that the task needs: left out"
            ));
        }
        let all = self.trials.len();
        output::message(&match to_do {
            0 => format!("all {all} trials have been trained already: nothing to do"),
            _ if to_do < all => {
                let done = all - to_do;
                format!("{all} trials, {done} of them trained already; {workers} at a time")
            }
            _ => format!("{all} trials; {workers} at a time"),
        });
    }

    fn cost(&self, trial: &Trial) -> f64 {
        NetworkShape::new(
            self.summary.image,
            &trial.hyperparameters,
            self.summary.classes.len(),
        )
        .map_or(0.0, |shape| shape.multiply_adds() as f64)
    }
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
    }
}

fn best_first(mut rows: Vec<TrialRow>) -> Vec<TrialRow> {
    rows.retain(|row| row.figures.is_some());
    leaderboard::sort(&mut rows, |row| (row.id.clone(), row.figures));
    rows
}

/// Lists the trials that failed or diverged and counts them.
fn list_failures(rows: &[TrialRow]) -> usize {
    let failed = rows
        .iter()
        .filter(|row| matches!(row.state, TrialState::Failed | TrialState::Diverged));
    failed
        .map(|row| {
            let error = row.error.as_deref().unwrap_or("no reason recorded");
            output::message(&format!("{} {}: {error}", row.name, row.state));
        })
        .count()
}

/// Prints the best trials and, with several seeds, the best configurations by their mean.
fn print_best(rows: &[TrialRow]) -> Result<(), Failure> {
    let mut best = best_first(rows.to_vec());
    let means = configurations_by_mean(&best);
    best.truncate(SHOWN);
    if best.is_empty() {
        output::message("no trial has finished");
        return Ok(());
    }
    output::data(&trials_table(&best))?;
    if means.iter().any(|mean| mean.accuracies.len() > 1) {
        let shown = means.iter().take(SHOWN).map(|mean| {
            let (low, high) = mean.range();
            vec![
                mean.name.clone(),
                mean.accuracies.len().to_string(),
                output::percent(mean.mean()),
                format!("{} to {}", output::percent(low), output::percent(high)),
            ]
        });
        let headings = ["configuration", "seeds", "mean accuracy", "range"];
        output::data(&output::table(&headings, &headings[1..], shown))?;
    }
    Ok(())
}

/// The accuracies of one configuration's seeds.
struct ConfigurationMean {
    name: String,
    accuracies: Vec<f64>,
}

impl ConfigurationMean {
    fn mean(&self) -> f64 {
        self.accuracies.iter().sum::<f64>() / self.accuracies.len() as f64
    }

    fn range(&self) -> (f64, f64) {
        let fold = |start, choose: fn(f64, f64) -> f64| {
            self.accuracies.iter().copied().fold(start, choose)
        };
        (
            fold(f64::INFINITY, f64::min),
            fold(f64::NEG_INFINITY, f64::max),
        )
    }
}

/// Configurations, best mean first.
fn configurations_by_mean(rows: &[TrialRow]) -> Vec<ConfigurationMean> {
    let mut by_id: BTreeMap<String, ConfigurationMean> = BTreeMap::new();
    for row in rows {
        let Some(figures) = row.figures else { continue };
        by_id
            .entry(row.trial.configuration_id())
            .or_insert_with(|| ConfigurationMean {
                name: row.trial.hyperparameters.short_name(),
                accuracies: Vec::new(),
            })
            .accuracies
            .push(figures.accuracy);
    }
    let mut means: Vec<ConfigurationMean> = by_id.into_values().collect();
    means.sort_by(|a, b| b.mean().total_cmp(&a.mean()));
    means
}
