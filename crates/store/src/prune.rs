//! Writing down which trials a sweep has given up.

use std::io;

use crate::error::{Doing, StoreError};
use crate::open::Store;

impl Store {
    /// Records the epoch after which a sweep gave up each of these trials, or that it did not. A trial's state does
    /// not change by it: another sweep may train it on.
    pub async fn prune(
        &self,
        sweep: i64,
        trials: impl IntoIterator<Item = (i64, Option<u32>)>,
    ) -> Result<(), StoreError> {
        let doing = "record which trials are pruned";
        let mut transaction = self.write().await?;
        for (trial, epoch) in trials {
            sqlx::query(
                "update sweep_trials set pruned_at_epoch = ?3
                 where sweep_key = ?1 and trial_key = ?2 and pruned_at_epoch is not ?3",
            )
            .bind(sweep)
            .bind(trial)
            .bind(epoch)
            .execute(&mut *transaction)
            .await
            .doing(doing)?;
        }
        transaction.commit().await.doing(doing)
    }

    /// Has `work` done while a trial is planned and every sweep whose newest plan has it gave it up: nobody claims it
    /// meanwhile. `false`, and nothing happens, if that is not so.
    pub async fn while_given_up(
        &self,
        trial: i64,
        work: impl FnOnce() -> io::Result<()>,
    ) -> Result<bool, StoreError> {
        let doing = "look whether a trial is given up";
        let mut transaction = self.write().await?;
        let given_up: Option<i64> = sqlx::query_scalar(
            "select 1 from trials where key = ?1 and state = 'planned' and not exists (
                 select 1 from sweep_trials as wish join sweeps on sweeps.key = wish.sweep_key
                 where wish.trial_key = ?1 and wish.plan = sweeps.plan and wish.pruned_at_epoch is null)",
        )
        .bind(trial)
        .fetch_optional(&mut *transaction)
        .await
        .doing(doing)?;
        if given_up.is_none() {
            return Ok(false);
        }
        work().map_err(StoreError::Files)?;
        transaction.commit().await.doing(doing)?;
        Ok(true)
    }
}
