//! Where a trial stands among those that answer the same.

use std::collections::HashMap;

use crate::error::{Doing, StoreError};
use crate::open::Store;

/// A place on the leaderboard of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The place, counted from 1.
    pub place: u64,
    /// Finished trials of the task, whichever sweeps trained them.
    pub of: u64,
}

/// The order is that of [`fitroom_domain::leaderboard`]: what is unknown comes after what is known.
const STANDING: &str = "select count(*) filter (where
        (-other.accuracy, ifnull(other.parameters, 9e999), ifnull(other.loss, 9e999), other.id)
        < (-own.accuracy, ifnull(own.parameters, 9e999), ifnull(own.loss, 9e999), own.id)), count(*)
    from trials as own join trials as other on other.task_key = own.task_key and other.state = 'finished'
    where own.key = ? and own.state = 'finished'";

impl Store {
    /// Where the trial with this key stands among the finished ones of its task; `None` if it is not finished.
    pub async fn standing(&self, trial: i64) -> Result<Option<Standing>, StoreError> {
        let (better, all): (i64, i64) = sqlx::query_as(STANDING)
            .bind(trial)
            .fetch_one(self.reader())
            .await
            .doing("find a trial's place on the leaderboard")?;
        Ok((all > 0).then(|| Standing {
            place: better.unsigned_abs() + 1,
            of: all.unsigned_abs(),
        }))
    }

    /// Where every finished trial stands among those of its task, by trial key.
    pub async fn standings(&self) -> Result<HashMap<i64, Standing>, StoreError> {
        let rows: Vec<(i64, i64, i64)> = sqlx::query_as(
            "select key, row_number() over (
                     partition by task_key
                     order by accuracy desc, parameters nulls last, loss nulls last, id),
                 count(*) over (partition by task_key)
             from trials where state = 'finished'",
        )
        .fetch_all(self.reader())
        .await
        .doing("find the places of trials on leaderboards")?;
        let standing = |(key, place, of): (i64, i64, i64)| {
            let standing = Standing {
                place: place.unsigned_abs(),
                of: of.unsigned_abs(),
            };
            (key, standing)
        };
        Ok(rows.into_iter().map(standing).collect())
    }
}
