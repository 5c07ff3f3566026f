//! Writing the parts of a record: outcome, wishes, attempts, pin.

use fitroom_domain::RecordedFigures;
use sqlx::{Sqlite, Transaction};

use crate::error::{Doing, StoreError};
use crate::register::{SweepRun, record_run, want};
use crate::time::utc_now;
use crate::trial_record::{AttemptRecord, TrialRecord, Wish};

const DOING: &str = "bring a trial back";

/// Writes how far a trial came.
pub(crate) async fn write_outcome(
    transaction: &mut Transaction<'static, Sqlite>,
    key: i64,
    record: &TrialRecord,
    trained: Option<i64>,
) -> Result<(), StoreError> {
    let figures = record.figures.as_ref();
    let count =
        |pick: fn(&RecordedFigures) -> Option<u64>| figures.and_then(pick).map(|it| it as i64);
    let ended_at = record.attempts.iter().filter_map(|it| it.ended_at.as_ref());
    sqlx::query(
        "update trials
         set state = ?, sweep_key = ?, folder = ?, ended_at = ?, accuracy = ?, loss = ?, best_epoch = ?,
             epochs = ?, parameters = ?, multiply_adds = ?, seconds = ?, weights_kept = ?
         where key = ?",
    )
    .bind(record.state.as_str())
    .bind(trained)
    .bind(&record.folder)
    .bind(ended_at.max())
    .bind(figures.map(|figures| figures.accuracy))
    .bind(figures.and_then(|figures| figures.loss))
    .bind(figures.and_then(|figures| figures.best_epoch))
    .bind(figures.and_then(|figures| figures.epochs))
    .bind(count(|figures| figures.parameters))
    .bind(count(|figures| figures.multiply_adds))
    .bind(figures.and_then(|figures| figures.seconds))
    .bind(record.weights_kept)
    .bind(key)
    .execute(&mut **transaction)
    .await
    .doing(DOING)?;
    Ok(())
}

/// Writes that a sweep wants a trial.
pub(crate) async fn write_wish(
    transaction: &mut Transaction<'static, Sqlite>,
    trial: i64,
    sweep: i64,
    wish: &Wish,
) -> Result<(), StoreError> {
    let position = wish.position.unsigned_abs() as usize;
    want(transaction, (sweep, wish.plan), trial, position).await?;
    if let Some(epoch) = wish.pruned_at_epoch {
        sqlx::query(
            "update sweep_trials set pruned_at_epoch = ? where sweep_key = ? and trial_key = ?",
        )
        .bind(epoch)
        .bind(sweep)
        .bind(trial)
        .execute(&mut **transaction)
        .await
        .doing(DOING)?;
    }
    Ok(())
}

/// Writes an attempt, made in this run of a sweep.
pub(crate) async fn write_attempt(
    transaction: &mut Transaction<'static, Sqlite>,
    trial: i64,
    attempt: &AttemptRecord,
    run: Option<(i64, &SweepRun)>,
) -> Result<(), StoreError> {
    let run = match run {
        Some((sweep, run)) => Some(run_key(transaction, sweep, run).await?),
        None => None,
    };
    sqlx::query(
        "insert into attempts (trial_key, number, owner, state, error, warning, numerics, started_at, ended_at,
             sweep_run_key, cpu_seconds, peak_memory_bytes)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(trial)
    .bind(attempt.number)
    .bind(&attempt.owner)
    .bind(attempt.state.as_str())
    .bind(&attempt.error)
    .bind(&attempt.warning)
    .bind(&attempt.numerics)
    .bind(&attempt.started_at)
    .bind(&attempt.ended_at)
    .bind(run)
    .bind(attempt.usage.cpu_seconds)
    .bind(attempt.usage.peak_memory_bytes.map(|bytes| bytes as i64))
    .execute(&mut **transaction)
    .await
    .doing(DOING)?;
    Ok(())
}

/// The key of a run of a sweep, which is recorded if the database does not know it.
async fn run_key(
    transaction: &mut Transaction<'static, Sqlite>,
    sweep: i64,
    run: &SweepRun,
) -> Result<i64, StoreError> {
    let known: Option<i64> = sqlx::query_scalar(
        "select key from sweep_runs where sweep_key = ? and plan = ? and run_at = ?",
    )
    .bind(sweep)
    .bind(run.plan)
    .bind(&run.run_at)
    .fetch_optional(&mut **transaction)
    .await
    .doing(DOING)?;
    match known {
        Some(key) => Ok(key),
        None => record_run(transaction, sweep, run).await,
    }
}

/// Pins a trial as its task's model, unless another preference has been chosen since.
pub(crate) async fn pin_again(
    transaction: &mut Transaction<'static, Sqlite>,
    trial: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into selections (fingerprint, definition, preference, trial_key, chosen_at)
         select fingerprint, definition, 'pinned', trials.key, ?
         from trials join tasks on tasks.key = trials.task_key where trials.key = ?
         on conflict (fingerprint, definition) do nothing",
    )
    .bind(utc_now())
    .bind(trial)
    .execute(&mut **transaction)
    .await
    .doing(DOING)?;
    Ok(())
}
