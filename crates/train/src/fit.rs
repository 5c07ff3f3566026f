//! Trains one trial.

use std::ops::ControlFlow;
use std::time::Instant;

use fitroom_data::{Dataset, TaskRows};
use fitroom_domain::{
    ClassOutOfRange, ConfusionMatrix, EpochMetrics, LossAndAccuracy, NetworkShape,
    NetworkShapeError, Trial,
};
use tch::{TchError, Tensor};

use crate::batch::{GatherError, Gatherer};
use crate::early_stopping::EarlyStopping;
use crate::engine::Engine;
use crate::glorot::initial_weights;
use crate::predict::{PredictError, Predicted, predict};
use crate::random::{Purpose, Stream};
use crate::step::TrainingState;
use crate::weights::Weights;

/// What happens in training.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A step ended.
    Step {
        /// The epoch, counted from 1.
        epoch: u32,
        /// The step in its epoch, counted from 1.
        step: u32,
        /// Steps of an epoch.
        steps: u32,
    },
    /// Some of the validation photographs were predicted.
    Validation {
        /// The epoch, counted from 1.
        epoch: u32,
        /// Photographs predicted so far.
        done: usize,
    },
    /// An epoch ended.
    Epoch {
        /// Its figures.
        metrics: EpochMetrics,
        /// What its weights take the validation rows for.
        confusion: ConfusionMatrix,
    },
}

/// What the listener wants after an event: to go on, or to stop here, and why.
pub type Answer = ControlFlow<StopReason>;

/// Why a trial was stopped from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// Somebody asked for it.
    Interrupted,
}

/// How training ended.
#[derive(Debug)]
pub enum Outcome {
    /// By early stopping or with the last epoch.
    Finished(Fitted),
    /// The loss became infinite or undefined in this epoch.
    Diverged {
        /// The epoch, counted from 1.
        epoch: u32,
    },
    /// The listener stopped it.
    Stopped(StopReason),
}

/// A trained network.
#[derive(Debug)]
pub struct Fitted {
    /// The weights of the best epoch.
    pub weights: Weights,
    /// The epoch with the lowest validation loss, counted from 1.
    pub best_epoch: u32,
    /// Epochs trained.
    pub epochs: u32,
    /// Validation figures of the best epoch.
    pub validation: LossAndAccuracy,
    /// Logits of the validation rows by the best weights.
    pub predicted: Predicted,
}

