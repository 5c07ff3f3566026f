//! One step and one prediction of each engine, on one thread.

#![allow(clippy::unwrap_used, reason = "a benchmark may end by panicking")]

#[path = "../tests/noise/mod.rs"]
mod noise;

use std::fmt;
use std::ops::ControlFlow;

use divan::Bencher;
use divan::counter::ItemsCount;
use fitroom_domain::{Hyperparameters, ImageSize, NetworkShape};
use fitroom_train::{Engine, TrainingState, Weights, initial_weights, predict};
use tch::{Device, Kind, Tensor};

const BATCH: usize = 64;

/// A network and the photographs that it is for.
#[derive(Debug, Clone, Copy)]
struct Network {
    kernel_size_1: u32,
    kernel_num: u32,
    dense_size: u32,
    height: u32,
    width: u32,
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Network {
            kernel_size_1,
            kernel_num,
            dense_size,
            height,
            width,
        } = self;
        write!(
            formatter,
            "k{kernel_size_1} n{kernel_num} d{dense_size} {height}x{width}"
        )
    }
}

const fn network(
    kernel_size_1: u32,
    kernel_num: u32,
    dense_size: u32,
    size: (u32, u32),
) -> Network {
    let (height, width) = size;
    Network {
        kernel_size_1,
        kernel_num,
        dense_size,
        height,
        width,
    }
}

const NETWORKS: [Network; 5] = [
    network(3, 64, 0, (120, 90)),
    network(7, 96, 0, (80, 60)),
    network(3, 32, 0, (80, 60)),
    network(5, 128, 0, (80, 60)),
    network(3, 32, 512, (80, 60)),
];

fn main() {
    tch::set_num_threads(1);
    divan::main();
}

fn hyperparameters(network: Network) -> Hyperparameters {
    let Network {
        kernel_size_1,
        kernel_num,
        dense_size,
        ..
    } = network;
    Hyperparameters::new(kernel_size_1, 3, kernel_num, dense_size, 0.0, 0.0).unwrap()
}

fn weights(network: Network) -> Weights {
    let Network { height, width, .. } = network;
    let image = ImageSize { height, width };
    let shape = NetworkShape::new(image, &hyperparameters(network), 2).unwrap();
    initial_weights(&shape, 0).unwrap()
}

fn step(bencher: Bencher<'_, '_>, network: Network, engine: Engine) {
    let mut state =
        TrainingState::new(weights(network), &hyperparameters(network), 1e-3, engine).unwrap();
    let size = [
        BATCH as i64,
        i64::from(network.height),
        i64::from(network.width),
        3,
    ];
    let photographs = Tensor::rand(size, (Kind::Float, Device::Cpu)).permute([0, 3, 1, 2]);
    let classes: Vec<i64> = (0..BATCH as i64).map(|row| row % 2).collect();
    let bencher = bencher.counter(ItemsCount::new(BATCH));
    bencher.bench_local(|| state.step(&photographs, &classes, None).unwrap());
}

#[divan::bench(args = NETWORKS, sample_count = 10)]
fn step_with_kernels(bencher: Bencher<'_, '_>, network: Network) {
    step(bencher, network, Engine::kernels().unwrap());
}

#[divan::bench(args = NETWORKS, sample_count = 3)]
fn step_with_operators(bencher: Bencher<'_, '_>, network: Network) {
    step(bencher, network, Engine::libtorch());
}

#[divan::bench(args = NETWORKS, sample_count = 5)]
fn predict_with_kernels(bencher: Bencher<'_, '_>, network: Network) {
    let (dataset, rows, _) = noise::noise(network.height as usize, network.width as usize);
    let weights = weights(network);
    let bencher = bencher.counter(ItemsCount::new(rows.validation.len()));
    bencher.bench_local(|| {
        let go_on = &mut |_| ControlFlow::<()>::Continue(());
        let engine = Engine::kernels().unwrap();
        predict(
            &weights,
            &dataset.pictures().unwrap(),
            &rows.validation,
            engine,
            go_on,
        )
        .unwrap()
    });
}
