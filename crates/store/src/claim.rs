//! Handing out trials to workers, each to one.

use std::collections::VecDeque;

use fitroom_domain::{AttemptState, TrialState, Usage};
use sqlx::{Sqlite, Transaction};

use crate::attempt::{AttemptKey, close};
use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::owner::{Owner, is_alive};
use crate::time::utc_now;

/// The trials that one run of a sweep has still to see finished.
#[derive(Debug)]
pub struct Queue {
    sweep: i64,
    /// The run of the sweep that attempts are recorded under.
    run: Option<i64>,
    /// Not yet tried, in order.
    pending: VecDeque<i64>,
    /// Found in other hands, or ended: to be looked at again.
    elsewhere: Vec<i64>,
    /// Epochs after which a trial is of no more concern; `None`: it is until it has ended.
    until: Option<u32>,
}

impl Queue {
    /// A queue of these trials, for a sweep, until they have ended.
    pub fn new(sweep: i64, trials: impl IntoIterator<Item = i64>) -> Queue {
        Queue {
            sweep,
            run: None,
            pending: trials.into_iter().collect(),
            elsewhere: Vec::new(),
            until: None,
        }
    }

    /// The same queue, of this run of the sweep.
    pub fn of_run(self, run: i64) -> Queue {
        Queue {
            run: Some(run),
            ..self
        }
    }

    /// The same queue, until its trials have been trained for so many epochs or have ended before.
    pub fn until(self, epochs: Option<u32>) -> Queue {
        Queue {
            until: epochs,
            ..self
        }
    }

    /// Puts a trial back that is to be tried again.
    pub fn put_back(&mut self, trial: i64) {
        self.pending.push_back(trial);
    }
}

/// A trial that is this worker's to train.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The attempt that has begun.
    pub attempt: AttemptKey,
    /// The trial's folder, relative to `runs/`: `<dataset>/<sweep>/<trial>` of its first attempt.
    pub folder: String,
}

/// What a worker does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Trains this.
    Train(Claimed),
    /// Waits: other processes train what is left.
    Wait {
        /// How many trials they train.
        elsewhere: usize,
    },
    /// Nothing: every trial of the queue has ended, or got as far as it is wanted to.
    Done,
}

/// A trial's state, how many of its epochs are recorded and, if there is one, its running attempt's number and owner.
type Whereabouts = (String, u32, Option<(i64, String)>);

impl Store {
    /// Claims the next trial of the queue that is free. Trials whose worker has died become free.
    pub async fn claim(
        &self,
        queue: &mut Queue,
        owner: &Owner,
        numerics: &str,
    ) -> Result<Next, StoreError> {
        loop {
            if !queue.pending.is_empty() {
                let mut transaction = self.write().await?;
                while let Some(trial) = queue.pending.front().copied() {
                    let claimed =
                        claim_one(&mut transaction, trial, queue, owner, numerics).await?;
                    if let Some(claimed) = claimed {
                        transaction.commit().await.doing("claim a trial")?;
                        queue.pending.pop_front();
                        return Ok(Next::Train(claimed));
                    }
                    queue.pending.pop_front();
                    queue.elsewhere.push(trial);
                }
            }
            self.look_elsewhere(queue).await?;
            if queue.pending.is_empty() {
                return Ok(match queue.elsewhere.len() {
                    0 => Next::Done,
                    elsewhere => Next::Wait { elsewhere },
                });
            }
        }
    }

    /// Looks again at the trials in other hands: forgets those that have ended or are far enough, and frees
    /// those whose worker has died.
    async fn look_elsewhere(&self, queue: &mut Queue) -> Result<(), StoreError> {
        let mut still_elsewhere = Vec::new();
        for trial in std::mem::take(&mut queue.elsewhere) {
            let Some((state, epochs, attempt)) = self.whereabouts(trial).await? else {
                continue;
            };
            let is_far_enough = queue.until.is_some_and(|until| epochs >= until);
            match (state.parse(), attempt) {
                (Ok(TrialState::Planned), _) if is_far_enough => {}
                (Ok(TrialState::Planned), _) => queue.pending.push_back(trial),
                (Ok(TrialState::Running), Some((number, owner))) => {
                    let number = number as u32;
                    match self.is_freed(AttemptKey { trial, number }, &owner).await? {
                        true => queue.pending.push_back(trial),
                        false if is_far_enough => {}
                        false => still_elsewhere.push(trial),
                    }
                }
                (Ok(TrialState::Running), None) => still_elsewhere.push(trial),
                (Ok(TrialState::Finished | TrialState::Diverged | TrialState::Failed), _) => {}
                (Err(unknown), _) => {
                    return Err(crate::error::corrupt(
                        "trials.state",
                        unknown.0,
                        "a state of a trial",
                    ));
                }
            }
        }
        queue.elsewhere = still_elsewhere;
        Ok(())
    }

