//! `fitroom runs remove`: takes trials out of the database and their folders to the trash.

use std::cell::Cell;
use std::fs;
use std::io;
use std::path::Path;

use anyhow::{Context, anyhow};
use fitroom_store::{Preference, TrialRecord, TrialRow};

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
    let Some(database) = Database::open_existing(&places.runs)? else {
        let runs = places.runs.display();
        return Err(anyhow!("there are no trials in `{runs}`")).or_input();
    };
    let rows = database.wait(database.store().trials())?;
    // All names are looked up before anything is removed.
    let meant = arguments.trials.iter().map(|name| find(name, &rows));
    let meant: Vec<&TrialRow> = meant.collect::<anyhow::Result<_>>().or_input()?;
    let best = best_of_each(rows.clone());
    let preferences = database.wait(database.store().selections())?;
    let pinned: Vec<Preference> = preferences.into_values().collect();
    let mut exit = Exit::Well;
    for row in meant {
        let is_best = best.iter().any(|best| best.key == row.key);
        let is_pinned = pinned.contains(&Preference::Pinned(row.key));
        let removed = match (is_best || is_pinned) && !arguments.force {
            true => Err(anyhow!(
                "it is the {} of task {} on {} (`--force` removes it all the same)",
                if is_best { "best" } else { "pinned model" },
                row.trial.task(),
                row.dataset
            )),
            false => remove(&database, row),
        };
        match removed {
            Ok(()) => {
                let trash = places.runs.join(TRASH).join(row.id.as_str());
                let name = &row.name;
                output::message(&match trash.exists() {
                    true => format!("{name}: removed; its files lie in `{}`", trash.display()),
                    false => format!("{name}: removed"),
                });
            }
            Err(error) => {
                exit = Exit::PartFailed;
                output::message(&format!("{}: not removed: {error:#}", row.name));
            }
        }
    }
    Ok(exit)
}

/// The one trial that is called so.
pub(crate) fn find<'r>(name: &str, rows: &'r [TrialRow]) -> anyhow::Result<&'r TrialRow> {
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
    let Some(folder) = &row.folder else {
        return Ok(database.wait(store.remove_trial(row.key, false, |_| Ok(())))?);
    };
    let (folder, trash) = (store.runs().join(folder), store.runs().join(TRASH));
    let place = trash.join(row.id.as_str());
    let moved = Cell::new(false);
    let move_files = |_: &TrialRecord| {
        // Nothing is there if somebody deleted it, or an earlier call moved it and was killed.
        if folder.exists() {
            to_trash(&folder, &trash, &place)?;
            moved.set(true);
        }
        Ok(())
    };
    let removed = database.wait(store.remove_trial(row.key, false, move_files));
    if removed.is_err() && moved.get() {
        let _ = fs::rename(&place, &folder);
    }
    removed?;
    hide_from_tensorboard(&place)
        .with_context(|| format!("its event files stay visible in `{}`", place.display()))
}

/// Moves a trial's folder to its place in the trash.
fn to_trash(folder: &Path, trash: &Path, place: &Path) -> io::Result<()> {
    fs::create_dir_all(trash)?;
    // A trial that was removed before and trained again is the same to the bit.
    if place.exists() {
        fs::remove_dir_all(place)?;
    }
    fs::rename(folder, place)
}

/// Renames event files so that TensorBoard does not show a trial in the trash.
fn hide_from_tensorboard(place: &Path) -> io::Result<()> {
    if !place.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(place)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        if let Some(name) = name.filter(|name| name.contains(EVENTS.0)) {
            fs::rename(&path, place.join(name.replace(EVENTS.0, EVENTS.1)))?;
        }
    }
    Ok(())
}
