//! `fitroom runs tag` and `fitroom runs note`: what people say of trials.

use anyhow::anyhow;
use fitroom_store::{Remark, TrialRow};

use super::find_trial::{find_trial, find_trials};
use crate::arguments::{NoteArguments, Places, TagArguments};
use crate::database::Database;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::run_folder::{Remarks, recorded_folder};

pub(crate) fn tag(places: &Places, arguments: &TagArguments) -> Result<Exit, Failure> {
    let database = Database::open_required(&places.runs)?;
    let change = Remark {
        add: arguments.add.clone(),
        remove: arguments.remove.clone(),
        note: None,
    };
    for row in find_trials(&database, &arguments.trials)? {
        let tags = remark(&database, &row, &change)?;
        let said = match tags.is_empty() {
            true => "no tags".to_owned(),
            false => tags.join(" "),
        };
        output::message(&format!("{}: {said}", row.name));
    }
    Ok(Exit::Well)
}

pub(crate) fn note(places: &Places, arguments: &NoteArguments) -> Result<Exit, Failure> {
    let database = Database::open_required(&places.runs)?;
    let row = find_trial(&database, &arguments.trial)?;
    let note = arguments.note.as_deref().map(str::trim);
    let note = note.filter(|note| !note.is_empty()).map(str::to_owned);
    let said = match note {
        Some(_) => "noted",
        None => "no note",
    };
    let change = Remark {
        note: Some(note),
        ..Remark::default()
    };
    remark(&database, &row, &change)?;
    output::message(&format!("{}: {said}", row.name));
    Ok(Exit::Well)
}

/// Changes a trial's remarks, in the database and in its folder, if it has one. Returns its tags.
fn remark(database: &Database, row: &TrialRow, change: &Remark) -> Result<Vec<String>, Failure> {
    let store = database.store();
    let folder = recorded_folder(store.runs(), row.folder.as_deref())?;
    let place = |tags: &[String], note: Option<&str>| match folder.filter(|it| it.is_dir()) {
        Some(folder) => Remarks {
            tags: tags.to_vec(),
            note: note.map(str::to_owned),
        }
        .write(&folder),
        None => Ok(()),
    };
    let tags = database.wait(store.remark(row.key, change, place))?;
    Ok(tags.ok_or_else(|| anyhow!("{} was removed meanwhile", row.name))?)
}
