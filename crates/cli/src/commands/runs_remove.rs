//! `fitroom runs remove`: takes trials out of the database and their folders to the trash.

use std::cell::Cell;

use anyhow::anyhow;
use fitroom_store::{Preference, RemoveError, TrialRecord, TrialRow, utc_now};

use super::best::best_of_each;
use super::find_trial::find_trials;
use crate::arguments::{Places, RemoveArguments};
use crate::database::Database;
use crate::exit::{Exit, Failure, OrInput};
use crate::output;
use crate::trash::{RemovedTrial, Trash};

pub(crate) fn run(places: &Places, arguments: &RemoveArguments) -> Result<Exit, Failure> {
    let Some(database) = Database::open_existing(&places.runs)? else {
        let runs = places.runs.display();
        return Err(anyhow!("there are no trials in `{runs}`")).or_input();
    };
    // All names are looked up before anything is removed.
    let meant = find_trials(&database, &arguments.trials)?;
    let best = best_of_each(database.wait(database.store().most_accurate_trials())?);
    let preferences = database.wait(database.store().selections())?;
    let pinned: Vec<Preference> = preferences.into_values().collect();
    let trash = Trash::of(&places.runs);
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
            false => remove(&database, &trash, row, arguments.force),
        };
        let name = &row.name;
        match removed {
            Ok(()) => output::message(&format!(
                "{name}: removed, to `{}` (`fitroom runs restore {}` brings it back)",
                trash.place(&row.id).display(),
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

fn remove(database: &Database, trash: &Trash, row: &TrialRow, force: bool) -> anyhow::Result<()> {
    let store = database.store();
    let folder = row.folder.as_ref().map(|folder| store.runs().join(folder));
    let moved = Cell::new(false);
    let move_files = |record: &TrialRecord| {
        let removed = RemovedTrial {
            key: row.key,
            removed_at: utc_now(),
            record: record.clone(),
        };
        moved.set(trash.take(folder.as_deref(), &removed)?);
        Ok(())
    };
    let removed = database.wait(store.remove_trial(row.key, force, move_files));
    if removed.is_err() && moved.get() {
        // The first error is the one to tell; the folder lies in the trash then.
        let _ = trash.give_back(&row.id, folder.as_deref());
    }
    removed.map_err(|error| match error {
        RemoveError::Shared { .. } => {
            anyhow!("{error} (`--force` removes it from all of them)")
        }
        error => error.into(),
    })
}
