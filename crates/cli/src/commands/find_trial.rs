//! Which trial somebody means.

use anyhow::anyhow;
use fitroom_store::TrialRow;

use super::planned_sweep::{SHORTEST_ID, is_called};
use crate::database::Database;
use crate::exit::{Failure, OrInput};

/// The one trial that is called so: by its name, or by its id or enough digits of its start.
///
/// # Errors
/// When there is none, or several are called so.
pub(crate) fn find_trial(database: &Database, called: &str) -> Result<TrialRow, Failure> {
    let found = database.wait(database.store().trials_called(called))?;
    only(called, found).or_input()
}

fn only(called: &str, mut found: Vec<TrialRow>) -> anyhow::Result<TrialRow> {
    found.retain(|row| is_called(called, &row.name, &row.id));
    match (found.len(), found.pop()) {
        (1, Some(row)) => Ok(row),
        (count, Some(last)) => {
            let ids: Vec<&str> = (found.iter().chain([&last]))
                .map(|row| row.id.as_str())
                .collect();
            let ids = ids.join(", ");
            // Names end with the first digits of the id: only those of several trials share them.
            let what = match last.name == called {
                true => "the name",
                false => "the start of the ids",
            };
            Err(anyhow!(
                "`{called}` is {what} of {count} trials, expected the id of one of them: {ids}"
            ))
        }
        (_, None) => Err(anyhow!(
            "there is no trial `{called}`, expected its name, or its id or the first {SHORTEST_ID} digits of it or \
             more\n(`fitroom runs list` shows them)"
        )),
    }
}

/// The trials that are called so, each once.
///
/// # Errors
/// When one of them is not there; then nothing is to be done to any.
pub(crate) fn find_trials(
    database: &Database,
    called: &[String],
) -> Result<Vec<TrialRow>, Failure> {
    let mut rows: Vec<TrialRow> = Vec::with_capacity(called.len());
    for called in called {
        let row = find_trial(database, called)?;
        if !rows.iter().any(|known| known.key == row.key) {
            rows.push(row);
        }
    }
    Ok(rows)
}
