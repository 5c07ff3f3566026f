//! Says how long histograms take: as one line of JSON, the milliseconds of one histogram of each number of values.
//!
//! `histogram_cost COUNT...`: the median of several, each written to a file as in training.

use std::env;
use std::error::Error;
use std::time::Instant;

use fitroom_tensorboard::{EventWriter, Histogram};
use serde_json::json;

const ROUNDS: usize = 21;

#[expect(clippy::print_stdout, reason = "it prints what it measured")]
fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let mut writer = EventWriter::create(folder.path(), 0.0, "bench", "histograms")?;
    let mut medians = Vec::new();
    for count in env::args().skip(1) {
        let values = weights(count.parse()?);
        let mut milliseconds = Vec::new();
        for _ in 0..ROUNDS {
            let start = Instant::now();
            writer.histogram(1, 0.0, "weights", &Histogram::of(&values))?;
            milliseconds.push(start.elapsed().as_secs_f64() * 1e3);
        }
        milliseconds.sort_by(f64::total_cmp);
        medians.push(milliseconds[ROUNDS / 2]);
    }
    println!("{}", json!(medians));
    Ok(())
}

/// Values that look like weights: of both signs, the more the smaller.
fn weights(count: usize) -> Vec<f32> {
    let mut state = 1_u32;
    let mut uniform = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state) / f64::from(u32::MAX) - 0.5
    };
    (0..count)
        .map(|_| (0.1 * (uniform() + uniform() + uniform())) as f32)
        .collect()
}
