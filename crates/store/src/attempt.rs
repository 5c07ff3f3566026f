//! Ending an attempt.

use std::io;

use fitroom_domain::{AttemptState, TrialFigures, TrialState, Usage, trial_state_after};
use serde::{Deserialize, Serialize};
use sqlx::{Sqlite, Transaction};

use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::time::utc_now;

/// One attempt at one trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AttemptKey {
    /// The trial's key.
    pub trial: i64,
    /// The attempt, counted from 1.
    pub number: u32,
}

/// A file of a finished trial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialFile {
    /// Its name in the trial's folder.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its BLAKE3 hash, 64 hexadecimal digits.
    pub blake3: String,
}

/// How an attempt ended.
#[derive(Debug)]
pub enum Ending<'a> {
    /// The trial is trained and these are its files.
    Finished {
        /// Figures of the kept weights.
        figures: &'a TrialFigures,
        /// All files.
        files: &'a [TrialFile],
    },
    /// The loss became infinite or undefined, with these files.
    Diverged {
        /// What happened.
        reason: &'a str,
        /// Epochs that ended before.
        epochs: u32,
        /// All files.
        files: &'a [TrialFile],
    },
    /// An error ended it; the sweep allows so many attempts.
    Failed {
        /// The error.
        error: &'a str,
        /// Attempts that the sweep allows.
        attempts: u32,
    },
    /// It was asked to stop.
    Interrupted,
}

/// What an attempt's end meant for its trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// The trial's state from now on.
    pub trial: TrialState,
}

impl Store {
    /// Ends an attempt, once. `place` puts the attempt's files in their places: it is called while the
    /// database's write lock is held and the attempt is known to be the trial's running one, so that only
    /// one attempt ever does; if it fails, or the process dies in it, the attempt has not ended.
    pub async fn end_attempt(
        &self,
        attempt: AttemptKey,
        ending: &Ending<'_>,
        usage: Usage,
        place: impl FnOnce() -> io::Result<()>,
    ) -> Result<Ended, StoreError> {
        let mut transaction = self.write().await?;
        let (state, error, attempts) = match ending {
            Ending::Finished { .. } => (AttemptState::Finished, None, 0),
            Ending::Diverged { reason, .. } => (AttemptState::Diverged, Some(*reason), 0),
            Ending::Failed { error, attempts } => (AttemptState::Failed, Some(*error), *attempts),
            Ending::Interrupted => (AttemptState::Interrupted, None, 0),
        };
        let ended = close(&mut transaction, attempt, (state, usage), error, attempts).await?;
        let (files, epochs) = match ending {
            Ending::Finished { figures, files } => {
                write_figures(&mut transaction, attempt.trial, figures).await?;
                (*files, figures.epochs)
            }
            Ending::Diverged { files, epochs, .. } => (*files, *epochs),
            Ending::Failed { .. } | Ending::Interrupted => (&[][..], u32::MAX),
        };
        // An earlier attempt on another machine may have come further.
        sqlx::query("delete from epochs where trial_key = ? and epoch > ?")
            .bind(attempt.trial)
            .bind(epochs)
            .execute(&mut *transaction)
            .await
            .doing("forget epochs of earlier attempts")?;
        for file in files {
            record_file(&mut transaction, attempt.trial, file).await?;
        }
        place().map_err(StoreError::Files)?;
        transaction.commit().await.doing("end an attempt")?;
        Ok(ended)
    }
}

/// Ends the running attempt `attempt` in `state` and moves its trial to the state that follows. The
/// figures of a finished trial must follow in the same transaction.
pub(crate) async fn close(
    transaction: &mut Transaction<'static, Sqlite>,
    attempt: AttemptKey,
    (state, usage): (AttemptState, Usage),
    error: Option<&str>,
    attempts: u32,
) -> Result<Ended, StoreError> {
    let doing = "end an attempt";
    let now = utc_now();
    let closed = sqlx::query(
        "update attempts set state = ?, error = ?, ended_at = ?, cpu_seconds = ?, peak_memory_bytes = ?
         where trial_key = ? and number = ? and state = 'running'",
    )
    .bind(state.as_str())
    .bind(error)
    .bind(&now)
    .bind(usage.cpu_seconds)
    .bind(usage.peak_memory_bytes.map(|bytes| bytes as i64))
    .bind(attempt.trial)
    .bind(attempt.number)
    .execute(&mut **transaction)
    .await
    .doing(doing)?;
    if closed.rows_affected() == 0 {
        return Err(StoreError::Superseded {
            trial: attempt.trial,
            number: attempt.number,
        });
    }
    let failed: u32 = sqlx::query_scalar(
        "select count(*) from attempts where trial_key = ? and state = 'failed'",
    )
    .bind(attempt.trial)
    .fetch_one(&mut **transaction)
    .await
    .doing(doing)?;
    let trial = trial_state_after(state, failed, attempts);
    // A finished one gets its state with its figures.
    let state = (trial != TrialState::Finished).then_some(trial.as_str());
    sqlx::query("update trials set state = coalesce(?, state), ended_at = ? where key = ?")
        .bind(state)
        .bind(&now)
        .bind(attempt.trial)
        .execute(&mut **transaction)
        .await
        .doing(doing)?;
    Ok(Ended { trial })
}

pub(crate) async fn record_file(
    transaction: &mut Transaction<'static, Sqlite>,
    trial: i64,
    file: &TrialFile,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into files (trial_key, name, bytes, blake3) values (?, ?, ?, ?)
         on conflict (trial_key, name)
         do update set bytes = excluded.bytes, blake3 = excluded.blake3",
    )
    .bind(trial)
    .bind(&file.name)
    .bind(file.bytes as i64)
    .bind(&file.blake3)
    .execute(&mut **transaction)
    .await
    .doing("record the files of a trial")?;
    Ok(())
}

async fn write_figures(
    transaction: &mut Transaction<'static, Sqlite>,
    trial: i64,
    figures: &TrialFigures,
) -> Result<(), StoreError> {
    sqlx::query(
        "update trials set state = 'finished', accuracy = ?, loss = ?, best_epoch = ?, epochs = ?,
             parameters = ?, multiply_adds = ?, seconds = ?, weights_kept = 1
         where key = ?",
    )
    .bind(figures.accuracy)
    .bind(figures.loss)
    .bind(figures.best_epoch)
    .bind(figures.epochs)
    .bind(figures.parameters as i64)
    .bind(figures.multiply_adds as i64)
    .bind(figures.seconds)
    .bind(trial)
    .execute(&mut **transaction)
    .await
    .doing("record the figures of a trial")?;
    Ok(())
}
