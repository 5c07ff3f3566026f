//! What the HPARAMS and CUSTOM SCALARS pages of TensorBoard are made of.

use fitroom_domain::hyperparameters::HYPERPARAMETERS;
use fitroom_domain::{TRAIN_SETTINGS, TrainSetting, Trial, TrialState};
use fitroom_tensorboard::{
    EventWriter, HparamDomain, HparamInfo, HparamValue, LineChart, Session, SessionStatus,
    WriteEventError,
};

use super::tensorboard_tags::{
    ACCURACY_TRAIN, ACCURACY_VALIDATION, BEST_ACCURACY, BEST_LOSS, LOSS_TRAIN, LOSS_VALIDATION,
};

/// The states that a session can be in when it is written.
const STATES: [TrialState; 3] = [
    TrialState::Finished,
    TrialState::Diverged,
    TrialState::Failed,
];

/// The settings of training that HPARAMS shows: all but how many threads a trial has.
fn settings() -> impl Iterator<Item = TrainSetting> {
    TRAIN_SETTINGS.into_iter().filter(|it| it.name != "threads")
}

/// The experiment is the same for all trials of all sweeps, for TensorBoard takes that of any one of them.
/// So it has no lists of values, and "differs" is what sweeps search, not what they find.
pub(super) fn write_experiment(
    writer: &mut EventWriter,
    wall_time: f64,
) -> Result<(), WriteEventError> {
    let states = STATES.map(TrialState::as_str);
    let info = |name, domain, differs| HparamInfo {
        name,
        domain,
        differs,
    };
    let searched = HYPERPARAMETERS.map(|it| info(it.name, HparamDomain::Number, true));
    let settings = settings().map(|it| info(it.name, HparamDomain::Number, false));
    let texts = ["dataset", "task", "sweep"].map(|name| info(name, HparamDomain::Text, false));
    let state = info("state", HparamDomain::OneOf(&states), false);
    let infos: Vec<HparamInfo<'_>> = (searched.into_iter().chain(settings).chain(texts))
        .chain([state])
        .collect();
    writer.hparams_experiment(wall_time, &infos, &[BEST_ACCURACY, BEST_LOSS])
}

/// Train and validation in one chart: what they part by is what the model has learnt by heart.
pub(super) fn write_charts(
    writer: &mut EventWriter,
    wall_time: f64,
) -> Result<(), WriteEventError> {
    let charts = [
        LineChart {
            title: "accuracy",
            tags: &[ACCURACY_TRAIN, ACCURACY_VALIDATION],
        },
        LineChart {
            title: "loss",
            tags: &[LOSS_TRAIN, LOSS_VALIDATION],
        },
    ];
    writer.chart_layout(wall_time, "train and validation", &charts)
}

/// The session of an attempt that began at `started` and ended in `state` at `wall_time`.
pub(super) fn write_session(
    writer: &mut EventWriter,
    trial: &Trial,
    sweep: &str,
    (started, wall_time): (f64, f64),
    state: TrialState,
) -> Result<(), WriteEventError> {
    let number = HparamValue::Number;
    let hparams: Vec<(&str, HparamValue<'_>)> = HYPERPARAMETERS
        .iter()
        .map(|it| (it.name, number((it.value)(&trial.hyperparameters))))
        .chain(settings().map(|it| (it.name, number((it.value)(&trial.train)))))
        .chain([
            ("dataset", HparamValue::Text(&trial.dataset.name)),
            ("task", HparamValue::Text(&trial.task.name)),
            ("sweep", HparamValue::Text(sweep)),
            ("state", HparamValue::Text(state.as_str())),
        ])
        .collect();
    let group = group(trial, state);
    let session = Session {
        group: &group,
        hparams: &hparams,
        started,
    };
    let status = match state {
        TrialState::Finished => SessionStatus::Success,
        _ => SessionStatus::Failure,
    };
    writer.hparams_session_start(wall_time, &session)?;
    writer.hparams_session_end(wall_time, status)
}

/// What the seeds of a configuration on a dataset have in common; the task comes first, for TensorBoard shows only the
/// start of it, and no column for the task before somebody ticks it. Those that did not finish stand apart:
/// TensorBoard gives the mean of a group's metrics without saying of how many, and one state for all.
fn group(trial: &Trial, state: TrialState) -> String {
    let mut group = format!(
        "{}/{}/{}-{}",
        trial.task.name,
        trial.dataset.name,
        trial.hyperparameters.short_name(),
        &trial.configuration_id()[..8]
    );
    if state != TrialState::Finished {
        group.push('-');
        group.push_str(state.as_str());
    }
    group
}