/// Training that failed.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// The network does not fit the photographs.
    #[error(transparent)]
    Shape(#[from] NetworkShapeError),
    /// Photographs could not be gathered.
    #[error(transparent)]
    Gather(#[from] GatherError),
    /// LibTorch refused, for want of memory for example.
    #[error("LibTorch failed in training")]
    LibTorch(#[from] TchError),
    /// The trial's settings were not checked.
    #[error("`epochs` is 0, expected at least 1")]
    NoEpoch,
    /// The rows have more classes than the network.
    #[error(transparent)]
    Class(#[from] ClassOutOfRange),
    /// The validation rows could not be predicted.
    #[error(transparent)]
    Predict(#[from] PredictError),
}

/// Trains `trial` on the rows of its task and reports every step and epoch to `observe`, whose answer is
/// the only way to stop it early from outside. What it computes depends on the trial and the engine alone.
pub fn fit(
    trial: &Trial,
    dataset: &Dataset,
    rows: &TaskRows,
    engine: Engine,
    observe: &mut dyn FnMut(&Event) -> Answer,
) -> Result<Outcome, FitError> {
    // LibTorch keeps this for each thread.
    tch::set_num_threads(trial.train.threads as i32);
    let hyperparameters = &trial.hyperparameters;
    let shape = NetworkShape::new(dataset.image_size(), hyperparameters, rows.classes.len())?;
    let weights = initial_weights(&shape, trial.seed)?;
    let mut state =
        TrainingState::new(weights, hyperparameters, trial.train.learning_rate, engine)?;
    let mut gatherer = Gatherer::new(dataset, batch_size(trial, rows))?;
    let mut early_stopping = EarlyStopping::new(trial.train.patience);
    let mut best = None;
    let mut epochs = 0;
    for epoch in 1..=trial.train.epochs {
        let start = Instant::now();
        let train = match train_epoch(trial, &mut gatherer, rows, epoch, &mut state, observe)? {
            EpochEnd::Trained(figures) => figures,
            EpochEnd::Diverged => return Ok(Outcome::Diverged { epoch }),
            EpochEnd::Stopped(reason) => return Ok(Outcome::Stopped(reason)),
        };
        let mut observe_batch = |done| observe(&Event::Validation { epoch, done });
        let validated = predict(
            state.weights(),
            dataset,
            &rows.validation,
            engine,
            &mut observe_batch,
        )?;
        let predicted = match validated {
            ControlFlow::Continue(predicted) => predicted,
            ControlFlow::Break(reason) => return Ok(Outcome::Stopped(reason)),
        };
        let validation = predicted.figures(&rows.validation);
        if !validation.loss.is_finite() {
            return Ok(Outcome::Diverged { epoch });
        }
        let confusion = predicted.confusion(&rows.validation)?;
        epochs = epoch;
        let verdict = early_stopping.judge(epoch, validation.loss);
        if verdict.best {
            // Two copies at once would need more memory than anything else here.
            drop(best.take());
            best = Some((state.weights().deep_copy()?, epoch, validation, predicted));
        }
        let seconds = start.elapsed().as_secs_f64();
        let metrics = EpochMetrics {
            epoch,
            train,
            validation,
            seconds,
        };
        if let ControlFlow::Break(reason) = observe(&Event::Epoch { metrics, confusion }) {
            return Ok(Outcome::Stopped(reason));
        }
        if verdict.stop {
            break;
        }
    }
    let (weights, best_epoch, validation, predicted) = best.ok_or(FitError::NoEpoch)?;
    Ok(Outcome::Finished(Fitted {
        weights: weights.on(tch::Device::Cpu)?,
        best_epoch,
        epochs,
        validation,
        predicted,
    }))
}

/// Photographs of the largest batch.
fn batch_size(trial: &Trial, rows: &TaskRows) -> usize {
    (trial.train.batch_size as usize).min(rows.train.len())
}

enum EpochEnd {
    Trained(LossAndAccuracy),
    Diverged,
    Stopped(StopReason),
}

/// Trains every photograph of the train split once; the last batch may be smaller than the others.
fn train_epoch(
    trial: &Trial,
    gatherer: &mut Gatherer<'_>,
    rows: &TaskRows,
    epoch: u32,
    state: &mut TrainingState,
    observe: &mut dyn FnMut(&Event) -> Answer,
) -> Result<EpochEnd, FitError> {
    let order = Stream::new(trial.seed, Purpose::Order, epoch).order(rows.train.len());
    let mut dropout = Dropout::new(trial, epoch);
    let batch_size = batch_size(trial, rows);
    let steps = rows.train.len().div_ceil(batch_size) as u32;
    let (mut loss, mut right) = (0.0, 0);
    for (batch_rows, step) in order.chunks(batch_size).zip(1..) {
        let batch = gatherer.gather(batch_rows.iter().map(|row| &rows.train[*row]))?;
        let mask = dropout.mask(batch_rows.len())?;
        let figures = state.step(&batch.photographs, &batch.classes, mask.as_ref())?;
        if !figures.loss.is_finite() {
            return Ok(EpochEnd::Diverged);
        }
        loss += figures.loss * batch_rows.len() as f64;
        right += figures.right;
        if let ControlFlow::Break(reason) = observe(&Event::Step { epoch, step, steps }) {
            return Ok(EpochEnd::Stopped(reason));
        }
    }
    let count = rows.train.len() as f64;
    Ok(EpochEnd::Trained(LossAndAccuracy {
        loss: loss / count,
        accuracy: right as f64 / count,
    }))
}

/// The dropout masks of one epoch, drawn one after the other.
struct Dropout {
    rate: f32,
    units: usize,
    stream: Stream,
}

impl Dropout {
    fn new(trial: &Trial, epoch: u32) -> Dropout {
        Dropout {
            rate: trial.hyperparameters.dropout_rate as f32,
            units: trial.hyperparameters.dense_size as usize,
            stream: Stream::new(trial.seed, Purpose::Dropout, epoch),
        }
    }

    /// The next batch's mask (batch, units): 0 with probability `rate`, else 1 / (1 − rate). `None`
    /// where nothing is dropped.
    fn mask(&mut self, batch: usize) -> Result<Option<Tensor>, TchError> {
        if self.rate == 0.0 {
            return Ok(None);
        }
        let kept = 1.0 / (1.0 - self.rate);
        let mask: Vec<f32> = (0..batch * self.units)
            .map(|_| {
                if self.stream.uniform() < self.rate {
                    0.0
                } else {
                    kept
                }
            })
            .collect();
        Ok(Some(
            Tensor::f_from_slice(&mask)?.f_view([batch as i64, self.units as i64])?,
        ))
    }
}
