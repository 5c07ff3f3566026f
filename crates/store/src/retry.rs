//! Another chance for trials that have failed.

use crate::error::{Doing, StoreError};
use crate::open::Store;

impl Store {
    /// Frees those of these trials that have failed and may be tried again: they failed fewer times than
    /// `attempts`, or are in `asked_for`, which gives them one more attempt. Returns how many.
    pub async fn retry_failed(
        &self,
        trials: &[i64],
        attempts: u32,
        asked_for: &[i64],
    ) -> Result<usize, StoreError> {
        let doing = "free failed trials";
        let mut transaction = self.write().await?;
        let mut freed = 0;
        for trial in trials {
            let done = sqlx::query(
                "update trials set state = 'planned' where key = ?1 and state = 'failed' and
                     (?2 or (select count(*) from attempts
                             where trial_key = ?1 and attempts.state = 'failed') < ?3)",
            )
            .bind(trial)
            .bind(asked_for.contains(trial))
            .bind(attempts)
            .execute(&mut *transaction)
            .await
            .doing(doing)?;
            freed += done.rows_affected() as usize;
        }
        transaction.commit().await.doing(doing)?;
        Ok(freed)
    }
}
