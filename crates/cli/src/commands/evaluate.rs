//! `fitroom evaluate`: shows the selected models the test photographs. The only command that reads these.

use std::fs;

use anyhow::{Context, anyhow};
use fitroom_data::{Dataset, task_rows, write_shown_predictions};
use fitroom_domain::{DatasetKey, Split};
use fitroom_store::{NewEvaluation, utc_now};
use serde::Serialize;

use super::keep_models::{Kept, keep_all};
use crate::arguments::{EvaluateArguments, Places};
use crate::choose_dataset;
use crate::database::Database;
use crate::exit::{Exit, Failure, OrInput};
use crate::models::{
    DatasetShelf, EvaluationFile, Keeper, Keeping, KeptModel, ModelFigures, Selected, Selector,
    TEST, hash_of_file, predict_split,
};
use crate::output;

pub(crate) fn run(places: &Places, arguments: &EvaluateArguments) -> Result<Exit, Failure> {
    let folder = choose_dataset::choose(arguments.data.as_deref(), &places.datasets)?;
    let dataset = Dataset::load(&folder).or_input()?;
    evaluate(places, dataset, arguments.again, arguments.json)
}

/// Evaluates the models of a dataset and prints their figures.
pub(super) fn evaluate(
    places: &Places,
    dataset: Dataset,
    again: bool,
    json: bool,
) -> Result<Exit, Failure> {
    let Some(database) = Database::open_existing(&places.runs)? else {
        let runs = places.runs.display();
        return Err(anyhow!("there are no trials in `{runs}` to evaluate")).or_input();
    };
    let site = Site {
        places,
        database: &database,
    };
    let (evaluated, exit) = site.evaluate(dataset, again)?;
    match json {
        true => output::data(&serde_json::to_string_pretty(&evaluated)?)?,
        false => output::data(&table(&evaluated))?,
    }
    Ok(exit)
}

/// Where models are evaluated.
struct Site<'a> {
    places: &'a Places,
    database: &'a Database,
}

/// A model with its figures, as `--json` shows it.
#[derive(Debug, Serialize)]
struct Evaluated {
    dataset: String,
    fingerprint: String,
    task: String,
    trial: String,
    name: String,
    chosen: fitroom_domain::Chosen,
    evaluated_at: String,
    /// Whether test photographs were read for it this time.
    is_new: bool,
    validation: ModelFigures,
    test: ModelFigures,
    milliseconds_per_picture: f64,
    /// Test photographs that nearly equal one that was trained on or selected by; null if they were not counted.
    seen_before: Option<u64>,
}

