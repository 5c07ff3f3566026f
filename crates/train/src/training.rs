//! Training in progress: all that its next step depends on.

use fitroom_data::{Dataset, TaskRows};
use fitroom_domain::{EpochMetrics, NetworkShape, NetworkShapeError, Trial};
use serde::{Deserialize, Serialize};
use tch::{Device, TchError};

use crate::early_stopping::EarlyStopping;
use crate::engine::Engine;
use crate::glorot::initial_weights;
use crate::memory::values;
use crate::predict::Predicted;
use crate::step::TrainingState;
use crate::weights::Weights;

/// A trial between two of its steps. What it comes to depends on the trial and the engine alone, also if it
/// was written to a file in between ([`Training::write`], [`Training::resume`]).
#[derive(Debug)]
pub struct Training<'a> {
    pub(crate) trial: &'a Trial,
    pub(crate) dataset: &'a Dataset,
    pub(crate) rows: &'a TaskRows,
    pub(crate) engine: Engine,
    pub(crate) state: TrainingState,
    pub(crate) progress: Progress,
    pub(crate) best: Option<Best>,
}

/// How far training has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// The epoch in training, counted from 1.
    pub(crate) epoch: u32,
    /// Its steps so far.
    pub(crate) steps: u32,
    /// The sum of the cross-entropy of its photographs so far, in nats.
    pub(crate) loss: f64,
    /// Its photographs so far whose class had the highest logit.
    pub(crate) right: u64,
    /// Seconds that went into it so far.
    pub(crate) seconds: f64,
    /// The epochs that have ended.
    pub(crate) history: Vec<EpochMetrics>,
    pub(crate) early_stopping: EarlyStopping,
    /// Whether the last epoch has ended.
    pub(crate) ended: bool,
}

/// The best epoch so far.
#[derive(Debug)]
pub(crate) struct Best {
    pub(crate) weights: Weights,
    /// Logits of the validation rows.
    pub(crate) predicted: Predicted,
}

/// Training that could not begin.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// The network does not fit the photographs.
    #[error(transparent)]
    Shape(#[from] NetworkShapeError),
    /// LibTorch refused, for want of memory for example.
    #[error("LibTorch failed to make a network")]
    LibTorch(#[from] TchError),
}

impl<'a> Training<'a> {
    /// The trial before its first step, on the rows of its task.
    pub fn begin(
        trial: &'a Trial,
        dataset: &'a Dataset,
        rows: &'a TaskRows,
        engine: Engine,
    ) -> Result<Training<'a>, BeginError> {
        let settings = &trial.train;
        let (hyperparameters, classes) = (&trial.hyperparameters, rows.classes.len());
        let shape = NetworkShape::new(dataset.image_size(), hyperparameters, classes)?;
        let weights = initial_weights(&shape, trial.seed)?;
        Ok(Training {
            trial,
            dataset,
            rows,
            engine,
            state: TrainingState::new(weights, hyperparameters, settings.learning_rate, engine)?,
            progress: Progress {
                epoch: 1,
                steps: 0,
                loss: 0.0,
                right: 0,
                seconds: 0.0,
                history: Vec::new(),
                early_stopping: EarlyStopping::new(settings.patience),
                ended: settings.epochs == 0,
            },
            best: None,
        })
    }

    /// The epoch in training, counted from 1.
    pub fn epoch(&self) -> u32 {
        self.progress.epoch
    }

    /// The epochs that have ended.
    pub fn history(&self) -> &[EpochMetrics] {
        &self.progress.history
    }

    /// Whether the last epoch that ended was the last of all.
    pub fn has_ended(&self) -> bool {
        self.progress.ended
    }

    /// Hands every kernel and bias to `look`, as they stand: their names, which are their keys in weight files,
    /// and their values, in the order of the network.
    ///
    /// # Errors
    /// When LibTorch cannot fetch them, from a GPU for example.
    pub fn each_weight(&self, look: &mut dyn FnMut(&'static str, &[f32])) -> Result<(), TchError> {
        for (name, tensor) in self.state.weights().named() {
            // On the CPU this is the same memory.
            look(name, values(&tensor.f_to_device(Device::Cpu)?)?);
        }
        Ok(())
    }

    /// Seconds of training so far.
    pub fn seconds(&self) -> f64 {
        let ended = self.progress.history.iter().map(|epoch| epoch.seconds);
        ended.sum::<f64>() + self.progress.seconds
    }
}
