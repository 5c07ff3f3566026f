//! What the trials of a sweep said about the validation pictures, from the files that training stored.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::{Context, anyhow};
use fitroom_data::{Predictions, Row, read_predictions};
use fitroom_domain::leaderboard;
use fitroom_report::ValidationPicture;
use fitroom_store::TrialRow;

use crate::run_folder::PREDICTIONS;

/// Trials whose predictions are in memory at a time, but for the seeds of the last configuration.
const MOST_TRIALS: usize = 300;

/// What trials said, as far as their files can be used.
#[derive(Debug, Default)]
pub(super) struct ReadPredictions {
    /// The pictures, in the order of every trial's logits; none if no file can be used.
    pub(super) pictures: Vec<ValidationPicture>,
    /// For each trial, by its key, a logit for each picture and class.
    pub(super) logits: BTreeMap<i64, Vec<f32>>,
    /// What is wrong with the files of other trials: trial, file and why.
    pub(super) problems: Vec<String>,
    /// Finished trials whose predictions were not asked for, since others are better.
    pub(super) left_out: usize,
}

/// What the files of a sweep's trials must hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected {
    /// Classes of the task.
    pub(super) classes: usize,
    /// Pictures that trials are validated on.
    pub(super) pictures: u64,
}

/// Reads the predictions of the best configurations with all their seeds. The first trial whose file is whole says
/// which pictures there are.
pub(super) fn read(runs: &Path, trials: &[TrialRow], expected: Expected) -> ReadPredictions {
    let (best, left_out) = best_configurations(trials, MOST_TRIALS);
    let mut read = ReadPredictions {
        left_out,
        ..ReadPredictions::default()
    };
    let mut first: Option<(&str, Vec<Row>)> = None;
    for row in best {
        match predictions(runs, row, expected, first.as_ref()) {
            Ok(predictions) => {
                let logits = predictions.logits.iter().copied().collect();
                read.logits.insert(row.key, logits);
                first.get_or_insert_with(|| (&row.name, predictions.rows));
            }
            Err(error) => read.problems.push(format!("{}: {error:#}", row.name)),
        }
    }
    read.pictures = match first {
        Some((_, rows)) => rows.iter().map(picture).collect(),
        None => Vec::new(),
    };
    read
}

/// The finished trials of the best configurations, until there are `most`, and how many are left. Configurations come in
/// the order of the leaderboard (most seeds, highest mean accuracy), each with all its seeds; the best trial's comes in
/// any case.
fn best_configurations(trials: &[TrialRow], most: usize) -> (Vec<&TrialRow>, usize) {
    let mut ranked: Vec<&TrialRow> = trials.iter().filter(|row| row.figures.is_some()).collect();
    leaderboard::sort(&mut ranked, |row| (row.id.clone(), row.figures));
    let all = ranked.len();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut configurations: Vec<Vec<&TrialRow>> = Vec::new();
    for row in ranked {
        let place = *places
            .entry(row.trial.configuration_id())
            .or_insert(configurations.len());
        match configurations.get_mut(place) {
            Some(seeds) => seeds.push(row),
            None => configurations.push(vec![row]),
        }
    }
    let mean = |seeds: &Vec<&TrialRow>| {
        let accuracies = seeds.iter().filter_map(|row| row.figures);
        accuracies.map(|figures| figures.accuracy).sum::<f64>() / seeds.len() as f64
    };
    if let Some((_, others)) = configurations.split_first_mut() {
        others.sort_by(|one, other| {
            let by_seeds = other.len().cmp(&one.len());
            by_seeds.then_with(|| mean(other).total_cmp(&mean(one)))
        });
    }
    let mut best = Vec::new();
    for seeds in configurations {
        if best.len() >= most {
            break;
        }
        best.extend(seeds);
    }
    let left_out = all - best.len();
    (best, left_out)
}

/// The predictions of one trial, if they are of the same pictures as those of the first.
fn predictions(
    runs: &Path,
    row: &TrialRow,
    expected: Expected,
    first: Option<&(&str, Vec<Row>)>,
) -> anyhow::Result<Predictions> {
    let folder = row.folder.as_ref().context("it has no folder")?;
    let path = runs.join(folder).join(PREDICTIONS);
    let predictions = read_predictions(&path)?;
    fits(&predictions, expected, first).with_context(|| format!("`{}`", path.display()))?;
    Ok(predictions)
}

fn fits(
    predictions: &Predictions,
    expected: Expected,
    first: Option<&(&str, Vec<Row>)>,
) -> anyhow::Result<()> {
    let (pictures, classes) = predictions.logits.dim();
    if classes != expected.classes {
        let expected = expected.classes;
        return Err(anyhow!(
            "it has logits for {classes} classes, expected {expected}"
        ));
    }
    if pictures as u64 != expected.pictures {
        let expected = expected.pictures;
        return Err(anyhow!(
            "it is about {pictures} pictures, expected the {expected} of the validation split"
        ));
    }
    if let Some(wrong) = predictions.logits.iter().find(|logit| !logit.is_finite()) {
        return Err(anyhow!("it has the logit {wrong}, expected finite ones"));
    }
    match first {
        Some((name, rows)) if *rows != predictions.rows => Err(anyhow!(
            "it is about other pictures, or in another order, than that of {name}"
        )),
        _ => Ok(()),
    }
}

fn picture(row: &Row) -> ValidationPicture {
    ValidationPicture {
        photograph: row.photograph,
        mirrored: row.mirrored,
        class: usize::from(row.class),
    }
}

#[cfg(test)]
mod tests;