impl Site<'_> {
    /// Evaluates the model of each task of a dataset that was not evaluated yet, or all of them `again`.
    fn evaluate(&self, dataset: Dataset, again: bool) -> Result<(Vec<Evaluated>, Exit), Failure> {
        let key = dataset.key();
        if !dataset.splits.contains(&Split::Test) {
            return Err(anyhow!(
                "dataset `{}` has no test photographs: there is nothing to evaluate on",
                key.name
            ))
            .or_input();
        }
        let selector = Selector {
            places: self.places,
            database: self.database,
        };
        let mut selected = selector.select()?;
        selected.retain(|it| it.row.fingerprint == key.fingerprint);
        if selected.is_empty() {
            return Err(anyhow!(
                "no trial on dataset `{}` has finished yet: there is nothing to evaluate",
                key.name
            ))
            .or_input();
        }
        let mut shelf = DatasetShelf::with(&self.places.datasets, dataset);
        // Until all is evaluated: nobody else may replace a model meanwhile.
        let keeper = Keeper::new(&self.places.runs)?;
        let mut exit = Exit::Well;
        let mut evaluated = Vec::new();
        for Kept { selected, keeping } in keep_all(&keeper, &mut shelf, selected)? {
            match keeping {
                Keeping::Kept { model, .. } => {
                    evaluated
                        .push(self.evaluate_model(&selected, &model, &key, &mut shelf, again)?);
                }
                Keeping::NotKept(_) => exit = Exit::PartFailed,
                Keeping::Superseded(_) => {}
            }
        }
        let any_seen = |it: &Evaluated| it.seen_before.is_some_and(|count| count > 0);
        if evaluated.iter().any(any_seen) {
            output::message(&format!(
                "warning: accuracies on test are too high: some photographs nearly equal one that was trained on or \
                 selected by (column `seen before`; `fitroom data check {}` shows them)",
                key.name
            ));
        }
        Ok((evaluated, exit))
    }

    fn evaluate_model(
        &self,
        selected: &Selected,
        model: &KeptModel,
        key: &DatasetKey,
        shelf: &mut DatasetShelf,
        again: bool,
    ) -> Result<Evaluated, Failure> {
        let task = &model.file.task;
        // What is damaged is made anew.
        let known = model.evaluation().ok().flatten().filter(|_| !again);
        let is_new = known.is_none();
        let (file, predictions) = match known {
            Some(known) => known,
            None => {
                let dataset = shelf.get(key)?.context("the dataset has gone")?;
                self.show_test(model, dataset)?
            }
        };
        let summary = selected.asked.as_ref().and_then(|sweep| sweep.summary());
        Ok(Evaluated {
            dataset: key.name.clone(),
            fingerprint: key.fingerprint.to_string(),
            task: task.name.clone(),
            trial: model.file.trial.to_string(),
            name: model.file.name.clone(),
            chosen: model.file.chosen,
            evaluated_at: file.evaluated_at,
            is_new,
            validation: ModelFigures::new(&model.validation()?, task),
            test: ModelFigures::new(&predictions, task),
            milliseconds_per_picture: file.milliseconds_per_picture,
            seen_before: summary.and_then(|summary| Some(summary.leaks?.test)),
        })
    }

    /// Shows a model the test photographs, keeps what it says, and records that.
    fn show_test(
        &self,
        model: &KeptModel,
        dataset: &Dataset,
    ) -> anyhow::Result<(EvaluationFile, fitroom_data::ShownPredictions)> {
        let task = &model.file.task;
        output::message(&format!("evaluating {} ({})", task.name, model.file.name));
        let rows = task_rows(dataset, task)?;
        let weights = model.weights()?;
        let shown = predict_split(&weights, dataset, (task, &rows), Split::Test)?;
        let (path, new) = (
            model.folder.join(TEST),
            model.folder.join(format!("{TEST}.new")),
        );
        write_shown_predictions(&new, &shown.predictions)?;
        let figures = ModelFigures::new(&shown.predictions, task);
        let file = EvaluationFile {
            trial: model.file.trial.clone(),
            weights_blake3: model.file.weights_blake3.clone(),
            predictions_blake3: hash_of_file(&new)?,
            evaluated_at: utc_now(),
            pictures: shown.predictions.shown.len() as u64,
            milliseconds_per_picture: shown.milliseconds_per_picture,
        };
        // Recorded before anybody can see it. Where the task has no test photographs, nothing was looked at.
        if let Some(accuracy) = figures.accuracy {
            let key = dataset.key();
            let evaluation = NewEvaluation {
                dataset: &key,
                task,
                trial: &model.file.trial,
                trial_name: &model.file.name,
                photographs: figures.photographs,
                accuracy,
                photographs_read: file.pictures,
                predictions_blake3: &file.predictions_blake3,
            };
            self.database
                .wait(self.database.store().record_evaluation(&evaluation))?;
        }
        fs::rename(&new, &path)?;
        file.write(&model.folder)?;
        Ok((file, shown.predictions))
    }
}

/// Validation and test beside each other, for people.
fn table(evaluated: &[Evaluated]) -> String {
    let headings = [
        "task",
        "trial",
        "chosen by",
        "validation",
        "test",
        "95 % interval of test",
        "macro-F1",
        "test photographs",
        "seen before",
    ];
    let share = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), output::percent);
    let rows = evaluated.iter().map(|it| {
        vec![
            it.task.clone(),
            it.name.clone(),
            it.chosen.to_string(),
            share(it.validation.accuracy),
            share(it.test.accuracy),
            it.test.interval.map_or_else(String::new, |interval| {
                output::percents(interval.low, interval.high)
            }),
            it.test
                .macro_f1
                .map_or_else(|| "–".to_owned(), |it| format!("{it:.4}")),
            it.test.photographs.to_string(),
            (it.seen_before).map_or_else(|| "–".to_owned(), |it| it.to_string()),
        ]
    });
    output::table(&headings, &headings[3..], rows)
}
