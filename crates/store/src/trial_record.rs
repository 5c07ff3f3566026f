//! All that is recorded of a trial, as one value: what a removed trial leaves, and what a lost one is brought back from.

use fitroom_domain::{
    AttemptState, EpochMetrics, Fingerprint, RecordedFigures, RecordedTrial, TrialState, Usage,
};
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use crate::attempt::TrialFile;
use crate::curves::epoch;
use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::read::{from_json, parsed, recorded_figures};
use crate::register::SweepRun;

/// What a sweep is known by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SweepIdentity {
    /// Its dataset's fingerprint.
    pub fingerprint: Fingerprint,
    /// Its name.
    pub name: String,
    /// What its task asks, as text.
    pub definition: String,
}

/// That a sweep wants a trial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// The sweep.
    pub sweep: SweepIdentity,
    /// Its dataset's name, as it last called it.
    pub dataset: String,
    /// The trial's place in the plan.
    pub position: i64,
    /// The last of its plans that had the trial.
    pub plan: i64,
    /// The epoch after which it gave the trial up, if it did.
    pub pruned_at_epoch: Option<u32>,
}

/// An attempt at a trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttemptRecord {
    /// Counted from 1.
    pub number: u32,
    /// The process that made it.
    pub owner: String,
    /// How it stands.
    pub state: AttemptState,
    /// Why it failed or diverged.
    pub error: Option<String>,
    /// What it could not do beside training.
    pub warning: Option<String>,
    /// What, beside the trial's id, its bits depend on; empty if that is not known.
    pub numerics: String,
    /// When it began, in UTC.
    pub started_at: String,
    /// When it ended, in UTC.
    pub ended_at: Option<String>,
    /// What it took.
    #[serde(default)]
    pub usage: Usage,
    /// The sweep that it was made for, and the run of it, if they are known.
    pub run: Option<(SweepIdentity, SweepRun)>,
}

/// All that is recorded of a trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrialRecord {
    /// What is known of what determines its result.
    pub trial: RecordedTrial,
    /// What identifies its dataset.
    pub fingerprint: Fingerprint,
    /// What its task asks, as text.
    pub definition: String,
    /// Where it stands.
    pub state: TrialState,
    /// The sweep that trained it.
    pub sweep: Option<SweepIdentity>,
    /// Its folder relative to `runs/`.
    pub folder: Option<String>,
    /// Its figures; `Some` if and only if it is finished.
    pub figures: Option<RecordedFigures>,
    /// Whether the file with its weights is there.
    pub weights_kept: bool,
    /// The sweeps that want it.
    pub wishes: Vec<Wish>,
    /// The attempts at it.
    pub attempts: Vec<AttemptRecord>,
    /// Its files.
    pub files: Vec<TrialFile>,
    /// Its epochs.
    pub epochs: Vec<EpochMetrics>,
    /// What people tagged it with.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What people noted of it.
    #[serde(default)]
    pub note: Option<String>,
    /// Whether it is pinned as its task's model.
    #[serde(default)]
    pub is_pinned: bool,
}

impl Store {
    /// All that is recorded of the trial with this key; `None` if it is not there.
    pub async fn record(&self, trial: i64) -> Result<Option<TrialRecord>, StoreError> {
        let connection = self.reader().acquire().await;
        read_record(&mut *connection.doing(DOING)?, trial).await
    }
}

const DOING: &str = "read all that is recorded of a trial";

