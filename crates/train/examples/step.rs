//! How many photographs a second training steps take, for the benchmarks: one network, several workers of one
//! thread each, as in a sweep. Prints one line of JSON.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use fitroom_domain::{Hyperparameters, ImageSize, NetworkShape};
use fitroom_train::{Engine, TrainingState, initial_weights};
use ndarray::{Array1, Array4};
use ndarray_npy::read_npy;
use serde_json::json;
use tch::Tensor;

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
    /// A folder with images.npy, bytes (N, H, W, 3), and classes.npy, 64-bit integers (N).
    #[arg(long)]
    photographs: PathBuf,
    #[arg(long, default_value_t = 64)]
    batch_size: usize,
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    #[arg(long, default_value_t = 2)]
    workers: usize,
    /// Steps before the time counts: memory is taken in the first, and the weights leave their beginnings.
    #[arg(long, default_value_t = 2)]
    warm_up: usize,
    /// LibTorch's operators instead of our own kernels.
    #[arg(long)]
    libtorch: bool,
}

type Problem = Box<dyn Error + Send + Sync>;

/// Photographs (N, 3, H, W) in [0, 1], channels last in memory, and their classes.
struct Batch {
    photographs: Tensor,
    classes: Vec<i64>,
}

/// What a worker did.
struct Work {
    steps: usize,
    seconds: f64,
    passed: Option<[f64; 2]>,
}

fn main() -> Result<(), Problem> {
    let arguments = Arguments::parse();
    let begin = Barrier::new(arguments.workers);
    let results: Vec<_> = thread::scope(|scope| {
        let start = |_| scope.spawn(|| train(&arguments, &begin));
        let workers: Vec<_> = (0..arguments.workers).map(start).collect();
        let results = workers.into_iter().map(|worker| worker.join());
        results
            .map(|result| result.unwrap_or_else(|_| Err("a worker panicked".into())))
            .collect()
    });
    let work = results.into_iter().collect::<Result<Vec<_>, _>>()?;
    let pace = |work: &Work| (work.steps * arguments.batch_size) as f64 / work.seconds;
    let result = json!({
        "images_per_second": work.iter().map(pace).sum::<f64>(),
        "steps": work.iter().map(|work| work.steps).sum::<usize>(),
        "workers": work.len(),
        // All workers do the same, so one speaks for all.
        "passed": work.first().and_then(|work| work.passed),
    });
    #[expect(clippy::print_stdout, reason = "the result is what it is for")]
    {
        println!("{result}");
    }
    Ok(())
}

/// A worker that has warmed up.
struct Ready {
    state: TrainingState,
    batches: Vec<Batch>,
}

/// Trains for the time that was asked for, from when all workers are ready.
fn train(arguments: &Arguments, begin: &Barrier) -> Result<Work, Problem> {
    let ready = prepare(arguments);
    // Also where that failed: the others wait for it.
    begin.wait();
    let Ready { mut state, batches } = ready?;
    let (start, mut steps) = (Instant::now(), 0);
    let mut batches = batches.iter().cycle();
    while start.elapsed() < Duration::from_secs_f64(arguments.seconds) {
        let Some(batch) = batches.next() else { break };
        state.step(&batch.photographs, &batch.classes, None)?;
        steps += 1;
    }
    Ok(Work {
        steps,
        seconds: start.elapsed().as_secs_f64(),
        passed: state.passed(),
    })
}

fn prepare(arguments: &Arguments) -> Result<Ready, Problem> {
    tch::set_num_threads(1);
    let hyperparameters = Hyperparameters::new(
        arguments.kernel_size_1,
        arguments.kernel_size_2,
        arguments.kernel_num,
        arguments.dense_size,
        0.0,
        0.0,
    )?;
    let batches = batches(&arguments.photographs, arguments.batch_size)?;
    let Some(Batch { photographs, .. }) = batches.first() else {
        return Err("no batch is full".into());
    };
    let (_, _, height, width) = photographs.size4()?;
    let image = ImageSize {
        height: height as u32,
        width: width as u32,
    };
    let classes = batches.iter().flat_map(|batch| &batch.classes).max();
    let classes = classes.map_or(0, |class| *class as usize + 1);
    let shape = NetworkShape::new(image, &hyperparameters, classes)?;
    let engine = match arguments.libtorch {
        true => Engine::libtorch(),
        false => Engine::cpu(),
    };
    let weights = initial_weights(&shape, 0)?;
    let mut state = TrainingState::new(weights, &hyperparameters, 1e-3, engine)?;
    for batch in batches.iter().cycle().take(arguments.warm_up) {
        state.step(&batch.photographs, &batch.classes, None)?;
    }
    Ok(Ready { state, batches })
}

/// The photographs of a folder in full batches.
fn batches(folder: &Path, size: usize) -> Result<Vec<Batch>, Problem> {
    let images: Array4<u8> = read_npy(folder.join("images.npy"))?;
    let classes: Array1<i64> = read_npy(folder.join("classes.npy"))?;
    let (count, height, width, channels) = images.dim();
    let scaled: Vec<f32> = images.iter().map(|byte| f32::from(*byte) / 255.0).collect();
    let classes = classes.to_vec();
    let photograph = height * width * channels;
    let shape = [size, height, width, channels].map(|length| length as i64);
    (0..count / size)
        .map(|batch| {
            let scaled = &scaled[batch * size * photograph..][..size * photograph];
            Ok(Batch {
                photographs: Tensor::f_from_slice(scaled)?
                    .f_view(shape)?
                    .f_permute([0, 3, 1, 2])?,
                classes: classes[batch * size..][..size].to_vec(),
            })
        })
        .collect()
}
