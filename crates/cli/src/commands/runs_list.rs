//! `fitroom runs list`: every trial.

use fitroom_domain::{RecordedFigures, leaderboard};
use fitroom_store::TrialRow;

use super::trial_json::TrialJson;
use crate::arguments::{ListArguments, Places};
use crate::database::Database;
use crate::exit::{Exit, Failure};
use crate::output;

pub(crate) fn run(places: &Places, arguments: &ListArguments) -> Result<Exit, Failure> {
    let mut trials = match Database::open_existing(&places.runs)? {
        Some(database) => database.wait(database.store().trials())?,
        None => Vec::new(),
    };
    trials.sort_by(|a, b| (&a.dataset, &a.sweep).cmp(&(&b.dataset, &b.sweep)));
    for sweep in trials.chunk_by_mut(|a, b| a.dataset == b.dataset && a.sweep == b.sweep) {
        leaderboard::sort(sweep, |row| (row.id.clone(), row.figures));
    }
    if arguments.json {
        let objects: Vec<TrialJson<'_>> = trials.iter().map(TrialJson::new).collect();
        output::data(&serde_json::to_string_pretty(&objects)?)?;
    } else if trials.is_empty() {
        output::message(&format!("no trials in `{}` yet", places.runs.display()));
    } else {
        output::data(&trials_table(&trials))?;
    }
    Ok(Exit::Well)
}

/// Trials as a table for people.
pub(crate) fn trials_table(trials: &[TrialRow]) -> String {
    const NUMBERS: [&str; 5] = ["accuracy", "loss", "epochs", "parameters", "seconds"];
    let rows = trials.iter().map(|row| {
        let figure = |show: fn(&RecordedFigures) -> Option<String>| {
            row.figures.as_ref().and_then(show).unwrap_or_default()
        };
        vec![
            row.dataset.clone(),
            row.sweep.clone(),
            row.name.clone(),
            match (row.is_pruned(), row.trial.is_imported()) {
                (true, _) => "pruned".to_owned(),
                (false, true) => format!("{}, imported", row.state),
                (false, false) => row.state.to_string(),
            },
            figure(|figures| Some(output::percent(figures.accuracy))),
            figure(|figures| Some(format!("{:.4}", figures.loss?))),
            figure(|figures| Some(format!("{}/{}", figures.best_epoch?, figures.epochs?))),
            figure(|figures| Some(figures.parameters?.to_string())),
            figure(|figures| Some(format!("{:.1}", figures.seconds?))),
        ]
    });
    let headings = [
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
    output::table(&headings, &NUMBERS, rows)
}
