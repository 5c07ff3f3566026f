//! Reading trials.

use fitroom_domain::{Fingerprint, RecordedFigures, RecordedTrial, Trial, TrialId, TrialState};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqliteExecutor};

use crate::error::{Doing, StoreError};
use crate::open::Store;

/// A trial as the database knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialRow {
    /// Its key.
    pub key: i64,
    /// Its id.
    pub id: TrialId,
    /// Its name.
    pub name: String,
    /// All that is known of what determines its result. Its dataset's name is the one of the time when it was planned.
    pub trial: RecordedTrial,
    /// What identifies its dataset.
    pub fingerprint: Fingerprint,
    /// What its task asks, as text: equal if and only if the tasks are.
    pub definition: String,
    /// Where it stands.
    pub state: TrialState,
    /// Its dataset's name, as its sweep last called it.
    pub dataset: String,
    /// The sweep that trained it or, before its first attempt, the first that wants it.
    pub sweep: String,
    /// Its folder relative to `runs/`; `None` before its first attempt.
    pub folder: Option<String>,
    /// Its figures; `Some` if and only if it is finished.
    pub figures: Option<RecordedFigures>,
    /// Whether the file with its weights is there.
    pub weights_kept: bool,
    /// Attempts so far.
    pub attempts: u32,
    /// Those of them that failed.
    pub failures: u32,
    /// Those of them that somebody stopped, or that waited where their sweep prunes.
    pub interruptions: u32,
    /// What the last attempt that failed or diverged said.
    pub error: Option<String>,
    /// What the last attempt could not do beside training.
    pub warning: Option<String>,
    /// The last attempt's numerics, if they are known.
    pub numerics: Option<String>,
    /// What people tagged it with, in alphabetical order.
    pub tags: Vec<String>,
    /// What people noted of it.
    pub note: Option<String>,
    /// When its last attempt ended, in UTC.
    pub ended_at: Option<String>,
    /// The epoch after which the sweep gave it up, if it did: the one that was asked for its trials, else the one
    /// that trained it. Somebody else may have trained it on.
    pub pruned_after: Option<u32>,
}

impl TrialRow {
    /// The trial, if it can be trained again.
    pub fn ours(&self) -> Option<&Trial> {
        self.trial.ours()
    }

    /// Whether the sweep still wants it trained.
    pub fn is_open(&self) -> bool {
        matches!(self.state, TrialState::Planned | TrialState::Running)
            && self.pruned_after.is_none()
    }

    /// Whether the sweep gave it up, and nobody else trained it on.
    pub fn is_pruned(&self) -> bool {
        self.state == TrialState::Planned && self.pruned_after.is_some()
    }

    /// The word of its state; `pruned` where the sweep gave it up.
    pub fn shown_state(&self) -> &'static str {
        match self.is_pruned() {
            true => "pruned",
            false => self.state.as_str(),
        }
    }
}

impl Store {
    /// Every trial, in the order in which they were planned.
    pub async fn trials(&self) -> Result<Vec<TrialRow>, StoreError> {
        trial_rows(self.reader(), Which::All, "order by trials.key").await
    }

    /// The trials with these keys, in this order; those that are not there are left out.
    pub async fn trials_with_keys(&self, keys: &[i64]) -> Result<Vec<TrialRow>, StoreError> {
        let clause = "join json_each(?) as asked on asked.value = trials.key order by asked.key";
        let keys = crate::register::json("trials.key", &keys)?;
        trial_rows(self.reader(), Which::Keys(keys), clause).await
    }

    /// The trials that are called so: by their name, or by their id or a start of it.
    pub async fn trials_called(&self, called: &str) -> Result<Vec<TrialRow>, StoreError> {
        // Every name ends with the start of the id, so that no index of names is needed.
        let id = called.rsplit('-').next().unwrap_or_default();
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Vec::new());
        }
        let mut found = self.trials_with_ids_from(id).await?;
        found.retain(|row| row.name == called || row.id.as_str().starts_with(called));
        Ok(found)
    }

    async fn trials_with_ids_from(&self, start: &str) -> Result<Vec<TrialRow>, StoreError> {
        // `g` comes after all hexadecimal digits.
        let clause = "where trials.id >= ?1 and trials.id < ?1 || 'g' order by trials.id";
        trial_rows(self.reader(), Which::Ids(start.to_owned()), clause).await
    }

    /// The trials that a sweep wants, in the order of its plan: those of its newest plan, and of older
    /// ones those that are trained or in training.
    pub async fn wanted_trials(&self, sweep: i64) -> Result<Vec<TrialRow>, StoreError> {
        let clause = "join sweeps as wanting on wanting.key = wish.sweep_key
             where wish.plan = wanting.plan or trials.state not in ('planned', 'failed')
             order by wish.position, trials.key";
        trial_rows(self.reader(), Which::OfSweep(sweep), clause).await
    }

    /// The trials of a sweep's newest plan, in its order.
    pub async fn planned_trials(&self, sweep: i64) -> Result<Vec<TrialRow>, StoreError> {
        let clause = "join sweeps as wanting on wanting.key = wish.sweep_key
             where wish.plan = wanting.plan order by wish.position, trials.key";
        trial_rows(self.reader(), Which::OfSweep(sweep), clause).await
    }

    /// The trials that any plan of a sweep had, in the order of the last that had them.
    pub async fn sweep_trials(&self, sweep: i64) -> Result<Vec<TrialRow>, StoreError> {
        let clause = "order by wish.position, trials.key";
        trial_rows(self.reader(), Which::OfSweep(sweep), clause).await
    }
}

