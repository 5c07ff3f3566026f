//! Recording the epochs of a running attempt.

use fitroom_domain::EpochMetrics;

use crate::attempt::AttemptKey;
use crate::epoch_rows::write_epochs;
use crate::error::{Doing, StoreError};
use crate::open::Store;

impl Store {
    /// Records an epoch's figures, all or none, in place of what an earlier attempt recorded of it.
    pub async fn record_epoch(
        &self,
        attempt: AttemptKey,
        metrics: &EpochMetrics,
    ) -> Result<(), StoreError> {
        self.record_epochs(attempt, std::slice::from_ref(metrics))
            .await
    }

    /// Records what the attempt could not do beside training, in place of what was recorded before.
    pub async fn record_warning(
        &self,
        attempt: AttemptKey,
        warning: &str,
    ) -> Result<(), StoreError> {
        let doing = "record a warning";
        let mut transaction = self.write().await?;
        let recorded = sqlx::query(
            "update attempts set warning = ?
             where trial_key = ? and number = ? and state = 'running'",
        )
        .bind(warning)
        .bind(attempt.trial)
        .bind(attempt.number)
        .execute(&mut *transaction)
        .await
        .doing(doing)?;
        if recorded.rows_affected() == 0 {
            return Err(StoreError::Superseded {
                trial: attempt.trial,
                number: attempt.number,
            });
        }
        transaction.commit().await.doing(doing)
    }

    /// Records the figures of several epochs, all or none.
    pub async fn record_epochs(
        &self,
        attempt: AttemptKey,
        epochs: &[EpochMetrics],
    ) -> Result<(), StoreError> {
        let doing = "record an epoch";
        let mut transaction = self.write().await?;
        let running: Option<i64> = sqlx::query_scalar(
            "select 1 from attempts where trial_key = ? and number = ? and state = 'running'",
        )
        .bind(attempt.trial)
        .bind(attempt.number)
        .fetch_optional(&mut *transaction)
        .await
        .doing(doing)?;
        if running.is_none() {
            return Err(StoreError::Superseded {
                trial: attempt.trial,
                number: attempt.number,
            });
        }
        let epochs = epochs.iter().map(|metrics| (attempt.trial, metrics));
        write_epochs(&mut transaction, epochs).await?;
        transaction.commit().await.doing(doing)
    }
}
