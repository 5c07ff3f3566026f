//! `fitroom best`: the selected trial of each dataset and task.

use std::collections::HashSet;

use fitroom_domain::{Fingerprint, TaskDefinition, leaderboard};
use fitroom_store::TrialRow;

use super::runs_list::trials_table;
use super::trial_json::TrialJson;
use crate::arguments::{BestArguments, Places};
use crate::database::Database;
use crate::exit::{Exit, Failure};
use crate::output;

pub(crate) fn run(places: &Places, arguments: &BestArguments) -> Result<Exit, Failure> {
    let trials = match Database::open_existing(&places.runs)? {
        Some(database) => database.wait(database.store().trials())?,
        None => Vec::new(),
    };
    let best = best_of_each(trials);
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

/// The best finished trial of each (dataset fingerprint, task definition), by dataset and task name.
/// Names do not count: a task or a dataset that was renamed is still the same.
pub(crate) fn best_of_each(mut trials: Vec<TrialRow>) -> Vec<TrialRow> {
    trials.retain(|row| row.figures.is_some());
    leaderboard::sort(&mut trials, |row| (row.id.clone(), row.figures));
    let mut seen: HashSet<(Fingerprint, TaskDefinition)> = HashSet::new();
    trials.retain(|row| {
        let trial = &row.trial;
        seen.insert((
            trial.dataset.fingerprint.clone(),
            trial.task.definition.clone(),
        ))
    });
    trials.sort_by(|a, b| (&a.dataset, &a.trial.task.name).cmp(&(&b.dataset, &b.trial.task.name)));
    trials
}
