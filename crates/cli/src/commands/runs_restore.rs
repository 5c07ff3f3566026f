//! `fitroom runs restore`: brings removed trials back from the trash.

use std::io;

use anyhow::anyhow;
use fitroom_store::PutError;

use super::planned_sweep::is_called;
use crate::arguments::{Places, RestoreArguments};
use crate::database::Database;
use crate::exit::{Exit, Failure, OrInput};
use crate::output;
use crate::trash::{RemovedTrial, Trash, TrashEntry};

pub(crate) fn run(places: &Places, arguments: &RestoreArguments) -> Result<Exit, Failure> {
    let trash = Trash::of(&places.runs);
    let entries = trash.entries()?;
    if arguments.trials.is_empty() && !arguments.all {
        return list(&entries);
    }
    let removed: Vec<&RemovedTrial> = match arguments.all {
        true => (entries.iter())
            .filter_map(|it| it.removed.as_ref())
            .collect(),
        false => (arguments.trials.iter())
            .map(|called| find(called, &entries))
            .collect::<anyhow::Result<_>>()
            .or_input()?,
    };
    let database = Database::open(&places.runs)?;
    let mut exit = Exit::Well;
    for removed in removed {
        let name = removed.record.trial.name();
        match restore(&database, &trash, removed) {
            Ok(()) => output::message(&format!("{name}: restored")),
            Err(error) => {
                exit = Exit::PartFailed;
                output::message(&format!("{name}: not restored: {error:#}"));
            }
        }
    }
    Ok(exit)
}

fn list(entries: &[TrashEntry]) -> Result<Exit, Failure> {
    let removed = || {
        entries
            .iter()
            .filter_map(|entry| Some((entry, entry.removed.as_ref()?)))
    };
    if removed().next().is_none() {
        output::message("no removed trial is in the trash");
        return Ok(Exit::Well);
    }
    let headings = [
        "removed", "trial", "id", "dataset", "state", "accuracy", "size",
    ];
    let rows = removed().map(|(entry, removed)| {
        let record = &removed.record;
        let dataset = record.wishes.first().map(|wish| wish.dataset.clone());
        vec![
            output::to_the_minute(&removed.removed_at),
            record.trial.name(),
            record.trial.id().to_string(),
            dataset.unwrap_or_default(),
            record.state.to_string(),
            (record.figures).map_or_else(String::new, |it| output::percent(it.accuracy)),
            output::megabytes(entry.bytes),
        ]
    });
    output::data(&output::table(&headings, &["accuracy", "size"], rows))?;
    Ok(Exit::Well)
}

/// The one removed trial that is called so.
fn find<'e>(called: &str, entries: &'e [TrashEntry]) -> anyhow::Result<&'e RemovedTrial> {
    let is_meant = |removed: &&RemovedTrial| {
        let trial = &removed.record.trial;
        is_called(called, &trial.name(), &trial.id())
    };
    let removed = entries.iter().filter_map(|entry| entry.removed.as_ref());
    let found: Vec<&RemovedTrial> = removed.filter(is_meant).collect();
    match found[..] {
        [removed] => Ok(removed),
        [] => match entries
            .iter()
            .find(|entry| entry.removed.is_none() && entry.is_called(called))
        {
            Some(entry) => Err(anyhow!(
                "an older version removed `{called}`, and left no record of it\n(move `{}` back into its sweep's folder, \
                 then `fitroom doctor --fix` records it)",
                entry.path.display()
            )),
            None => Err(anyhow!(
                "there is no removed trial `{called}`\n(`fitroom runs restore` lists them)"
            )),
        },
        _ => Err(anyhow!(
            "`{called}` is the name of {} removed trials, expected the id of one of them",
            found.len()
        )),
    }
}

fn restore(database: &Database, trash: &Trash, removed: &RemovedTrial) -> anyhow::Result<()> {
    let store = database.store();
    let record = &removed.record;
    let id = record.trial.id();
    let folder = record
        .folder
        .as_ref()
        .map(|folder| store.runs().join(folder));
    let place = || -> io::Result<()> {
        // A trial whose folder was not there when it was removed has its record alone.
        let had_folder = trash.has_files(&id);
        trash.give_back(&id, folder.as_deref().filter(|_| had_folder))
    };
    let records = [(Some(removed.key), record.clone())];
    database
        .wait(store.put_records(&records, place))
        .map_err(|error| match error {
            PutError::Known { .. } => anyhow!(
                "{error}, and began it\n(`fitroom runs remove` that one first, or `fitroom runs gc` drops this one)"
            ),
            error => error.into(),
        })
}
