//! Bringing trials back: those that were removed, and those of which only the folder was left.

use std::collections::HashMap;
use std::io;

use sqlx::{Sqlite, Transaction};

use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::overview::TaskKey;
use crate::record_parts::{Parts, WishRow, pin_again};
use crate::register::{SweepRun, record_run};
use crate::remarks::write_remarks;
use crate::remove::delete;
use crate::trial_columns::{Outcome, TrialColumns, task_key, write_trial};
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
        let records = records.iter().map(|(key, record)| (*key, record));
        let transaction = put_all(self.write().await?, records).await?;
        place().map_err(StoreError::Files)?;
        Ok(transaction.commit().await.doing(DOING)?)
    }
}

/// Writes all that these records say, each with the key that its trial had, if it had one.
pub(crate) async fn put_all(
    transaction: Transaction<'static, Sqlite>,
    records: impl IntoIterator<Item = (Option<i64>, &TrialRecord)>,
) -> Result<Transaction<'static, Sqlite>, PutError> {
    let mut putting = Putting {
        transaction,
        sweeps: HashMap::new(),
        tasks: HashMap::new(),
        runs: HashMap::new(),
        parts: Parts::default(),
    };
    for (key, record) in records {
        putting.put(key, record).await?;
    }
    let Putting {
        mut transaction,
        parts,
        ..
    } = putting;
    parts.write(&mut transaction).await?;
    Ok(transaction)
}

/// Records on their way into the database: what many of them share is looked up once, and what there are many of is
/// written together.
struct Putting<'r> {
    transaction: Transaction<'static, Sqlite>,
    sweeps: HashMap<SweepIdentity, i64>,
    tasks: HashMap<TaskKey, i64>,
    /// Runs of sweeps, each by the sweep's key, the plan and the time.
    runs: HashMap<(i64, i64, String), i64>,
    parts: Parts<'r>,
}

impl<'r> Putting<'r> {
    /// Writes a trial; its parts are to follow.
    async fn put(&mut self, old_key: Option<i64>, record: &'r TrialRecord) -> Result<(), PutError> {
        let (id, name) = (record.trial.id(), record.trial.name());
        let since = make_room(&mut self.transaction, id.as_str(), &name).await?;
        let old_key = match old_key {
            Some(key) => give_back_key(&mut self.transaction, key, id.as_str()).await?,
            None => None,
        };
        let mut wishes = Vec::with_capacity(record.wishes.len());
        for wish in &record.wishes {
            let sweep = self.sweep(&wish.sweep).await?;
            wishes.push(WishRow {
                sweep,
                plan: wish.plan,
                position: wish.position,
                pruned_at_epoch: wish.pruned_at_epoch,
            });
        }
        let trained = match &record.sweep {
            Some(sweep) => Some(self.sweep(sweep).await?),
            None => None,
        };
        let listed = trained.or(wishes.first().map(|wish| wish.sweep));
        let Some(listed) = listed else {
            let expected = "a sweep that wants the trial";
            return Err(crate::error::corrupt("sweep_trials.sweep_key", name, expected).into());
        };
        let ended_at = record
            .attempts
            .iter()
            .filter_map(|it| it.ended_at.as_deref());
        let columns = TrialColumns {
            key: old_key,
            id,
            name,
            trial: &record.trial,
            task: self.task(record).await?,
            listed,
            outcome: Outcome {
                state: record.state,
                sweep: trained,
                folder: record.folder.as_deref(),
                ended_at: ended_at.max(),
                figures: record.figures,
                weights_kept: record.weights_kept,
            },
        };
        let key = write_trial(&mut self.transaction, &columns).await?;
        self.parts
            .wishes
            .extend(wishes.into_iter().map(|wish| (key, wish)));
        self.parts
            .wishes
            .extend(since.into_iter().map(|wish| (key, wish)));
        for attempt in &record.attempts {
            let run = match &attempt.run {
                Some((sweep, run)) => Some(self.run(sweep, run).await?),
                None => None,
            };
            self.parts.attempts.push((key, attempt, run));
        }
        let epochs = record.epochs.iter().map(|metrics| (key, metrics));
        self.parts.epochs.extend(epochs);
        self.parts
            .files
            .extend(record.files.iter().map(|file| (key, file)));
        if !record.tags.is_empty() || record.note.is_some() {
            let note = record.note.as_deref();
            write_remarks(&mut self.transaction, key, &record.tags, note).await?;
        }
        if record.is_pinned {
            pin_again(&mut self.transaction, key).await?;
        }
        Ok(())
    }

    /// The key of a run of a sweep, which is recorded if the database does not know it.
    async fn run(&mut self, sweep: &SweepIdentity, run: &SweepRun) -> Result<i64, PutError> {
        let sweep = self.sweep(sweep).await?;
        let known_by = (sweep, run.plan, run.run_at.clone());
        if let Some(key) = self.runs.get(&known_by) {
            return Ok(*key);
        }
        let known: Option<i64> = sqlx::query_scalar(
            "select key from sweep_runs where sweep_key = ? and plan = ? and run_at = ?",
        )
        .bind(sweep)
        .bind(run.plan)
        .bind(&run.run_at)
        .fetch_optional(&mut *self.transaction)
        .await
        .doing(DOING)?;
        let key = match known {
            Some(key) => key,
            None => record_run(&mut self.transaction, sweep, run).await?,
        };
        self.runs.insert(known_by, key);
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

/// Deletes a trial that was planned since and never begun. Returns what sweeps want of it since.
async fn make_room(
    transaction: &mut Transaction<'static, Sqlite>,
    id: &str,
    name: &str,
) -> Result<Vec<WishRow>, PutError> {
    let known: Option<(i64, bool)> =
        sqlx::query_as("select key, state = 'planned' and folder is null from trials where id = ?")
            .bind(id)
            .fetch_optional(&mut **transaction)
            .await
            .doing(DOING)?;
    match known {
        None => Ok(Vec::new()),
        Some((key, true)) => {
            let wishes: Vec<(i64, i64, i64)> = sqlx::query_as(
                "select sweep_key, plan, position from sweep_trials where trial_key = ?",
            )
            .bind(key)
            .fetch_all(&mut **transaction)
            .await
            .doing(DOING)?;
            delete(transaction, key).await?;
            let wish = |(sweep, plan, position)| WishRow {
                sweep,
                plan,
                position,
                pruned_at_epoch: None,
            };
            Ok(wishes.into_iter().map(wish).collect())
        }
        Some((_, false)) => Err(PutError::Known {
            name: name.to_owned(),
        }),
    }
}

/// The key that a trial had before it was removed, if it can have it again: whoever still knows it means this trial.
async fn give_back_key(
    transaction: &mut Transaction<'static, Sqlite>,
    key: i64,
    id: &str,
) -> Result<Option<i64>, StoreError> {
    sqlx::query("delete from removed_trials where key = ? and id = ?")
        .bind(key)
        .bind(id)
        .execute(&mut **transaction)
        .await
        .doing(DOING)?;
    // A database that was made anew has given it to another one.
    let taken: Option<i64> = sqlx::query_scalar(
        "select key from trials where key = ?1 union all select key from removed_trials where key = ?1",
    )
    .bind(key)
    .fetch_optional(&mut **transaction)
    .await
    .doing(DOING)?;
    Ok(match taken {
        Some(_) => None,
        None => Some(key),
    })
}
