//! `fitroom runs export`: trials and epochs as files for other programs.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::anyhow;
use fitroom_domain::{EpochMetrics, TrialField};
use fitroom_store::{AttemptRecord, TrialQuery, TrialRecord};

use super::runs_list::csv_line;
use super::selection::read_trials;
use crate::arguments::{Places, RunsExportArguments};
use crate::database::Database;
use crate::exit::{Exit, Failure, OrInput};
use crate::inspecting::{Gatherer, ShownTrialJson};
use crate::output;
use crate::write_whole::write_whole_with;

/// What comes after the fields of trials in a CSV: where they come from, by their last attempt, and what all attempts
/// took.
const ORIGIN: [&str; 14] = [
    "attempts",
    "started",
    "cpu_seconds",
    "peak_memory_bytes",
    "numerics",
    "command",
    "working_folder",
    "git_commit",
    "git_dirty",
    "fitroom",
    "libtorch",
    "training_semantics",
    "cpu",
    "folder",
];

/// The columns of the CSV of epochs.
const EPOCHS: [&str; 8] = [
    "id",
    "name",
    "epoch",
    "train_loss",
    "train_accuracy",
    "validation_loss",
    "validation_accuracy",
    "seconds",
];

pub(crate) fn run(places: &Places, arguments: &RunsExportArguments) -> Result<Exit, Failure> {
    let database = Database::open_required_to_read(&places.runs)?;
    let query = arguments.selection.query(&database)?;
    let to = arguments.to.as_deref().map(format).transpose().or_input()?;
    if arguments.to.is_some() && arguments.to == arguments.epochs {
        return Err(anyhow!(
            "--to and --epochs name the same file, expected two"
        ))
        .or_input();
    }
    let epochs = arguments.epochs.as_deref().map(format).transpose();
    if let Some((path, Format::Json)) = epochs.or_input()? {
        let path = path.display();
        return Err(anyhow!("`{path}`: expected a name that ends with `.csv`")).or_input();
    }
    if let Some((path, format)) = to {
        let mut count = 0;
        write_whole_with(path, |file| {
            let mut out = BufWriter::new(file);
            let written = match format {
                Format::Csv => write_csv(&database, &query, &mut out),
                Format::Json => write_json(&database, &query, &mut out),
            };
            count = written.map_err(as_io)?;
            out.flush()
        })?;
        output::message(&format!("{}: {count} trials", path.display()));
    }
    if let Some(path) = &arguments.epochs {
        let mut count = 0;
        write_whole_with(path, |file| {
            count = write_epochs(&database, &query, file).map_err(as_io)?;
            Ok(())
        })?;
        output::message(&format!("{}: {count} epochs", path.display()));
    }
    Ok(Exit::Well)
}

/// What a file of trials is.
#[derive(Debug, Clone, Copy)]
enum Format {
    Csv,
    Json,
}

/// What a file is to be, by the ending of its name.
fn format(path: &Path) -> anyhow::Result<(&Path, Format)> {
    let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
    match ending.as_deref().and_then(|ending| ending.to_str()) {
        Some("csv") => Ok((path, Format::Csv)),
        Some("json") => Ok((path, Format::Json)),
        _ => Err(anyhow!(
            "`{}`: expected a name that ends with `.csv` or `.json`",
            path.display()
        )),
    }
}

/// What kept a file from being written.
fn as_io(failure: Failure) -> io::Error {
    io::Error::other(failure.to_string())
}

/// Writes a line for each trial: all fields of lists, then where the trial comes from.
fn write_csv(
    database: &Database,
    query: &TrialQuery,
    out: &mut impl Write,
) -> Result<usize, Failure> {
    let fields: Vec<TrialField> = TrialField::known_names().map(TrialField::named).collect();
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(fields.iter().map(TrialField::name).chain(ORIGIN))?;
    let mut count = 0;
    let store = database.store();
    read_trials(database, query, |rows| {
        for row in rows {
            // One that was removed meanwhile is left out.
            let Some(record) = database.wait(store.record(row.key))? else {
                continue;
            };
            let line = csv_line(&row, &fields).into_iter();
            writer.write_record(line.chain(origin(&record)))?;
            count += 1;
        }
        Ok(true)
    })?;
    writer.flush()?;
    Ok(count)
}

