//! Writing down which trials a sweep wants.

use fitroom_domain::keep::Keep;
use fitroom_domain::{DatasetKey, Task, TaskSummary, Trial};
use sqlx::{AssertSqlSafe, Sqlite, Transaction};

use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::time::utc_now;

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
    /// The trials that it wants, in order.
    pub trials: &'a [Trial],
}

/// A sweep and its trials in the database.
#[derive(Debug)]
pub struct Registered {
    /// The sweep's key.
    pub sweep: i64,
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
        .bind(utc_now())
        .fetch_one(&mut *transaction)
        .await
        .doing(doing)?;
        let mut trials = Vec::with_capacity(sweep.trials.len());
        for (position, trial) in sweep.trials.iter().enumerate() {
            let key = trial_key(&mut transaction, trial, &definition).await?;
            want(&mut transaction, (sweep_key, plan), key, position).await?;
            trials.push(key);
        }
        transaction.commit().await.doing(doing)?;
        Ok(Registered {
            sweep: sweep_key,
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

/// A key that no trial has, and none that was removed had.
pub(crate) const NEXT_KEY: &str = "1 + max((select coalesce(max(key), 0) from trials),
    (select coalesce(max(key), 0) from removed_trials))";

/// The key of a trial, which is planned if the database does not know it.
async fn trial_key(
    transaction: &mut Transaction<'static, Sqlite>,
    trial: &Trial,
    definition: &str,
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
    sqlx::query_scalar(AssertSqlSafe(format!(
        "insert into trials (key, id, name, trial, configuration, fingerprint, definition, state)
         values ({NEXT_KEY}, ?, ?, ?, ?, ?, ?, 'planned')
         returning key",
    )))
    .bind(id.as_str())
    .bind(trial.name())
    .bind(json("trials.trial", trial)?)
    .bind(trial.configuration_id())
    .bind(trial.dataset.fingerprint.as_str())
    .bind(definition)
    .fetch_one(&mut **transaction)
    .await
    .doing("plan a trial")
}

/// A value as compact JSON, as the database holds it.
pub(crate) fn json(
    column: &'static str,
    value: &impl serde::Serialize,
) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|error| crate::error::corrupt(column, error, "what JSON can say"))
}

fn keep_word(keep: Keep) -> &'static str {
    match keep {
        Keep::Top => "top",
        Keep::All => "all",
    }
}
