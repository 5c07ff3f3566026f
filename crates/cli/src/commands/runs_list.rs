//! `fitroom runs list`: every trial.

use fitroom_domain::leaderboard;
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
        let figure = |show: fn(&fitroom_domain::TrialFigures) -> String| {
            row.figures.as_ref().map(show).unwrap_or_default()
        };
        vec![
            row.dataset.clone(),
            row.sweep.clone(),
            row.name.clone(),
            match row.is_pruned() {
                true => "pruned".to_owned(),
                false => row.state.to_string(),
            },
            figure(|figures| output::percent(figures.accuracy)),
            figure(|figures| format!("{:.4}", figures.loss)),
            figure(|figures| format!("{}/{}", figures.best_epoch, figures.epochs)),
            figure(|figures| figures.parameters.to_string()),
            figure(|figures| format!("{:.1}", figures.seconds)),
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
