//! `fitroom data check`: what somebody should look at before a dataset is trained on.

mod json;
mod page;
mod tables;

use fitroom_data::{Dataset, check};
use fitroom_report::check_page;

use crate::arguments::{CheckArguments, Places};
use crate::choose_dataset;
use crate::exit::{Exit, Failure, OrInput};
use crate::output;
use crate::write_whole::write_whole;

pub(crate) fn run(places: &Places, arguments: &CheckArguments) -> Result<Exit, Failure> {
    let folder = choose_dataset::named(&arguments.dataset, &places.datasets)?;
    let dataset = Dataset::load(&folder).or_input()?;
    let findings = check(&dataset);
    let path = match &arguments.page {
        Some(path) => path.clone(),
        None => places.reports.join(&dataset.name).join("check.html"),
    };
    if arguments.json {
        output::data(&json::json(&dataset, &findings)?)?;
    } else {
        output::data(&tables::tables(&dataset, &findings))?;
    }
    let report = page::report(&dataset, &findings, output::minute())?;
    write_whole(&path, &check_page(&report))?;
    output::message(&format!("page: {}", path.display()));
    Ok(if findings.is_empty() {
        Exit::Well
    } else {
        Exit::PartFailed
    })
}

/// The labels of a photograph, in the order of the columns that have one.
fn labels(dataset: &Dataset, photograph: usize) -> Vec<String> {
    let labels = dataset.columns.iter();
    labels
        .filter_map(|column| column.label(photograph).map(str::to_owned))
        .collect()
}

/// The path of a photograph in its source.
fn path(dataset: &Dataset, photograph: usize) -> &str {
    let path = dataset.photographs.get(photograph);
    path.map_or("", String::as_str)
}

/// The split of a photograph, as a word.
fn split(dataset: &Dataset, photograph: usize) -> &'static str {
    let split = dataset.splits.get(photograph);
    split.map_or("", |split| split.as_str())
}
