//! What the logs of a trial say of it.

use std::collections::BTreeMap;

use fitroom_domain::{EpochMetrics, Fingerprint, ImportedTrial, RecordedFigures, TrialState};
use fitroom_store::ImportedRow;
use fitroom_tensorboard::{LoggedHparam, SessionStatus};

use super::curve::LoggedCurve;
use super::group_trials::TrialLogs;
use super::hparam_names::{HparamNames, is_ours};
use super::log_runs::LogRun;
use super::metric::{Experiments, Metric, loss_of_session, metric};
use super::percent::HIGHEST_SHARE;
use crate::sweeping::BEST_ACCURACY;

/// What our own logs have among hyperparameters that is none.
const NO_HPARAMS: [&str; 4] = ["dataset", "task", "sweep", "state"];

/// Reads a trial of the sweep that is called so.
pub(crate) fn read_trial(
    logs: &TrialLogs<'_>,
    experiments: &Experiments<'_>,
    names: &HparamNames<'_>,
    (source, sweep): (&Fingerprint, &str),
) -> ImportedRow {
    let curve = LoggedCurve::of(&logs.runs);
    let (hparams, state) = hparams(&logs.runs);
    let model = logs.runs.iter().find_map(|run| run.model.as_ref());
    let mut named = names.named(&hparams);
    if let Some(model) = model {
        named.settings.extend(model.hyperparameters.clone());
    }
    let has_validated = curve
        .epochs
        .iter()
        .any(|epoch| epoch.validation.accuracy.is_finite());
    let metric = metric(&logs.runs, experiments, has_validated);
    let best = best(&curve, metric);
    let logged = metric
        .map(|metric| metric.value)
        .or(best.map(|best| best.validation.accuracy));
    let logged = logged.filter(|accuracy| !accuracy.is_nan());
    let accuracy = logged.filter(|accuracy| (0.0..=HIGHEST_SHARE).contains(accuracy));
    let (state, reason) = match state_of(&logs.runs, state) {
        _ if curve.diverged => (TrialState::Diverged, Some(DIVERGED)),
        Some((state, reason)) => (state, Some(reason)),
        None if accuracy.is_some() => (TrialState::Finished, None),
        None if logged.is_some() => (TrialState::Failed, Some(OUT_OF_RANGE)),
        None => (TrialState::Failed, Some(NO_ACCURACY)),
    };
    let times = times(&logs.runs);
    let network = model.and_then(|model| model.network.as_ref());
    let best_epoch = best.map(|best| best.epoch);
    let accuracy = accuracy.filter(|_| state == TrialState::Finished);
    let figures = accuracy.map(|accuracy| RecordedFigures {
        accuracy: accuracy.min(1.0),
        loss: (best.map(|best| best.validation.loss))
            .filter(|loss| loss.is_finite())
            .or_else(|| loss_of_session(&logs.runs)),
        best_epoch,
        epochs: curve.epochs.last().map(|last| last.epoch),
        parameters: network.map(|network| network.parameters()),
        multiply_adds: network.map(|network| network.multiply_adds()),
        seconds: seconds(&logs.runs, times),
    });
    ImportedRow {
        trial: ImportedTrial {
            source: source.clone(),
            folder: logs.folder.clone(),
            take: logs.take,
            sweep: sweep.to_owned(),
            run: match logs.run.as_str() {
                // The root itself.
                run if run.is_empty() || run.starts_with('#') => format!("{sweep}{run}"),
                run => run.to_owned(),
            },
            settings: named.settings,
            seed: named.seed,
        },
        state,
        figures,
        epochs: curve.thinned(best_epoch),
        error: reason.map(str::to_owned),
        times,
    }
}

const DIVERGED: &str = "the loss became infinite or undefined";
const FAILED: &str = "its logs say that it failed";
const NO_END: &str =
    "its logs do not say how it ended: it was interrupted, or is still in training";
const OUT_OF_RANGE: &str = "its accuracy is neither between 0 and 1 nor in percent";
const NO_ACCURACY: &str = "its logs have no accuracy on validation, by which trials are ranked";

