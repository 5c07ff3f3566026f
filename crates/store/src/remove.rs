//! Removing a trial.

use std::io;

use fitroom_domain::TrialState;
use sqlx::{Sqlite, Transaction};

use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::time::utc_now;

/// A trial that stays.
#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    /// Somebody trains it.
    #[error("it is in training")]
    Running,
    /// It belongs to several sweeps, and their results would lack it.
    #[error("it is shared: {} want it", .sweeps.join(" and "))]
    Shared {
        /// The sweeps, each with its dataset: `shoes_all on catalogue`.
        sweeps: Vec<String>,
    },
    /// It could not be removed; nothing was changed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Removes all that is recorded of a trial that nobody trains and one sweep alone wants. `move_files` takes its
    /// folder away, while the database's write lock is held; if it fails, nothing has been removed. Where a process
    /// dies in between, removing the trial once more removes the rest.
    ///
    /// A trial that is its task's best or is pinned as its model is removed all the same: whoever calls this has asked.
    /// Of a pinned one the pin goes with it, and the leaderboard decides again. What its model was once evaluated to
    /// stays.
    pub async fn remove_trial(
        &self,
        trial: i64,
        move_files: impl FnOnce() -> io::Result<()>,
    ) -> Result<(), RemoveError> {
        let doing = "remove a trial";
        let mut transaction = self.write().await?;
        let state: Option<String> = sqlx::query_scalar("select state from trials where key = ?")
            .bind(trial)
            .fetch_optional(&mut *transaction)
            .await
            .doing(doing)?;
        if state.as_deref() == Some(TrialState::Running.as_str()) {
            return Err(RemoveError::Running);
        }
        let sweeps: Vec<String> = sqlx::query_scalar(
            "select sweeps.name || ' on ' || sweeps.dataset
             from sweep_trials join sweeps on sweeps.key = sweep_trials.sweep_key
             where sweep_trials.trial_key = ? order by sweeps.key",
        )
        .bind(trial)
        .fetch_all(&mut *transaction)
        .await
        .doing(doing)?;
        if sweeps.len() > 1 {
            return Err(RemoveError::Shared { sweeps });
        }
        delete(&mut transaction, trial).await?;
        move_files().map_err(StoreError::Files)?;
        Ok(transaction.commit().await.doing(doing)?)
    }
}

/// Deletes all that is recorded of a trial, but that its key is not to be given again.
pub(crate) async fn delete(
    transaction: &mut Transaction<'static, Sqlite>,
    trial: i64,
) -> Result<(), StoreError> {
    let doing = "remove a trial";
    sqlx::query(
        "insert into removed_trials (key, id, removed_at) select key, id, ? from trials where key = ?",
    )
    .bind(utc_now())
    .bind(trial)
    .execute(&mut **transaction)
    .await
    .doing(doing)?;
    for statement in [
        "delete from metrics where trial_key = ?",
        "delete from files where trial_key = ?",
        "delete from attempts where trial_key = ?",
        "delete from sweep_trials where trial_key = ?",
        "delete from selections where trial_key = ?",
        "delete from trials where key = ?",
    ] {
        sqlx::query(statement)
            .bind(trial)
            .execute(&mut **transaction)
            .await
            .doing(doing)?;
    }
    Ok(())
}
