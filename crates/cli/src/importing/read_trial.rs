//! What the logs of a trial say of it.

use std::collections::BTreeMap;

use fitroom_domain::{EpochMetrics, Fingerprint, ImportedTrial, RecordedFigures, TrialState};
use fitroom_store::ImportedRow;
use fitroom_tensorboard::{LoggedHparam, LoggedMetric, SessionStatus};

use super::curve::LoggedCurve;
use super::group_trials::TrialLogs;
use super::hparam_names::HparamNames;
use super::log_runs::LogRun;
use super::series::is_accuracy;

/// What our own logs say beside hyperparameters.
const STATE: &str = "state";

/// The metrics of experiments, by their folders: a session's experiment may lie in a folder above.
#[derive(Debug)]
pub(crate) struct Experiments<'a>(BTreeMap<&'a [String], &'a [LoggedMetric]>);

impl<'a> Experiments<'a> {
    /// The experiments of these runs.
    pub(crate) fn of(runs: &'a [LogRun]) -> Experiments<'a> {
        let with_metrics = runs.iter().filter(|run| !run.metrics.is_empty());
        Experiments(
            with_metrics
                .map(|run| (run.folder.as_slice(), run.metrics.as_slice()))
                .collect(),
        )
    }

    /// The metrics of the experiment in the nearest folder, from the session's own up.
    fn metrics(&self, folder: &[String]) -> &'a [LoggedMetric] {
        let folders = (0..=folder.len()).rev().map(|depth| &folder[..depth]);
        let mut found = folders.filter_map(|folder| self.0.get(folder));
        found.next().copied().unwrap_or_default()
    }
}

/// Reads a trial.
pub(crate) fn read_trial(
    logs: &TrialLogs<'_>,
    experiments: &Experiments<'_>,
    names: &HparamNames<'_>,
    (source, sweep): (&Fingerprint, &str),
) -> ImportedRow {
    let curve = LoggedCurve::of(&logs.runs);
    let hparams = logs.runs.iter().find_map(|run| run.session.as_ref());
    let mut hparams = hparams
        .map(|session| session.hparams.clone())
        .unwrap_or_default();
    let logged_state = hparams.remove(STATE).filter(is_state);
    let model = logs.runs.iter().find_map(|run| run.model.as_ref());
    let mut named = names.named(&hparams);
    if let Some(model) = model {
        named.settings.extend(model.hyperparameters.clone());
    }
    let metric = metric(logs, experiments);
    let best = match metric {
        // Of our own logs the step is the epoch that was kept.
        Some(Metric { tag, step, .. }) if tag.starts_with("best/") => {
            let at = curve.steps.iter().position(|other| *other == step);
            at.and_then(|at| curve.epochs.get(at))
        }
        _ => curve.best(),
    };
    let scale = scale(&curve, metric.map(|metric| metric.value));
    let accuracy = metric
        .map(|metric| metric.value)
        .or(best.map(|best| best.validation.accuracy));
    let accuracy = accuracy.map(|accuracy| accuracy / scale);
    let accuracy = accuracy.filter(|accuracy| (0.0..=1.0).contains(accuracy));
    let failed = logs.runs.iter().any(|run| {
        run.end
            .is_some_and(|end| end.status == Some(SessionStatus::Failure))
    });
    let (state, reason) = match accuracy {
        _ if logged_state == Some(LoggedHparam::Text("diverged".to_owned())) || curve.diverged => (
            TrialState::Diverged,
            Some("the loss became infinite or undefined"),
        ),
        _ if failed => (TrialState::Failed, Some("its logs say that it failed")),
        Some(_) => (TrialState::Finished, None),
        None => (
            TrialState::Failed,
            Some("its logs have no validation accuracy"),
        ),
    };
    let times = times(logs);
    let network = model.and_then(|model| model.network.as_ref());
    let figures = accuracy
        .filter(|_| state == TrialState::Finished)
        .map(|accuracy| {
            let loss = best
                .map(|best| best.validation.loss)
                .filter(|loss| loss.is_finite());
            RecordedFigures {
                accuracy,
                loss,
                best_epoch: best.map(|best| best.epoch),
                epochs: curve.epochs.last().map(|last| last.epoch),
                parameters: network.map(|network| network.parameters()),
                multiply_adds: network.map(|network| network.multiply_adds()),
                seconds: times.map(|(first, last)| last - first),
            }
        });
    ImportedRow {
        trial: ImportedTrial {
            source: source.clone(),
            sweep: sweep.to_owned(),
            run: logs.run.clone(),
            settings: named.settings,
            seed: named.seed,
        },
        state,
        figures,
        epochs: scaled(curve.epochs, scale),
        error: reason.map(str::to_owned),
        times,
    }
}