/// The hyperparameters of a trial by their names in the logs, and the state that our own logs have among them.
fn hparams(runs: &[&LogRun]) -> (BTreeMap<String, LoggedHparam>, Option<TrialState>) {
    let session = runs.iter().find_map(|run| run.session.as_ref());
    let mut hparams = session
        .map(|session| session.hparams.clone())
        .unwrap_or_default();
    let Some(summary) = summary(runs) else {
        return (hparams, None);
    };
    let state = match hparams.remove("state") {
        Some(LoggedHparam::Text(state)) => state.parse().ok(),
        _ => None,
    };
    // Ours write the session at the end; what they are trained with they say from the start on.
    let from_summary = summary.iter().filter(|(name, _)| is_ours(name));
    for (name, value) in from_summary {
        let value = LoggedHparam::Text(value.clone());
        hparams.entry(name.clone()).or_insert(value);
    }
    hparams.retain(|name, _| !NO_HPARAMS.contains(&name.as_str()));
    (hparams, state)
}

/// What our own logs say of a trial; `None` of others'.
fn summary<'a>(runs: &[&'a LogRun]) -> Option<&'a BTreeMap<String, String>> {
    let is_ours = |run: &&&LogRun| run.metrics.iter().any(|metric| metric.tag == BEST_ACCURACY);
    let summaries = runs.iter().filter(is_ours).map(|run| &run.summary);
    summaries.into_iter().find(|summary| !summary.is_empty())
}

/// What the logs say of how a trial ended, if it did not end well.
fn state_of(runs: &[&LogRun], state: Option<TrialState>) -> Option<(TrialState, &'static str)> {
    let failed = |run: &&LogRun| {
        run.end
            .is_some_and(|end| end.status == Some(SessionStatus::Failure))
    };
    let is_ours = summary(runs).is_some();
    match state {
        Some(TrialState::Diverged) => Some((TrialState::Diverged, DIVERGED)),
        _ if runs.iter().any(failed) => Some((TrialState::Failed, FAILED)),
        None if is_ours => Some((TrialState::Failed, NO_END)),
        _ => None,
    }
}

/// The epoch whose figures are the trial's.
fn best<'c>(curve: &'c LoggedCurve, metric: Option<Metric<'_>>) -> Option<&'c EpochMetrics> {
    match metric {
        // Of our own logs the step is the epoch that was kept.
        Some(metric) if metric.tag == BEST_ACCURACY => {
            let at = curve.steps.iter().position(|step| *step == metric.step);
            at.and_then(|at| curve.epochs.get(at))
        }
        // The last value of many is that of no epoch that we would choose.
        Some(metric) if metric.count > 1 => None,
        _ => curve.best(),
    }
}

/// When a trial began and ended: as its session says, else when its logs were written.
fn times(runs: &[&LogRun]) -> Option<(f64, f64)> {
    let written = runs.iter().filter_map(|run| run.times);
    let written = written.reduce(|(first, last), (other_first, other_last)| {
        (first.min(other_first), last.max(other_last))
    });
    let started = runs.iter().find_map(|run| run.session.as_ref()?.started);
    let ended = runs.iter().find_map(|run| run.end?.ended);
    let first = started.or(written.map(|(first, _)| first))?;
    let last = ended.or(written.map(|(_, last)| last))?;
    (last >= first && (last - first).is_finite()).then_some((first, last))
}

/// Seconds of training, as far as it is known; pauses between the files of one training do not count.
fn seconds(runs: &[&LogRun], times: Option<(f64, f64)>) -> Option<f64> {
    let of_files = runs.iter().filter_map(|run| run.seconds_of_files);
    let longest = of_files
        .reduce(f64::max)
        .filter(|seconds| seconds.is_finite());
    longest.or(times.map(|(first, last)| last - first))
}

/// The names of all hyperparameters of these runs.
pub(crate) fn logged_hparam_names(runs: &[LogRun]) -> impl Iterator<Item = &String> + Clone {
    let sessions = runs.iter().filter_map(|run| run.session.as_ref());
    sessions.flat_map(|session| BTreeMap::keys(&session.hparams))
}
