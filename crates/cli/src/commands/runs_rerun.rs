//! `fitroom runs rerun`: trains a trial again from its record, and says whether it comes out the same to the bit.

use std::path::Path;

use anyhow::Context;
use serde::Serialize;

use super::find_trial::find_trial;
use crate::arguments::{Places, RerunArguments};
use crate::database::Database;
use crate::exit::{Exit, Failure, OrInput};
use crate::interrupt::Interrupt;
use crate::models::DatasetShelf;
use crate::output;
use crate::rerunning::{Difference, Ended, Recorded, Rerun, compare, train_again};
use crate::run_folder::TRIAL;

/// Differences that are shown to people.
const SHOWN: usize = 10;

pub(crate) fn run(places: &Places, arguments: &RerunArguments) -> Result<Exit, Failure> {
    let recorded = recorded(places, &arguments.trial)?;
    let (trial, name) = (&recorded.trial, recorded.trial.name());
    let mut shelf = DatasetShelf::new(&places.datasets);
    let datasets = places.datasets.display();
    let dataset = shelf.get(&trial.dataset)?.with_context(|| {
        let (dataset, fingerprint) = (&trial.dataset.name, &trial.dataset.fingerprint);
        format!("{name} was trained on dataset `{dataset}` ({fingerprint}), which is not in `{datasets}`")
    });
    let dataset = dataset.or_input()?;
    let engine = arguments.device.engine().or_input()?;
    let interrupt = Interrupt::listen("stopping …")?;
    let again = match train_again(trial, dataset, engine, &interrupt)? {
        Ended::Interrupted => return Ok(Exit::Interrupted),
        Ended::Whole(again) => again,
    };
    let differences = compare(&recorded, &again);
    match arguments.json {
        true => print_json(&name, &recorded, &again, &differences)?,
        false => print(&name, &recorded, &again, &differences)?,
    }
    Ok(match differences.is_empty() {
        true => Exit::Well,
        false => Exit::PartFailed,
    })
}

/// What is recorded of the trial that is called so, or lies in this folder.
fn recorded(places: &Places, called: &str) -> Result<Recorded, Failure> {
    let folder = Path::new(called);
    if folder.join(TRIAL).is_file() {
        return Recorded::of_folder(folder).or_input();
    }
    let database = Database::open_required_to_read(&places.runs)?;
    let row = find_trial(&database, called)?;
    let store = database.store();
    let record = database.wait(store.record(row.key))?;
    let record = record.with_context(|| format!("trial {} was just removed", row.name))?;
    Recorded::of_record(&record, store.runs()).or_input()
}

fn print(
    name: &str,
    recorded: &Recorded,
    again: &Rerun,
    differences: &[Difference],
) -> Result<(), Failure> {
    if differences.is_empty() {
        let what = match (&recorded.weights, &again.weights) {
            (Some(_), Some(_)) => "weights, predictions and every figure of all epochs",
            _ => "every figure of all epochs (its weights' hash is not recorded)",
        };
        output::data(&format!("{name}: the same to the bit: {what}"))?;
    } else {
        let rows = differences.iter().take(SHOWN).map(|difference| {
            let (recorded, again) = (difference.recorded.clone(), difference.again.clone());
            vec![difference.what.clone(), recorded, again]
        });
        output::data(&output::table(&["", "recorded", "this time"], &[], rows))?;
        let more = differences.len().saturating_sub(SHOWN);
        let more = match more {
            0 => String::new(),
            more => format!(", {more} of them not shown"),
        };
        output::message(&format!("{name}: {} differences{more}", differences.len()));
    }
    if recorded.numerics != again.numerics {
        let known = match recorded.numerics.is_empty() {
            true => "unknown",
            false => &recorded.numerics,
        };
        output::message(&format!(
            "equal bits are promised for equal numerics alone\nthen: {known}\nnow:  {}",
            again.numerics
        ));
    }
    Ok(())
}

/// What `--json` prints.
#[derive(Serialize)]
struct RerunJson<'a> {
    trial: String,
    name: &'a str,
    /// Whether nothing came out otherwise.
    same: bool,
    /// What the bits depend on beside the trial, then and now; null if it is not known.
    numerics_recorded: Option<&'a str>,
    numerics: &'a str,
    differences: Vec<DifferenceJson<'a>>,
}

#[derive(Serialize)]
struct DifferenceJson<'a> {
    what: &'a str,
    recorded: &'a str,
    again: &'a str,
}

fn print_json(
    name: &str,
    recorded: &Recorded,
    again: &Rerun,
    differences: &[Difference],
) -> Result<(), Failure> {
    let object = RerunJson {
        trial: recorded.trial.id().to_string(),
        name,
        same: differences.is_empty(),
        numerics_recorded: Some(recorded.numerics.as_str()).filter(|known| !known.is_empty()),
        numerics: &again.numerics,
        differences: (differences.iter())
            .map(|difference| DifferenceJson {
                what: &difference.what,
                recorded: &difference.recorded,
                again: &difference.again,
            })
            .collect(),
    };
    output::data(&serde_json::to_string_pretty(&object)?)?;
    Ok(())
}
