//! `fitroom runs remove`: takes trials out of the database and their folders to the trash.

use std::cell::RefCell;
use std::path::PathBuf;

use anyhow::anyhow;
use fitroom_store::{Preference, RemoveError, TrialRecord, TrialRow, utc_now};

use super::best::best_of_each;
use super::find_trial::find_trials;
use crate::arguments::{Places, RemoveArguments};
use crate::database::Database;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::run_folder::recorded_folder;
use crate::trash::{Moved, RemovedTrial};

pub(crate) fn run(places: &Places, arguments: &RemoveArguments) -> Result<Exit, Failure> {
    let database = Database::open_required(&places.runs)?;
    // All names are looked up before anything is removed.
    let meant = find_trials(&database, &arguments.trials)?;
    let best = best_of_each(database.wait(database.store().most_accurate_trials())?);
    let preferences = database.wait(database.store().selections())?;
    let pinned: Vec<Preference> = preferences.into_values().collect();
    let mut exit = Exit::Well;
    for row in &meant {
        let is_best = best.iter().any(|best| best.key == row.key);
        let is_pinned = pinned.contains(&Preference::Pinned(row.key));
        let removed = match (is_best || is_pinned) && !arguments.force {
            true => Err(anyhow!(
                "it is the {} of task {} on {} (`--force` removes it all the same)",
                if is_best { "best" } else { "pinned model" },
                row.trial.task(),
                row.dataset
            )),
            false => remove(&database, row, arguments.force),
        };
        let name = &row.name;
        match removed {
            Ok(place) => output::message(&format!(
                "{name}: removed, to `{}` (`fitroom runs restore {}` brings it back)",
                place.display(),
                row.id.short()
            )),
            Err(error) => {
                exit = Exit::PartFailed;
                output::message(&format!("{name}: not removed: {error:#}"));
            }
        }
    }
    Ok(exit)
}

/// Removes a trial, and returns where it lies then.
fn remove(database: &Database, row: &TrialRow, force: bool) -> anyhow::Result<PathBuf> {
    let store = database.store();
    let folder = recorded_folder(store.runs(), row.folder.as_deref())?;
    let moved: RefCell<Option<Moved>> = RefCell::new(None);
    let move_files = |record: &TrialRecord| {
        let removed = RemovedTrial {
            key: row.key,
            removed_at: utc_now(),
            record: record.clone(),
        };
        let to_trash = Moved::to_trash(store.runs(), folder.as_deref(), &removed)?;
        moved.replace(Some(to_trash));
        Ok(())
    };
    let removed = database.wait(store.remove_trial(row.key, force, move_files));
    match (removed, moved.into_inner()) {
        (Ok(()), Some(moved)) => Ok(moved.place),
        (Ok(()), None) => Err(anyhow!("it was removed meanwhile")),
        (Err(error), moved) => {
            if let Some(moved) = moved {
                // The first error is the one to tell; the folder lies in the trash then, with its record.
                let _ = moved.undo();
            }
            Err(match error {
                RemoveError::Shared { .. } => {
                    anyhow!("{error} (`--force` removes it from all of them)")
                }
                RemoveError::Running => anyhow!(
                    "{error} (if its process has died, running its sweep or `fitroom doctor --fix` frees it)"
                ),
                error => error.into(),
            })
        }
    }
}
