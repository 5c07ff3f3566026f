//! Networks that are written for PyTorch, and the photographs that both predict.

use std::error::Error;
use std::path::{Path, PathBuf};

use fitroom_data::{Dataset, ImportRequest, Row, import};
use fitroom_domain::{Hyperparameters, ImageSize, NetworkShape};
use fitroom_train::{Layer, Weights, initial_weights};
use tch::{TchError, Tensor};

pub(crate) type Problem = Box<dyn Error + Send + Sync>;

/// Photographs of each dataset that are predicted.
const PHOTOGRAPHS: usize = 200;

/// Sides of both convolutions' kernels, units of the hidden dense layer, classes: the study's families.
pub(crate) const NETWORKS: [[u32; 4]; 6] = [
    [3, 3, 0, 3],
    [3, 3, 256, 4],
    [5, 3, 0, 2],
    [5, 3, 256, 7],
    [7, 5, 0, 7],
    [7, 5, 256, 2],
];

/// What a network is called in files: `k5x3-d256-c7`.
pub(crate) fn name([kernel_1, kernel_2, dense, classes]: [u32; 4]) -> String {
    format!("k{kernel_1}x{kernel_2}-d{dense}-c{classes}")
}

/// The shape of a network for these photographs.
pub(crate) fn shape(
    [kernel_1, kernel_2, dense, classes]: [u32; 4],
    image: ImageSize,
) -> Result<NetworkShape, Problem> {
    let hyperparameters = Hyperparameters::new(kernel_1, kernel_2, 32, dense, 0.0, 0.0)?;
    Ok(NetworkShape::new(
        image,
        &hyperparameters,
        classes as usize,
    )?)
}

/// The same weights on every machine: initial ones, with biases that are not zero.
pub(crate) fn weights(shape: &NetworkShape) -> Result<Weights, TchError> {
    let with_bias = |layer: Layer| {
        let bias: Vec<f32> = (0..layer.bias.numel())
            .map(|unit| (unit * 37 % 64) as f32 / 256.0 - 0.125)
            .collect();
        Layer::new(layer.kernel, Tensor::f_from_slice(&bias)?)
    };
    let initial = initial_weights(shape, 11)?;
    Ok(Weights {
        convolution_1: with_bias(initial.convolution_1)?,
        convolution_2: with_bias(initial.convolution_2)?,
        hidden: initial.hidden.map(with_bias).transpose()?,
        output: with_bias(initial.output)?,
    })
}

/// The real catalogue, of which this folder has the archive.
pub(crate) fn catalogue(folder: &Path) -> Result<Dataset, Problem> {
    let request = ImportRequest {
        source: folder.join("fashion-catalogue.zip"),
        labels: PathBuf::from("labels.csv"),
        size: ImageSize {
            height: 80,
            width: 60,
        },
        name: "catalogue".to_owned(),
        path_column: None,
        columns: None,
        split: None,
        seed: 0,
        drop_leaks: false,
    };
    Ok(import(&request, &|_| ())?.dataset)
}

/// Photographs from everywhere in the dataset, every second of them in a mirror.
pub(crate) fn rows(dataset: &Dataset) -> Vec<Row> {
    let count = dataset.photographs.len();
    (0..PHOTOGRAPHS)
        .map(|number| Row {
            photograph: (number * count / PHOTOGRAPHS) as u32,
            class: 0,
            mirrored: number % 2 == 1,
        })
        .collect()
}
