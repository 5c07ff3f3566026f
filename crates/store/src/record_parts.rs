//! What belongs to records that are brought back: written together, since there is much of it.

use fitroom_domain::EpochMetrics;
use sqlx::{QueryBuilder, Sqlite, Transaction};

use crate::attempt::TrialFile;
use crate::epoch_rows::write_epochs;
use crate::error::{Doing, StoreError};
use crate::time::utc_now;
use crate::trial_record::AttemptRecord;

const DOING: &str = "bring a trial back";

/// Rows of one statement: SQLite takes at most 32,766 values.
const ROWS: usize = 500;

/// Parts of trials, each with its trial's key.
#[derive(Default)]
pub(crate) struct Parts<'r> {
    pub(crate) wishes: Vec<(i64, WishRow)>,
    /// Attempts, with the key of the run of a sweep that each was made for.
    pub(crate) attempts: Vec<(i64, &'r AttemptRecord, Option<i64>)>,
    pub(crate) files: Vec<(i64, &'r TrialFile)>,
    pub(crate) epochs: Vec<(i64, &'r EpochMetrics)>,
}

/// That a sweep wants a trial.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WishRow {
    pub(crate) sweep: i64,
    pub(crate) plan: i64,
    pub(crate) position: i64,
    pub(crate) pruned_at_epoch: Option<u32>,
}

impl Parts<'_> {
    /// Writes all of them.
    pub(crate) async fn write(
        self,
        transaction: &mut Transaction<'static, Sqlite>,
    ) -> Result<(), StoreError> {
        for rows in self.wishes.chunks(ROWS) {
            let mut statement = QueryBuilder::new(
                "insert into sweep_trials (sweep_key, trial_key, position, plan, pruned_at_epoch) ",
            );
            statement.push_values(rows, |mut row, (trial, wish)| {
                row.push_bind(wish.sweep)
                    .push_bind(*trial)
                    .push_bind(wish.position)
                    .push_bind(wish.plan)
                    .push_bind(wish.pruned_at_epoch);
            });
            statement.push(
                " on conflict (sweep_key, trial_key) do update
                 set position = excluded.position, plan = excluded.plan",
            );
            execute(statement, transaction).await?;
        }
        for rows in self.attempts.chunks(ROWS) {
            let mut statement = QueryBuilder::new(
                "insert into attempts (trial_key, number, owner, state, error, warning, numerics, started_at,
                     ended_at, sweep_run_key, cpu_seconds, peak_memory_bytes) ",
            );
            statement.push_values(rows, |mut row, (trial, attempt, run)| {
                let peak = attempt.usage.peak_memory_bytes;
                row.push_bind(*trial)
                    .push_bind(attempt.number)
                    .push_bind(&attempt.owner)
                    .push_bind(attempt.state.as_str())
                    .push_bind(&attempt.error)
                    .push_bind(&attempt.warning)
                    .push_bind(&attempt.numerics)
                    .push_bind(&attempt.started_at)
                    .push_bind(&attempt.ended_at)
                    .push_bind(*run)
                    .push_bind(attempt.usage.cpu_seconds)
                    .push_bind(peak.map(|bytes| bytes as i64));
            });
            execute(statement, transaction).await?;
        }
        for rows in self.files.chunks(ROWS) {
            let mut statement =
                QueryBuilder::new("insert into files (trial_key, name, bytes, blake3) ");
            statement.push_values(rows, |mut row, (trial, file)| {
                row.push_bind(*trial)
                    .push_bind(&file.name)
                    .push_bind(file.bytes as i64)
                    .push_bind(&file.blake3);
            });
            execute(statement, transaction).await?;
        }
        write_epochs(transaction, self.epochs).await
    }
}

async fn execute(
    mut statement: QueryBuilder<Sqlite>,
    transaction: &mut Transaction<'static, Sqlite>,
) -> Result<(), StoreError> {
    let statement = statement.build().persistent(true);
    statement.execute(&mut **transaction).await.doing(DOING)?;
    Ok(())
}

/// Pins a trial as its task's model, unless another preference has been chosen since.
pub(crate) async fn pin_again(
    transaction: &mut Transaction<'static, Sqlite>,
    trial: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into selections (fingerprint, definition, preference, trial_key, chosen_at)
         select fingerprint, definition, 'pinned', trials.key, ?
         from trials join tasks on tasks.key = trials.task_key where trials.key = ?
         on conflict (fingerprint, definition) do nothing",
    )
    .bind(utc_now())
    .bind(trial)
    .execute(&mut **transaction)
    .await
    .doing(DOING)?;
    Ok(())
}
