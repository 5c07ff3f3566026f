//! Removing a trial.

use std::io;

use fitroom_domain::TrialState;
use sqlx::{Sqlite, Transaction};

use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::time::utc_now;
use crate::trial_record::{TrialRecord, read_record};

/// A trial that stays.
#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    /// Somebody trains it.
    #[error("it is in training")]
    Running,
    /// It belongs to several sweeps, whose results would lack it.
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
    /// Removes all that is recorded of a trial that nobody trains and, unless it `may_be_shared`, one sweep alone wants.
    /// `move_files` gets all that was recorded and takes the trial's folder away, while the database's write lock is
    /// held; if it fails, nothing has been removed. Where a process dies in between, removing the trial once more removes
    /// the rest. [`Store::put_records`] brings it back.
    ///
    /// A trial that is its task's best or is pinned as its model is removed all the same: whoever calls this has asked.
    /// Of a pinned one the pin goes with it, and the leaderboard decides again. What its model was once evaluated to
    /// stays.
    pub async fn remove_trial(
        &self,
        trial: i64,
        may_be_shared: bool,
        move_files: impl FnOnce(&TrialRecord) -> io::Result<()>,
    ) -> Result<(), RemoveError> {
        let mut transaction = self.write().await?;
        let Some(record) = read_record(&mut transaction, trial).await? else {
            return Ok(());
        };
        if record.state == TrialState::Running {
            return Err(RemoveError::Running);
        }
        if record.wishes.len() > 1 && !may_be_shared {
            let sweeps = record.wishes.iter();
            let sweeps = sweeps.map(|wish| format!("{} on {}", wish.sweep.name, wish.dataset));
            return Err(RemoveError::Shared {
                sweeps: sweeps.collect(),
            });
        }
        delete(&mut transaction, trial).await?;
        move_files(&record).map_err(StoreError::Files)?;
        Ok(transaction.commit().await.doing("remove a trial")?)
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
        "delete from epochs where trial_key = ?",
        "delete from tags where trial_key = ?",
        "delete from notes where trial_key = ?",
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
