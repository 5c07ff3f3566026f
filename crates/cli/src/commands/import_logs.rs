//! `fitroom import-logs`: what others trained and logged, among our own sweeps.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow};
use fitroom_domain::{Fingerprint, ImportedTrial, TrialId, leaderboard};
use fitroom_store::{ImportedRow, ImportedSweep, TrialRow};

use super::runs_list::trials_table;
use super::trial_json::TrialJson;
use crate::arguments::{ImportLogsArguments, Places};
use crate::database::Database;
use crate::exit::{Exit, Failure, OrInput};
use crate::importing::{
    Experiments, HparamNames, LogRuns, TrialLogs, group_trials, logged_hparam_names, read_log_runs,
    read_trial,
};
use crate::output;

/// Problems, and files that are being written, that are listed one by one.
const LISTED: usize = 20;

pub(crate) fn run(places: &Places, arguments: &ImportLogsArguments) -> Result<Exit, Failure> {
    let folder = &arguments.folder;
    let cannot = || format!("cannot read `{}`", folder.display());
    let root = fs::canonicalize(folder).with_context(cannot).or_input()?;
    let dataset = match &arguments.name {
        Some(name) => name.clone(),
        None => folder_name(&root),
    };
    if root.is_file() {
        let file = folder.display();
        return Err(anyhow!(
            "`{file}` is a file, expected the folder in which it lies"
        ))
        .or_input();
    }
    let runs = fs::canonicalize(&places.runs);
    if runs.is_ok_and(|runs| root.starts_with(runs)) {
        let folder = folder.display();
        return Err(anyhow!(
            "`{folder}` holds this program's own trials, which are in its database, expected logs elsewhere"
        ))
        .or_input();
    }
    let read = read_log_runs(&root).or_input()?;
    if read.files == 0 {
        return Err(anyhow!(
            "no event files in `{}`, expected files whose names contain `tfevents` in it or in folders below",
            folder.display()
        ))
        .or_input();
    }
    let names = HparamNames {
        maps: &arguments.map,
    };
    for name in names.unused(logged_hparam_names(&read.runs)) {
        output::message(&format!(
            "warning: no trial has a hyperparameter `{name}` to map"
        ));
    }
    tell(&read);
    let source = source(&root);
    let grouped = group_trials(&read.runs);
    let experiments = Experiments::of(&read.runs);
    let mut sweeps: BTreeMap<&[String], Vec<ImportedRow>> = BTreeMap::new();
    for logs in &grouped {
        let name = sweep_name(&logs.sweep, &dataset);
        let row = read_trial(logs, &experiments, &names, (&source, &name));
        sweeps.entry(&logs.sweep).or_default().push(row);
    }
    let trials: usize = sweeps.values().map(Vec::len).sum();
    output::message(&format!(
        "{dataset}: {} with {}; {} in {}",
        counted(read.files, "event file"),
        counted(read.events as usize, "event"),
        counted(trials, "trial"),
        counted(sweeps.len(), "sweep"),
    ));
    tell_reasons(sweeps.values().flatten());
    if trials == 0 {
        return Err(anyhow!(
            "no trial in `{}`, expected losses, accuracies or hyperparameters in its event files",
            folder.display()
        ))
        .or_input();
    }
    let database = Database::open(&places.runs)?;
    let from = root.display().to_string();
    for (folder, rows) in &mut sweeps {
        rows.sort_by_cached_key(|row| natural(&row.trial.run));
        let name = sweep_name(folder, &dataset);
        let sweep = ImportedSweep {
            dataset: &dataset,
            source: &source,
            folder,
            name: &name,
            from: &from,
            trials: rows,
        };
        let imported = database.wait(database.store().import(&sweep));
        imported.with_context(|| {
            format!(
                "sweep `{name}` was not imported; the same command imports it and those after it"
            )
        })?;
    }
    let superseded = superseded(&grouped, &source);
    database.wait(database.store().forget_imported(&superseded))?;
    let imported = sweeps.values().flatten().map(|row| row.trial.id());
    show(&database, &imported.collect(), arguments.json)?;
    Ok(match read.problems.is_empty() {
        true => Exit::Well,
        false => Exit::PartFailed,
    })
}

