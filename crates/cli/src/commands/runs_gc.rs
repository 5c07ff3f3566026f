//! `fitroom runs gc`: empties the trash.

use std::fs;
use std::path::Path;

use anyhow::Context;
use fitroom_domain::TrialFilter;
use fitroom_store::TrialQuery;

use super::selection::read_trials;
use crate::arguments::{GcArguments, Places};
use crate::database::Database;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::run_folder::recorded_folder;
use crate::sweeping::{checkpoints_of, forget_checkpoints};
use crate::trash::entries;

pub(crate) fn run(places: &Places, arguments: &GcArguments) -> Result<Exit, Failure> {
    let (mut count, mut bytes) = (0, 0);
    let mut exit = Exit::Well;
    for entry in entries(&places.runs)? {
        if !entry.is_older_than(arguments.age()) {
            continue;
        }
        let name = entry.name();
        if arguments.dry_run {
            output::data(&format!("{name}: {}", output::megabytes(entry.bytes)))?;
        } else if let Err(error) = entry.delete() {
            exit = Exit::PartFailed;
            output::message(&format!("{name}: not removed: {error}"));
            continue;
        }
        count += 1;
        bytes += entry.bytes;
    }
    if arguments.checkpoints
        && let Some(database) = Database::open_existing(&places.runs)?
    {
        let (more, of_bytes) = drop_checkpoints(&database, arguments.dry_run)?;
        count += more;
        bytes += of_bytes;
    }
    let size = output::megabytes(bytes);
    output::message(&match (count, arguments.dry_run) {
        (0, _) => "nothing to remove".to_owned(),
        (count, true) => format!("{count} would be removed for good, {size}"),
        (count, false) => format!("{count} removed for good, {size}"),
    });
    Ok(exit)
}

/// Removes the checkpoints of trials that every sweep has given up. Returns of how many, and their bytes.
fn drop_checkpoints(database: &Database, dry_run: bool) -> Result<(usize, u64), Failure> {
    let query = TrialQuery {
        filter: "state=pruned".parse::<TrialFilter>()?,
        ..TrialQuery::default()
    };
    let store = database.store();
    let (mut count, mut bytes) = (0, 0);
    read_trials(database, &query, |rows| {
        for row in rows {
            let Some(folder) = recorded_folder(store.runs(), row.folder.as_deref())? else {
                continue;
            };
            let size = size_of_checkpoints(&folder)?;
            if size == 0 {
                continue;
            }
            let drop_it = || {
                if !dry_run {
                    forget_checkpoints(&folder);
                }
                Ok(())
            };
            if database.wait(store.while_given_up(row.key, drop_it))? {
                if dry_run {
                    let size = output::megabytes(size);
                    output::data(&format!("{}, checkpoint: {size}", row.name))?;
                }
                count += 1;
                bytes += size;
            }
        }
        Ok(true)
    })?;
    Ok((count, bytes))
}

fn size_of_checkpoints(folder: &Path) -> anyhow::Result<u64> {
    let files =
        checkpoints_of(folder).with_context(|| format!("failed to list `{}`", folder.display()))?;
    let sizes = files
        .iter()
        .map(|file| fs::metadata(file).map_or(0, |found| found.len()));
    Ok(sizes.sum())
}
