//! Training in a file, to go on from later, to the same bits.
//!
//! It is a safetensors file of the weights, both moments of each, the best weights so far and their logits of
//! the validation rows. Its header holds the rest as JSON, behind a hash of that and of all values.

use std::path::{Path, PathBuf};

use fitroom_data::{Dataset, TaskRows};
use fitroom_domain::{Trial, TrialId};
use serde::{Deserialize, Serialize};
use tch::{TchError, Tensor};

use crate::engine::Engine;
use crate::memory::{bytes, in_order};
use crate::numerics::numerics;
use crate::predict::Predicted;
use crate::tensor_file::{ReadTensorsError, TensorFile, WriteTensorsError, write_tensors};
use crate::training::{BeginError, Best, Progress, Training};

const KEY: &str = "checkpoint";
const LOGITS: &str = "best.logits";

/// What is no tensor.
#[derive(Serialize, Deserialize)]
struct Header {
    trial: TrialId,
    /// What, beside the id, the bits depend on.
    numerics: String,
    /// Steps that Adam has taken.
    adam_steps: u64,
    progress: Progress,
    /// What the caller wants to know again.
    note: String,
}

/// A checkpoint that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteCheckpointError {
    /// The file could not be written.
    #[error(transparent)]
    Tensors(#[from] WriteTensorsError),
    /// LibTorch refused.
    #[error("LibTorch failed to hand over logits")]
    LibTorch(#[from] TchError),
    /// The header could not be written.
    #[error("failed to describe training in progress")]
    Header(#[from] serde_json::Error),
}

/// A checkpoint that training cannot go on from.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    /// The file could not be read, or has other tensors.
    #[error(transparent)]
    Tensors(#[from] ReadTensorsError),
    /// Its header is none of ours, or the values are not those that it was written with.
    #[error("`{path}` is no checkpoint, or a damaged one")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the header lacks, if that is it.
        source: Option<serde_json::Error>,
    },
    /// It is of another trial, or was trained where other bits come out.
    #[error("`{path}` is of {found}, expected {expected}")]
    Other {
        /// The file.
        path: PathBuf,
        /// What it says.
        found: String,
        /// What is to be trained.
        expected: String,
    },
    /// The network could not be made.
    #[error(transparent)]
    Begin(#[from] BeginError),
}

impl<'a> Training<'a> {
    /// Writes all that training depends on to `path`, with a note.
    pub fn write(&self, path: &Path, note: &str) -> Result<(), WriteCheckpointError> {
        let header = serde_json::to_string(&Header {
            trial: self.trial.id(),
            numerics: numerics(self.engine, self.trial.train.threads),
            adam_steps: self.state.adam().steps(),
            progress: self.progress.clone(),
            note: note.to_owned(),
        })?;
        let logits = self.logits()?;
        let tensors = self.tensors(logits.as_ref());
        let hash = hash(&header, &tensors)?;
        write_tensors(path, &tensors, (KEY, format!("{hash} {header}")))?;
        Ok(())
    }

    /// The trial where it stood when this checkpoint was written, and the note.
    ///
    /// # Errors
    /// When the file is damaged, is of another trial, or was written where other bits come out.
    pub fn resume(
        path: &Path,
        trial: &'a Trial,
        dataset: &'a Dataset,
        rows: &'a TaskRows,
        engine: Engine,
    ) -> Result<(Training<'a>, String), ResumeError> {
        let mut file = TensorFile::open(path)?;
        let damaged = |source| ResumeError::Damaged {
            path: path.to_owned(),
            source,
        };
        let text = file.text(KEY).and_then(|text| text.split_once(' '));
        let (expected_hash, text) = text.ok_or_else(|| damaged(None))?;
        let (expected_hash, text) = (expected_hash.to_owned(), text.to_owned());
        let header: Header = serde_json::from_str(&text).map_err(|error| damaged(Some(error)))?;
        let (id, numerics) = (trial.id(), numerics(engine, trial.train.threads));
        if header.trial != id || header.numerics != numerics {
            return Err(ResumeError::Other {
                path: path.to_owned(),
                found: format!("trial {} with {}", header.trial, header.numerics),
                expected: format!("trial {id} with {numerics}"),
            });
        }
        let mut training = Training::begin(trial, dataset, rows, engine)?;
        training.state.adam_mut().set_steps(header.adam_steps);
        training.progress = header.progress;
        if file.has(LOGITS) {
            let classes = rows.classes.len();
            let weights = training.state.weights().deep_copy();
            training.best = Some(Best {
                weights: weights.map_err(BeginError::from)?,
                predicted: Predicted {
                    logits: vec![0.0; rows.validation.len() * classes],
                    classes,
                },
            });
        }
        let logits = training.logits().map_err(BeginError::from)?;
        let tensors = training.tensors(logits.as_ref());
        let names: Vec<String> = tensors.iter().map(|(name, _)| name.clone()).collect();
        file.expect_only(&names)?;
        for (name, tensor) in &tensors {
            file.copy_into(name, tensor)?;
        }
        let hash = hash(&text, &tensors).map_err(BeginError::from)?;
        if hash.to_string() != expected_hash {
            return Err(damaged(None));
        }
        if let (Some(best), Some(logits)) = (&mut training.best, logits) {
            let room = &mut best.predicted.logits;
            let count = room.len();
            logits.f_copy_data(room, count).map_err(BeginError::from)?;
        }
        Ok((training, header.note))
    }

    /// All tensors by their names in the file.
    fn tensors<'t>(&'t self, logits: Option<&'t Tensor>) -> Vec<(String, &'t Tensor)> {
        let mut tensors = Vec::new();
        let named = self.state.weights().named().into_iter();
        for ((name, weights), (first, second)) in named.zip(self.state.adam().moments()) {
            tensors.push((format!("weights.{name}"), weights));
            tensors.push((format!("first_moment.{name}"), first));
            tensors.push((format!("second_moment.{name}"), second));
        }
        for (name, weights) in self.best.iter().flat_map(|best| best.weights.named()) {
            tensors.push((format!("best.{name}"), weights));
        }
        tensors.extend(logits.map(|logits| (LOGITS.to_owned(), logits)));
        tensors
    }

    /// The logits of the best weights (rows, classes), if there are any yet.
    fn logits(&self) -> Result<Option<Tensor>, TchError> {
        let Some(Best { predicted, .. }) = &self.best else {
            return Ok(None);
        };
        let logits = Tensor::f_from_slice(&predicted.logits)?;
        Ok(Some(logits.f_view([-1, predicted.classes as i64])?))
    }
}

/// BLAKE3 of the header and of all values in their order.
fn hash(header: &str, tensors: &[(String, &Tensor)]) -> Result<blake3::Hash, TchError> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(header.as_bytes());
    for (_, tensor) in tensors {
        hasher.update(bytes(&in_order(tensor)?));
    }
    Ok(hasher.finalize())
}
