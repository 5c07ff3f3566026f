//! A sweep's report for programs: all that its page says.

use std::collections::BTreeMap;

use fitroom_domain::statistics::{Entry, Interval, VarianceShares};
use fitroom_domain::{EpochMetrics, SettingValue};
use serde::Serialize;

use crate::analysis::Analysis;
use crate::answers::Answers;
use crate::answers_json::{ClassJson, classes, confusion};
use crate::configuration::{Configuration, RankedTrial};
use crate::settings::Settings;
use crate::sweep_report::{Standing, SweepReport, SweepSource, TrialRow};
use crate::test_json::TestJson;
use crate::unranked::reason;
use crate::verdict::difference;

/// The report of a sweep. What is unknown is null; shares and accuracies are in [0, 1].
#[derive(Debug, Serialize)]
pub struct SweepJson {
    dataset: String,
    fingerprint: Option<String>,
    sweep: String,
    task: Option<String>,
    imported_from: Option<String>,
    generated_at: String,
    version: String,
    numerics: Vec<String>,
    origins: Vec<fitroom_domain::Provenance>,
    overrides: Vec<String>,
    classes: Vec<String>,
    /// Photographs of each split.
    photographs: Option<fitroom_domain::SplitCounts>,
    leaks: Option<fitroom_domain::Leaks>,
    /// How many trials stand where.
    states: BTreeMap<&'static str, usize>,
    best_trial: Option<String>,
    /// By how much the best trial's accuracy is too high for having been chosen by it.
    optimism: Option<f64>,
    margin: f64,
    cheapest_good_enough: Option<usize>,
    smallest_difference: Option<f64>,
    /// Best first.
    configurations: Vec<ConfigurationJson>,
    effects: Option<EffectsJson>,
    /// Why there are no effects.
    effects_not_available: Option<String>,
    mistakes: Vec<MistakeJson>,
    /// The selected model of the task on the test split.
    test: Option<TestJson>,
    /// Trials without final figures.
    unranked: Vec<UnrankedJson>,
}

#[derive(Debug, Serialize)]
struct ConfigurationJson {
    rank: usize,
    hyperparameters: BTreeMap<String, serde_json::Value>,
    accuracy: f64,
    lowest: f64,
    highest: f64,
    parameters: Option<u64>,
    multiply_adds: Option<u64>,
    /// Its mean accuracy less that of the best configuration, and the 95 % interval of that.
    difference: Option<f64>,
    difference_interval: Option<Interval>,
    /// Where it stands beside the best configuration.
    comparison: Option<Entry>,
    trials: Vec<TrialJson>,
}

#[derive(Debug, Serialize)]
struct TrialJson {
    rank: usize,
    trial: String,
    name: String,
    seed: Option<u64>,
    accuracy: f64,
    interval: Option<Interval>,
    loss: Option<f64>,
    best_epoch: Option<u32>,
    epochs: Option<u32>,
    seconds: Option<f64>,
    macro_f1: Option<f64>,
    balanced_accuracy: Option<f64>,
    top_2_accuracy: Option<f64>,
    calibration_error: Option<f64>,
    classes: Vec<ClassJson>,
    /// Pictures by true class (rows) and predicted class; empty with very many classes.
    confusion: Vec<Vec<u64>>,
    curve: Vec<EpochJson>,
}

#[derive(Debug, Serialize)]
struct EpochJson {
    epoch: u32,
    train_loss: f64,
    train_accuracy: f64,
    validation_loss: f64,
    validation_accuracy: f64,
}

#[derive(Debug, Serialize)]
struct EffectsJson {
    /// In the order of the shares' factors.
    settings: Vec<String>,
    /// Of each setting, in the order of its means.
    values: Vec<Vec<SettingValue>>,
    shares: VarianceShares,
}

#[derive(Debug, Serialize)]
struct MistakeJson {
    photograph: u32,
    path: Option<String>,
    mirrored: bool,
    truth: String,
    predicted: String,
    confidence: f64,
}

#[derive(Debug, Serialize)]
struct UnrankedJson {
    trial: String,
    name: String,
    state: &'static str,
    epochs: u32,
    attempts: u32,
    reason: Option<String>,
}

