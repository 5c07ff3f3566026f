//! `fitroom best`: the selected trial of each dataset and task.

use std::collections::HashSet;

use fitroom_domain::{Fingerprint, leaderboard};
use fitroom_store::{SweepRecord, TrialRow};

use super::runs_list::trials_table;
use super::trial_json::TrialJson;
use crate::arguments::{BestArguments, Places};
use crate::database::Database;
use crate::exit::{Exit, Failure};
use crate::output;

pub(crate) fn run(places: &Places, arguments: &BestArguments) -> Result<Exit, Failure> {
    let (trials, sweeps) = match Database::open_existing(&places.runs)? {
        Some(database) => (
            database.wait(database.store().trials())?,
            database.wait(database.store().sweeps())?,
        ),
        None => (Vec::new(), Vec::new()),
    };
    let best = best_of_each(trials);
    for row in &best {
        warn_of_leaks(row, &sweeps);
    }
    if arguments.json {
        let objects: Vec<TrialJson<'_>> = best.iter().map(TrialJson::new).collect();
        output::data(&serde_json::to_string_pretty(&objects)?)?;
    } else if best.is_empty() {
        output::message(&format!(
            "no finished trials in `{}` yet",
            places.runs.display()
        ));
    } else {
        output::data(&trials_table(&best))?;
    }
    Ok(Exit::Well)
}

/// Says what to know before trusting the trial's accuracy, as its sweep that ran last found it.
fn warn_of_leaks(row: &TrialRow, sweeps: &[SweepRecord]) {
    let asked = |sweep: &&SweepRecord| {
        sweep.fingerprint == row.fingerprint && sweep.definition == row.definition
    };
    let warning = (sweeps.iter().filter(asked)).find_map(|sweep| sweep.summary()?.leak_warning());
    if let Some(warning) = warning {
        let (dataset, task) = (&row.dataset, row.trial.task());
        output::message(&format!("warning: {task} on {dataset}: {warning}"));
    }
}

/// The best finished trial of each (dataset fingerprint, task definition), by dataset and task name.
/// Names do not count: a task or a dataset that was renamed is still the same.
pub(crate) fn best_of_each(mut trials: Vec<TrialRow>) -> Vec<TrialRow> {
    trials.retain(|row| row.figures.is_some());
    leaderboard::sort(&mut trials, |row| (row.id.clone(), row.figures));
    let mut seen: HashSet<(Fingerprint, String)> = HashSet::new();
    trials.retain(|row| seen.insert((row.fingerprint.clone(), row.definition.clone())));
    trials.sort_by(|a, b| (&a.dataset, a.trial.task()).cmp(&(&b.dataset, b.trial.task())));
    trials
}
