//! Bringing trials back: those that were removed, and those of which only the folder was left.

use std::io;

use fitroom_domain::RecordedFigures;
use sqlx::{Sqlite, Transaction};

use crate::attempt::record_file;
use crate::epoch_rows::write_epochs;
use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::register::{record_run, want};
use crate::remove::delete;
use crate::trial_columns::{TrialColumns, task_key, write_trial};
use crate::trial_record::{AttemptRecord, SweepIdentity, TrialRecord};

const DOING: &str = "bring a trial back";

/// A trial that cannot be brought back.
#[derive(Debug, thiserror::Error)]
pub enum PutError {
    /// It has been planned and begun again.
    #[error("trial {name} is there already: its sweep was run again")]
    Known {
        /// The trial's name.
        name: String,
    },
    /// Nothing is known of a sweep that trained or wants it.
    #[error("the sweep {} is not in the database", .0.name)]
    NoSweep(SweepIdentity),
    /// It could not be written; nothing was changed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Writes all that these records say, all or none; each with the key that it had before it was removed, if it had
    /// one. A trial that is there, planned and never begun, makes room for its record. `place` puts files in their
    /// places while the database's write lock is held.
    pub async fn put_records(
        &self,
        records: &[(Option<i64>, TrialRecord)],
        place: impl FnOnce() -> io::Result<()>,
    ) -> Result<(), PutError> {
        let mut transaction = self.write().await?;
        for (key, record) in records {
            put(&mut transaction, *key, record).await?;
        }
        place().map_err(StoreError::Files)?;
        Ok(transaction.commit().await.doing(DOING)?)
    }
}

async fn put(
    transaction: &mut Transaction<'static, Sqlite>,
    old_key: Option<i64>,
    record: &TrialRecord,
) -> Result<(), PutError> {
    let (id, name) = (record.trial.id(), record.trial.name());
    make_room(transaction, id.as_str(), &name).await?;
    let mut wishes = Vec::with_capacity(record.wishes.len());
    for wish in &record.wishes {
        wishes.push((sweep_key(transaction, &wish.sweep).await?, wish));
    }
    let trained = match &record.sweep {
        Some(sweep) => Some(sweep_key(transaction, sweep).await?),
        None => None,
    };
    let listed = trained.or(wishes.first().map(|(sweep, _)| *sweep));
    let Some(listed) = listed else {
        let nobody = "it belongs to no sweep";
        return Err(crate::error::corrupt("trials.sweep_key", name, nobody).into());
    };
    let task = task_key(transaction, &record.fingerprint, &record.definition).await?;
    let columns = TrialColumns {
        id,
        name,
        trial: &record.trial,
        task,
        listed,
    };
    let new_key = write_trial(transaction, &columns).await?;
    let key = match old_key {
        Some(key) => {
            take_key_back(transaction, new_key, key).await?;
            key
        }
        None => new_key,
    };
    write_outcome(transaction, key, record, trained).await?;
    for (sweep, wish) in wishes {
        let position = wish.position.unsigned_abs() as usize;
        want(transaction, (sweep, wish.plan), key, position).await?;
        if let Some(epoch) = wish.pruned_at_epoch {
            sqlx::query(
                "update sweep_trials set pruned_at_epoch = ? where sweep_key = ? and trial_key = ?",
            )
            .bind(epoch)
            .bind(sweep)
            .bind(key)
            .execute(&mut **transaction)
            .await
            .doing(DOING)?;
        }
    }
    for attempt in &record.attempts {
        write_attempt(transaction, key, attempt).await?;
    }
    for file in &record.files {
        record_file(transaction, key, file).await?;
    }
    let epochs = record.epochs.iter().map(|metrics| (key, metrics));
    write_epochs(transaction, epochs).await?;
    crate::remarks::write_remarks(transaction, key, &record.tags, record.note.as_deref()).await?;
    if record.is_pinned {
        pin_again(transaction, key).await?;
    }
    Ok(())
}

/// Deletes a trial that was planned since and never begun.
async fn make_room(
    transaction: &mut Transaction<'static, Sqlite>,
    id: &str,
    name: &str,
) -> Result<(), PutError> {
    let known: Option<(i64, bool)> =
        sqlx::query_as("select key, state = 'planned' and folder is null from trials where id = ?")
            .bind(id)
            .fetch_optional(&mut **transaction)
            .await
            .doing(DOING)?;
    match known {
        None => Ok(()),
        Some((key, true)) => Ok(delete(transaction, key).await?),
        Some((_, false)) => Err(PutError::Known {
            name: name.to_owned(),
        }),
    }
}

async fn sweep_key(
    transaction: &mut Transaction<'static, Sqlite>,
    sweep: &SweepIdentity,
) -> Result<i64, PutError> {
    let key: Option<i64> = sqlx::query_scalar(
        "select key from sweeps where fingerprint = ? and name = ? and definition = ?",
    )
    .bind(sweep.fingerprint.as_str())
    .bind(&sweep.name)
    .bind(&sweep.definition)
    .fetch_optional(&mut **transaction)
    .await
    .doing(DOING)?;
    key.ok_or_else(|| PutError::NoSweep(sweep.clone()))
}

/// Gives a trial the key that it had before it was removed: whoever still knows that one means this trial.
async fn take_key_back(
    transaction: &mut Transaction<'static, Sqlite>,
    new: i64,
    old: i64,
) -> Result<(), StoreError> {
    sqlx::query("delete from removed_trials where key = ?")
        .bind(old)
        .execute(&mut **transaction)
        .await
        .doing(DOING)?;
    sqlx::query("update trials set key = ? where key = ?")
        .bind(old)
        .bind(new)
        .execute(&mut **transaction)
        .await
        .doing(DOING)?;
    Ok(())
}

/// Writes how far a trial came.
async fn write_outcome(
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

async fn write_attempt(
    transaction: &mut Transaction<'static, Sqlite>,
    trial: i64,
    attempt: &AttemptRecord,
) -> Result<(), PutError> {
    let run = match &attempt.run {
        None => None,
        Some((sweep, run)) => {
            let sweep = sweep_key(transaction, sweep).await?;
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
                Some(key) => Some(key),
                None => Some(record_run(transaction, sweep, run).await?),
            }
        }
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

/// Pins a trial as its task's model, unless another preference has been chosen since.
async fn pin_again(
    transaction: &mut Transaction<'static, Sqlite>,
    trial: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into selections (fingerprint, definition, preference, trial_key, chosen_at)
         select fingerprint, definition, 'pinned', trials.key, ?
         from trials join tasks on tasks.key = trials.task_key where trials.key = ?
         on conflict (fingerprint, definition) do nothing",
    )
    .bind(crate::time::utc_now())
    .bind(trial)
    .execute(&mut **transaction)
    .await
    .doing(DOING)?;
    Ok(())
}
