//! Writing epochs, many in one statement.

use fitroom_domain::EpochMetrics;
use sqlx::{QueryBuilder, Sqlite, Transaction};

use crate::error::{Doing, StoreError};

/// Rows of one statement: SQLite takes at most 32,766 values.
const ROWS: usize = 1000;

/// Writes epochs of trials, in place of those that are there. What is NaN is not known.
pub(crate) async fn write_epochs<'a>(
    transaction: &mut Transaction<'static, Sqlite>,
    epochs: impl IntoIterator<Item = (i64, &'a EpochMetrics)>,
) -> Result<(), StoreError> {
    let rows: Vec<(i64, &EpochMetrics)> = epochs.into_iter().collect();
    for rows in rows.chunks(ROWS) {
        let mut statement = QueryBuilder::new(
            "insert into epochs (trial_key, epoch, train_loss, train_accuracy, validation_loss,
                 validation_accuracy, seconds) ",
        );
        statement.push_values(rows, |mut row, (trial, metrics)| {
            row.push_bind(trial).push_bind(metrics.epoch);
            for value in [
                metrics.train.loss,
                metrics.train.accuracy,
                metrics.validation.loss,
                metrics.validation.accuracy,
                metrics.seconds,
            ] {
                row.push_bind(value.is_finite().then_some(value));
            }
        });
        statement.push(
            " on conflict (trial_key, epoch) do update
             set train_loss = excluded.train_loss, train_accuracy = excluded.train_accuracy,
                 validation_loss = excluded.validation_loss,
                 validation_accuracy = excluded.validation_accuracy, seconds = excluded.seconds",
        );
        statement
            .build()
            // A statement is known by its text, which only the number of rows changes.
            .persistent(true)
            .execute(&mut **transaction)
            .await
            .doing("record epochs")?;
    }
    Ok(())
}
