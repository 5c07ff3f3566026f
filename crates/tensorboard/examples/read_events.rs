//! Reads event files, and says how long that took: as one line of JSON with the keys `files`, `events`, `scalars`,
//! `problems` and `seconds`.
//!
//! `read_events PATH...`, where a path is an event file, or a folder below which all of them are read.

use std::env;
use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Instant;

use fitroom_tensorboard::{EventReader, Value, What, find_runs};
use serde_json::json;

#[expect(clippy::print_stdout, reason = "it prints what it measured")]
fn main() -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let (mut events, mut scalars, mut problems) = (0_u64, 0, 0);
    let files = files(env::args_os().skip(1).map(PathBuf::from))?;
    for file in &files {
        let mut reader = EventReader::new(File::open(file)?);
        for event in reader.by_ref() {
            events += 1;
            if let What::Values(values) = event.what {
                let is_scalar = |value: &Value| matches!(value, Value::Scalar(_));
                scalars += values.iter().filter(|it| is_scalar(&it.value)).count();
            }
        }
        problems += reader.problems().count();
    }
    let result = json!({
        "files": files.len(),
        "events": events,
        "scalars": scalars,
        "problems": problems,
        "seconds": start.elapsed().as_secs_f64(),
    });
    println!("{result}");
    Ok(())
}

fn files(paths: impl Iterator<Item = PathBuf>) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for path in paths {
        if Path::is_dir(&path) {
            files.extend(find_runs(&path)?.runs.into_iter().flat_map(|run| run.files));
        } else {
            files.push(path);
        }
    }
    Ok(files)
}
