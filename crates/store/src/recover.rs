//! What brings database and files together again: sweeps and evaluations that only files know, and trials whose
//! records say what is no longer so.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use fitroom_domain::keep::Keep;
use fitroom_domain::{DatasetKey, RecordedTrial, Task, TaskSummary, Trial, TrialId, TrialState};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{ConnectOptions, Row};

use crate::error::{Doing, StoreError, corrupt};
use crate::evaluation::NewEvaluation;
use crate::open::Store;
use crate::put_record::{PutError, put_all};
use crate::read::parsed;
use crate::register::{SweepRun, json, keep_word, record_run};
use crate::remove::delete;
use crate::trial_columns::{Outcome, TrialColumns, task_key, write_trial};
use crate::trial_record::{TrialRecord, read_record};

/// A sweep of which only files are left.
#[derive(Debug)]
pub struct RecoveredSweep<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its dataset.
    pub dataset: &'a DatasetKey,
    /// Its task.
    pub task: &'a Task,
    /// What the task comes to on the dataset.
    pub summary: &'a TaskSummary,
    /// Whose weights it keeps.
    pub keep: Keep,
    /// How it was last run, as far as that is known.
    pub run: &'a SweepRun,
    /// Whether the run is one that was recorded, and not what was made of files without a record.
    pub is_recorded: bool,
}

/// Where a trial of ours is recorded to lie. It is read even where the rest of its record cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialPlace {
    /// Its key.
    pub key: i64,
    /// Its id.
    pub id: TrialId,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub state: TrialState,
    /// Its folder, relative to `runs/`; `None` before its first attempt.
    pub folder: Option<String>,
    /// Whether what is recorded of what determines its result has its id.
    pub is_sound: bool,
}

