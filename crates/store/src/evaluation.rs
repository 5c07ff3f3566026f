//! The record of every look at test photographs: written once for each, and never changed.

use fitroom_domain::{DatasetKey, Fingerprint, Task, TrialId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, Transaction};

use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::read::parsed;
use crate::register::json;
use crate::time::utc_now;

/// A model that was just shown the test photographs of its task.
#[derive(Debug)]
pub struct NewEvaluation<'a> {
    /// The dataset.
    pub dataset: &'a DatasetKey,
    /// The task.
    pub task: &'a Task,
    /// The trial whose model it is.
    pub trial: &'a TrialId,
    /// The trial's name.
    pub trial_name: &'a str,
    /// The task's test photographs, without mirrored copies.
    pub photographs: u64,
    /// How many of them the model gets right, counted by photographs, in [0, 1].
    pub accuracy: f64,
    /// All photographs that the model was shown.
    pub photographs_read: u64,
    /// BLAKE3 of the file with what it said.
    pub predictions_blake3: &'a str,
}

/// A recorded look at the test photographs of a task.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Its key: later ones have larger keys.
    pub key: i64,
    /// What the dataset was called.
    pub dataset: String,
    /// The dataset's fingerprint.
    pub fingerprint: Fingerprint,
    /// What the task asks, as text: equal if and only if the tasks are.
    pub definition: String,
    /// What the task was called.
    pub task: String,
    /// The trial whose model it was; it may have been removed since.
    pub trial: TrialId,
    /// The trial's name.
    pub trial_name: String,
    /// When, in UTC.
    pub evaluated_at: String,
    /// The task's test photographs, without mirrored copies.
    pub photographs: u64,
    /// How many of them the model got right, counted by photographs, in [0, 1].
    pub accuracy: f64,
    /// All photographs that the model was shown.
    pub photographs_read: u64,
    /// BLAKE3 of the file with what it said.
    pub predictions_blake3: String,
}

const DOING: &str = "record an evaluation";

impl NewEvaluation<'_> {
    /// Writes that it was made at this time, in UTC.
    pub(crate) async fn insert(
        &self,
        transaction: &mut Transaction<'static, Sqlite>,
        evaluated_at: &str,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "insert into evaluations
                 (dataset, fingerprint, definition, task, trial_id, trial_name, evaluated_at, photographs,
                  accuracy, photographs_read, predictions_blake3)
             values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&self.dataset.name)
        .bind(self.dataset.fingerprint.as_str())
        .bind(json("evaluations.definition", &self.task.definition)?)
        .bind(&self.task.name)
        .bind(self.trial.as_str())
        .bind(self.trial_name)
        .bind(evaluated_at)
        .bind(self.photographs as i64)
        .bind(self.accuracy)
        .bind(self.photographs_read as i64)
        .bind(self.predictions_blake3)
        .execute(&mut **transaction)
        .await
        .doing(DOING)?;
        Ok(())
    }
}

impl Store {
    /// Records that a model was shown test photographs, now.
    pub async fn record_evaluation(
        &self,
        evaluation: &NewEvaluation<'_>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        evaluation.insert(&mut transaction, &utc_now()).await?;
        transaction.commit().await.doing(DOING)
    }

    /// Every look at test photographs, the oldest first.
    pub async fn evaluations(&self) -> Result<Vec<Evaluation>, StoreError> {
        sqlx::query("select * from evaluations order by key")
            .try_map(evaluation)
            .fetch_all(self.reader())
            .await
            .doing("list evaluations")
    }
}

fn evaluation(row: SqliteRow) -> Result<Evaluation, sqlx::Error> {
    let count = |column: &str| row.try_get(column).map(i64::unsigned_abs);
    Ok(Evaluation {
        key: row.try_get("key")?,
        dataset: row.try_get("dataset")?,
        fingerprint: parsed(&row, "fingerprint")?,
        definition: row.try_get("definition")?,
        task: row.try_get("task")?,
        trial: parsed(&row, "trial_id")?,
        trial_name: row.try_get("trial_name")?,
        evaluated_at: row.try_get("evaluated_at")?,
        photographs: count("photographs")?,
        accuracy: row.try_get("accuracy")?,
        photographs_read: count("photographs_read")?,
        predictions_blake3: row.try_get("predictions_blake3")?,
    })
}
