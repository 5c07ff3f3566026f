//! Writing down which trials a sweep has given up.

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
}
