//! What people tag trials with, and note of them.

use std::io;

use sqlx::{Sqlite, Transaction};

use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::trial_record::read_record;

const DOING: &str = "write down what somebody says of a trial";

/// What is to become of a trial's tags and note.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remark {
    /// Tags that it gets.
    pub add: Vec<String>,
    /// Tags that it loses.
    pub remove: Vec<String>,
    /// Its new note, or that it loses the one that it has; `None`: that stays.
    pub note: Option<Option<String>>,
}

impl Store {
    /// Changes a trial's tags and note. `place` gets what they are from now on, and writes them to its folder, while the
    /// database's write lock is held. `None`, and nothing happens, if the trial is not there; else its tags.
    pub async fn remark(
        &self,
        trial: i64,
        remark: &Remark,
        place: impl FnOnce(&[String], Option<&str>) -> io::Result<()>,
    ) -> Result<Option<Vec<String>>, StoreError> {
        let mut transaction = self.write().await?;
        let Some(record) = read_record(&mut transaction, trial).await? else {
            return Ok(None);
        };
        let mut tags = record.tags;
        tags.extend(remark.add.iter().cloned());
        tags.retain(|tag| !remark.remove.contains(tag));
        tags.sort();
        tags.dedup();
        let note = match &remark.note {
            Some(note) => note.clone(),
            None => record.note,
        };
        write_remarks(&mut transaction, trial, &tags, note.as_deref()).await?;
        place(&tags, note.as_deref()).map_err(StoreError::Files)?;
        transaction.commit().await.doing(DOING)?;
        Ok(Some(tags))
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
