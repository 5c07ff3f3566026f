//! The unit of work, and its identity.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::dataset_key::{DatasetKey, Fingerprint, is_lower_hex};
use crate::hyperparameters::Hyperparameters;
use crate::task::{Task, TaskDefinition};
use crate::train_settings::TrainSettings;

/// Counts the changes to training that change results: part of every id, so that a trial trained by
/// an older rule is never taken for one trained by a newer.
pub const TRAINING_SEMANTICS: u32 = 1;

/// One configuration with one seed on one dataset. Serialised as it is, it is enough to train it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// The dataset.
    pub dataset: DatasetKey,
    /// The question.
    pub task: Task,
    /// The configuration.
    pub hyperparameters: Hyperparameters,
    /// How it is trained.
    pub train: TrainSettings,
    /// Decides initial weights, the order of photographs and dropout.
    pub seed: u64,
}

/// A hash of all that determines a trial's result: 32 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TrialId(String);

/// What a trial's id is the hash of. Names of datasets and tasks are absent: they do not change a result.
/// The order of the fields is part of the format.
#[derive(Serialize)]
struct Identity<'a> {
    semantics: u32,
    fingerprint: &'a Fingerprint,
    task: &'a TaskDefinition,
    hyperparameters: &'a Hyperparameters,
    train: &'a TrainSettings,
    seed: Option<u64>,
}

impl Trial {
    /// The trial's id: the first 16 bytes of BLAKE3 over the compact JSON of what determines its result.
    pub fn id(&self) -> TrialId {
        TrialId(self.hash(Some(self.seed)))
    }

    /// What the trials of one configuration with different seeds share: like the id, without the seed.
    pub fn configuration_id(&self) -> String {
        self.hash(None)
    }

    /// The name of the trial's folder, readable and stable: `k7x3-n96-d512-s0-3fa94c1b`.
    pub fn name(&self) -> String {
        format!(
            "{}-s{}-{}",
            self.hyperparameters.short_name(),
            self.seed,
            self.id().short()
        )
    }

    fn hash(&self, seed: Option<u64>) -> String {
        let identity = Identity {
            semantics: TRAINING_SEMANTICS,
            fingerprint: &self.dataset.fingerprint,
            task: &self.task.definition,
            hyperparameters: &self.hyperparameters,
            train: &self.train,
            seed,
        };
        hash_of(&identity)
    }
}

/// The first 16 bytes of BLAKE3 over the compact JSON of what identifies something, as hexadecimal digits.
pub(crate) fn hash_of(identity: &impl Serialize) -> String {
    let mut hasher = blake3::Hasher::new();
    #[expect(
        clippy::expect_used,
        reason = "no identity has a map with keys that are not strings"
    )]
    serde_json::to_writer(&mut hasher, identity).expect("an identity is always JSON");
    hasher.finalize().to_hex().as_str()[..32].to_owned()
}

impl TrialId {
    /// The id that these 32 digits are.
    pub(crate) fn of_hash(digits: &str) -> TrialId {
        TrialId(digits.to_owned())
    }

    /// All 32 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first eight digits, for names and people.
    pub fn short(&self) -> &str {
        &self.0[..8]
    }
}

impl fmt::Display for TrialId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// A text that is no trial id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no trial id, expected 32 lower-case hexadecimal digits")]
pub struct TrialIdError(pub String);

impl FromStr for TrialId {
    type Err = TrialIdError;

    fn from_str(text: &str) -> Result<TrialId, TrialIdError> {
        if is_lower_hex(text, 32) {
            Ok(TrialId(text.to_owned()))
        } else {
            Err(TrialIdError(text.to_owned()))
        }
    }
}

impl TryFrom<String> for TrialId {
    type Error = TrialIdError;

    fn try_from(text: String) -> Result<TrialId, TrialIdError> {
        text.parse()
    }
}

impl From<TrialId> for String {
    fn from(id: TrialId) -> String {
        id.0
    }
}

/// The figures of a finished trial: those of the weights that were kept, the best epoch's.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TrialFigures {
    /// Validation accuracy, in [0, 1].
    pub accuracy: f64,
    /// Validation loss, in nats.
    pub loss: f64,
    /// The epoch whose weights were kept, counted from 1.
    pub best_epoch: u32,
    /// Epochs trained.
    pub epochs: u32,
    /// Weights and biases.
    pub parameters: u64,
    /// Multiply-adds of one prediction.
    pub multiply_adds: u64,
    /// Wall-clock seconds of the attempt.
    pub seconds: f64,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::task::Flip;

    fn trial() -> Trial {
        Trial {
            dataset: DatasetKey {
                name: "catalogue".to_owned(),
                fingerprint: "00112233445566778899aabbccddeeff".parse().unwrap(),
            },
            task: Task {
                name: "trousers_all".to_owned(),
                definition: TaskDefinition {
                    where_: BTreeMap::from([("category".to_owned(), "trousers".to_owned())]),
                    predicts: vec!["gender".to_owned(), "type".to_owned()],
                    flip: Flip::None,
                },
            },
            hyperparameters: Hyperparameters::new(7, 3, 96, 512, 0.0, 0.0).unwrap(),
            train: TrainSettings::default(),
            seed: 0,
        }
    }

    #[test]
    fn the_id_never_changes_between_versions() {
        // If this fails, every recorded trial would be trained again: raise TRAINING_SEMANTICS only when
        // results change, and keep the format of the identity otherwise.
        assert_eq!(trial().id().as_str(), "5723d59622b88cfc3ce946064b917fe3");
    }

    #[test]
    fn names_of_dataset_and_task_do_not_change_the_id() {
        let mut renamed = trial();
        renamed.dataset.name = "shop".to_owned();
        renamed.task.name = "jeans".to_owned();
        assert_eq!(renamed.id(), trial().id());
    }

    #[test]
    fn all_that_determines_the_result_changes_the_id() {
        let changes: [fn(&mut Trial); 9] = [
            |t| t.dataset.fingerprint = "ff112233445566778899aabbccddeeff".parse().unwrap(),
            |t| t.task.definition.flip = Flip::Train,
            |t| t.task.definition.predicts.reverse(),
            |t| t.hyperparameters.lambda = 1e-5,
            |t| t.hyperparameters.kernel_size_2 = 5,
            |t| t.train.epochs = 14,
            |t| t.train.learning_rate = 2e-3,
            |t| t.train.threads = 2,
            |t| t.seed = 1,
        ];
        let mut ids = vec![trial().id()];
        for change in changes {
            let mut changed = trial();
            change(&mut changed);
            ids.push(changed.id());
        }
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }

    #[test]
    fn seeds_share_their_configuration() {
        let other_seed = Trial { seed: 1, ..trial() };
        assert_eq!(other_seed.configuration_id(), trial().configuration_id());
        assert_ne!(trial().configuration_id(), trial().id().as_str());
    }

    #[test]
    fn the_name_shows_hyperparameters_seed_and_start_of_the_id() {
        assert_eq!(
            trial().name(),
            format!("k7x3-n96-d512-s0-{}", trial().id().short())
        );
    }
}
