//! Bringing trials back: those that were removed, and those of which only the folder was left.

use std::collections::HashMap;
use std::io;

use sqlx::{Sqlite, Transaction};

use crate::attempt::record_file;
use crate::epoch_rows::write_epochs;
use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::overview::TaskKey;
use crate::record_parts::{pin_again, write_attempt, write_outcome, write_wish};
use crate::register::want;
use crate::remarks::write_remarks;
use crate::remove::delete;
use crate::trial_columns::{TrialColumns, task_key, write_trial};
use crate::trial_record::{SweepIdentity, TrialRecord};

const DOING: &str = "bring a trial back";

/// A trial that cannot be brought back.
#[derive(Debug, thiserror::Error)]
pub enum PutError {
    /// It has been planned and begun again.
    #[error("trial {name} is there already: its sweep was run again")]
    Known {
        /// The trial's name.
        name: String,
    },
    /// Nothing is known of a sweep that trained or wants it.
    #[error("the sweep {} is not in the database", .0.name)]
    NoSweep(SweepIdentity),
    /// It could not be written; nothing was changed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Writes all that these records say, all or none; each with the key that it had before it was removed, if it had
    /// one. A trial that is there, planned and never begun, makes room for its record. `place` puts files in their
    /// places while the database's write lock is held.
    pub async fn put_records(
        &self,
        records: &[(Option<i64>, TrialRecord)],
        place: impl FnOnce() -> io::Result<()>,
    ) -> Result<(), PutError> {
        let mut putting = Putting {
            transaction: self.write().await?,
            sweeps: HashMap::new(),
            tasks: HashMap::new(),
        };
        let mut epochs = Vec::new();
        for (key, record) in records {
            let key = putting.put(*key, record).await?;
            epochs.extend(record.epochs.iter().map(|metrics| (key, metrics)));
        }
        let mut transaction = putting.transaction;
        write_epochs(&mut transaction, epochs).await?;
        place().map_err(StoreError::Files)?;
        Ok(transaction.commit().await.doing(DOING)?)
    }
}

/// Records on their way into the database: what many of them share is looked up once.
struct Putting {
    transaction: Transaction<'static, Sqlite>,
    sweeps: HashMap<SweepIdentity, i64>,
    tasks: HashMap<TaskKey, i64>,
}

impl Putting {
    /// Writes a record but for its epochs, and returns the trial's key.
    async fn put(&mut self, old_key: Option<i64>, record: &TrialRecord) -> Result<i64, PutError> {
        let (id, name) = (record.trial.id(), record.trial.name());
        let since = make_room(&mut self.transaction, id.as_str(), &name).await?;
        let mut wishes = Vec::with_capacity(record.wishes.len());
        for wish in &record.wishes {
            wishes.push((self.sweep(&wish.sweep).await?, wish));
        }
        let trained = match &record.sweep {
            Some(sweep) => Some(self.sweep(sweep).await?),
            None => None,
        };
        let listed = trained.or(wishes.first().map(|(sweep, _)| *sweep));
        let Some(listed) = listed else {
            let expected = "a sweep that wants the trial";
            return Err(crate::error::corrupt("sweep_trials.sweep_key", name, expected).into());
        };
        let columns = TrialColumns {
            id,
            name,
            trial: &record.trial,
            task: self.task(record).await?,
            listed,
        };
        let new_key = write_trial(&mut self.transaction, &columns).await?;
        let key = match old_key {
            Some(key) => {
                take_key_back(&mut self.transaction, new_key, key).await?;
                key
            }
            None => new_key,
        };
        write_outcome(&mut self.transaction, key, record, trained).await?;
        for (sweep, wish) in wishes {
            write_wish(&mut self.transaction, key, sweep, wish).await?;
        }
        for (sweep, plan, position) in since {
            let position = position.unsigned_abs() as usize;
            want(&mut self.transaction, (sweep, plan), key, position).await?;
        }
        for attempt in &record.attempts {
            let run = match &attempt.run {
                Some((sweep, run)) => Some((self.sweep(sweep).await?, run)),
                None => None,
            };
            write_attempt(&mut self.transaction, key, attempt, run).await?;
        }
        for file in &record.files {
            record_file(&mut self.transaction, key, file).await?;
        }
        write_remarks(
            &mut self.transaction,
            key,
            &record.tags,
            record.note.as_deref(),
        )
        .await?;
        if record.is_pinned {
            pin_again(&mut self.transaction, key).await?;
        }
        Ok(key)
    }

    async fn sweep(&mut self, sweep: &SweepIdentity) -> Result<i64, PutError> {
        if let Some(key) = self.sweeps.get(sweep) {
            return Ok(*key);
        }
        let key: Option<i64> = sqlx::query_scalar(
            "select key from sweeps where fingerprint = ? and name = ? and definition = ?",
        )
        .bind(sweep.fingerprint.as_str())
        .bind(&sweep.name)
        .bind(&sweep.definition)
        .fetch_optional(&mut *self.transaction)
        .await
        .doing(DOING)?;
        let key = key.ok_or_else(|| PutError::NoSweep(sweep.clone()))?;
        self.sweeps.insert(sweep.clone(), key);
        Ok(key)
    }

    async fn task(&mut self, record: &TrialRecord) -> Result<i64, StoreError> {
        let task = (record.fingerprint.clone(), record.definition.clone());
        if let Some(key) = self.tasks.get(&task) {
            return Ok(*key);
        }
        let key = task_key(&mut self.transaction, &task.0, &task.1).await?;
        self.tasks.insert(task, key);
        Ok(key)
    }
}

/// Deletes a trial that was planned since and never begun. Returns the sweeps that want it since, each with its plan and
/// the trial's place in it.
async fn make_room(
    transaction: &mut Transaction<'static, Sqlite>,
    id: &str,
    name: &str,
) -> Result<Vec<(i64, i64, i64)>, PutError> {
    let known: Option<(i64, bool)> =
        sqlx::query_as("select key, state = 'planned' and folder is null from trials where id = ?")
            .bind(id)
            .fetch_optional(&mut **transaction)
            .await
            .doing(DOING)?;
    match known {
        None => Ok(Vec::new()),
        Some((key, true)) => {
            let wishes = sqlx::query_as(
                "select sweep_key, plan, position from sweep_trials where trial_key = ?",
            )
            .bind(key)
            .fetch_all(&mut **transaction)
            .await
            .doing(DOING)?;
            delete(transaction, key).await?;
            Ok(wishes)
        }
        Some((_, false)) => Err(PutError::Known {
            name: name.to_owned(),
        }),
    }
}

/// Gives a trial the key that it had before it was removed: whoever still knows that one means this trial.
async fn take_key_back(
    transaction: &mut Transaction<'static, Sqlite>,
    new: i64,
    old: i64,
) -> Result<(), StoreError> {
    sqlx::query("delete from removed_trials where key = ?")
        .bind(old)
        .execute(&mut **transaction)
        .await
        .doing(DOING)?;
    sqlx::query("update trials set key = ? where key = ?")
        .bind(old)
        .bind(new)
        .execute(&mut **transaction)
        .await
        .doing(DOING)?;
    Ok(())
}
