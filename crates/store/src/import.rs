//! Recording sweeps that others ran and logged.

use fitroom_domain::{
    EpochMetrics, Fingerprint, ImportedTrial, RecordedFigures, RecordedTrial, TrialId, TrialState,
};
use sqlx::{Sqlite, Transaction};

use crate::epoch_rows::write_epochs;
use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::register::{json, want};
use crate::remove::delete;
use crate::time::{utc_from_seconds, utc_now};
use crate::trial_columns::{Outcome, TrialColumns, task_key, write_trial};

/// A sweep as its logs have it.
#[derive(Debug)]
pub struct ImportedSweep<'a> {
    /// What its dataset is called.
    pub dataset: &'a str,
    /// Stands for the folder of the logs.
    pub source: &'a Fingerprint,
    /// The names of the folders from there to its own, by which it is known.
    pub folder: &'a [String],
    /// Its name, which stands for its task too.
    pub name: &'a str,
    /// The folder of the logs, for people.
    pub from: &'a str,
    /// Its trials, in order.
    pub trials: &'a [ImportedRow],
}

/// A trial as its logs have it.
#[derive(Debug)]
pub struct ImportedRow {
    /// What is known of how it was trained.
    pub trial: ImportedTrial,
    /// `finished`, `diverged` or `failed`.
    pub state: TrialState,
    /// Its figures; `Some` if and only if it is finished.
    pub figures: Option<RecordedFigures>,
    /// Its epochs. What is NaN is not recorded.
    pub epochs: Vec<EpochMetrics>,
    /// Why it has no figures.
    pub error: Option<String>,
    /// When it began and ended, in seconds since 1970.
    pub times: Option<(f64, f64)>,
}

impl Store {
    /// Records a sweep and its trials, all or none. What an earlier import recorded of the same logs is replaced;
    /// trials that are not in the logs any more stay.
    pub async fn import(&self, sweep: &ImportedSweep<'_>) -> Result<(), StoreError> {
        let doing = "import a sweep";
        let mut transaction = self.write().await?;
        // What a task of ours asks is no list.
        let definition = json("sweeps.definition", &sweep.folder)?;
        let known: Option<i64> = sqlx::query_scalar(
            "select key from sweeps
             where fingerprint = ? and definition = ? and imported_from is not null",
        )
        .bind(sweep.source.as_str())
        .bind(&definition)
        .fetch_optional(&mut *transaction)
        .await
        .doing(doing)?;
        let (key, plan): (i64, i64) = sqlx::query_as(
            "insert into sweeps
                 (key, dataset, fingerprint, name, task, definition, summary, keep, text, run_at, imported_from)
             values (?, ?, ?, ?, ?, ?, 'null', 'top', '', ?, ?)
             on conflict (key) do update
             set dataset = excluded.dataset, name = excluded.name, task = excluded.task,
                 run_at = excluded.run_at, imported_from = excluded.imported_from, plan = sweeps.plan + 1
             returning key, plan",
        )
        .bind(known)
        .bind(sweep.dataset)
        .bind(sweep.source.as_str())
        .bind(sweep.name)
        .bind(sweep.name)
        .bind(&definition)
        .bind(utc_now())
        .bind(sweep.from)
        .fetch_one(&mut *transaction)
        .await
        .doing(doing)?;
        let task = task_key(&mut transaction, sweep.source, &definition).await?;
        for (position, row) in sweep.trials.iter().enumerate() {
            let trial = import_trial(&mut transaction, row, task, key).await?;
            want(&mut transaction, (key, plan), trial, position).await?;
        }
        transaction.commit().await.doing(doing)
    }

    /// Forgets imported trials whose logs turned out to be part of others', and sweeps without any.
    pub async fn forget_imported(&self, trials: &[TrialId]) -> Result<(), StoreError> {
        let doing = "forget an imported trial";
        let mut transaction = self.write().await?;
        for id in trials {
            let key: Option<i64> = sqlx::query_scalar("select key from trials where id = ?")
                .bind(id.as_str())
                .fetch_optional(&mut *transaction)
                .await
                .doing(doing)?;
            if let Some(key) = key {
                delete(&mut transaction, key).await?;
            }
        }
        sqlx::query(
            "delete from sweeps where imported_from is not null
             and not exists (select 1 from sweep_trials where sweep_key = sweeps.key)",
        )
        .execute(&mut *transaction)
        .await
        .doing(doing)?;
        transaction.commit().await.doing(doing)
    }
}

