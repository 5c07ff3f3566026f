//! How many photographs a second training steps take, for the benchmarks: one network on noise, several
//! workers of one thread each, as in a sweep. Prints one line of JSON.

use std::error::Error;
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use fitroom_domain::{Hyperparameters, ImageSize, NetworkShape};
use fitroom_train::{Engine, TrainingState, initial_weights};
use serde_json::json;
use tch::{TchError, Tensor};

#[derive(Parser)]
struct Arguments {
    #[arg(long)]
    kernel_size_1: u32,
    #[arg(long, default_value_t = 3)]
    kernel_size_2: u32,
    #[arg(long)]
    kernel_num: u32,
    #[arg(long, default_value_t = 0)]
    dense_size: u32,
    #[arg(long)]
    height: u32,
    #[arg(long)]
    width: u32,
    #[arg(long, default_value_t = 2)]
    classes: usize,
    #[arg(long, default_value_t = 64)]
    batch_size: usize,
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    #[arg(long, default_value_t = 2)]
    workers: usize,
    /// LibTorch's operators instead of our own kernels.
    #[arg(long)]
    libtorch: bool,
}

/// Steps that are not counted: memory is taken in them.
const WARM_UP: usize = 2;

/// Batches that are trained on in turn, as many as the peers have.
const BATCHES: usize = 8;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let arguments = Arguments::parse();
    let workers: Vec<_> = thread::scope(|scope| {
        let start = |_| scope.spawn(|| train(&arguments));
        let workers: Vec<_> = (0..arguments.workers).map(start).collect();
        let results = workers.into_iter().map(|worker| worker.join());
        results
            .map(|result| result.unwrap_or_else(|_| Err("a worker panicked".into())))
            .collect()
    });
    let (mut steps, mut pace, mut seconds) = (0, 0.0, 0.0f64);
    for worker in workers {
        let (own_steps, own_seconds) = worker?;
        steps += own_steps;
        pace += (own_steps * arguments.batch_size) as f64 / own_seconds;
        seconds = seconds.max(own_seconds);
    }
    let result = json!({
        "images_per_second": pace,
        "steps": steps,
        "seconds": seconds,
        "workers": arguments.workers,
    });
    #[expect(clippy::print_stdout, reason = "the result is what it is for")]
    {
        println!("{result}");
    }
    Ok(())
}

/// Trains for the time that was asked for: steps and seconds.
fn train(arguments: &Arguments) -> Result<(usize, f64), Box<dyn Error + Send + Sync>> {
    tch::set_num_threads(1);
    let hyperparameters = Hyperparameters::new(
        arguments.kernel_size_1,
        arguments.kernel_size_2,
        arguments.kernel_num,
        arguments.dense_size,
        0.0,
        0.0,
    )?;
    let image = ImageSize {
        height: arguments.height,
        width: arguments.width,
    };
    let shape = NetworkShape::new(image, &hyperparameters, arguments.classes)?;
    let engine = match arguments.libtorch {
        true => Engine::libtorch(),
        false => Engine::cpu(),
    };
    let weights = initial_weights(&shape, 0)?;
    let mut state = TrainingState::new(weights, &hyperparameters, 1e-3, engine)?;
    let size = [
        arguments.batch_size as i64,
        i64::from(image.height),
        i64::from(image.width),
        3,
    ];
    let batches = (0..BATCHES)
        .map(|batch| noise(size, batch))
        .collect::<Result<Vec<_>, _>>()?;
    let classes: Vec<i64> = (0..arguments.batch_size)
        .map(|row| (row % arguments.classes) as i64)
        .collect();
    for photographs in &batches[..WARM_UP] {
        state.step(photographs, &classes, None)?;
    }
    let (start, mut steps) = (Instant::now(), 0);
    while start.elapsed() < Duration::from_secs_f64(arguments.seconds) {
        state.step(&batches[steps % BATCHES], &classes, None)?;
        steps += 1;
    }
    Ok((steps, start.elapsed().as_secs_f64()))
}

/// A batch of photographs (N, 3, H, W), channels last in memory: uniform noise by splitmix64 (Steele and
/// others, 2014).
fn noise(size: [i64; 4], batch: usize) -> Result<Tensor, TchError> {
    let length = size.iter().product::<i64>() as u64;
    let uniform = |place: u64| {
        let z = place.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 40) as f32 / (1 << 24) as f32
    };
    let first = 1 + batch as u64 * length;
    let values: Vec<f32> = (first..first + length).map(uniform).collect();
    Tensor::f_from_slice(&values)?
        .f_view(size)?
        .f_permute([0, 3, 1, 2])
}
