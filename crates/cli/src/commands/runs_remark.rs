//! `fitroom runs tag` and `fitroom runs note`: what people say of trials.

use anyhow::anyhow;
use fitroom_store::TrialRow;

use super::find_trial::find_trials;
use crate::arguments::{NoteArguments, Places, TagArguments};
use crate::database::Database;
use crate::exit::{Exit, Failure, OrInput};
use crate::output;
use crate::run_folder::Remarks;

pub(crate) fn tag(places: &Places, arguments: &TagArguments) -> Result<Exit, Failure> {
    let database = open(places)?;
    for row in find_trials(&database, &arguments.trials)? {
        let mut tags = row.tags.clone();
        tags.extend(arguments.add.iter().cloned());
        tags.retain(|tag| !arguments.remove.contains(tag));
        tags.sort();
        tags.dedup();
        let said = match tags.is_empty() {
            true => "no tags".to_owned(),
            false => tags.join(" "),
        };
        let note = row.note.clone();
        remark(&database, &row, Remarks { tags, note })?;
        output::message(&format!("{}: {said}", row.name));
    }
    Ok(Exit::Well)
}

pub(crate) fn note(places: &Places, arguments: &NoteArguments) -> Result<Exit, Failure> {
    let database = open(places)?;
    for row in find_trials(&database, std::slice::from_ref(&arguments.trial))? {
        let note = arguments.note.as_deref().map(str::trim);
        let remarks = Remarks {
            tags: row.tags.clone(),
            note: note.filter(|note| !note.is_empty()).map(str::to_owned),
        };
        let said = match remarks.note {
            Some(_) => "noted",
            None => "no note",
        };
        remark(&database, &row, remarks)?;
        output::message(&format!("{}: {said}", row.name));
    }
    Ok(Exit::Well)
}

fn open(places: &Places) -> Result<Database, Failure> {
    let runs = places.runs.display();
    Database::open_existing(&places.runs)?
        .ok_or_else(|| anyhow!("there are no trials in `{runs}`"))
        .or_input()
}

/// Gives a trial these remarks, in the database and in its folder, if it has one.
fn remark(database: &Database, row: &TrialRow, remarks: Remarks) -> Result<(), Failure> {
    let store = database.store();
    let folder = row.folder.as_ref().map(|folder| store.runs().join(folder));
    let place = || match folder.filter(|folder| folder.is_dir()) {
        Some(folder) => remarks.write(&folder),
        None => Ok(()),
    };
    let note = remarks.note.as_deref();
    match database.wait(store.remark(row.key, &remarks.tags, note, place))? {
        true => Ok(()),
        false => Err(anyhow!("{} was removed meanwhile", row.name).into()),
    }
}
