//! Reading the epochs of a sweep's trials.

use std::collections::BTreeMap;

use fitroom_domain::{EpochMetrics, LossAndAccuracy};

use crate::error::{Doing, StoreError, corrupt};
use crate::open::Store;

impl Store {
    /// The epochs of every trial that a sweep wants, by trial key, each in order. A figure that an imported trial
    /// lacks is NaN.
    pub async fn curves(&self, sweep: i64) -> Result<BTreeMap<i64, Vec<EpochMetrics>>, StoreError> {
        let values: Vec<(i64, u32, String, String, f64)> = sqlx::query_as(
            "select metrics.trial_key, epoch, split, name, value
             from metrics join sweep_trials on sweep_trials.trial_key = metrics.trial_key
             where sweep_trials.sweep_key = ? order by metrics.trial_key, epoch",
        )
        .bind(sweep)
        .fetch_all(self.reader())
        .await
        .doing("read learning curves")?;
        let mut curves: BTreeMap<i64, Vec<EpochMetrics>> = BTreeMap::new();
        for (trial, epoch, split, name, value) in values {
            let curve = curves.entry(trial).or_default();
            if curve.last().is_none_or(|last| last.epoch != epoch) {
                let nothing = LossAndAccuracy {
                    loss: f64::NAN,
                    accuracy: f64::NAN,
                };
                curve.push(EpochMetrics {
                    epoch,
                    train: nothing,
                    validation: nothing,
                    seconds: f64::NAN,
                });
            }
            let Some(last) = curve.last_mut() else {
                continue;
            };
            match (split.as_str(), name.as_str()) {
                ("train", "loss") => last.train.loss = value,
                ("train", "accuracy") => last.train.accuracy = value,
                ("validation", "loss") => last.validation.loss = value,
                ("validation", "accuracy") => last.validation.accuracy = value,
                ("train", "seconds") => last.seconds = value,
                _ => {
                    return Err(corrupt(
                        "metrics.name",
                        name,
                        "`loss`, `accuracy` or `seconds`",
                    ));
                }
            }
        }
        Ok(curves)
    }

    /// The last epoch that is recorded of each trial that any plan of a sweep had, by trial key; trials without any
    /// are absent.
    pub async fn last_epochs(&self, sweep: i64) -> Result<BTreeMap<i64, u32>, StoreError> {
        let epochs: Vec<(i64, Option<u32>)> = sqlx::query_as(
            "select trial_key,
                 (select max(epoch) from metrics where metrics.trial_key = sweep_trials.trial_key)
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
