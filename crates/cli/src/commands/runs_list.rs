//! `fitroom runs list`: the trials that meet conditions, a page at a time.

use fitroom_domain::{RecordedFigures, TrialField};
use fitroom_store::{TrialQuery, TrialRow};

use super::selection::{check_fields, read_trials};
use super::trial_json::TrialJson;
use super::trial_value::{shown, trial_value};
use crate::arguments::{Limit, ListArguments, Places};
use crate::database::Database;
use crate::exit::{Exit, Failure};
use crate::output;

/// Trials on a page of a table.
const PAGE: u32 = 50;

pub(crate) fn run(places: &Places, arguments: &ListArguments) -> Result<Exit, Failure> {
    let Some(database) = Database::open_to_read(&places.runs)? else {
        if arguments.json {
            output::data("[]")?;
        }
        let runs = places.runs.display();
        output::message(&format!("no trials in `{runs}` yet"));
        return Ok(Exit::Well);
    };
    let mut query = arguments.selection.query(&database)?;
    let columns = arguments.columns.iter().map(|name| TrialField::named(name));
    let columns: Vec<TrialField> = columns.collect();
    check_fields(columns.iter(), &database)?;
    let is_table = !arguments.json && !arguments.csv;
    query.limit = match arguments.limit {
        Some(Limit::AtMost(limit)) => Some(limit.get()),
        Some(Limit::All) => None,
        None => is_table.then_some(PAGE),
    };
    let before = arguments.page.get() - 1;
    query.offset = query
        .limit
        .map_or(0, |limit| before.saturating_mul(limit.into()));
    if arguments.json {
        print_json(&database, &query)?;
    } else if arguments.csv {
        print_csv(&database, &query, columns)?;
    } else {
        print_table(&database, &query, &columns, places)?;
    }
    Ok(Exit::Well)
}

fn print_table(
    database: &Database,
    query: &TrialQuery,
    columns: &[TrialField],
    places: &Places,
) -> Result<(), Failure> {
    let mut rows = Vec::new();
    read_trials(database, query, |batch| {
        rows.extend(batch);
        Ok(true)
    })?;
    let all = database.wait(database.store().count_trials(&query.filter))?;
    if !rows.is_empty() {
        output::data(&match columns.is_empty() {
            true => trials_table(&rows),
            false => table_of(&rows, columns),
        })?;
    }
    let runs = places.runs.display();
    let is_filtered = !query.filter.conditions.is_empty();
    let first = query.offset + 1;
    let last = query.offset + rows.len() as u64;
    if all == 0 && is_filtered {
        output::message(&format!("no trial in `{runs}` meets these conditions"));
    } else if all == 0 {
        output::message(&format!("no trials in `{runs}` yet"));
    } else if rows.is_empty() {
        output::message(&format!(
            "there is no trial {first}: {all} meet the conditions"
        ));
    } else if (rows.len() as u64) < all {
        let page = query.offset / u64::from(query.limit.unwrap_or(PAGE).max(1)) + 2;
        let next = match last < all {
            true => format!("`--page {page}` shows the next, "),
            false => String::new(),
        };
        output::message(&format!(
            "trials {first} to {last} of {all} ({next}`--limit all` all)"
        ));
    }
    Ok(())
}

/// Prints an array of objects, as they are read.
fn print_json(database: &Database, query: &TrialQuery) -> Result<(), Failure> {
    let mut is_first = true;
    read_trials(database, query, |batch| {
        let mut text = String::new();
        for row in &batch {
            text.push_str(if is_first { "[\n" } else { ",\n" });
            is_first = false;
            text.push_str(&serde_json::to_string_pretty(&TrialJson::new(row))?);
        }
        Ok(output::raw(&text)?)
    })?;
    output::raw(if is_first { "[]\n" } else { "\n]\n" })?;
    Ok(())
}

/// Prints a line for each trial below one of names, as they are read.
fn print_csv(
    database: &Database,
    query: &TrialQuery,
    mut columns: Vec<TrialField>,
) -> Result<(), Failure> {
    if columns.is_empty() {
        columns = TrialField::known_names().map(TrialField::named).collect();
    }
    let names: Vec<&str> = columns.iter().map(TrialField::name).collect();
    output::raw(&csv_text(&[names
        .iter()
        .map(|name| (*name).to_owned())
        .collect()])?)?;
    read_trials(database, query, |batch| {
        let lines: Vec<Vec<String>> = (batch.iter()).map(|row| csv_line(row, &columns)).collect();
        Ok(output::raw(&csv_text(&lines)?)?)
    })
}

/// The values of these fields with all their digits; what is not known is empty.
pub(super) fn csv_line(row: &TrialRow, columns: &[TrialField]) -> Vec<String> {
    let values = columns.iter().map(|field| trial_value(row, field));
    let texts = values.map(|value| value.map(|value| value.to_string()));
    texts.map(Option::unwrap_or_default).collect()
}

fn csv_text(lines: &[Vec<String>]) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for line in lines {
        writer.write_record(line)?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// Trials as a table of the fields that somebody asked for.
fn table_of(trials: &[TrialRow], columns: &[TrialField]) -> String {
    let headings: Vec<&str> = columns.iter().map(TrialField::name).collect();
    let numbers = columns
        .iter()
        .filter(|field| matches!(field, TrialField::Number(_)));
    let numbers: Vec<&str> = numbers.map(TrialField::name).collect();
    let rows = trials.iter().map(|row| {
        let cell = |field: &TrialField| match (trial_value(row, field), field) {
            (None, _) => String::new(),
            (Some(value), _) => shown(&value, field),
        };
        columns.iter().map(cell).collect()
    });
    output::table(&headings, &numbers, rows)
}

/// Trials as a table for people.
pub(crate) fn trials_table(trials: &[TrialRow]) -> String {
    const NUMBERS: [&str; 5] = ["accuracy", "loss", "epochs", "parameters", "seconds"];
    let has_tags = trials.iter().any(|row| !row.tags.is_empty());
    let rows = trials.iter().map(|row| {
        let figure = |show: fn(&RecordedFigures) -> Option<String>| {
            row.figures.as_ref().and_then(show).unwrap_or_default()
        };
        let state = row.shown_state();
        let shown_state = match row.trial.is_imported() {
            true => format!("{state}, imported"),
            false => state.to_owned(),
        };
        let mut cells = vec![
            row.dataset.clone(),
            row.sweep.clone(),
            row.name.clone(),
            shown_state,
            figure(|figures| Some(output::percent(figures.accuracy))),
            figure(|figures| Some(format!("{:.4}", figures.loss?))),
            figure(|figures| Some(format!("{}/{}", figures.best_epoch?, figures.epochs?))),
            figure(|figures| Some(figures.parameters?.to_string())),
            figure(|figures| Some(format!("{:.1}", figures.seconds?))),
        ];
        if has_tags {
            cells.push(row.tags.join(" "));
        }
        cells
    });
    let mut headings = vec![
        "dataset",
        "sweep",
        "trial",
        "state",
        "accuracy",
        "loss",
        "epochs",
        "parameters",
        "seconds",
    ];
    if has_tags {
        headings.push("tags");
    }
    output::table(&headings, &NUMBERS, rows)
}
