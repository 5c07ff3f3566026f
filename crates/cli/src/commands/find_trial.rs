//! Which trial is meant by what somebody calls it.

use anyhow::anyhow;
use fitroom_store::TrialRow;

use super::planned_sweep::{SHORTEST_ID, is_called};
use crate::database::Database;
use crate::exit::{Failure, OrInput};

/// The one trial that is called so.
///
/// # Errors
/// When there is none, or several have the name.
pub(crate) fn find_trial(database: &Database, called: &str) -> Result<TrialRow, Failure> {
    let mut found = database.wait(database.store().trials_called(called))?;
    found.retain(|row| is_called(called, &row.name, &row.id));
    let ids: Vec<&str> = found.iter().map(|row| row.id.as_str()).collect();
    match ids.len() {
        0 => Err(anyhow!(
            "there is no trial `{called}`, expected its name, or its id or the first {SHORTEST_ID} digits of it or more\n\
             (`fitroom runs list` shows them)"
        ))
        .or_input(),
        1 => Ok(found.remove(0)),
        several => Err(anyhow!(
            "`{called}` is the name of {several} trials, expected the id of one of them: {}",
            ids.join(", ")
        ))
        .or_input(),
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
