//! Reading sweeps.

use fitroom_domain::{Fingerprint, Provenance, Task, TaskSummary};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::read::{from_json, parsed};

/// A sweep as the database knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepRecord {
    /// Its key.
    pub key: i64,
    /// Its dataset's name.
    pub dataset: String,
    /// Its dataset's fingerprint.
    pub fingerprint: Fingerprint,
    /// Its name.
    pub name: String,
    /// The name of its task; of an imported sweep its own.
    pub task: String,
    /// What its task asks, as text: equal if and only if the tasks are.
    pub definition: String,
    /// Who ran it.
    pub origin: SweepOrigin,
    /// What the command line changed in its file when it was last run: the `KEY=VALUE` of each `--set`.
    pub overrides: Vec<String>,
    /// When it was last run, in UTC.
    pub run_at: String,
}

/// Who ran a sweep.
#[derive(Debug, Clone, PartialEq)]
pub enum SweepOrigin {
    /// This program.
    Ours {
        /// Its task.
        task: Task,
        /// What the task comes to on the dataset.
        summary: TaskSummary,
        /// Its file as it was last run, without what the command line changed.
        text: String,
    },
    /// Others, who logged it.
    Imported {
        /// The folder of the logs.
        from: String,
    },
}

impl SweepRecord {
    /// Its task, if it is ours.
    pub fn question(&self) -> Option<&Task> {
        match &self.origin {
            SweepOrigin::Ours { task, .. } => Some(task),
            SweepOrigin::Imported { .. } => None,
        }
    }

    /// What the task comes to on the dataset, if it is known.
    pub fn summary(&self) -> Option<&TaskSummary> {
        match &self.origin {
            SweepOrigin::Ours { summary, .. } => Some(summary),
            SweepOrigin::Imported { .. } => None,
        }
    }
}

impl Store {
    /// Every sweep, the one that was run last first.
    pub async fn sweeps(&self) -> Result<Vec<SweepRecord>, StoreError> {
        sqlx::query(
            "select key, dataset, fingerprint, name, task, definition, summary, text, overrides,
                 run_at, imported_from
             from sweeps order by run_at desc, key desc",
        )
        .try_map(sweep_record)
        .fetch_all(self.reader())
        .await
        .doing("list sweeps")
    }

    /// By which commands, programs and machines the finished trials came about that any plan of a sweep had, as far as
    /// that is recorded; each once, the oldest first.
    pub async fn origins(&self, sweep: i64) -> Result<Vec<Provenance>, StoreError> {
        let mut origins: Vec<Provenance> = sqlx::query(
            "select sweep_runs.provenance from (
                 select distinct attempts.sweep_run_key from sweep_trials as wish
                 cross join attempts on attempts.trial_key = wish.trial_key
                 where wish.sweep_key = ? and attempts.state = 'finished'
             ) as made cross join sweep_runs on sweep_runs.key = made.sweep_run_key
             where provenance is not null order by sweep_runs.key",
        )
        .bind(sweep)
        .try_map(|row| from_json(&row, "provenance"))
        .fetch_all(self.reader())
        .await
        .doing("list how trials came about")?;
        let mut seen = Vec::new();
        origins.retain(|origin| {
            let is_new = !seen.contains(origin);
            if is_new {
                seen.push(origin.clone());
            }
            is_new
        });
        Ok(origins)
    }
}

fn sweep_record(row: SqliteRow) -> Result<SweepRecord, sqlx::Error> {
    let task: String = row.try_get("task")?;
    let origin = match row.try_get("imported_from")? {
        Some(from) => SweepOrigin::Imported { from },
        None => SweepOrigin::Ours {
            task: Task {
                name: task.clone(),
                definition: from_json(&row, "definition")?,
            },
            summary: from_json(&row, "summary")?,
            text: row.try_get("text")?,
        },
    };
    Ok(SweepRecord {
        key: row.try_get("key")?,
        dataset: row.try_get("dataset")?,
        fingerprint: parsed(&row, "fingerprint")?,
        name: row.try_get("name")?,
        task,
        definition: row.try_get("definition")?,
        origin,
        overrides: from_json(&row, "overrides")?,
        run_at: row.try_get("run_at")?,
    })
}
