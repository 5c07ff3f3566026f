//! `fitroom best`: selects the model of each dataset and task, and keeps it where it can be used.

use std::collections::HashSet;

use anyhow::anyhow;
use fitroom_domain::{Chosen, Fingerprint, RecordedFigures, leaderboard};
use fitroom_store::{Preference, TrialRow};
use serde::Serialize;

use super::find_trial::find_trial;
use super::keep_models::{Kept, keep_all};
use super::trial_json::TrialJson;
use crate::arguments::{BestArguments, Places, Preferred};
use crate::database::Database;
use crate::exit::{Exit, Failure, OrInput};
use crate::models::{DatasetShelf, Keeper, Keeping, Selected, Selector};
use crate::output;

pub(crate) fn run(places: &Places, arguments: &BestArguments) -> Result<Exit, Failure> {
    let Some(database) = Database::open_existing(&places.runs)? else {
        if arguments.changes_anything() {
            let runs = places.runs.display();
            return Err(anyhow!("there are no trials in `{runs}`")).or_input();
        }
        return print(&[], arguments.json, places);
    };
    let selector = Selector {
        places,
        database: &database,
    };
    let is_meant = |dataset: &str| arguments.data.as_deref().is_none_or(|it| it == dataset);
    let select = || -> anyhow::Result<Vec<Selected>> {
        let mut selected = selector.select()?;
        selected.retain(|it| is_meant(it.dataset()));
        Ok(selected)
    };
    if let [task, trial] = &arguments.pin[..] {
        pin(&database, task, trial, &select()?)?;
    }
    if let Some(preference) = arguments.new_preference() {
        prefer(
            &database,
            arguments.unpin.as_deref(),
            preference,
            &select()?,
        )?;
    }
    let selected = select()?;
    if let (true, Some(dataset)) = (selected.is_empty(), &arguments.data) {
        let runs = places.runs.display();
        return Err(anyhow!(
            "no trial on a dataset `{dataset}` has finished in `{runs}`"
        ))
        .or_input();
    }
    for it in &selected {
        warn_of_leaks(it);
    }
    let mut shelf = DatasetShelf::new(&places.datasets);
    let kept = keep_all(&Keeper::new(&places.runs)?, &mut shelf, selected)?;
    print(&kept, arguments.json, places)
}

/// Makes a trial the model of its task.
fn pin(database: &Database, task: &str, trial: &str, selected: &[Selected]) -> Result<(), Failure> {
    let row = find_trial(database, trial)?;
    let name = &row.name;
    let key = (&row.fingerprint, &row.definition);
    let asked = selected
        .iter()
        .find(|it| (&it.row.fingerprint, &it.row.definition) == key);
    // Its task may have another name by now.
    let found = asked.map_or(row.trial.task(), Selected::task);
    if found != task {
        return Err(anyhow!(
            "--pin {task}: trial {name} answers the task `{found}`"
        ))
        .or_input();
    }
    if row.figures.is_none() {
        let state = row.state;
        return Err(anyhow!(
            "--pin {task}: trial {name} is {state}, expected a finished one"
        ))
        .or_input();
    }
    if row.trial.is_imported() {
        return Err(anyhow!(
            "--pin {task}: others trained {name}: there are no weights"
        ))
        .or_input();
    }
    if !row.weights_kept {
        return Err(anyhow!(
            "--pin {task}: the weights of {name} were removed\n(its sweep brings them back with \
             `--set 'keep=\"all\"'`)"
        ))
        .or_input();
    }
    let pinned = Preference::Pinned(row.key);
    let store = database.store();
    database.wait(store.select(&row.fingerprint, &row.definition, pinned))?;
    Ok(())
}

/// Changes by what the models of these tasks, or of the one whose pin is taken off, are selected.
fn prefer(
    database: &Database,
    unpin: Option<&str>,
    preference: Preference,
    selected: &[Selected],
) -> Result<(), Failure> {
    let mut changed = 0;
    for it in selected {
        let is_wanted = match unpin {
            Some(task) => it.chosen == Chosen::Pinned && it.task() == task,
            None => it.chosen != Chosen::Pinned,
        };
        if is_wanted {
            changed += 1;
            let row = &it.row;
            let store = database.store();
            database.wait(store.select(&row.fingerprint, &row.definition, preference))?;
        }
    }
    match (unpin, changed) {
        (Some(task), 0) => {
            Err(anyhow!("--unpin {task}: no trial is pinned for this task")).or_input()
        }
        _ => Ok(()),
    }
}

