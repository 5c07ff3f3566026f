//! Forgetting weights that no sweep wants kept, and getting them back.

use std::collections::BTreeSet;
use std::io;

use fitroom_domain::keep::{self, Keep};
use fitroom_domain::leaderboard;

use crate::attempt::{TrialFile, record_file};
use crate::error::{Doing, StoreError, corrupt};
use crate::open::Store;
use crate::read::{TrialRow, Which, trial_rows};

impl Store {
    /// Records that the weights of a finished trial are there again; `place` puts the file in its place while the
    /// database's write lock is held. `false`, and nothing happens, if the trial is not there.
    pub async fn restore_weights(
        &self,
        trial: i64,
        file: &TrialFile,
        place: impl FnOnce() -> io::Result<()>,
    ) -> Result<bool, StoreError> {
        let doing = "record weights that are back";
        let mut transaction = self.write().await?;
        let restored = sqlx::query(
            "update trials set weights_kept = 1
             where key = ? and state = 'finished'",
        )
        .bind(trial)
        .execute(&mut *transaction)
        .await
        .doing(doing)?;
        if restored.rows_affected() == 0 {
            return Ok(false);
        }
        record_file(&mut transaction, trial, file).await?;
        place().map_err(StoreError::Files)?;
        transaction.commit().await.doing(doing)?;
        Ok(true)
    }

    /// Forgets `file` of those trials of this sweep that are among the best of no sweep that wants them.
    /// `remove` gets the folder of each, relative to `runs/`, and removes the file: before that is
    /// recorded, so that no file outlives its record. The best of a task is the best of some sweep, so it is always kept.
    pub async fn forget_surplus_weights(
        &self,
        sweep: i64,
        file: &str,
        remove: impl Fn(&str) -> io::Result<()>,
    ) -> Result<(), StoreError> {
        let doing = "forget weights";
        let mut transaction = self.write().await?;
        let with_weights: Vec<i64> = sqlx::query_scalar(
            "select key from trials join sweep_trials on trial_key = key
             where sweep_trials.sweep_key = ? and weights_kept = 1",
        )
        .bind(sweep)
        .fetch_all(&mut *transaction)
        .await
        .doing(doing)?;
        let mut wanted: BTreeSet<i64> = BTreeSet::new();
        let sweeps: Vec<(i64, String)> = sqlx::query_as(
            "select distinct sweeps.key, sweeps.keep from sweep_trials own
             join sweep_trials other on other.trial_key = own.trial_key
             join sweeps on sweeps.key = other.sweep_key
             where own.sweep_key = ?",
        )
        .bind(sweep)
        .fetch_all(&mut *transaction)
        .await
        .doing(doing)?;
        for (key, word) in sweeps {
            let keep = match word.as_str() {
                "top" => Keep::Top,
                "all" => Keep::All,
                _ => return Err(corrupt("sweeps.keep", word, "`top` or `all`")),
            };
            let mut finished: Vec<TrialRow> = trial_rows(
                &mut *transaction,
                Which::OfSweep(key),
                "where trials.state = 'finished'",
            )
            .await?;
            leaderboard::sort(&mut finished, |row| (row.id.clone(), row.figures));
            let keys: Vec<i64> = finished.iter().map(|row| row.key).collect();
            wanted.extend(keep::wanted(keep, &keys));
        }
        for trial in with_weights
            .into_iter()
            .filter(|trial| !wanted.contains(trial))
        {
            let folder: Option<String> = sqlx::query_scalar(
                "update trials set weights_kept = 0 where key = ? returning folder",
            )
            .bind(trial)
            .fetch_one(&mut *transaction)
            .await
            .doing(doing)?;
            sqlx::query("delete from files where trial_key = ? and name = ?")
                .bind(trial)
                .bind(file)
                .execute(&mut *transaction)
                .await
                .doing(doing)?;
            if let Some(folder) = folder {
                remove(&folder).map_err(StoreError::Files)?;
            }
        }
        transaction.commit().await.doing(doing)
    }
}
