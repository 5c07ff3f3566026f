//! What a trial was said to take at its peak against what it takes. One test: it measures its process.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod noise;

use std::fs;
use std::ops::ControlFlow;

use fitroom_domain::{Hyperparameters, NetworkShape, Trial};
use fitroom_train::{Engine, Training, fit, peak_memory};

/// Bytes of this process in a line of its status.
fn status(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kibibytes = line.unwrap().split_whitespace().next().unwrap();
    kibibytes.parse::<u64>().unwrap() * 1024
}

#[test]
fn a_trial_takes_the_memory_that_was_said_and_not_much_less() {
    let (dataset, rows, trial) = noise::noise(80, 60);
    let trial = |dense| Trial {
        hyperparameters: Hyperparameters::new(3, 3, 32, dense, 0.0, 0.0).unwrap(),
        ..trial.clone()
    };
    let run = |trial: &Trial| {
        let go_on = &mut |_: &_, _: &Training<'_>| ControlFlow::Continue(());
        let training = Training::begin(trial, &dataset, &rows, Engine::cpu()).unwrap();
        fit(training, go_on).unwrap();
    };
    // What LibTorch takes once.
    run(&trial(8));
    let before = status("VmRSS:");
    let large = trial(1024);
    run(&large);
    let taken = (status("VmHWM:") - before) as f64;
    let shape = NetworkShape::new(dataset.image_size(), &large.hyperparameters, 2).unwrap();
    let said = peak_memory(&shape, &large.train, [100, 100], Engine::cpu()) as f64;
    assert!(
        taken < 1.1 * said && taken > 0.7 * said,
        "{taken} bytes were taken, {said} were said"
    );
}