/// Prints what was selected.
fn print(kept: &[Kept], json: bool, places: &Places) -> Result<Exit, Failure> {
    if json {
        let objects: Vec<BestJson<'_>> = kept.iter().map(BestJson::new).collect();
        output::data(&serde_json::to_string_pretty(&objects)?)?;
    } else if kept.is_empty() {
        let runs = places.runs.display();
        output::message(&format!("no finished trials in `{runs}` yet"));
    } else {
        output::data(&table(kept))?;
    }
    let folders = kept.iter().filter_map(|it| match &it.keeping {
        Keeping::Kept { model, .. } => model.folder.parent(),
        Keeping::NotKept(_) | Keeping::Superseded(_) => None,
    });
    let mut folders: Vec<String> = folders.map(|it| it.display().to_string()).collect();
    folders.sort();
    folders.dedup();
    let new = (kept.iter()).filter(|it| matches!(it.keeping, Keeping::Kept { is_new: true, .. }));
    if !folders.is_empty() {
        let new = match new.count() {
            0 => String::new(),
            new => format!(" ({new} new)"),
        };
        output::message(&format!("models: {}{new}", folders.join(", ")));
    }
    let is_missing = |it: &&Kept| {
        matches!(it.keeping, Keeping::NotKept(_)) && !it.selected.row.trial.is_imported()
    };
    Ok(match kept.iter().find(is_missing) {
        Some(_) => Exit::PartFailed,
        None => Exit::Well,
    })
}

/// An object of `best --json`: that of the trial, why it was chosen, and where its model lies.
#[derive(Serialize)]
struct BestJson<'a> {
    #[serde(flatten)]
    trial: TrialJson<'a>,
    chosen: Chosen,
    /// The folder of the model; null if it is not kept.
    model: Option<String>,
}

impl BestJson<'_> {
    fn new(kept: &Kept) -> BestJson<'_> {
        BestJson {
            trial: TrialJson::new(&kept.selected.row),
            chosen: kept.selected.chosen,
            model: match &kept.keeping {
                Keeping::Kept { model, .. } => Some(model.folder.display().to_string()),
                Keeping::NotKept(_) | Keeping::Superseded(_) => None,
            },
        }
    }
}

/// The selected trials for people.
fn table(kept: &[Kept]) -> String {
    let headings = [
        "dataset",
        "task",
        "sweep",
        "trial",
        "chosen by",
        "accuracy",
        "loss",
        "epochs",
        "parameters",
    ];
    let rows = kept.iter().map(|kept| {
        let row = &kept.selected.row;
        let figure = |show: fn(&RecordedFigures) -> Option<String>| {
            row.figures.as_ref().and_then(show).unwrap_or_default()
        };
        vec![
            kept.selected.dataset().to_owned(),
            kept.selected.task().to_owned(),
            row.sweep.clone(),
            row.name.clone(),
            match row.trial.is_imported() {
                true => format!("{}, imported", kept.selected.chosen),
                false => kept.selected.chosen.to_string(),
            },
            figure(|figures| Some(output::percent(figures.accuracy))),
            figure(|figures| Some(format!("{:.4}", figures.loss?))),
            figure(|figures| Some(format!("{}/{}", figures.best_epoch?, figures.epochs?))),
            figure(|figures| Some(figures.parameters?.to_string())),
        ]
    });
    output::table(&headings, &headings[5..], rows)
}

/// Says what to know before trusting the trial's accuracy, as its sweep that ran last found it.
fn warn_of_leaks(selected: &Selected) {
    let summary = selected.asked.as_ref().and_then(|sweep| sweep.summary());
    if let Some(warning) = summary.and_then(|summary| summary.leak_warning()) {
        let (dataset, task) = (selected.dataset(), selected.row.trial.task());
        output::message(&format!("warning: {task} on {dataset}: {warning}"));
    }
}

/// The best finished trial of each (dataset fingerprint, task definition), by dataset and task name.
/// Names do not count: a task or a dataset that was renamed is still the same.
pub(crate) fn best_of_each(mut trials: Vec<TrialRow>) -> Vec<TrialRow> {
    trials.retain(|row| row.figures.is_some());
    leaderboard::sort(&mut trials, |row| (row.id.clone(), row.figures));
    let mut seen: HashSet<(Fingerprint, String)> = HashSet::new();
    trials.retain(|row| seen.insert((row.fingerprint.clone(), row.definition.clone())));
    trials.sort_by(|a, b| (&a.dataset, a.trial.task()).cmp(&(&b.dataset, b.trial.task())));
    trials
}

impl BestArguments {
    /// By what models are to be selected from now on, if that is to change.
    fn new_preference(&self) -> Option<Preference> {
        match self.prefer {
            Some(Preferred::Cheapest) => Some(Preference::Cheapest),
            Some(Preferred::Accuracy) => Some(Preference::Accuracy),
            None => self.unpin.is_some().then_some(Preference::Accuracy),
        }
    }

    fn changes_anything(&self) -> bool {
        !self.pin.is_empty() || self.new_preference().is_some()
    }
}
