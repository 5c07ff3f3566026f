//! `fitroom data import`: photographs and labels become a dataset.

use fitroom_data::{ImportRequest, import, read_manifest};

use anyhow::anyhow;

use super::new_dataset;
use crate::arguments::ImportArguments;
use crate::exit::{Exit, Failure, OrInput};
use crate::output;

/// Skipped photographs that are listed one by one; the rest is counted.
const LISTED: usize = 100;

pub(crate) fn run(arguments: &ImportArguments) -> Result<Exit, Failure> {
    let name = new_dataset::name(&arguments.out)?;
    let request = ImportRequest {
        source: arguments.source.clone(),
        labels: arguments.labels.clone(),
        size: arguments.size,
        name: name.to_owned(),
        path_column: arguments.path_column.clone(),
        columns: arguments.columns.clone(),
        split: arguments.split,
        seed: arguments.split_seed,
        drop_leaks: arguments.drop_leaks,
    };
    let bar = output::photographs_bar(0)?;
    let outcome = import(&request, &|progress| {
        bar.set_length(progress.total as u64);
        bar.set_position(progress.done as u64);
    });
    bar.finish_and_clear();
    let outcome = outcome.or_input()?;
    for skipped in outcome.skipped.iter().take(LISTED) {
        output::message(&format!(
            "skipped `{}` (line {}): the photograph {}",
            skipped.path, skipped.line, skipped.reason
        ));
    }
    if outcome.skipped.len() > LISTED {
        output::message(&format!("… and {} more", outcome.skipped.len() - LISTED));
    }
    if !outcome.skipped.is_empty() && !arguments.replace && read_manifest(&arguments.out).is_ok() {
        return Err(Failure::Machine(anyhow!(
            "{} photographs were skipped, so the dataset that is there already, `{}`, stays as it is\n\
             (`--replace` replaces it all the same)",
            outcome.skipped.len(),
            arguments.out.display()
        )));
    }
    outcome.dataset.save(&arguments.out)?;
    let mut summary = new_dataset::summary(&arguments.out, &outcome.dataset);
    if !outcome.skipped.is_empty() {
        summary.push_str(&format!("; {} skipped", outcome.skipped.len()));
    }
    if arguments.drop_leaks {
        summary.push_str(&format!(
            "; {} of train dropped that nearly equal one of validation or test",
            outcome.dropped
        ));
    }
    if outcome.unlisted > 0 {
        summary.push_str(&format!(
            "; {} in the source have no labels",
            outcome.unlisted
        ));
    }
    output::message(&summary);
    Ok(if outcome.skipped.is_empty() {
        Exit::Well
    } else {
        Exit::PartFailed
    })
}
