//! Writing what a trial is into its columns.

use fitroom_domain::{
    Fingerprint, HYPERPARAMETERS, RecordedFigures, RecordedTrial, SettingValue, TrialId, TrialState,
};
use sqlx::{AssertSqlSafe, Sqlite, Transaction};

use crate::error::{Doing, StoreError};
use crate::register::json;

/// A key that no trial has, and none that was removed had.
const NEXT_KEY: &str = "1 + max((select coalesce(max(key), 0) from trials),
    (select coalesce(max(key), 0) from removed_trials))";

/// The columns of training settings, each with the setting's name. Hyperparameters are called as their columns are.
const OF_TRAINING: [(&str, &str); 5] = [
    ("max_epochs", "epochs"),
    ("batch_size", "batch_size"),
    ("learning_rate", "learning_rate"),
    ("patience", "patience"),
    ("threads", "threads"),
];

/// A trial to be written.
pub(crate) struct TrialColumns<'a> {
    /// Its key, if it had one before it was removed.
    pub(crate) key: Option<i64>,
    pub(crate) id: TrialId,
    pub(crate) name: String,
    pub(crate) trial: &'a RecordedTrial,
    pub(crate) task: i64,
    /// The sweep that it is listed under.
    pub(crate) listed: i64,
    /// How far it came.
    pub(crate) outcome: Outcome<'a>,
}

/// How far a trial came.
pub(crate) struct Outcome<'a> {
    pub(crate) state: TrialState,
    /// The sweep that trained it.
    pub(crate) sweep: Option<i64>,
    pub(crate) folder: Option<&'a str>,
    pub(crate) ended_at: Option<&'a str>,
    pub(crate) figures: Option<RecordedFigures>,
    pub(crate) weights_kept: bool,
}

impl Outcome<'_> {
    /// That of a trial that nobody has begun.
    pub(crate) const PLANNED: Outcome<'static> = Outcome {
        state: TrialState::Planned,
        sweep: None,
        folder: None,
        ended_at: None,
        figures: None,
        weights_kept: false,
    };
}

/// Writes a trial and returns its key; of one that is there what it is becomes what is known now, and its outcome stays.
pub(crate) async fn write_trial(
    transaction: &mut Transaction<'static, Sqlite>,
    columns: &TrialColumns<'_>,
) -> Result<i64, StoreError> {
    let settings = || {
        let hyperparameters = HYPERPARAMETERS.iter().map(|it| (it.name, it.name));
        hyperparameters.chain(OF_TRAINING)
    };
    let names: Vec<&str> = settings().map(|(column, _)| column).collect();
    let places = vec!["?"; names.len()].join(", ");
    let updates: Vec<String> = (names.iter())
        .map(|name| format!("{name} = excluded.{name}"))
        .collect();
    let statement = format!(
        "insert into trials
             (key, id, name, task_key, listed_key, state, sweep_key, folder, ended_at, accuracy, loss, best_epoch, epochs,
              parameters, multiply_adds, seconds, weights_kept, seed, {names}, configuration, trial)
         values (coalesce(?, {NEXT_KEY}), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, {places}, ?, ?)
         on conflict (id) do update
         set name = excluded.name, task_key = excluded.task_key, listed_key = excluded.listed_key,
             seed = excluded.seed, {updates}, configuration = excluded.configuration, trial = excluded.trial
         returning key",
        names = names.join(", "),
        updates = updates.join(", "),
    );
    let trial = columns.trial;
    let seed = trial.seed().and_then(|seed| i64::try_from(seed).ok());
    let outcome = &columns.outcome;
    let figures = outcome.figures;
    let count = |pick: fn(RecordedFigures) -> Option<u64>| {
        let count = figures.and_then(pick);
        count.map(|count| count as i64)
    };
    let mut query = sqlx::query_scalar(AssertSqlSafe(statement))
        .bind(columns.key)
        .bind(columns.id.as_str())
        .bind(&columns.name)
        .bind(columns.task)
        .bind(columns.listed)
        .bind(outcome.state.as_str())
        .bind(outcome.sweep)
        .bind(outcome.folder)
        .bind(outcome.ended_at)
        .bind(figures.map(|figures| figures.accuracy))
        .bind(figures.and_then(|figures| figures.loss))
        .bind(figures.and_then(|figures| figures.best_epoch))
        .bind(figures.and_then(|figures| figures.epochs))
        .bind(count(|figures| figures.parameters))
        .bind(count(|figures| figures.multiply_adds))
        .bind(figures.and_then(|figures| figures.seconds))
        .bind(outcome.weights_kept)
        .bind(seed);
    for (_, name) in settings() {
        query = query.bind(match trial.setting(name) {
            Some(SettingValue::Number(number)) => Some(number),
            Some(SettingValue::Flag(_) | SettingValue::Text(_)) | None => None,
        });
    }
    query
        .bind(trial.configuration_id())
        .bind(json("trials.trial", trial)?)
        .fetch_one(&mut **transaction)
        .await
        .doing("write a trial")
}

/// The key of what a task asks of a dataset.
pub(crate) async fn task_key(
    transaction: &mut Transaction<'static, Sqlite>,
    fingerprint: &Fingerprint,
    definition: &str,
) -> Result<i64, StoreError> {
    sqlx::query_scalar(
        "insert into tasks (fingerprint, definition) values (?, ?)
         on conflict (fingerprint, definition) do update set definition = excluded.definition
         returning key",
    )
    .bind(fingerprint.as_str())
    .bind(definition)
    .fetch_one(&mut **transaction)
    .await
    .doing("write down a task")
}
