//! Writes scalars, one event each, and says how long that took: as one line of JSON with the keys `scalars` and
//! `seconds`.
//!
//! `write_scalars FOLDER COUNT`, where the folder exists: five tags in turn.

use std::env;
use std::error::Error;
use std::path::Path;
use std::time::{Instant, SystemTime};

use fitroom_tensorboard::EventWriter;
use serde_json::json;

const TAGS: [&str; 5] = [
    "loss/train",
    "loss/validation",
    "accuracy/train",
    "accuracy/validation",
    "learning_rate",
];

#[expect(clippy::print_stdout, reason = "it prints what it measured")]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().collect();
    let [_, folder, count] = &arguments[..] else {
        return Err("expected a folder and how many scalars".into());
    };
    let count: usize = count.parse()?;
    let start = Instant::now();
    let mut writer = EventWriter::create(Path::new(folder), seconds_since_1970(), "bench", "ours")?;
    for number in 0..count {
        let (step, tag) = ((number / TAGS.len()) as i64, TAGS[number % TAGS.len()]);
        writer.scalars(step, seconds_since_1970(), &[(tag, number as f32)])?;
    }
    writer.finish()?;
    let seconds = start.elapsed().as_secs_f64();
    println!("{}", json!({ "scalars": count, "seconds": seconds }));
    Ok(())
}

fn seconds_since_1970() -> f64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0.0, |since| since.as_secs_f64())
}