/// The values of [`ORIGIN`]; what is not known is empty.
fn origin(record: &TrialRecord) -> [String; 14] {
    let last = record.attempts.last();
    let run = last.and_then(|attempt| attempt.run.as_ref());
    let provenance = run.and_then(|(_, run)| run.provenance.as_ref());
    let git = provenance.and_then(|it| it.git.as_ref());
    let usage = |of: fn(&AttemptRecord) -> Option<f64>| record.attempts.iter().filter_map(of);
    let cpu: Vec<f64> = usage(|attempt| attempt.usage.cpu_seconds).collect();
    let peaks = record.attempts.iter();
    let peak = peaks
        .filter_map(|attempt| attempt.usage.peak_memory_bytes)
        .max();
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let command = provenance.map(|it| it.command_line.iter().map(String::as_str));
    [
        record.attempts.len().to_string(),
        text(last.map(|attempt| attempt.started_at.as_str())),
        match cpu.is_empty() {
            true => String::new(),
            false => cpu.iter().sum::<f64>().to_string(),
        },
        peak.map_or_else(String::new, |bytes| bytes.to_string()),
        text(last.map(|attempt| attempt.numerics.as_str())),
        command
            .and_then(|words| shlex::try_join(words).ok())
            .unwrap_or_default(),
        text(provenance.map(|it| it.working_folder.as_str())),
        text(git.map(|git| git.commit.as_str())),
        git.map_or_else(String::new, |git| git.dirty.to_string()),
        text(provenance.map(|it| it.versions.fitroom.as_str())),
        text(provenance.map(|it| it.versions.libtorch.as_str())),
        provenance.map_or_else(String::new, |it| it.versions.training_semantics.to_string()),
        text(provenance.map(|it| it.machine.cpu.as_str())),
        text(record.folder.as_deref()),
    ]
}

/// Writes an array with the object that `runs show --json` prints of each trial.
fn write_json(
    database: &Database,
    query: &TrialQuery,
    out: &mut impl Write,
) -> Result<usize, Failure> {
    let gatherer = Gatherer::of_many(database)?;
    let mut count = 0;
    read_trials(database, query, |rows| {
        for row in rows {
            // One that was removed meanwhile is left out.
            let Some(facts) = gatherer.facts_if_there(row)? else {
                continue;
            };
            out.write_all(if count == 0 { b"[\n" } else { b",\n" })?;
            serde_json::to_writer_pretty(&mut *out, &ShownTrialJson::new(&facts)?)?;
            count += 1;
        }
        Ok(true)
    })?;
    out.write_all(if count == 0 { b"[]\n" } else { b"\n]\n" })?;
    Ok(count)
}

/// Writes a line for each trial and epoch; what an imported trial lacks is empty.
fn write_epochs(
    database: &Database,
    query: &TrialQuery,
    file: &mut File,
) -> Result<usize, Failure> {
    let mut writer = csv::Writer::from_writer(BufWriter::new(file));
    writer.write_record(EPOCHS)?;
    let mut count = 0;
    let store = database.store();
    read_trials(database, query, |rows| {
        for row in rows {
            for metrics in database.wait(store.curve(row.key))? {
                let known = [row.id.to_string(), row.name.clone()];
                writer.write_record(known.into_iter().chain(epoch(&metrics)))?;
                count += 1;
            }
        }
        Ok(true)
    })?;
    writer.flush()?;
    Ok(count)
}

fn epoch(metrics: &EpochMetrics) -> [String; 6] {
    let known = |value: f64| match value.is_finite() {
        true => value.to_string(),
        false => String::new(),
    };
    [
        metrics.epoch.to_string(),
        known(metrics.train.loss),
        known(metrics.train.accuracy),
        known(metrics.validation.loss),
        known(metrics.validation.accuracy),
        known(metrics.seconds),
    ]
}
