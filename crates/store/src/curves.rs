//! Reading the epochs of a sweep's trials.

use std::collections::BTreeMap;

use fitroom_domain::{EpochMetrics, LossAndAccuracy};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::error::{Doing, StoreError};
use crate::open::Store;

impl Store {
    /// The epochs of every trial that a sweep wants, by trial key, each in order. A figure that an imported trial
    /// lacks is NaN.
    pub async fn curves(&self, sweep: i64) -> Result<BTreeMap<i64, Vec<EpochMetrics>>, StoreError> {
        let rows = sqlx::query(
            "select epochs.* from sweep_trials join epochs on epochs.trial_key = sweep_trials.trial_key
             where sweep_trials.sweep_key = ? order by epochs.trial_key, epoch",
        )
        .bind(sweep)
        .try_map(epoch)
        .fetch_all(self.reader())
        .await
        .doing("read learning curves")?;
        let mut curves: BTreeMap<i64, Vec<EpochMetrics>> = BTreeMap::new();
        for (trial, metrics) in rows {
            curves.entry(trial).or_default().push(metrics);
        }
        Ok(curves)
    }

    /// The epochs of a trial, in order. A figure that an imported trial lacks is NaN.
    pub async fn curve(&self, trial: i64) -> Result<Vec<EpochMetrics>, StoreError> {
        let rows = sqlx::query("select * from epochs where trial_key = ? order by epoch")
            .bind(trial)
            .try_map(epoch)
            .fetch_all(self.reader())
            .await
            .doing("read a learning curve")?;
        Ok(rows.into_iter().map(|(_, metrics)| metrics).collect())
    }

    /// The last epoch that is recorded of each trial that any plan of a sweep had, by trial key; trials without any
    /// are absent.
    pub async fn last_epochs(&self, sweep: i64) -> Result<BTreeMap<i64, u32>, StoreError> {
        let epochs: Vec<(i64, Option<u32>)> = sqlx::query_as(
            "select trial_key,
                 (select max(epoch) from epochs where epochs.trial_key = sweep_trials.trial_key)
             from sweep_trials where sweep_key = ?",
        )
        .bind(sweep)
        .fetch_all(self.reader())
        .await
        .doing("count epochs")?;
        Ok(epochs
            .into_iter()
            .filter_map(|(trial, epochs)| Some((trial, epochs?)))
            .collect())
    }
}

/// A row of `epochs`: the trial's key, and its figures.
pub(crate) fn epoch(row: SqliteRow) -> Result<(i64, EpochMetrics), sqlx::Error> {
    let value = |column: &str| -> Result<f64, sqlx::Error> {
        let value: Option<f64> = row.try_get(column)?;
        Ok(value.unwrap_or(f64::NAN))
    };
    let metrics = EpochMetrics {
        epoch: row.try_get("epoch")?,
        train: LossAndAccuracy {
            loss: value("train_loss")?,
            accuracy: value("train_accuracy")?,
        },
        validation: LossAndAccuracy {
            loss: value("validation_loss")?,
            accuracy: value("validation_accuracy")?,
        },
        seconds: value("seconds")?,
    };
    Ok((row.try_get("trial_key")?, metrics))
}