    /// Frees those of a sweep's trials whose worker has died, whether a queue has them or not.
    pub async fn free_the_dead(&self, sweep: i64) -> Result<(), StoreError> {
        let running: Vec<(i64, u32, String)> = sqlx::query_as(
            "select attempts.trial_key, attempts.number, attempts.owner
             from attempts join sweep_trials on sweep_trials.trial_key = attempts.trial_key
             where sweep_trials.sweep_key = ? and attempts.state = 'running'",
        )
        .bind(sweep)
        .fetch_all(self.reader())
        .await
        .doing("look for dead workers")?;
        for (trial, number, owner) in running {
            self.is_freed(AttemptKey { trial, number }, &owner).await?;
        }
        Ok(())
    }

    /// Whether a running attempt's worker has died: then its trial is free from now on.
    async fn is_freed(&self, attempt: AttemptKey, owner: &str) -> Result<bool, StoreError> {
        let alive = is_alive(self.runs(), owner)
            .map_err(|(path, source)| StoreError::Lock { path, source })?;
        if !alive {
            self.give_up(attempt).await?;
        }
        Ok(!alive)
    }

    /// Where a trial stands; `None` if it was removed.
    async fn whereabouts(&self, trial: i64) -> Result<Option<Whereabouts>, StoreError> {
        let row: Option<(String, u32, Option<i64>, Option<String>)> = sqlx::query_as(
            "select trials.state,
                 (select coalesce(max(epoch), 0) from epochs where trial_key = trials.key),
                 attempts.number, attempts.owner
             from trials left join attempts
                 on attempts.trial_key = trials.key and attempts.state = 'running'
             where trials.key = ?",
        )
        .bind(trial)
        .fetch_optional(self.reader())
        .await
        .doing("look for a trial's worker")?;
        Ok(row.map(|(state, epochs, number, owner)| (state, epochs, number.zip(owner))))
    }

    /// Ends the attempt of a worker that has died. Nothing happens if somebody else just did.
    async fn give_up(&self, attempt: AttemptKey) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let usage = Usage::default();
        match close(
            &mut transaction,
            attempt,
            (AttemptState::Lost, usage),
            None,
            0,
        )
        .await
        {
            Ok(_) => transaction.commit().await.doing("give up an attempt"),
            Err(StoreError::Superseded { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Claims one trial if it is planned and not far enough: the update repeats the condition, so that of two claims
/// one wins.
async fn claim_one(
    transaction: &mut Transaction<'static, Sqlite>,
    trial: i64,
    queue: &Queue,
    owner: &Owner,
    numerics: &str,
) -> Result<Option<Claimed>, StoreError> {
    let doing = "claim a trial";
    let folder: Option<String> = sqlx::query_scalar(
        "update trials set state = 'running', sweep_key = coalesce(sweep_key, ?1),
             listed_key = coalesce(sweep_key, ?1),
             folder = coalesce(
                 folder,
                 (select dataset || '/' || sweeps.name from sweeps where key = ?1) || '/' || name)
         where key = ?2 and state = 'planned' and (
             ?3 is null or
             (select coalesce(max(epoch), 0) from epochs where trial_key = ?2) < ?3)
         returning folder",
    )
    .bind(queue.sweep)
    .bind(trial)
    .bind(queue.until)
    .fetch_optional(&mut **transaction)
    .await
    .doing(doing)?;
    let Some(folder) = folder else {
        return Ok(None);
    };
    let number: u32 = sqlx::query_scalar(
        "insert into attempts (trial_key, number, owner, state, numerics, started_at, sweep_run_key)
         select ?1, 1 + coalesce(max(number), 0), ?2, 'running', ?3, ?4, ?5
         from attempts where trial_key = ?1
         returning number",
    )
    .bind(trial)
    .bind(owner.id())
    .bind(numerics)
    .bind(utc_now())
    .bind(queue.run)
    .fetch_one(&mut **transaction)
    .await
    .doing(doing)?;
    Ok(Some(Claimed {
        attempt: AttemptKey { trial, number },
        folder,
    }))
}
