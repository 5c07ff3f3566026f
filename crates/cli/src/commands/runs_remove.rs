//! `fitroom runs remove`: takes trials out of the database and their folders to the trash.

use std::fs;
use std::io;
use std::path::Path;

use anyhow::{Context, anyhow};
use fitroom_store::{RemoveError, TrialRow};

use super::best::best_of_each;
use super::planned_sweep::{SHORTEST_ID, is_called};
use crate::arguments::{Places, RemoveArguments};
use crate::database::Database;
use crate::exit::{Exit, Failure, OrInput};
use crate::output;

/// Where removed trials lie, in the `runs/` folder.
const TRASH: &str = ".trash";

/// What TensorBoard knows event files by, and what it does not.
const EVENTS: (&str, &str) = ("tfevents", "tf-events");

pub(crate) fn run(places: &Places, arguments: &RemoveArguments) -> Result<Exit, Failure> {
    let (database, rows) = match Database::open_existing(&places.runs)? {
        Some(database) => {
            let rows = database.wait(database.store().trials())?;
            (Some(database), rows)
        }
        None => (None, Vec::new()),
    };
    // All names are looked up before anything is removed.
    let meant = arguments.trials.iter().map(|name| find(name, &rows));
    let meant: Vec<&TrialRow> = meant.collect::<anyhow::Result<_>>().or_input()?;
    let best = best_of_each(rows.clone());
    let mut exit = Exit::Well;
    for row in meant {
        let refused = best.iter().any(|best| best.key == row.key) && !arguments.force;
        let removed = match (&database, refused) {
            (_, true) => Err(anyhow!(
                "it is the best of task {} on {} (`--force` removes it all the same)",
                row.trial.task.name,
                row.dataset
            )),
            (Some(database), false) => remove(database, row),
            (None, false) => Ok(()),
        };
        match removed {
            Ok(()) => output::message(&format!("{}: removed", row.name)),
            Err(error) => {
                exit = Exit::PartFailed;
                output::message(&format!("{}: not removed: {error:#}", row.name));
            }
        }
    }
    Ok(exit)
}

/// The one trial that is called so.
fn find<'r>(name: &str, rows: &'r [TrialRow]) -> anyhow::Result<&'r TrialRow> {
    let is_meant = |row: &&TrialRow| is_called(name, &row.name, &row.id);
    let found: Vec<&TrialRow> = rows.iter().filter(is_meant).collect();
    match found[..] {
        [row] => Ok(row),
        [] => Err(anyhow!(
            "there is no trial `{name}`, expected its name, or its id or the first {SHORTEST_ID} digits of it or more\n\
             (`fitroom runs list` shows them)"
        )),
        _ => {
            let ids: Vec<&str> = found.iter().map(|row| row.id.as_str()).collect();
            Err(anyhow!(
                "`{name}` is the name of {} trials, expected the id of one of them: {}",
                ids.len(),
                ids.join(", ")
            ))
        }
    }
}

fn remove(database: &Database, row: &TrialRow) -> anyhow::Result<()> {
    let store = database.store();
    let runs = store.runs();
    let move_files = || match &row.folder {
        Some(folder) => to_trash(runs, &runs.join(folder), row.id.as_str()),
        None => Ok(()),
    };
    match database.wait(store.remove_trial(row.key, move_files)) {
        Err(error @ RemoveError::Shared { .. }) => Err(error)
            .context("removing it would take it out of the results of more than one sweep"),
        removed => Ok(removed?),
    }
}

/// Moves a trial's folder to the trash, where TensorBoard does not see its event files any more.
fn to_trash(runs: &Path, folder: &Path, id: &str) -> io::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    let trash = runs.join(TRASH);
    fs::create_dir_all(&trash)?;
    let place = trash.join(id);
    // A trial that was removed before and trained again is the same to the bit.
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    fs::rename(folder, &place)?;
    for entry in fs::read_dir(&place)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let hidden = name.filter(|name| name.contains(EVENTS.0));
        if let Some(name) = hidden {
            fs::rename(&path, place.join(name.replace(EVENTS.0, EVENTS.1)))?;
        }
    }
    Ok(())
}
