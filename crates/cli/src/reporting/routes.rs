//! Routes to all labels beside each other, by what models said about the test photographs.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use fitroom_data::ShownPredictions;
use fitroom_domain::DatasetKey;
use fitroom_domain::route::{
    ComparableRoutes, ComparedPicture, Cost, Labels, Question, RouteComparison, comparable_routes,
};
use fitroom_report::{RoutesModel, RoutesReport, routes_page};
use fitroom_store::SweepRecord;

use super::page_paths::routes_path;
use super::pages::Page;
use super::state::State;
use crate::arguments::Places;
use crate::models::{KeptModel, ModelFigures, current_models};
use crate::output;
use crate::write_whole::write_whole;

/// A model that was evaluated, with all that routes need of it.
struct Evaluated {
    model: KeptModel,
    question: Question,
    predictions: ShownPredictions,
    /// The row of each photograph and of its mirrored copy.
    rows: HashMap<(u32, bool), usize>,
    cost: Cost,
}

impl Evaluated {
    /// The model with what it said about the test photographs; `None` if it was not evaluated.
    fn read(model: KeptModel) -> anyhow::Result<Option<Evaluated>> {
        let Some((file, predictions)) = model.evaluation()? else {
            return Ok(None);
        };
        let shown = predictions.shown.iter().enumerate();
        Ok(Some(Evaluated {
            question: model.file.question(),
            rows: shown
                .map(|(row, it)| ((it.photograph, it.mirrored), row))
                .collect(),
            cost: Cost {
                multiply_adds: model.file.network()?.multiply_adds() as f64,
                milliseconds: Some(file.milliseconds_per_picture),
            },
            model,
            predictions,
        }))
    }

    fn logits(&self, picture: (u32, bool)) -> Option<&[f32]> {
        let row = self.predictions.logits.row(*self.rows.get(&picture)?);
        row.to_slice()
    }
}

/// Compares all routes of a dataset whose models were evaluated. With `as_study`, points are also counted on the mirrored
/// copies that a combined task's model was shown.
///
/// # Errors
/// When a model or what it said is damaged.
pub(crate) fn routes_report(
    runs: &Path,
    sweeps: &[SweepRecord],
    dataset: &DatasetKey,
    as_study: bool,
) -> anyhow::Result<RoutesReport> {
    let mut missing = Vec::new();
    let mut evaluated = Vec::new();
    for model in current_models(runs, sweeps, &dataset.fingerprint)? {
        let task = model.file.task.name.clone();
        match Evaluated::read(model)? {
            Some(it) => evaluated.push(it),
            None => missing.push(format!("The model of {task} was not evaluated yet.")),
        }
    }
    let questions: Vec<Question> = evaluated.iter().map(|it| it.question.clone()).collect();
    let costs: Vec<Cost> = evaluated.iter().map(|it| it.cost).collect();
    let comparable = comparable_routes(&questions);
    let mut comparisons = Vec::new();
    for routes in &comparable {
        match compare(routes, &questions, &costs, &evaluated, as_study) {
            Some(comparison) => comparisons.push(comparison),
            None => missing.push(format!(
                "{} cannot be compared: its models have no usable predictions of at least two photographs in common.",
                questions[routes.combined].task
            )),
        }
    }
    for (place, question) in questions.iter().enumerate() {
        let is_compared = comparable.iter().any(|routes| routes.combined == place);
        if question.definition.predicts.len() > 1 && !is_compared {
            missing.push(format!(
                "{} has nothing to be compared with: no evaluated models predict {} one after the other.",
                question.task,
                question.definition.predicts.join(" and ")
            ));
        }
    }
    Ok(RoutesReport {
        dataset: dataset.clone(),
        generated_at: output::minute(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        as_study,
        comparisons,
        models: evaluated.iter().map(routes_model).collect(),
        missing,
    })
}

fn compare(
    routes: &ComparableRoutes,
    questions: &[Question],
    costs: &[Cost],
    evaluated: &[Evaluated],
    as_study: bool,
) -> Option<RouteComparison> {
    let combined = evaluated.get(routes.combined)?;
    let asked = routes.hierarchical.questions();
    let is_known = |picture: (u32, bool)| {
        let mut parts = asked.iter().filter_map(|part| evaluated.get(*part));
        parts.all(|part| part.rows.contains_key(&picture))
    };
    let mut places = Vec::new();
    let mut pictures = Vec::new();
    for shown in &combined.predictions.shown {
        let place = (shown.photograph, shown.mirrored);
        let class = shown
            .class
            .and_then(|class| combined.question.answers.get(usize::from(class)));
        if let (Some(class), true) = (class, (as_study || !shown.mirrored) && is_known(place)) {
            let truth: Labels = class.labels.clone();
            places.push(place);
            pictures.push(ComparedPicture {
                photograph: shown.photograph,
                truth,
            });
        }
    }
    routes.compare(questions, costs, &pictures, |question, picture| {
        evaluated.get(question)?.logits(*places.get(picture)?)
    })
}

fn routes_model(evaluated: &Evaluated) -> RoutesModel {
    let file = &evaluated.model.file;
    let test = ModelFigures::new(&evaluated.predictions, &file.task);
    RoutesModel {
        task: file.task.name.clone(),
        trial: file.name.clone(),
        validation_accuracy: file.validation.accuracy,
        test_accuracy: test.accuracy,
        photographs: test.photographs,
    }
}

/// Brings the page of a dataset's routes up to date.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write_routes(places: &Places, report: &RoutesReport) -> anyhow::Result<Page> {
    let path: PathBuf = places
        .reports
        .join(routes_path(&report.dataset.name, report.as_study));
    let state = State::of(&[
        &report.dataset,
        &report.comparisons,
        &report.models,
        &report.missing,
    ]);
    if state.is_of(&path) {
        return Ok(Page {
            path,
            is_new: false,
        });
    }
    write_whole(&path, &state.mark(&routes_page(report)))?;
    Ok(Page { path, is_new: true })
}

/// The routes of a dataset, if there is anything to show of them.
pub(super) fn routes_to_show(
    runs: &Path,
    sweeps: &[SweepRecord],
    dataset: &DatasetKey,
) -> anyhow::Result<Option<RoutesReport>> {
    let report = routes_report(runs, sweeps, dataset, false)
        .map_err(|error| anyhow!("no routes of {}: {error:#}", dataset.name))?;
    Ok((!report.comparisons.is_empty()).then_some(report))
}
