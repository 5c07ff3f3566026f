//! Writing down which trials a sweep wants.

use fitroom_domain::keep::Keep;
use fitroom_domain::{DatasetKey, Provenance, RecordedTrial, Task, TaskSummary, Trial};
use serde::{Deserialize, Serialize};
use sqlx::{Sqlite, Transaction};

use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::time::utc_now;
use crate::trial_columns::{Outcome, TrialColumns, task_key, write_trial};

/// A sweep about to run.
#[derive(Debug)]
pub struct SweepToRun<'a> {
    /// Its name: the file's stem.
    pub name: &'a str,
    /// The dataset.
    pub dataset: &'a DatasetKey,
    /// The task.
    pub task: &'a Task,
    /// What the task comes to on the dataset.
    pub summary: &'a TaskSummary,
    /// Whose weights it keeps.
    pub keep: Keep,
    /// The sweep file's text.
    pub text: &'a str,
    /// What the command line changed in it: the `KEY=VALUE` of each `--set`.
    pub overrides: &'a [String],
    /// By which program, command and machine it is run, if that is known.
    pub provenance: Option<&'a Provenance>,
    /// The trials that it wants, in order.
    pub trials: &'a [Trial],
}

/// One run of a sweep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepRun {
    /// Which of the sweep's plans it made, counted from 1.
    pub plan: i64,
    /// When, in UTC.
    pub run_at: String,
    /// The sweep file's text.
    pub text: String,
    /// What the command line changed in it: the `KEY=VALUE` of each `--set`.
    pub overrides: Vec<String>,
    /// By which program, command and machine, if that is known.
    pub provenance: Option<Provenance>,
}

/// A sweep and its trials in the database.
#[derive(Debug)]
pub struct Registered {
    /// The sweep's key.
    pub sweep: i64,
    /// The key of this run of it.
    pub run_key: i64,
    /// This run.
    pub run: SweepRun,
    /// The trials' keys, in the order in which they were given.
    pub trials: Vec<i64>,
}

impl Store {
    /// Makes sure that the sweep and its trials are in the database, as the sweep's newest plan; trials
    /// that are there already stay as they are.
    pub async fn register(&self, sweep: &SweepToRun<'_>) -> Result<Registered, StoreError> {
        let doing = "register a sweep";
        let mut transaction = self.write().await?;
        let definition = json("sweeps.definition", &sweep.task.definition)?;
        let run_at = utc_now();
        let (sweep_key, plan): (i64, i64) = sqlx::query_as(
            "insert into sweeps
                 (dataset, fingerprint, name, task, definition, summary, keep, text, overrides, run_at)
             values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             on conflict (fingerprint, name, definition) do update
             set dataset = excluded.dataset, task = excluded.task, summary = excluded.summary,
                 keep = excluded.keep, text = excluded.text, overrides = excluded.overrides,
                 run_at = excluded.run_at, plan = sweeps.plan + 1
             returning key, plan",
        )
        .bind(&sweep.dataset.name)
        .bind(sweep.dataset.fingerprint.as_str())
        .bind(sweep.name)
        .bind(&sweep.task.name)
        .bind(&definition)
        .bind(json("sweeps.summary", sweep.summary)?)
        .bind(keep_word(sweep.keep))
        .bind(sweep.text)
        .bind(json("sweeps.overrides", &sweep.overrides)?)
        .bind(&run_at)
        .fetch_one(&mut *transaction)
        .await
        .doing(doing)?;
        let run = SweepRun {
            plan,
            run_at,
            text: sweep.text.to_owned(),
            overrides: sweep.overrides.to_vec(),
            provenance: sweep.provenance.cloned(),
        };
        let run_key = record_run(&mut transaction, sweep_key, &run).await?;
        let fingerprint = &sweep.dataset.fingerprint;
        let task = task_key(&mut transaction, fingerprint, &definition).await?;
        let mut trials = Vec::with_capacity(sweep.trials.len());
        for (position, trial) in sweep.trials.iter().enumerate() {
            let key = trial_key(&mut transaction, trial, task, sweep_key).await?;
            want(&mut transaction, (sweep_key, plan), key, position).await?;
            trials.push(key);
        }
        transaction.commit().await.doing(doing)?;
        Ok(Registered {
            sweep: sweep_key,
            run_key,
            run,
            trials,
        })
    }
}

/// Records that this plan of a sweep wants a trial, at this position.
pub(crate) async fn want(
    transaction: &mut Transaction<'static, Sqlite>,
    (sweep, plan): (i64, i64),
    trial: i64,
    position: usize,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into sweep_trials (sweep_key, trial_key, position, plan) values (?, ?, ?, ?)
         on conflict (sweep_key, trial_key) do update
         set position = excluded.position, plan = excluded.plan",
    )
    .bind(sweep)
    .bind(trial)
    .bind(position as i64)
    .bind(plan)
    .execute(&mut **transaction)
    .await
    .doing("plan a trial")?;
    Ok(())
}

/// The key of a trial, which is planned if the database does not know it.
async fn trial_key(
    transaction: &mut Transaction<'static, Sqlite>,
    trial: &Trial,
    task: i64,
    sweep: i64,
) -> Result<i64, StoreError> {
    let id = trial.id();
    let known: Option<i64> = sqlx::query_scalar("select key from trials where id = ?")
        .bind(id.as_str())
        .fetch_optional(&mut **transaction)
        .await
        .doing("look for a trial")?;
    if let Some(key) = known {
        return Ok(key);
    }
    let columns = TrialColumns {
        key: None,
        id,
        name: trial.name(),
        trial: &RecordedTrial::Ours(trial.clone()),
        task,
        listed: sweep,
        outcome: Outcome::PLANNED,
    };
    write_trial(transaction, &columns).await
}

/// Records how a plan of a sweep came about.
pub(crate) async fn record_run(
    transaction: &mut Transaction<'static, Sqlite>,
    sweep: i64,
    run: &SweepRun,
) -> Result<i64, StoreError> {
    let provenance = run.provenance.as_ref();
    let provenance = provenance.map(|it| json("sweep_runs.provenance", it));
    sqlx::query_scalar(
        "insert into sweep_runs (sweep_key, plan, run_at, text, overrides, provenance)
         values (?, ?, ?, ?, ?, ?) returning key",
    )
    .bind(sweep)
    .bind(run.plan)
    .bind(&run.run_at)
    .bind(&run.text)
    .bind(json("sweep_runs.overrides", &run.overrides)?)
    .bind(provenance.transpose()?)
    .fetch_one(&mut **transaction)
    .await
    .doing("record the run of a sweep")
}

/// A value as compact JSON, as the database holds it.
pub(crate) fn json(
    column: &'static str,
    value: &impl serde::Serialize,
) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|error| crate::error::corrupt(column, error, "what JSON can say"))
}

/// The word of a sweep's `keep` in the database.
pub(crate) fn keep_word(keep: Keep) -> &'static str {
    match keep {
        Keep::Top => "top",
        Keep::All => "all",
    }
}