impl Store {
    /// Writes down a sweep that the database does not know; of one that it knows nothing changes. Returns whether it
    /// was written.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn recover_sweep(&self, sweep: &RecoveredSweep<'_>) -> Result<bool, StoreError> {
        let doing = "bring a sweep back";
        let mut transaction = self.write().await?;
        let definition = json("sweeps.definition", &sweep.task.definition)?;
        let fingerprint = &sweep.dataset.fingerprint;
        let key: Option<i64> = sqlx::query_scalar(
            "insert into sweeps
                 (dataset, fingerprint, name, task, definition, summary, keep, text, overrides, run_at, plan)
             values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             on conflict (fingerprint, name, definition) do nothing
             returning key",
        )
        .bind(&sweep.dataset.name)
        .bind(fingerprint.as_str())
        .bind(sweep.name)
        .bind(&sweep.task.name)
        .bind(&definition)
        .bind(json("sweeps.summary", sweep.summary)?)
        .bind(keep_word(sweep.keep))
        .bind(&sweep.run.text)
        .bind(json("sweeps.overrides", &sweep.run.overrides)?)
        .bind(&sweep.run.run_at)
        .bind(sweep.run.plan)
        .fetch_optional(&mut *transaction)
        .await
        .doing(doing)?;
        let Some(key) = key else { return Ok(false) };
        if sweep.is_recorded {
            record_run(&mut transaction, key, sweep.run).await?;
        }
        task_key(&mut transaction, fingerprint, &definition).await?;
        transaction.commit().await.doing(doing)?;
        Ok(true)
    }

    /// Records a look at test photographs that only its file knows; `false`, and nothing happens, if it is recorded.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn recover_evaluation(
        &self,
        evaluation: &NewEvaluation<'_>,
        evaluated_at: &str,
    ) -> Result<bool, StoreError> {
        let doing = "bring the record of an evaluation back";
        let mut transaction = self.write().await?;
        let known: Option<i64> = sqlx::query_scalar(
            "select key from evaluations where trial_id = ? and predictions_blake3 = ?",
        )
        .bind(evaluation.trial.as_str())
        .bind(evaluation.predictions_blake3)
        .fetch_optional(&mut *transaction)
        .await
        .doing(doing)?;
        if known.is_some() {
            return Ok(false);
        }
        evaluation.insert(&mut transaction, evaluated_at).await?;
        transaction.commit().await.doing(doing)?;
        Ok(true)
    }

    /// Reads from the malformed database of a `runs/` folder what no folder tells, as far as it can be read: looks at test
    /// photographs, choices of models, tags and notes of trials that this database knows. What it knows stays.
    ///
    /// # Errors
    /// When this database refuses.
    pub async fn salvage(&self, runs: &Path) -> Result<Salvaged, StoreError> {
        let mut salvaged = Salvaged::default();
        if !Store::exists(runs) {
            return Ok(salvaged);
        }
        let Ok(mut old) = Store::read_options(runs).connect().await else {
            return Ok(salvaged);
        };
        let mut transaction = self.write().await?;
        for (read, write) in SALVAGED {
            for (_, row) in salvageable(&mut old, read).await {
                let written: Result<Vec<Option<String>>, _> = sqlx::query_scalar(write)
                    .bind(&row)
                    .fetch_all(&mut *transaction)
                    .await;
                // One row that cannot be used is none.
                let ids = written.unwrap_or_default();
                salvaged.rows += ids.len();
                let ids = ids.into_iter().flatten();
                salvaged
                    .trials
                    .extend(ids.filter_map(|id| id.parse::<TrialId>().ok()));
            }
        }
        transaction
            .commit()
            .await
            .doing("write what was read of an old database")?;
        Ok(salvaged)
    }

    /// Where every trial of ours is recorded to lie, in the order in which they were planned.
    ///
    /// # Errors
    /// When the database cannot be read, or an id or a state is none.
    pub async fn trial_places(&self) -> Result<Vec<TrialPlace>, StoreError> {
        let places: Vec<Option<TrialPlace>> = sqlx::query(
            "select trials.key, trials.id, trials.name, trials.state, trials.folder, trials.trial,
                 sweeps.imported_from is not null as is_imported
             from trials join sweeps on sweeps.key = trials.listed_key order by trials.key",
        )
        .try_map(place)
        .fetch_all(self.reader())
        .await
        .doing("list where trials lie")?;
        Ok(places.into_iter().flatten().collect())
    }

    /// Puts a record in the place of another one of the same trial, if that is still what is recorded; `false`, and
    /// nothing happens, if it is not. `place` changes the trial's files while the database's write lock is held.
    ///
    /// # Errors
    /// When the database or `place` refuses; nothing was recorded then.
    pub async fn replace_record(
        &self,
        (key, old): (i64, &TrialRecord),
        new: &TrialRecord,
        place: impl FnOnce() -> io::Result<()>,
    ) -> Result<bool, PutError> {
        let mut transaction = self.write().await?;
        let found = read_record(&mut transaction, key).await?;
        // As text: what is not known is NaN, which equals nothing.
        if json("trials", &found)? != json("trials", &Some(old))? {
            return Ok(false);
        }
        if json("trials", old)? != json("trials", new)? {
            delete(&mut transaction, key).await?;
            transaction = put_all(transaction, [(Some(key), new)]).await?;
        }
        place().map_err(StoreError::Files)?;
        transaction.commit().await.doing("mend a trial's record")?;
        Ok(true)
    }

    /// Puts a record in the place of one that cannot be read, of a trial that nobody trains.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn overwrite_record(&self, key: i64, new: &TrialRecord) -> Result<(), PutError> {
        let mut transaction = self.write().await?;
        delete(&mut transaction, key).await?;
        let transaction = put_all(transaction, [(Some(key), new)]).await?;
        Ok(transaction.commit().await.doing("mend a trial's record")?)
    }

    /// Writes what determines a trial's result into its row again, in every column.
    ///
    /// # Errors
    /// When the database refuses, or the row is another trial's.
    pub async fn rewrite_trial(&self, key: i64, trial: &Trial) -> Result<(), StoreError> {
        let doing = "write what a trial is";
        let mut transaction = self.write().await?;
        let (id, listed): (String, i64) =
            sqlx::query_as("select id, listed_key from trials where key = ?")
                .bind(key)
                .fetch_one(&mut *transaction)
                .await
                .doing(doing)?;
        if id != trial.id().as_str() {
            return Err(corrupt("trials.id", id, "the hash of its trial"));
        }
        let definition = json("tasks.definition", &trial.task.definition)?;
        let columns = TrialColumns {
            key: None,
            id: trial.id(),
            name: trial.name(),
            trial: &RecordedTrial::Ours(trial.clone()),
            task: task_key(&mut transaction, &trial.dataset.fingerprint, &definition).await?,
            listed,
            outcome: Outcome::PLANNED,
        };
        write_trial(&mut transaction, &columns).await?;
        transaction.commit().await.doing(doing)
    }
}

/// What could be read of a malformed database.
#[derive(Debug, Default)]
pub struct Salvaged {
    /// Rows that were written.
    pub rows: usize,
    /// Trials that they belong to.
    pub trials: Vec<TrialId>,
}

