//! What a model says about all photographs of a split, also those that its task is not about: on a route, other models
//! may send them to it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::ops::ControlFlow;
use std::time::Instant;

use anyhow::{Context, anyhow};
use fitroom_data::{Dataset, Pictures, Row, ShownPhotograph, ShownPredictions, TaskRows};
use fitroom_domain::{Flip, Split, Task};
use fitroom_train::{Engine, Predicted, Weights, predict};
use ndarray::Array2;

/// Predictions of a split.
pub(crate) struct ShownSplit {
    pub(crate) predictions: ShownPredictions,
    /// Time that each picture took, in milliseconds.
    pub(crate) milliseconds_per_picture: f64,
}

/// Shows a model every photograph of a split and, if its task has mirrored copies of any, their mirrored copies too.
pub(crate) fn predict_split(
    weights: &Weights,
    dataset: &Dataset,
    (task, rows): (&Task, &TaskRows),
    split: Split,
) -> anyhow::Result<ShownSplit> {
    let shown = shown_photographs(dataset, task, rows, split)?;
    let to_predict: Vec<Row> = shown
        .iter()
        .map(|shown| Row {
            photograph: shown.photograph,
            class: shown.class.unwrap_or_default(),
            mirrored: shown.mirrored,
        })
        .collect();
    let pictures = dataset.pictures();
    let pictures =
        pictures.with_context(|| format!("dataset `{}` has no pictures", dataset.name))?;
    let start = Instant::now();
    let predicted = ask(weights, &pictures, &to_predict)?;
    let seconds = start.elapsed().as_secs_f64();
    Ok(ShownSplit {
        milliseconds_per_picture: 1e3 * seconds / shown.len().max(1) as f64,
        predictions: ShownPredictions {
            logits: Array2::from_shape_vec((shown.len(), predicted.classes), predicted.logits)?,
            shown,
        },
    })
}

/// The logits that a model gives these photographs, on the CPU.
pub(crate) fn ask(
    weights: &Weights,
    pictures: &Pictures<'_>,
    rows: &[Row],
) -> anyhow::Result<Predicted> {
    let mut observe = |_| ControlFlow::<Infallible>::Continue(());
    let ControlFlow::Continue(predicted) =
        predict(weights, pictures, rows, Engine::cpu(), &mut observe)?;
    Ok(predicted)
}

/// The photographs of a split, each followed by its mirrored copy if there is one.
fn shown_photographs(
    dataset: &Dataset,
    task: &Task,
    rows: &TaskRows,
    split: Split,
) -> anyhow::Result<Vec<ShownPhotograph>> {
    let of_task = match split {
        Split::Train => &rows.train,
        Split::Validation => &rows.validation,
        Split::Test => &rows.test,
    };
    let classes: HashMap<u32, u16> = (of_task.iter())
        .map(|row| (row.photograph, row.class))
        .collect();
    let copies: &[bool] = match task.definition.flip {
        Flip::None => &[false],
        Flip::Train | Flip::All => &[false, true],
    };
    let mut shown = Vec::new();
    for (position, of_split) in dataset.splits.iter().enumerate() {
        if *of_split != split {
            continue;
        }
        let photograph = u32::try_from(position)
            .map_err(|_| anyhow!("dataset `{}` has too many photographs", dataset.name))?;
        shown.extend(copies.iter().map(|mirrored| ShownPhotograph {
            photograph,
            mirrored: *mirrored,
            class: classes.get(&photograph).copied(),
        }));
    }
    Ok(shown)
}