/// Of which trials some are selected.
#[derive(Debug)]
pub(crate) enum Which {
    /// Of all.
    All,
    /// Of those that any plan of this sweep had.
    OfSweep(i64),
    /// Of those with these keys, a JSON list, which the clause asks for.
    Keys(String),
    /// Of those whose id begins so, which the clause asks for.
    Ids(String),
}

/// The trials that `clause` (joins, conditions, order) selects. `wish` is what the sweep wants of each, else what the
/// sweep that it is listed under does.
pub(crate) async fn trial_rows(
    executor: impl SqliteExecutor<'_>,
    which: Which,
    clause: &'static str,
) -> Result<Vec<TrialRow>, StoreError> {
    let query = sqlx::query(AssertSqlSafe(statement(&which, clause)));
    let query = match which {
        Which::All => query,
        Which::OfSweep(sweep) => query.bind(sweep),
        Which::Keys(text) | Which::Ids(text) => query.bind(text),
    };
    query
        .try_map(trial_row)
        .fetch_all(executor)
        .await
        .doing("list trials")
}

pub(crate) fn statement(which: &Which, clause: &str) -> String {
    let wish = match which {
        Which::OfSweep(_) => "join sweep_trials as wish on wish.sweep_key = ?",
        Which::All | Which::Keys(_) | Which::Ids(_) => {
            "left join sweep_trials as wish on wish.sweep_key = shown.key"
        }
    };
    format!(
        "select trials.key, trials.id, trials.name, trial, tasks.fingerprint, tasks.definition, state, folder, ended_at,
             accuracy, loss, best_epoch, epochs, parameters, multiply_adds, seconds, weights_kept,
             shown.name as sweep, shown.dataset as dataset,
             (select group_concat(tag, char(10) order by tag) from tags where tags.trial_key = trials.key) as tags,
             (select note from notes where notes.trial_key = trials.key) as note,
             wish.pruned_at_epoch as pruned_after,
             (select count(*) from attempts where attempts.trial_key = trials.key) as attempts,
             (select count(*) from attempts where attempts.trial_key = trials.key
                 and attempts.state = 'failed') as failures,
             (select count(*) from attempts where attempts.trial_key = trials.key
                 and attempts.state = 'interrupted') as interruptions,
             (select error from attempts where attempts.trial_key = trials.key
                 and error is not null order by number desc limit 1) as error,
             (select nullif(numerics, '') from attempts where attempts.trial_key = trials.key
                 order by number desc limit 1) as numerics,
             (select warning from attempts where attempts.trial_key = trials.key
                 order by number desc limit 1) as warning
         from trials
         join tasks on tasks.key = trials.task_key
         join sweeps as shown on shown.key = trials.listed_key
         {wish} and wish.trial_key = trials.key
         {clause}"
    )
}

fn trial_row(row: SqliteRow) -> Result<TrialRow, sqlx::Error> {
    Ok(TrialRow {
        key: row.try_get("key")?,
        id: parsed(&row, "id")?,
        name: row.try_get("name")?,
        trial: from_json(&row, "trial")?,
        fingerprint: parsed(&row, "fingerprint")?,
        definition: row.try_get("definition")?,
        state: parsed(&row, "state")?,
        dataset: row.try_get("dataset")?,
        sweep: row.try_get("sweep")?,
        folder: row.try_get("folder")?,
        figures: recorded_figures(&row)?,
        weights_kept: row.try_get("weights_kept")?,
        attempts: row.try_get("attempts")?,
        failures: row.try_get("failures")?,
        interruptions: row.try_get("interruptions")?,
        error: row.try_get("error")?,
        warning: row.try_get("warning")?,
        numerics: row.try_get("numerics")?,
        tags: lines(row.try_get("tags")?),
        note: row.try_get("note")?,
        ended_at: row.try_get("ended_at")?,
        pruned_after: row.try_get("pruned_after")?,
    })
}

/// The figures of a row of `trials`.
pub(crate) fn recorded_figures(row: &SqliteRow) -> Result<Option<RecordedFigures>, sqlx::Error> {
    let accuracy: Option<f64> = row.try_get("accuracy")?;
    let Some(accuracy) = accuracy else {
        return Ok(None);
    };
    Ok(Some(RecordedFigures {
        accuracy,
        loss: row.try_get("loss")?,
        best_epoch: row.try_get("best_epoch")?,
        epochs: row.try_get("epochs")?,
        parameters: count(row, "parameters")?,
        multiply_adds: count(row, "multiply_adds")?,
        seconds: row.try_get("seconds")?,
    }))
}

fn lines(text: Option<&str>) -> Vec<String> {
    let lines = text.into_iter().flat_map(str::lines);
    lines.map(str::to_owned).collect()
}

/// A column that counts something, if it is known.
fn count(row: &SqliteRow, column: &str) -> Result<Option<u64>, sqlx::Error> {
    let value: Option<i64> = row.try_get(column)?;
    Ok(value.map(i64::unsigned_abs))
}

/// A text column as the type that it stands for.
pub(crate) fn parsed<T>(row: &SqliteRow, column: &str) -> Result<T, sqlx::Error>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let text: &str = row.try_get(column)?;
    text.parse()
        .map_err(|error: T::Err| sqlx::Error::ColumnDecode {
            index: column.to_owned(),
            source: Box::new(error),
        })
}

/// A JSON column as the type that it stands for.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(
    row: &SqliteRow,
    column: &str,
) -> Result<T, sqlx::Error> {
    let text: &str = row.try_get(column)?;
    serde_json::from_str(text).map_err(|error| sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: Box::new(error),
    })
}