/// The report of a sweep for programs.
pub fn sweep_json(report: &SweepReport) -> SweepJson {
    let analysis = Analysis::new(report);
    let settings = Settings::new(&report.trials);
    let (task, imported_from) = match &report.source {
        SweepSource::Ours { task, .. } => (Some(task.name.clone()), None),
        SweepSource::Imported { from } => (None, Some(from.clone())),
    };
    let summary = report.summary();
    let comparison = analysis.comparison.as_ref();
    let configurations = analysis.configurations.iter().enumerate();
    let unranked = report.trials.iter().filter(|row| row.figures.is_none());
    SweepJson {
        dataset: report.dataset.name.clone(),
        fingerprint: summary.map(|_| report.dataset.fingerprint.as_str().to_owned()),
        sweep: report.sweep.clone(),
        task,
        imported_from,
        generated_at: report.generated_at.clone(),
        version: report.version.clone(),
        numerics: report.numerics.clone(),
        origins: report.origins.clone(),
        overrides: report.overrides.clone(),
        classes: summary
            .map(|summary| summary.classes.clone())
            .unwrap_or_default(),
        photographs: summary.map(|summary| summary.photographs),
        leaks: summary.and_then(|summary| summary.leaks),
        states: (Standing::ALL.into_iter())
            .map(|standing| (standing.as_str(), report.count(standing)))
            .collect(),
        best_trial: analysis
            .best_trial()
            .map(|best| best.row.id.as_str().to_owned()),
        optimism: analysis.optimism,
        margin: report.margin,
        cheapest_good_enough: analysis.cheapest().map(|place| place + 1),
        smallest_difference: comparison.and_then(|comparison| comparison.smallest_difference),
        configurations: configurations
            .map(|(place, it)| configuration(report, &analysis, place, it))
            .collect(),
        effects: analysis.effects.as_ref().ok().map(|shares| EffectsJson {
            settings: settings
                .swept
                .iter()
                .map(|setting| setting.name.clone())
                .collect(),
            values: settings
                .swept
                .iter()
                .map(|setting| setting.values.clone())
                .collect(),
            shares: shares.clone(),
        }),
        effects_not_available: analysis.effects.as_ref().err().cloned(),
        mistakes: mistakes(report, &analysis),
        test: (report.test.as_ref()).map(|test| TestJson::new(report, test)),
        unranked: unranked.map(without_figures).collect(),
    }
}

fn configuration(
    report: &SweepReport,
    analysis: &Analysis<'_>,
    place: usize,
    configuration: &Configuration<'_>,
) -> ConfigurationJson {
    let (lowest, highest) = configuration.range();
    let against = analysis
        .entry(place)
        .and_then(|entry| difference(&entry.evidence));
    let figures = configuration.figures();
    let settings = configuration
        .row()
        .map(|row| row.trial.hyperparameters_json());
    ConfigurationJson {
        rank: place + 1,
        hyperparameters: settings.unwrap_or_default(),
        accuracy: configuration.accuracy,
        lowest,
        highest,
        parameters: figures.parameters,
        multiply_adds: figures.multiply_adds,
        difference: against.map(|(mean, ..)| mean),
        difference_interval: against.map(|(_, interval, _)| interval),
        comparison: analysis.entry(place).cloned(),
        trials: configuration
            .trials
            .iter()
            .map(|it| trial(report, it))
            .collect(),
    }
}

fn trial(report: &SweepReport, trial: &RankedTrial<'_>) -> TrialJson {
    let answers = trial.answers.as_ref();
    let figure = |of: fn(&Answers) -> Option<f64>| answers.and_then(of);
    TrialJson {
        rank: trial.rank + 1,
        trial: trial.row.id.as_str().to_owned(),
        name: trial.row.name.clone(),
        seed: trial.row.trial.seed(),
        accuracy: trial.figures.accuracy,
        interval: trial.interval,
        loss: trial.figures.loss,
        best_epoch: trial.figures.best_epoch,
        epochs: trial.figures.epochs,
        seconds: trial.figures.seconds,
        macro_f1: figure(|answers| answers.macro_f1),
        balanced_accuracy: figure(|answers| answers.balanced_accuracy),
        top_2_accuracy: figure(|answers| answers.top_2_accuracy),
        calibration_error: figure(|answers| answers.calibration_error),
        classes: answers
            .map(|answers| classes(report, &answers.classes))
            .unwrap_or_default(),
        confusion: answers
            .map(|answers| confusion(&answers.confusion))
            .unwrap_or_default(),
        curve: trial.row.curve.iter().map(epoch).collect(),
    }
}

/// What an imported trial lacks is NaN, which JSON has not: null is written for it.
fn epoch(metrics: &EpochMetrics) -> EpochJson {
    EpochJson {
        epoch: metrics.epoch,
        train_loss: metrics.train.loss,
        train_accuracy: metrics.train.accuracy,
        validation_loss: metrics.validation.loss,
        validation_accuracy: metrics.validation.accuracy,
    }
}

fn mistakes(report: &SweepReport, analysis: &Analysis<'_>) -> Vec<MistakeJson> {
    let mistakes = analysis.mistakes(report).into_iter();
    mistakes
        .filter_map(|mistake| {
            let picture = report.pictures.get(mistake.row)?;
            let photograph = report.photographs.get(&picture.photograph);
            Some(MistakeJson {
                photograph: picture.photograph,
                path: photograph.map(|photograph| photograph.path.clone()),
                mirrored: picture.mirrored,
                truth: report.class_name(mistake.truth).to_owned(),
                predicted: report.class_name(mistake.predicted).to_owned(),
                confidence: mistake.confidence,
            })
        })
        .collect()
}

fn without_figures(row: &TrialRow) -> UnrankedJson {
    let standing = row.standing();
    UnrankedJson {
        trial: row.id.as_str().to_owned(),
        name: row.name.clone(),
        state: standing.as_str(),
        epochs: row.curve.last().map_or(0, |epoch| epoch.epoch),
        attempts: row.attempts,
        reason: (standing != Standing::Planned).then(|| reason(row)),
    }
}