fn is_state(value: &LoggedHparam) -> bool {
    let LoggedHparam::Text(text) = value else {
        return false;
    };
    text.parse::<TrialState>().is_ok()
}

/// The figure that a session calls its accuracy.
#[derive(Debug, Clone, Copy)]
struct Metric<'a> {
    tag: &'a str,
    step: i64,
    value: f64,
}

/// The accuracy among a session's metrics: those that its experiment names, else any of its own folder.
fn metric<'a>(logs: &TrialLogs<'a>, experiments: &Experiments<'_>) -> Option<Metric<'a>> {
    logs.runs.iter().find(|run| run.session.is_some())?;
    let in_folder = |folder: &[String], tag: &str| {
        let mut runs = logs.runs.iter().filter(|run| run.folder == folder);
        runs.find_map(|run| run.last.get_key_value(tag))
    };
    let found = |LoggedMetric { group, tag }: &LoggedMetric| {
        let mut folder = logs.session_folder.clone();
        folder.extend(
            group
                .split('/')
                .filter(|name| !name.is_empty())
                .map(str::to_owned),
        );
        is_accuracy(tag).then(|| in_folder(&folder, tag)).flatten()
    };
    let named = experiments
        .metrics(&logs.session_folder)
        .iter()
        .find_map(found);
    let own = || {
        let mut runs = logs
            .runs
            .iter()
            .filter(|run| run.folder == logs.session_folder);
        runs.find_map(|run| {
            run.last
                .iter()
                .find(|(tag, _)| is_accuracy(tag) && !is_series(run, tag))
        })
    };
    let (tag, (step, value)) = named.or_else(own)?;
    value.is_finite().then_some(Metric {
        tag,
        step: *step,
        value: *value,
    })
}

/// Whether the tag is that of a curve of validation, whose last value is no figure of the whole training.
fn is_series(run: &LogRun, tag: &str) -> bool {
    let part = run.folder.last().and_then(|name| super::series::part(name));
    super::series::kind(tag, part).is_some_and(|kind| kind.split.is_some())
}

/// What accuracies are to be divided by: 100, where they were logged in percent.
fn scale(curve: &LoggedCurve, metric: Option<f64>) -> f64 {
    let accuracies = curve.epochs.iter();
    let accuracies = accuracies.flat_map(|epoch| [epoch.train.accuracy, epoch.validation.accuracy]);
    let highest = accuracies.chain(metric).fold(0.0, f64::max);
    if highest > 1.0 && highest <= 100.0 {
        100.0
    } else {
        1.0
    }
}

fn scaled(mut epochs: Vec<EpochMetrics>, scale: f64) -> Vec<EpochMetrics> {
    for epoch in &mut epochs {
        epoch.train.accuracy /= scale;
        epoch.validation.accuracy /= scale;
    }
    epochs
}

/// When a trial began and ended: as its session says, else when its logs were written.
fn times(logs: &TrialLogs<'_>) -> Option<(f64, f64)> {
    let written = logs.runs.iter().filter_map(|run| run.times);
    let written = written.reduce(|(first, last), (other_first, other_last)| {
        (first.min(other_first), last.max(other_last))
    });
    let started = logs
        .runs
        .iter()
        .find_map(|run| run.session.as_ref()?.started);
    let ended = logs.runs.iter().find_map(|run| run.end?.ended);
    let first = started.or(written.map(|(first, _)| first))?;
    let last = ended.or(written.map(|(_, last)| last))?;
    (last >= first).then_some((first, last))
}

/// The names of all hyperparameters of these runs.
pub(crate) fn logged_hparam_names(runs: &[LogRun]) -> impl Iterator<Item = &String> + Clone {
    let sessions = runs.iter().filter_map(|run| run.session.as_ref());
    sessions.flat_map(|session| BTreeMap::keys(&session.hparams))
}
