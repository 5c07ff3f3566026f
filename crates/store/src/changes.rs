//! Whether anybody wrote to the database.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::error::{Doing, StoreError};
use crate::open::Store;

/// What tells a database's file from another one that was put in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatabaseFile {
    device: u64,
    inode: u64,
}

impl Store {
    /// The file of the database in this `runs/` folder; `None` if there is none.
    pub fn file(runs: &Path) -> Option<DatabaseFile> {
        if !Store::exists(runs) {
            return None;
        }
        let file = fs::metadata(Store::path(runs)).ok()?;
        Some(DatabaseFile {
            device: file.dev(),
            inode: file.ino(),
        })
    }

    /// A number that is another one whenever anybody has written to the database since it was last asked for. Says
    /// nothing about what was written.
    pub async fn data_version(&self) -> Result<i64, StoreError> {
        sqlx::query_scalar("pragma data_version")
            .fetch_one(self.watcher())
            .await
            .doing("look whether the database has changed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_write_of_anybody_changes_the_number_and_nothing_else_does() {
        let runs = tempfile::tempdir().unwrap();
        let store = Store::open(runs.path()).await.unwrap();
        let other = Store::open(runs.path()).await.unwrap();
        let mut before = store.data_version().await.unwrap();
        for writer in [&store, &other, &store] {
            assert_eq!(store.data_version().await.unwrap(), before);
            store.sweeps().await.unwrap();
            assert_eq!(store.data_version().await.unwrap(), before);
            let mut transaction = writer.write().await.unwrap();
            sqlx::query("insert into removed_trials (id, removed_at) values ('x', 'now')")
                .execute(&mut *transaction)
                .await
                .unwrap();
            assert_eq!(store.data_version().await.unwrap(), before);
            transaction.commit().await.unwrap();
            let after = store.data_version().await.unwrap();
            assert_ne!(after, before);
            before = after;
        }
        store.close().await;
        other.close().await;
    }
}
