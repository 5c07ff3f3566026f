//! What there is of each sweep and task, without reading every trial.

use std::collections::BTreeMap;

use fitroom_domain::Fingerprint;

use crate::error::{Doing, StoreError, corrupt};
use crate::open::Store;
use crate::read::{TrialRow, Which, trial_rows};

/// How many trials a sweep wants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SweepCounts {
    /// All of them.
    pub wanted: usize,
    /// Those that are finished.
    pub finished: usize,
    /// Those that it gave up, and that nobody else trained on.
    pub pruned: usize,
}

/// What identifies a task on a dataset: the dataset's fingerprint, and what the task asks, as text.
pub type TaskKey = (Fingerprint, String);

/// Of each task the trials whose accuracy is the highest: an index has it at its end.
pub(crate) const MOST_ACCURATE: &str = "where trials.key in (
        select top.key from tasks
        cross join trials as top on top.task_key = tasks.key and top.state = 'finished' and top.accuracy = (
            select max(accuracy) from trials as other
            where other.task_key = tasks.key and other.state = 'finished'))";

impl Store {
    /// How many trials each sweep wants, by sweep key; a sweep without any is absent.
    pub async fn sweep_counts(&self) -> Result<BTreeMap<i64, SweepCounts>, StoreError> {
        let counts: Vec<(i64, u32, u32, u32)> = sqlx::query_as(
            "select wish.sweep_key, count(*), sum(trials.state = 'finished'),
                 sum(trials.state = 'planned' and wish.pruned_at_epoch is not null)
             from sweep_trials as wish
             join sweeps on sweeps.key = wish.sweep_key
             join trials on trials.key = wish.trial_key
             where wish.plan = sweeps.plan or trials.state not in ('planned', 'failed')
             group by wish.sweep_key",
        )
        .fetch_all(self.reader())
        .await
        .doing("count the trials of sweeps")?;
        let counted = |(sweep, wanted, finished, pruned): (i64, u32, u32, u32)| {
            let counts = SweepCounts {
                wanted: wanted as usize,
                finished: finished as usize,
                pruned: pruned as usize,
            };
            (sweep, counts)
        };
        Ok(counts.into_iter().map(counted).collect())
    }

    /// How many finished trials each task has, whichever sweep trained them; a task without any is absent.
    pub async fn finished_of_tasks(&self) -> Result<BTreeMap<TaskKey, usize>, StoreError> {
        let counts: Vec<(String, String, u32)> = sqlx::query_as(
            "select fingerprint, definition, trained from tasks join (
                 select task_key, count(*) as trained from trials where state = 'finished' group by task_key
             ) on task_key = tasks.key",
        )
        .fetch_all(self.reader())
        .await
        .doing("count the trials of tasks")?;
        counts
            .into_iter()
            .map(|(fingerprint, definition, count)| {
                let fingerprint = fingerprint.parse().map_err(|_| {
                    corrupt("tasks.fingerprint", &fingerprint, "32 hexadecimal digits")
                })?;
                Ok(((fingerprint, definition), count as usize))
            })
            .collect()
    }

    /// The finished trials of each task that no other of it beats in accuracy, in no order.
    pub async fn most_accurate_trials(&self) -> Result<Vec<TrialRow>, StoreError> {
        trial_rows(self.reader(), Which::All, MOST_ACCURATE).await
    }
}
