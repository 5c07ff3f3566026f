//! Training against Keras's own numbers, made by `golden/keras_golden.py`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::File;
use std::path::PathBuf;

use fitroom_domain::{Hyperparameters, ImageSize, NetworkShape};
use fitroom_train::{EarlyStopping, Engine, Layer, TrainingState, Weights};
use ndarray::ArrayD;
use ndarray_npy::ReadNpyExt;
use serde::Deserialize;
use tch::{Kind, Tensor};
use zip::ZipArchive;

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

/// A configuration with the figures of its steps.
#[derive(Deserialize)]
struct Trajectory {
    height: usize,
    width: usize,
    classes: u64,
    kernel_size_1: u32,
    kernel_size_2: u32,
    kernel_num: u32,
    dense_size: u32,
    dropout_rate: f64,
    lambda: f64,
    batch_size: usize,
    images: usize,
    seeds: Seeds,
    losses: Vec<f64>,
    correct: Vec<u64>,
}

#[derive(Deserialize)]
struct Seeds {
    pixels: u64,
    labels: u64,
    convolution_1: u64,
    convolution_2: u64,
    hidden: u64,
    output: u64,
    dropout: u64,
}

/// `hash(seed, i)` of the script: splitmix64.
fn hash(seed: u64, i: u64) -> u64 {
    let z = seed.wrapping_add((i + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn uniform(seed: u64, i: u64) -> f64 {
    (hash(seed, i) >> 40) as f64 / f64::from(1 << 24)
}

impl Trajectory {
    fn read(name: &str) -> Trajectory {
        let file = File::open(golden(&format!("{name}.json"))).unwrap();
        serde_json::from_reader(file).unwrap()
    }

    fn label(&self, image: usize) -> i64 {
        (hash(self.seeds.labels, image as u64) % self.classes) as i64
    }

    /// Photographs (N, 3, H, W) in channels-last memory.
    fn photographs(&self, images: std::ops::Range<usize>) -> Tensor {
        let (height, width) = (self.height, self.width);
        let mut values = Vec::new();
        for n in images.clone() {
            let label = self.label(n) as u64;
            for y in 0..height as u64 {
                for x in 0..width as u64 {
                    for c in 0..3 {
                        let i = ((n as u64 * height as u64 + y) * width as u64 + x) * 3 + c;
                        let noise = hash(self.seeds.pixels, i) >> 57;
                        let stripe = (x + label * y + 2 * c) / 3 % 2;
                        values.push((noise + 96 * stripe) as f32 / 255.0);
                    }
                }
            }
        }
        let shape = [images.len() as i64, height as i64, width as i64, 3];
        Tensor::from_slice(&values)
            .view(shape)
            .permute([0, 3, 1, 2])
    }

    fn dropout(&self, step: usize, rows: usize) -> Option<Tensor> {
        let kept = (1.0 / (1.0 - self.dropout_rate)) as f32;
        let units = self.dense_size as usize;
        let factor = |position: usize| {
            let i = step * self.batch_size * units + position;
            if uniform(self.seeds.dropout, i as u64) >= self.dropout_rate {
                kept
            } else {
                0.0
            }
        };
        (self.dropout_rate > 0.0).then(|| {
            let mask: Vec<f32> = (0..rows * units).map(factor).collect();
            Tensor::from_slice(&mask).view([rows as i64, units as i64])
        })
    }

    fn initial_weights(&self) -> Weights {
        let draw = |seed: u64, shape: &[i64], fan_in: i64, fan_out: i64| {
            let limit = (6.0 / (fan_in + fan_out) as f64).sqrt();
            let count: i64 = shape.iter().product();
            let values: Vec<f32> = (0..count as u64)
                .map(|i| ((2.0 * uniform(seed, i) - 1.0) * limit) as f32)
                .collect();
            Tensor::from_slice(&values).view(shape)
        };
        let bias = |units: i64| Tensor::zeros([units], (Kind::Float, tch::Device::Cpu));
        let convolution = |seed, size: u32, inputs: i64| {
            let (size, outputs) = (i64::from(size), i64::from(self.kernel_num));
            let pixels = size * size;
            let kernel = draw(
                seed,
                &[size, size, inputs, outputs],
                pixels * inputs,
                pixels * outputs,
            );
            Layer::new(from_keras(&kernel), bias(outputs)).unwrap()
        };
        let dense = |seed, inputs: i64, units: i64| {
            let kernel = draw(seed, &[inputs, units], inputs, units);
            Layer::new(from_keras(&kernel), bias(units)).unwrap()
        };
        let pooled = |length: usize, kernel: u32| (length + 1 - kernel as usize) / 2;
        let side =
            |length: usize| pooled(pooled(length, self.kernel_size_1), self.kernel_size_2) as i64;
        let flat = side(self.height) * side(self.width) * i64::from(self.kernel_num);
        let hidden = i64::from(self.dense_size);
        Weights {
            convolution_1: convolution(self.seeds.convolution_1, self.kernel_size_1, 3),
            convolution_2: convolution(
                self.seeds.convolution_2,
                self.kernel_size_2,
                i64::from(self.kernel_num),
            ),
            hidden: (hidden > 0).then(|| dense(self.seeds.hidden, flat, hidden)),
            output: dense(
                self.seeds.output,
                if hidden > 0 { hidden } else { flat },
                self.classes as i64,
            ),
        }
    }
}

/// A kernel as Keras shapes it, (height, width, in, out) or (in, out), as we shape it.
fn from_keras(kernel: &Tensor) -> Tensor {
    match kernel.size().len() {
        4 => kernel
            .permute([3, 0, 1, 2])
            .contiguous()
            .permute([0, 3, 1, 2]),
        2 => kernel.transpose(0, 1).contiguous(),
        _ => kernel.shallow_clone(),
    }
}

/// √(mean of squares).
fn root_mean_square(tensor: &Tensor) -> f64 {
    tensor.square().mean(Kind::Float).sqrt().double_value(&[])
}

/// Trains 20 steps as Keras did and compares losses, hits and the weights at the end: with every engine.
fn assert_same_trajectory(name: &str) {
    let engines = [Engine::kernels(), Some(Engine::libtorch())];
    for engine in engines.into_iter().flatten() {
        assert_same_trajectory_of(engine, name);
    }
}

fn assert_same_trajectory_of(engine: Engine, name: &str) {
    let keras = Trajectory::read(name);
    let hyperparameters = Hyperparameters::new(
        keras.kernel_size_1,
        keras.kernel_size_2,
        keras.kernel_num,
        keras.dense_size,
        keras.dropout_rate,
        keras.lambda,
    )
    .unwrap();
    let mut state =
        TrainingState::new(keras.initial_weights(), &hyperparameters, 1e-3, engine).unwrap();
    let batches = keras.images.div_ceil(keras.batch_size);
    assert_eq!(keras.losses.len(), 20);
    for (step, (loss, correct)) in keras.losses.iter().zip(&keras.correct).enumerate() {
        let start = step % batches * keras.batch_size;
        let rows = start..(start + keras.batch_size).min(keras.images);
        let classes: Vec<i64> = rows.clone().map(|image| keras.label(image)).collect();
        let dropout = keras.dropout(step, rows.len());
        let figures = state
            .step(&keras.photographs(rows), &classes, dropout.as_ref())
            .unwrap();
        let difference = (figures.loss - loss).abs() / loss;
        assert!(
            difference < 1e-4,
            "{name}, {engine}, step {step}: loss {} for {loss}",
            figures.loss
        );
        assert_eq!(figures.right, *correct, "{name}, step {step}");
    }
    let mut end = ZipArchive::new(File::open(golden(&format!("{name}.npz"))).unwrap()).unwrap();
    for (tensor, ours) in state.weights().named() {
        let member = end.by_name(&format!("{tensor}.npy")).unwrap();
        let array: ArrayD<f32> = ArrayD::read_npy(member).unwrap();
        let shape: Vec<i64> = array.shape().iter().map(|side| *side as i64).collect();
        let values: Vec<f32> = array.iter().copied().collect();
        let theirs = from_keras(&Tensor::from_slice(&values).view(shape.as_slice()));
        assert_eq!(ours.size(), theirs.size(), "{name}, {tensor}");
        let difference = root_mean_square(&(ours - &theirs)) / root_mean_square(&theirs);
        assert!(
            difference < 1e-3,
            "{name}, {engine}, {tensor}: differs by {difference:e} of its size"
        );
    }
}

#[test]
fn without_a_hidden_layer_training_follows_keras() {
    assert_same_trajectory("no_dense");
}

#[test]
fn with_a_hidden_layer_training_follows_keras() {
    assert_same_trajectory("dense");
}

#[test]
fn with_the_l2_penalty_training_follows_keras() {
    assert_same_trajectory("lambda");
}

#[test]
fn with_dropout_training_follows_keras() {
    assert_same_trajectory("dropout");
}

#[test]
fn with_unequal_kernels_and_a_partial_batch_training_follows_keras() {
    assert_same_trajectory("unequal_kernels");
}

/// A run of early stopping, as Keras did it.
#[derive(Deserialize)]
struct EarlyStoppingCase {
    name: String,
    patience: u32,
    /// As text, for JSON has no undefined numbers.
    validation_losses: Vec<String>,
    epochs_run: u32,
    kept_epoch: u32,
}

#[test]
fn early_stopping_ends_where_keras_ends_and_keeps_what_keras_keeps() {
    #[derive(Deserialize)]
    struct Table {
        cases: Vec<EarlyStoppingCase>,
    }
    let file = File::open(golden("early_stopping.json")).unwrap();
    let table: Table = serde_json::from_reader(file).unwrap();
    assert!(table.cases.len() >= 25);
    for case in table.cases {
        let mut early_stopping = EarlyStopping::new(case.patience);
        let mut epochs_run = 0;
        for loss in &case.validation_losses {
            epochs_run += 1;
            if early_stopping.judge(epochs_run, loss.parse().unwrap()).stop {
                break;
            }
        }
        let ours = (epochs_run, early_stopping.best().unwrap().0);
        let keras = (case.epochs_run, case.kept_epoch);
        assert_eq!(ours, keras, "{} with patience {}", case.name, case.patience);
    }
}

#[test]
fn parameters_are_those_that_keras_counts() {
    #[derive(Deserialize)]
    struct Network {
        height: u32,
        width: u32,
        classes: usize,
        kernel_size_1: u32,
        kernel_size_2: u32,
        kernel_num: u32,
        dense_size: u32,
        parameters: u64,
    }
    #[derive(Deserialize)]
    struct Table {
        networks: Vec<Network>,
    }
    let file = File::open(golden("parameters.json")).unwrap();
    let table: Table = serde_json::from_reader(file).unwrap();
    for keras in table.networks {
        let hyperparameters = Hyperparameters::new(
            keras.kernel_size_1,
            keras.kernel_size_2,
            keras.kernel_num,
            keras.dense_size,
            0.0,
            0.0,
        )
        .unwrap();
        let size = ImageSize {
            height: keras.height,
            width: keras.width,
        };
        let shape = NetworkShape::new(size, &hyperparameters, keras.classes).unwrap();
        assert_eq!(shape.parameters(), keras.parameters);
    }
}
