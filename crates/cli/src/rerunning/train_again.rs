//! Training a trial beside everything that is recorded.

use std::path::Path;

use anyhow::Context;
use fitroom_data::{Dataset, task_rows};
use fitroom_domain::{EpochMetrics, Trial, TrialState};
use fitroom_train::{Answer, Engine, Event, Outcome, StopReason, Training, fit, numerics};

use crate::interrupt::Interrupt;
use crate::output;
use crate::run_folder::{PREDICTIONS, WEIGHTS};
use crate::sweeping::{Progress, describe, write_model};

/// What came of a trial this time.
#[derive(Debug, Clone)]
pub(crate) struct Rerun {
    /// Finished or diverged.
    pub(crate) state: TrialState,
    pub(crate) numerics: String,
    pub(crate) epochs: Vec<EpochMetrics>,
    /// Hashes of its weights and of what it says of the validation photographs; `None` if it diverged.
    pub(crate) weights: Option<String>,
    pub(crate) predictions: Option<String>,
}

/// How training ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// By itself.
    Whole(Rerun),
    /// Somebody asked to stop.
    Interrupted,
}

/// Trains a trial from its beginning; what it writes lies in a folder that is removed again.
///
/// # Errors
/// When its task has no rows in the dataset any more, or LibTorch or the disk refuses.
pub(crate) fn train_again(
    trial: &Trial,
    dataset: &Dataset,
    engine: Engine,
    interrupt: &Interrupt,
) -> anyhow::Result<Ended> {
    let rows = task_rows(dataset, &trial.task)?;
    let progress = Progress::new(1, 0, 1.0, None, 1);
    let line = progress.begin(&trial.name());
    let mut epochs: Vec<EpochMetrics> = Vec::new();
    let mut observe = |event: &Event, _: &Training<'_>| {
        match event {
            Event::Step { epoch, step, steps } => line.step(*epoch, *step, *steps),
            Event::Epoch { metrics, .. } => {
                line.epoch(metrics);
                epochs.push(*metrics);
            }
            Event::Validation { .. } => {}
        }
        match interrupt.asked() {
            true => Answer::Break(StopReason::Interrupted),
            false => Answer::Continue(()),
        }
    };
    let training = Training::begin(trial, dataset, &rows, engine)?;
    let outcome = fit(training, &mut observe)?;
    drop(line);
    progress.close();
    let ended = |epochs, state, hashes: Option<(String, String)>| {
        let (weights, predictions) = hashes.unzip();
        Ended::Whole(Rerun {
            state,
            numerics: numerics(engine, trial.train.threads),
            epochs,
            weights,
            predictions,
        })
    };
    Ok(match outcome {
        Outcome::Stopped(_) => {
            output::message("interrupted; nothing was changed");
            Ended::Interrupted
        }
        Outcome::Diverged { .. } => ended(epochs, TrialState::Diverged, None),
        Outcome::Finished(fitted) => {
            let folder = tempfile::tempdir().context("failed to make a temporary folder")?;
            let place = |name: &str| folder.path().join(name);
            let (predictions, weights) = (place(PREDICTIONS), place(WEIGHTS));
            write_model(trial, &rows.validation, &fitted, (&predictions, &weights))?;
            let hashes = (hash(&weights)?, hash(&predictions)?);
            ended(epochs, TrialState::Finished, Some(hashes))
        }
    })
}

fn hash(path: &Path) -> anyhow::Result<String> {
    Ok(describe(path, String::new())?.blake3)
}
