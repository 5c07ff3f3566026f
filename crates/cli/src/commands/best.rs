//! `fitroom best`: the selected trial of each dataset and task.

use std::collections::BTreeMap;

use fitroom_domain::{TaskDefinition, leaderboard};
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
pub(crate) fn best_of_each(mut trials: Vec<TrialRow>) -> Vec<TrialRow> {
    trials.retain(|row| row.figures.is_some());
    leaderboard::sort(&mut trials, |row| (row.id.clone(), row.figures));
    let mut best: BTreeMap<(String, String), Vec<TrialRow>> = BTreeMap::new();
    for row in trials {
        let group = best
            .entry((row.dataset.clone(), row.trial.task.name.clone()))
            .or_default();
        let key = |row: &TrialRow| -> (String, TaskDefinition) {
            (
                row.trial.dataset.fingerprint.to_string(),
                row.trial.task.definition.clone(),
            )
        };
        if group.iter().all(|other| key(other) != key(&row)) {
            group.push(row);
        }
    }
    best.into_values().flatten().collect()
}