/// All that is recorded of a trial, as this connection sees it.
pub(crate) async fn read_record(
    connection: &mut SqliteConnection,
    trial: i64,
) -> Result<Option<TrialRecord>, StoreError> {
    let row = sqlx::query(
        "select trials.*, tasks.fingerprint, sweeps.name as sweep, tasks.definition,
             exists (select 1 from selections where trial_key = trials.key) as is_pinned,
             (select note from notes where trial_key = trials.key) as note
         from trials join tasks on tasks.key = trials.task_key
         left join sweeps on sweeps.key = trials.sweep_key
         where trials.key = ?",
    )
    .bind(trial)
    .fetch_optional(&mut *connection)
    .await
    .doing(DOING)?;
    let Some(row) = row else { return Ok(None) };
    let wishes = sqlx::query(
        "select fingerprint, sweeps.name as sweep, definition, dataset, position, sweep_trials.plan,
             pruned_at_epoch
         from sweep_trials join sweeps on sweeps.key = sweep_trials.sweep_key
         where trial_key = ?
         order by sweeps.key <> (select listed_key from trials where trials.key = trial_key), sweeps.key",
    )
    .bind(trial)
    .try_map(wish)
    .fetch_all(&mut *connection)
    .await
    .doing(DOING)?;
    let attempts = read_attempts(connection, trial).await?;
    let files =
        sqlx::query("select name, bytes, blake3 from files where trial_key = ? order by name")
            .bind(trial)
            .try_map(file)
            .fetch_all(&mut *connection)
            .await
            .doing(DOING)?;
    let epochs = sqlx::query("select * from epochs where trial_key = ? order by epoch")
        .bind(trial)
        .try_map(|row| Ok(epoch(row)?.1))
        .fetch_all(&mut *connection)
        .await
        .doing(DOING)?;
    let tags = sqlx::query_scalar("select tag from tags where trial_key = ? order by tag")
        .bind(trial)
        .fetch_all(&mut *connection)
        .await
        .doing(DOING)?;
    let record = || -> Result<TrialRecord, sqlx::Error> {
        let sweep: Option<String> = row.try_get("sweep")?;
        Ok(TrialRecord {
            trial: from_json(&row, "trial")?,
            fingerprint: parsed(&row, "fingerprint")?,
            definition: row.try_get("definition")?,
            state: parsed(&row, "state")?,
            sweep: sweep.map(|_| identity(&row)).transpose()?,
            folder: row.try_get("folder")?,
            figures: recorded_figures(&row)?,
            weights_kept: row.try_get("weights_kept")?,
            wishes,
            attempts,
            files,
            epochs,
            tags,
            note: row.try_get("note")?,
            is_pinned: row.try_get("is_pinned")?,
        })
    };
    Ok(Some(record().doing(DOING)?))
}

async fn read_attempts(
    connection: &mut SqliteConnection,
    trial: i64,
) -> Result<Vec<AttemptRecord>, StoreError> {
    sqlx::query(
        "select attempts.*, sweep_runs.plan, sweep_runs.run_at, sweep_runs.text, sweep_runs.overrides,
             sweep_runs.provenance, sweeps.fingerprint, sweeps.name as sweep, sweeps.definition
         from attempts
         left join sweep_runs on sweep_runs.key = attempts.sweep_run_key
         left join sweeps on sweeps.key = sweep_runs.sweep_key
         where attempts.trial_key = ? order by number",
    )
    .bind(trial)
    .try_map(attempt)
    .fetch_all(&mut *connection)
    .await
    .doing(DOING)
}

fn identity(row: &SqliteRow) -> Result<SweepIdentity, sqlx::Error> {
    Ok(SweepIdentity {
        fingerprint: parsed(row, "fingerprint")?,
        name: row.try_get("sweep")?,
        definition: row.try_get("definition")?,
    })
}

fn wish(row: SqliteRow) -> Result<Wish, sqlx::Error> {
    Ok(Wish {
        sweep: identity(&row)?,
        dataset: row.try_get("dataset")?,
        position: row.try_get("position")?,
        plan: row.try_get("plan")?,
        pruned_at_epoch: row.try_get("pruned_at_epoch")?,
    })
}

fn file(row: SqliteRow) -> Result<TrialFile, sqlx::Error> {
    Ok(TrialFile {
        name: row.try_get("name")?,
        bytes: row.try_get::<i64, _>("bytes")?.unsigned_abs(),
        blake3: row.try_get("blake3")?,
    })
}

fn attempt(row: SqliteRow) -> Result<AttemptRecord, sqlx::Error> {
    let plan: Option<i64> = row.try_get("plan")?;
    let run = |plan| -> Result<(SweepIdentity, SweepRun), sqlx::Error> {
        let provenance: Option<&str> = row.try_get("provenance")?;
        let run = SweepRun {
            plan,
            run_at: row.try_get("run_at")?,
            text: row.try_get("text")?,
            overrides: from_json(&row, "overrides")?,
            provenance: provenance
                .map(|_| from_json(&row, "provenance"))
                .transpose()?,
        };
        Ok((identity(&row)?, run))
    };
    let peak: Option<i64> = row.try_get("peak_memory_bytes")?;
    Ok(AttemptRecord {
        number: row.try_get("number")?,
        owner: row.try_get("owner")?,
        state: parsed(&row, "state")?,
        error: row.try_get("error")?,
        warning: row.try_get("warning")?,
        numerics: row.try_get("numerics")?,
        started_at: row.try_get("started_at")?,
        ended_at: row.try_get("ended_at")?,
        usage: Usage {
            cpu_seconds: row.try_get("cpu_seconds")?,
            peak_memory_bytes: peak.map(i64::unsigned_abs),
        },
        run: plan.map(run).transpose()?,
    })
}
