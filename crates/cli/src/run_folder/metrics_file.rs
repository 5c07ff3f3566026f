//! `metrics.csv`: every epoch of a trial.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use anyhow::Context;
use fitroom_domain::{EpochMetrics, LossAndAccuracy};
use serde::{Deserialize, Serialize};

/// A line of `metrics.csv`.
#[derive(Serialize, Deserialize)]
struct MetricsLine {
    epoch: u32,
    train_loss: f64,
    train_accuracy: f64,
    validation_loss: f64,
    validation_accuracy: f64,
    seconds: f64,
}

/// A new `metrics.csv`.
///
/// # Errors
/// When it cannot be made.
pub(crate) fn metrics_writer(path: &Path) -> anyhow::Result<csv::Writer<File>> {
    csv::Writer::from_path(path).with_context(|| format!("failed to write `{}`", path.display()))
}

/// Adds an epoch.
///
/// # Errors
/// When the disk refuses.
pub(crate) fn write_metrics(
    writer: &mut csv::Writer<impl Write>,
    metrics: &EpochMetrics,
) -> anyhow::Result<()> {
    writer.serialize(MetricsLine {
        epoch: metrics.epoch,
        train_loss: metrics.train.loss,
        train_accuracy: metrics.train.accuracy,
        validation_loss: metrics.validation.loss,
        validation_accuracy: metrics.validation.accuracy,
        seconds: metrics.seconds,
    })?;
    Ok(writer.flush()?)
}

/// The epochs of a `metrics.csv`.
///
/// # Errors
/// When it cannot be read, or says something else.
pub(crate) fn read_metrics(path: &Path) -> anyhow::Result<Vec<EpochMetrics>> {
    let at = || format!("failed to read `{}`", path.display());
    let mut reader = csv::Reader::from_path(path).with_context(at)?;
    let lines = reader.deserialize::<MetricsLine>();
    let epochs = lines.map(|line| {
        let line = line?;
        Ok(EpochMetrics {
            epoch: line.epoch,
            train: LossAndAccuracy {
                loss: line.train_loss,
                accuracy: line.train_accuracy,
            },
            validation: LossAndAccuracy {
                loss: line.validation_loss,
                accuracy: line.validation_accuracy,
            },
            seconds: line.seconds,
        })
    });
    epochs.collect::<Result<_, csv::Error>>().with_context(at)
}
