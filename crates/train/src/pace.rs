//! How fast a network trains here: measured on a few steps.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use crate::batch::{Gatherer, pictures};
use crate::fit::FitError;
use crate::predict::predict;
use crate::training::Training;

/// Seconds that the parts of a trial take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// One training step of a full batch.
    pub step: f64,
    /// The prediction of one photograph, with many at once.
    pub prediction: f64,
}

/// Photographs that are predicted at most.
const PREDICTED: usize = 128;

/// Trains on one batch for about `time` and predicts some photographs. The first step, in which memory is taken,
/// does not count, and at least one does, however long it takes.
pub fn measure_pace(mut training: Training<'_>, time: Duration) -> Result<Pace, FitError> {
    let (trial, rows) = (training.trial, training.rows);
    tch::set_num_threads(trial.train.threads as i32);
    let size = training.batch_size();
    let mut gatherer = Gatherer::new(&pictures(training.dataset)?, size)?;
    let batch = gatherer.gather(rows.train[..size].iter())?;
    let mut step = || {
        let state = &mut training.state;
        state.step(&batch.photographs, &batch.classes, None)
    };
    step()?;
    let (start, mut steps) = (Instant::now(), 0u32);
    while steps == 0 || start.elapsed() < time {
        step()?;
        steps += 1;
    }
    let step = start.elapsed().as_secs_f64() / f64::from(steps);
    let predicted = &rows.validation[..PREDICTED.min(rows.validation.len())];
    let start = Instant::now();
    let weights = training.state.weights();
    let mut go_on = |_| ControlFlow::<()>::Continue(());
    let _ = predict(
        weights,
        &pictures(training.dataset)?,
        predicted,
        training.engine,
        &mut go_on,
    )?;
    let count = predicted.len().max(1) as f64;
    Ok(Pace {
        step,
        prediction: start.elapsed().as_secs_f64() / count,
    })
}
