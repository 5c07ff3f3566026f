//! Trains one trial.

use std::ops::ControlFlow;
use std::time::Instant;

use fitroom_domain::{ClassOutOfRange, ConfusionMatrix, EpochMetrics, LossAndAccuracy, Trial};
use tch::{TchError, Tensor};

use crate::batch::{GatherError, Gatherer, pictures};
use crate::predict::{PredictError, Predicted, predict};
use crate::random::{Purpose, Stream};
use crate::training::{BeginError, Best, Training};
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
    /// It got as far as it is wanted to for now.
    Paused,
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
    /// Training could not begin.
    #[error(transparent)]
    Begin(#[from] BeginError),
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

/// Who is told of every step and epoch, and of how training stands then: enough to write it down. Its answer
/// is the only way to stop training early from outside.
pub type Observe<'o> = dyn FnMut(&Event, &Training<'_>) -> Answer + 'o;

/// Trains to the end. What comes out depends on the trial and the engine alone, also if training begins from
/// a checkpoint.
pub fn fit(mut training: Training<'_>, observe: &mut Observe<'_>) -> Result<Outcome, FitError> {
    // LibTorch keeps this for each thread.
    tch::set_num_threads(training.trial.train.threads as i32);
    let mut gatherer = Gatherer::new(&pictures(training.dataset)?, training.batch_size())?;
    while !training.progress.ended {
        let epoch = training.epoch();
        let part = match train_epoch(&mut training, &mut gatherer, observe)? {
            Part::Done => validate(&mut training, observe)?,
            early => early,
        };
        match part {
            Part::Done => {}
            Part::Diverged => return Ok(Outcome::Diverged { epoch }),
            Part::Stopped(reason) => return Ok(Outcome::Stopped(reason)),
        }
    }
    let best_epoch = training.progress.early_stopping.best();
    let (Some((best_epoch, _)), Some(best)) = (best_epoch, training.best) else {
        return Err(FitError::NoEpoch);
    };
    Ok(Outcome::Finished(Fitted {
        weights: best.weights.on(tch::Device::Cpu)?,
        best_epoch,
        epochs: training.progress.history.len() as u32,
        validation: best.predicted.figures(&training.rows.validation),
        predicted: best.predicted,
    }))
}

/// How a part of an epoch ended.
enum Part {
    Done,
    Diverged,
    Stopped(StopReason),
}

impl Training<'_> {
    /// Photographs of the largest batch.
    pub(crate) fn batch_size(&self) -> usize {
        (self.trial.train.batch_size as usize).min(self.rows.train.len())
    }

    /// Figures over the epoch's steps.
    fn train_figures(&self) -> LossAndAccuracy {
        let count = self.rows.train.len() as f64;
        LossAndAccuracy {
            loss: self.progress.loss / count,
            accuracy: self.progress.right as f64 / count,
        }
    }

    /// Writes down the epoch's end; the next one begins.
    fn end_epoch(
        &mut self,
        validation: LossAndAccuracy,
        predicted: Predicted,
    ) -> Result<EpochMetrics, TchError> {
        let epoch = self.progress.epoch;
        let verdict = self.progress.early_stopping.judge(epoch, validation.loss);
        if verdict.best {
            // Two copies at once would need more memory than anything else here.
            drop(self.best.take());
            self.best = Some(Best {
                weights: self.state.weights().deep_copy()?,
                predicted,
            });
        }
        let metrics = EpochMetrics {
            epoch,
            train: self.train_figures(),
            validation,
            seconds: self.progress.seconds,
        };
        let progress = &mut self.progress;
        progress.history.push(metrics);
        progress.ended = verdict.stop || epoch == self.trial.train.epochs;
        (progress.epoch, progress.steps, progress.right) = (epoch + 1, 0, 0);
        (progress.loss, progress.seconds) = (0.0, 0.0);
        Ok(metrics)
    }
}

/// Trains the photographs of the train split that this epoch has not trained yet; the last batch may be
/// smaller than the others.
fn train_epoch(
    training: &mut Training<'_>,
    gatherer: &mut Gatherer<'_>,
    observe: &mut Observe<'_>,
) -> Result<Part, FitError> {
    let (trial, rows, epoch) = (training.trial, training.rows, training.epoch());
    let order = Stream::new(trial.seed, Purpose::Order, epoch).order(rows.train.len());
    let mut dropout = Dropout::new(trial, epoch);
    let batch_size = training.batch_size();
    let steps = rows.train.len().div_ceil(batch_size) as u32;
    for (batch_rows, step) in order.chunks(batch_size).zip(1..) {
        let start = Instant::now();
        // Drawn also for steps that were taken before: the next ones' numbers follow theirs.
        let mask = dropout.mask(batch_rows.len())?;
        if step <= training.progress.steps {
            continue;
        }
        let batch = gatherer.gather(batch_rows.iter().map(|row| &rows.train[*row]))?;
        let state = &mut training.state;
        let figures = state.step(&batch.photographs, &batch.classes, mask.as_ref())?;
        if !figures.loss.is_finite() {
            return Ok(Part::Diverged);
        }
        let progress = &mut training.progress;
        progress.steps = step;
        progress.loss += figures.loss * batch_rows.len() as f64;
        progress.right += figures.right;
        progress.seconds += start.elapsed().as_secs_f64();
        let event = Event::Step { epoch, step, steps };
        if let ControlFlow::Break(reason) = observe(&event, training) {
            return Ok(Part::Stopped(reason));
        }
    }
    Ok(Part::Done)
}

/// Validates the epoch's weights, keeps them if they are the best, and ends the epoch.
fn validate(training: &mut Training<'_>, observe: &mut Observe<'_>) -> Result<Part, FitError> {
    let (start, epoch, rows) = (Instant::now(), training.epoch(), &training.rows.validation);
    let mut observe_batch = |done| observe(&Event::Validation { epoch, done }, training);
    let validated = predict(
        training.state.weights(),
        &pictures(training.dataset)?,
        rows,
        training.engine,
        &mut observe_batch,
    )?;
    let predicted = match validated {
        ControlFlow::Continue(predicted) => predicted,
        ControlFlow::Break(reason) => return Ok(Part::Stopped(reason)),
    };
    let validation = predicted.figures(rows);
    if !validation.loss.is_finite() {
        return Ok(Part::Diverged);
    }
    let confusion = predicted.confusion(rows)?;
    training.progress.seconds += start.elapsed().as_secs_f64();
    let metrics = training.end_epoch(validation, predicted)?;
    Ok(
        match observe(&Event::Epoch { metrics, confusion }, training) {
            ControlFlow::Continue(()) => Part::Done,
            ControlFlow::Break(reason) => Part::Stopped(reason),
        },
    )
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
