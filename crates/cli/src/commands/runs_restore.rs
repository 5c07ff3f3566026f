//! `fitroom runs restore`: brings removed trials back from the trash.

use std::cell::Cell;
use std::fs;
use std::io;
use std::path::Path;

use anyhow::{Context, anyhow};
use fitroom_store::PutError;

use super::planned_sweep::is_called;
use crate::arguments::{Places, RestoreArguments};
use crate::database::Database;
use crate::exit::{Exit, Failure, OrInput};
use crate::output;
use crate::run_folder::recorded_folder;
use crate::trash::{
    Content, REMOVED, RemovedSummary, RemovedTrial, TrashEntry, entries, has_files, move_back,
    remove_record,
};

pub(crate) fn run(places: &Places, arguments: &RestoreArguments) -> Result<Exit, Failure> {
    let entries = entries(&places.runs)?;
    if arguments.trials.is_empty() && !arguments.all {
        return list(&entries);
    }
    let meant: Vec<(&TrashEntry, &RemovedSummary)> = match arguments.all {
        true => removed(&entries).collect(),
        false => (arguments.trials.iter())
            .map(|called| find(called, &entries))
            .collect::<anyhow::Result<_>>()
            .or_input()?,
    };
    let mut exit = Exit::Well;
    for entry in &entries {
        if let (true, Content::Unreadable(why)) = (arguments.all, &entry.content) {
            exit = Exit::PartFailed;
            output::message(&format!("{}: not restored: {why}", entry.name()));
        }
    }
    let database = Database::open(&places.runs)?;
    for (entry, summary) in meant {
        let name = &summary.name;
        match restore(&database, &entry.path) {
            Ok(()) => output::message(&format!("{name}: restored")),
            Err(error) => {
                exit = Exit::PartFailed;
                output::message(&format!("{name}: not restored: {error:#}"));
            }
        }
    }
    Ok(exit)
}

/// The trials that can be brought back, the one that was removed first first.
fn removed(entries: &[TrashEntry]) -> impl Iterator<Item = (&TrashEntry, &RemovedSummary)> {
    entries.iter().filter_map(|entry| match &entry.content {
        Content::Trial(summary) => Some((entry, summary.as_ref())),
        Content::Unreadable(_) | Content::Other => None,
    })
}

fn list(entries: &[TrashEntry]) -> Result<Exit, Failure> {
    for entry in entries {
        if let Content::Unreadable(why) = &entry.content {
            output::message(&format!(
                "{}: its record cannot be read: {why}",
                entry.name()
            ));
        }
    }
    if removed(entries).next().is_none() {
        output::message("no removed trial is in the trash");
        return Ok(Exit::Well);
    }
    let headings = [
        "removed", "trial", "id", "dataset", "state", "accuracy", "size",
    ];
    let rows = removed(entries).map(|(entry, removed)| {
        vec![
            output::to_the_minute(&removed.removed_at),
            removed.name.clone(),
            removed.id.to_string(),
            removed.dataset.clone().unwrap_or_default(),
            removed.state.to_string(),
            removed.accuracy.map_or_else(String::new, output::percent),
            output::megabytes(entry.bytes),
        ]
    });
    output::data(&output::table(&headings, &["accuracy", "size"], rows))?;
    Ok(Exit::Well)
}

/// The removed trial that is called so; of one that was removed several times, as it was last.
fn find<'e>(
    called: &str,
    entries: &'e [TrashEntry],
) -> anyhow::Result<(&'e TrashEntry, &'e RemovedSummary)> {
    let found: Vec<_> = removed(entries)
        .filter(|(_, removed)| is_called(called, &removed.name, &removed.id))
        .collect();
    let Some((entry, last)) = found.last().copied() else {
        let place = entries.iter().find(|entry| entry.is_called(called));
        return Err(
            match place.map(|entry| (&entry.content, entry.path.display())) {
                Some((Content::Unreadable(why), place)) => {
                    anyhow!("the record of `{called}` in `{place}` cannot be read: {why}")
                }
                Some((_, place)) => anyhow!(
                    "an older version removed `{called}`, and left no record of it\n(move `{place}` back into its sweep's \
                 folder, then `fitroom doctor --fix` records it)"
                ),
                None => anyhow!(
                    "there is no removed trial `{called}`\n(`fitroom runs restore` lists them)"
                ),
            },
        );
    };
    if found.iter().any(|(_, removed)| removed.id != last.id) {
        return Err(anyhow!(
            "`{called}` means several removed trials, expected the id of one of them\n(`fitroom runs restore` lists them)"
        ));
    }
    Ok((entry, last))
}

/// Brings back what lies in this place of the trash.
fn restore(database: &Database, place: &Path) -> anyhow::Result<()> {
    let store = database.store();
    let removed = RemovedTrial::read(place).context("failed to read its record")?;
    let record = removed.record;
    let folder = recorded_folder(store.runs(), record.folder.as_deref())?;
    // A trial whose folder was not there when it was removed has its record alone.
    let folder = folder.filter(|_| has_files(place));
    let moved = Cell::new(false);
    let move_files = || -> io::Result<()> {
        if let Some(folder) = &folder {
            move_back(place, folder)?;
            moved.set(true);
        }
        Ok(())
    };
    let is_imported = record.trial.is_imported();
    let records = [(Some(removed.key), record)];
    let put = database.wait(store.put_records(&records, move_files));
    if put.is_err()
        && moved.get()
        && let Some(folder) = &folder
    {
        // The first error is the one to tell; `doctor` finds the folder with its record.
        let _ = fs::rename(folder, place);
    }
    put.map_err(|error| match (error, is_imported) {
        (error @ PutError::Known { .. }, false) => anyhow!(
            "{error}\n(`fitroom runs remove` that one first: both stay in the trash until `fitroom runs gc`)"
        ),
        (PutError::Known { name }, true) => anyhow!("{name} has been imported again since"),
        (error @ PutError::NoSweep(_), true) => {
            anyhow!("{error}\n(`fitroom import-logs` brings the sweep and its trials back)")
        }
        (error, _) => error.into(),
    })?;
    // From here on it is restored; a record that stays is harmless.
    match &folder {
        Some(folder) => drop(fs::remove_file(folder.join(REMOVED))),
        None => drop(remove_record(place)),
    }
    Ok(())
}