/// Says what could not be read, and what was understood in a way that somebody may not expect.
fn tell(read: &LogRuns) {
    for problem in read.problems.iter().take(LISTED) {
        output::message(&format!("warning: {problem}"));
    }
    not_listed(read.problems.len(), "more problems");
    for path in read.growing.iter().take(LISTED) {
        output::message(&format!(
            "`{}`: read but for its last record, which is not whole",
            path.display()
        ));
    }
    not_listed(read.growing.len(), "more such files");
    for (tag, low) in read.percent.iter().take(LISTED) {
        let low = match low.first() {
            None => String::new(),
            Some(first) => format!(
                ", also in {} without a value above 1 (`{first}` for example)",
                counted(low.len(), "run")
            ),
        };
        output::message(&format!("`{tag}` is taken to be in percent{low}"));
    }
}

/// Says why trials have no figures, each reason once.
fn tell_reasons<'r>(rows: impl Iterator<Item = &'r ImportedRow>) {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for reason in rows.filter_map(|row| row.error.as_deref()) {
        *reasons.entry(reason).or_default() += 1;
    }
    for (reason, count) in reasons {
        output::message(&format!(
            "{} without figures: {reason}",
            counted(count, "trial")
        ));
    }
}

fn not_listed(count: usize, what: &str) {
    if count > LISTED {
        output::message(&format!("(and {} {what})", count - LISTED));
    }
}

fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// A sweep is called as its folder is; the root, as the dataset.
fn sweep_name(folder: &[String], dataset: &str) -> String {
    match folder {
        [] => dataset.to_owned(),
        folder => folder.join("/"),
    }
}

/// Trials that an earlier import may have made of sessions whose curves were not there yet.
fn superseded(trials: &[TrialLogs<'_>], source: &Fingerprint) -> Vec<TrialId> {
    let of_trial = |trial: &TrialLogs<'_>| {
        let sessions = trial.runs.iter().filter(|run| run.session.is_some());
        let elsewhere = sessions.filter(|run| run.folder != trial.folder);
        let ids = elsewhere.map(|run| ImportedTrial::id_of(source, &run.folder, run.take));
        ids.collect::<Vec<_>>()
    };
    trials.iter().flat_map(of_trial).collect()
}

/// Prints the trials as they are in the database now, by sweep, the best first.
fn show(database: &Database, imported: &HashSet<TrialId>, json: bool) -> Result<(), Failure> {
    let mut rows: Vec<TrialRow> = database.wait(database.store().trials())?;
    rows.retain(|row| imported.contains(&row.id));
    rows.sort_by(|a, b| a.sweep.cmp(&b.sweep));
    for sweep in rows.chunk_by_mut(|a, b| a.sweep == b.sweep && a.definition == b.definition) {
        leaderboard::sort(sweep, |row| (row.id.clone(), row.figures));
    }
    if json {
        let objects: Vec<TrialJson<'_>> = rows.iter().map(TrialJson::new).collect();
        output::data(&serde_json::to_string_pretty(&objects)?)?;
    } else {
        output::data(&trials_table(&rows))?;
    }
    Ok(())
}

fn folder_name(root: &Path) -> String {
    let name = root.file_name().map(OsStr::to_string_lossy);
    name.map_or_else(
        || "logs".to_owned(),
        |name| name.replace(char::is_control, "\u{fffd}"),
    )
}

/// Stands for the folder, wherever it is called from.
fn source(root: &Path) -> Fingerprint {
    let mut hasher = blake3::Hasher::new_derive_key("fitroom: a folder of imported logs");
    hasher.update(root.as_os_str().as_encoded_bytes());
    Fingerprint::from_hash(&hasher.finalize())
}

/// A name by which `run-2` comes before `run-10`.
fn natural(name: &str) -> Vec<(String, u128)> {
    let mut parts: Vec<(String, u128)> = vec![(String::new(), 0)];
    let mut was_digit = false;
    for character in name.chars() {
        let digit = character.to_digit(10);
        if digit.is_none() && was_digit {
            parts.push((String::new(), 0));
        }
        was_digit = digit.is_some();
        if let Some((text, number)) = parts.last_mut() {
            match digit {
                Some(digit) => *number = number.saturating_mul(10).saturating_add(digit.into()),
                None => text.push(character),
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_are_compared_as_numbers() {
        let mut names = ["run-10", "run-2#2", "run-2", "a/run-1", "run-1"];
        names.sort_by_key(|name| natural(name));
        assert_eq!(names, ["a/run-1", "run-1", "run-2", "run-2#2", "run-10"]);
    }
}