/// How rows are read, one after the other, as JSON, and how each is written.
const SALVAGED: [([&str; 2], &str); 4] = [
    (
        [
            "select key, json_object('dataset', dataset, 'fingerprint', fingerprint, 'definition', definition,
                 'task', task, 'trial_id', trial_id, 'trial_name', trial_name, 'evaluated_at', evaluated_at,
                 'photographs', photographs, 'accuracy', accuracy, 'photographs_read', photographs_read,
                 'predictions_blake3', predictions_blake3)
             from evaluations where key > ? order by key limit 1",
            "select key, json_object('dataset', dataset, 'fingerprint', fingerprint, 'definition', definition,
                 'task', task, 'trial_id', trial_id, 'trial_name', trial_name, 'evaluated_at', evaluated_at,
                 'photographs', photographs, 'accuracy', accuracy, 'photographs_read', photographs_read,
                 'predictions_blake3', predictions_blake3)
             from evaluations where key < ? order by key desc limit 1",
        ],
        "insert into evaluations
             (dataset, fingerprint, definition, task, trial_id, trial_name, evaluated_at, photographs, accuracy,
              photographs_read, predictions_blake3)
         select ?1 ->> 'dataset', ?1 ->> 'fingerprint', ?1 ->> 'definition', ?1 ->> 'task', ?1 ->> 'trial_id',
             ?1 ->> 'trial_name', ?1 ->> 'evaluated_at', ?1 ->> 'photographs', ?1 ->> 'accuracy',
             ?1 ->> 'photographs_read', ?1 ->> 'predictions_blake3'
         returning null",
    ),
    (
        [
            "select rowid, json_object('fingerprint', fingerprint, 'definition', definition, 'preference', preference,
                 'chosen_at', chosen_at, 'trial', (select id from trials where trials.key = trial_key))
             from selections where rowid > ? order by rowid limit 1",
            "select rowid, json_object('fingerprint', fingerprint, 'definition', definition, 'preference', preference,
                 'chosen_at', chosen_at, 'trial', (select id from trials where trials.key = trial_key))
             from selections where rowid < ? order by rowid desc limit 1",
        ],
        "insert or ignore into selections (fingerprint, definition, preference, trial_key, chosen_at)
         select ?1 ->> 'fingerprint', ?1 ->> 'definition', ?1 ->> 'preference',
             (select key from trials where id = ?1 ->> 'trial'), ?1 ->> 'chosen_at'
         where true
         returning null",
    ),
    (
        [
            "select trial_key, json_object('tags', (select json_group_array(tag) from tags as own
                     where own.trial_key = tags.trial_key),
                 'trial', (select id from trials where trials.key = trial_key))
             from tags where trial_key > ? order by trial_key limit 1",
            "select trial_key, json_object('tags', (select json_group_array(tag) from tags as own
                     where own.trial_key = tags.trial_key),
                 'trial', (select id from trials where trials.key = trial_key))
             from tags where trial_key < ? order by trial_key desc limit 1",
        ],
        "insert or ignore into tags (trial_key, tag)
         select trials.key, value from trials, json_each(?1 -> 'tags') where trials.id = ?1 ->> 'trial'
         returning ?1 ->> 'trial'",
    ),
    (
        [
            "select trial_key, json_object('note', note, 'trial', (select id from trials where trials.key = trial_key))
             from notes where trial_key > ? order by trial_key limit 1",
            "select trial_key, json_object('note', note, 'trial', (select id from trials where trials.key = trial_key))
             from notes where trial_key < ? order by trial_key desc limit 1",
        ],
        "insert or ignore into notes (trial_key, note)
         select trials.key, ?1 ->> 'note' from trials where trials.id = ?1 ->> 'trial'
         returning ?1 ->> 'trial'",
    ),
];

/// Rows by their keys, from both ends up to those that cannot be read.
async fn salvageable(
    old: &mut SqliteConnection,
    [up, down]: [&'static str; 2],
) -> BTreeMap<i64, String> {
    let mut rows = BTreeMap::new();
    for (statement, start) in [(up, i64::MIN), (down, i64::MAX)] {
        let mut last = start;
        loop {
            let row: Result<Option<(i64, String)>, _> = sqlx::query_as(statement)
                .bind(last)
                .fetch_optional(&mut *old)
                .await;
            match row {
                Ok(Some((key, row))) => {
                    last = key;
                    if rows.insert(key, row).is_some() {
                        return rows;
                    }
                }
                Ok(None) => return rows,
                Err(_) => break,
            }
        }
    }
    rows
}

/// Where a row says that a trial lies; `None` of one that others trained.
fn place(row: SqliteRow) -> Result<Option<TrialPlace>, sqlx::Error> {
    if row.try_get("is_imported")? {
        return Ok(None);
    }
    let id: TrialId = parsed(&row, "id")?;
    let trial: &str = row.try_get("trial")?;
    let is_sound = serde_json::from_str::<RecordedTrial>(trial).is_ok_and(|it| it.id() == id);
    Ok(Some(TrialPlace {
        key: row.try_get("key")?,
        name: row.try_get("name")?,
        state: parsed(&row, "state")?,
        folder: row.try_get("folder")?,
        is_sound,
        id,
    }))
}
