//! What people tag trials with, and note of them.

use std::io;

use sqlx::{Sqlite, Transaction};

use crate::error::{Doing, StoreError};
use crate::open::Store;

const DOING: &str = "write down what somebody says of a trial";

impl Store {
    /// Gives a trial these tags and this note, in place of those that it has. `place` writes them to its folder, while
    /// the database's write lock is held. `false`, and nothing happens, if the trial is not there.
    pub async fn remark(
        &self,
        trial: i64,
        tags: &[String],
        note: Option<&str>,
        place: impl FnOnce() -> io::Result<()>,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write().await?;
        let known: Option<i64> = sqlx::query_scalar("select 1 from trials where key = ?")
            .bind(trial)
            .fetch_optional(&mut *transaction)
            .await
            .doing(DOING)?;
        if known.is_none() {
            return Ok(false);
        }
        write_remarks(&mut transaction, trial, tags, note).await?;
        place().map_err(StoreError::Files)?;
        transaction.commit().await.doing(DOING)?;
        Ok(true)
    }
}

/// Writes tags and note of a trial, in place of those that it has.
pub(crate) async fn write_remarks(
    transaction: &mut Transaction<'static, Sqlite>,
    trial: i64,
    tags: &[String],
    note: Option<&str>,
) -> Result<(), StoreError> {
    for statement in [
        "delete from tags where trial_key = ?",
        "delete from notes where trial_key = ?",
    ] {
        sqlx::query(statement)
            .bind(trial)
            .execute(&mut **transaction)
            .await
            .doing(DOING)?;
    }
    for tag in tags {
        sqlx::query("insert into tags (trial_key, tag) values (?, ?) on conflict do nothing")
            .bind(trial)
            .bind(tag)
            .execute(&mut **transaction)
            .await
            .doing(DOING)?;
    }
    if let Some(note) = note {
        sqlx::query("insert into notes (trial_key, note) values (?, ?)")
            .bind(trial)
            .bind(note)
            .execute(&mut **transaction)
            .await
            .doing(DOING)?;
    }
    Ok(())
}
