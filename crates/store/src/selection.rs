//! Which model of a task is used, where somebody wants another than the leaderboard's first.

use std::collections::BTreeMap;

use fitroom_domain::Fingerprint;

use crate::error::{Doing, StoreError, corrupt};
use crate::open::Store;
use crate::overview::TaskKey;
use crate::time::utc_now;

/// Which of a task's trained models is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Preference {
    /// The first of the leaderboard.
    #[default]
    Accuracy,
    /// The one that costs least of those that cannot be told from the best.
    Cheapest,
    /// The trial with this key, whatever comes.
    Pinned(i64),
}

impl Store {
    /// The preference of each task that has another than [`Preference::Accuracy`].
    pub async fn selections(&self) -> Result<BTreeMap<TaskKey, Preference>, StoreError> {
        let rows: Vec<(String, String, String, Option<i64>)> =
            sqlx::query_as("select fingerprint, definition, preference, trial_key from selections")
                .fetch_all(self.reader())
                .await
                .doing("list which models are used")?;
        rows.into_iter()
            .map(|(fingerprint, definition, word, trial)| {
                let fingerprint = fingerprint.parse().map_err(|_| {
                    corrupt(
                        "selections.fingerprint",
                        &fingerprint,
                        "32 hexadecimal digits",
                    )
                })?;
                let preference = match (word.as_str(), trial) {
                    ("cheapest", None) => Preference::Cheapest,
                    ("pinned", Some(trial)) => Preference::Pinned(trial),
                    _ => {
                        let expected = "`cheapest`, or `pinned` with a trial";
                        return Err(corrupt("selections.preference", word, expected));
                    }
                };
                Ok(((fingerprint, definition), preference))
            })
            .collect()
    }

    /// Records which model of a task is used from now on. A trial that is pinned must be there; whether it is one
    /// of this task, and finished, its caller knows. Removing a pinned trial makes the preference
    /// [`Preference::Accuracy`] again.
    pub async fn select(
        &self,
        fingerprint: &Fingerprint,
        definition: &str,
        preference: Preference,
    ) -> Result<(), StoreError> {
        let doing = "record which model is used";
        let mut transaction = self.write().await?;
        sqlx::query("delete from selections where fingerprint = ? and definition = ?")
            .bind(fingerprint.as_str())
            .bind(definition)
            .execute(&mut *transaction)
            .await
            .doing(doing)?;
        let chosen = match preference {
            Preference::Accuracy => None,
            Preference::Cheapest => Some(("cheapest", None)),
            Preference::Pinned(trial) => Some(("pinned", Some(trial))),
        };
        if let Some((word, trial)) = chosen {
            sqlx::query(
                "insert into selections (fingerprint, definition, preference, trial_key, chosen_at)
                 values (?, ?, ?, ?, ?)",
            )
            .bind(fingerprint.as_str())
            .bind(definition)
            .bind(word)
            .bind(trial)
            .bind(utc_now())
            .execute(&mut *transaction)
            .await
            .doing(doing)?;
        }
        transaction.commit().await.doing(doing)
    }
}