/// Records one trial and returns its key.
async fn import_trial(
    transaction: &mut Transaction<'static, Sqlite>,
    row: &ImportedRow,
    task: i64,
    sweep: i64,
) -> Result<i64, StoreError> {
    let trial = RecordedTrial::Imported {
        imported: row.trial.clone(),
    };
    let columns = TrialColumns {
        key: None,
        id: row.trial.id(),
        name: row.trial.name(),
        trial: &trial,
        task,
        listed: sweep,
        outcome: Outcome::PLANNED,
    };
    let key = write_trial(transaction, &columns).await?;
    let figures = row.figures.as_ref();
    let count =
        |pick: fn(&RecordedFigures) -> Option<u64>| figures.and_then(pick).map(|it| it as i64);
    sqlx::query(
        "update trials
         set sweep_key = ?, state = ?, accuracy = ?, loss = ?, best_epoch = ?, epochs = ?, parameters = ?,
             multiply_adds = ?, seconds = ?
         where key = ?",
    )
    .bind(sweep)
    .bind(row.state.as_str())
    .bind(figures.map(|figures| figures.accuracy))
    .bind(figures.and_then(|figures| figures.loss))
    .bind(figures.and_then(|figures| figures.best_epoch))
    .bind(figures.and_then(|figures| figures.epochs))
    .bind(count(|figures| figures.parameters))
    .bind(count(|figures| figures.multiply_adds))
    .bind(figures.and_then(|figures| figures.seconds))
    .bind(key)
    .execute(&mut **transaction)
    .await
    .doing("import a trial")?;
    // Once more of the logs was there it may have turned out to be another sweep's.
    sqlx::query("delete from sweep_trials where trial_key = ? and sweep_key <> ?")
        .bind(key)
        .bind(sweep)
        .execute(&mut **transaction)
        .await
        .doing("import a trial")?;
    import_attempt(transaction, row, key).await?;
    import_epochs(transaction, row, key).await?;
    Ok(key)
}

/// The one attempt that an imported trial has: whoever trained it is gone.
async fn import_attempt(
    transaction: &mut Transaction<'static, Sqlite>,
    row: &ImportedRow,
    trial: i64,
) -> Result<(), StoreError> {
    let time = |seconds: Option<f64>| seconds.and_then(utc_from_seconds).unwrap_or_else(utc_now);
    sqlx::query(
        "insert into attempts (trial_key, number, owner, state, error, numerics, started_at, ended_at)
         values (?, 1, 'imported', ?, ?, '', ?, ?)
         on conflict (trial_key, number) do update
         set state = excluded.state, error = excluded.error, started_at = excluded.started_at,
             ended_at = excluded.ended_at",
    )
    .bind(trial)
    .bind(row.state.as_str())
    .bind(&row.error)
    .bind(time(row.times.map(|(first, _)| first)))
    .bind(time(row.times.map(|(_, last)| last)))
    .execute(&mut **transaction)
    .await
    .doing("import a trial")?;
    sqlx::query("update trials set ended_at = ? where key = ?")
        .bind(time(row.times.map(|(_, last)| last)))
        .bind(trial)
        .execute(&mut **transaction)
        .await
        .doing("import a trial")?;
    Ok(())
}

async fn import_epochs(
    transaction: &mut Transaction<'static, Sqlite>,
    row: &ImportedRow,
    trial: i64,
) -> Result<(), StoreError> {
    sqlx::query("delete from epochs where trial_key = ?")
        .bind(trial)
        .execute(&mut **transaction)
        .await
        .doing("import the epochs of a trial")?;
    write_epochs(transaction, row.epochs.iter().map(|epoch| (trial, epoch))).await
}
