//! What TensorBoard itself reads from our files. `FITROOM_PYTHON` names a Python that has it.

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use fitroom_tensorboard::EventWriter;
use serde_json::{Value, json};
use tempfile::tempdir;

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/tensorboard");
const WALL_TIME: f64 = 1_767_225_600.25;

/// What a script that reads event files prints about `folder`; `None` where there is no Python for it.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn ask(script: &str, folder: &Path, arguments: &[&str]) -> Result<Option<Value>, Box<dyn Error>> {
    let Some(python) = env::var_os("FITROOM_PYTHON") else {
        eprintln!("SKIPPED: FITROOM_PYTHON does not name a Python that has tensorboard");
        return Ok(None);
    };
    let output = Command::new(python)
        .arg(Path::new(SCRIPTS).join(script))
        .arg(folder)
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("{script} ended with {}", output.status).into());
    }
    Ok(Some(serde_json::from_slice(&output.stdout)?))
}

/// Values whose float32 is lost by any detour: through decimals, other precisions, or missing defaults.
const DIFFICULT: [f32; 8] = [
    0.1,
    0.0,
    -1.0 / 3.0,
    f32::MIN_POSITIVE,
    f32::MAX,
    1e-45,
    16_777_217.0,
    0.999_999_94,
];

/// Two runs in nested folders, beside files of other kinds, and one run with two event files.
fn write_runs(root: &Path) -> Result<(), Box<dyn Error>> {
    for (run, sign) in [("demo/first/k3-s0", 1.0), ("demo/first/k5-s0", -1.0)] {
        let folder = root.join(run);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("trial.toml"), "seed = 0\n")?;
        fs::write(folder.join("model.safetensors"), [0; 64])?;
        let mut writer = EventWriter::create(&folder, WALL_TIME, "host", "attempt-1")?;
        for (step, value) in DIFFICULT.iter().enumerate() {
            let values = [("loss/train", sign * value), ("loss/validation", *value)];
            writer.scalars(step as i64, WALL_TIME + step as f64, &values)?;
        }
        writer.finish()?;
    }
    let folder = root.join("demo/second/k3-s0");
    fs::create_dir_all(&folder)?;
    for (attempt, steps) in [("attempt-1", 0..2), ("attempt-2", 2..4)] {
        let wall_time = WALL_TIME + 100.0 * steps.start as f64;
        let mut writer = EventWriter::create(&folder, wall_time, "host", attempt)?;
        for step in steps {
            writer.scalars(step, wall_time, &[("best/accuracy", 0.25)])?;
        }
        writer.finish()?;
    }
    fs::write(root.join("fitroom.db"), "SQLite format 3\0")?;
    Ok(())
}

/// What [`write_runs`] wrote.
fn expected_runs() -> Value {
    let points = |sign: f32| -> Vec<(usize, f32)> {
        let values = DIFFICULT.iter().map(|value| sign * value);
        values.enumerate().collect()
    };
    json!({
        "demo/first/k3-s0": { "loss/train": points(1.0), "loss/validation": points(1.0) },
        "demo/first/k5-s0": { "loss/train": points(-1.0), "loss/validation": points(1.0) },
        "demo/second/k3-s0": { "best/accuracy": [[0, 0.25], [1, 0.25], [2, 0.25], [3, 0.25]] },
    })
}

#[test]
fn the_reader_of_tensorboard_returns_exactly_what_was_logged() -> Result<(), Box<dyn Error>> {
    let folder = tempdir()?;
    write_runs(folder.path())?;
    if let Some(runs) = ask("read_scalars.py", folder.path(), &[])? {
        assert_eq!(runs, expected_runs());
    }
    Ok(())
}

#[test]
fn the_pages_of_tensorboard_show_exactly_what_was_logged() -> Result<(), Box<dyn Error>> {
    let folder = tempdir()?;
    write_runs(folder.path())?;
    for loader in ["python", "fast"] {
        if let Some(runs) = ask("query_server.py", folder.path(), &["--loader", loader])? {
            assert_eq!(runs, expected_runs(), "loader {loader}");
        }
    }
    Ok(())
}

#[test]
fn values_that_are_not_finite_are_shown_as_such() -> Result<(), Box<dyn Error>> {
    let folder = tempdir()?;
    let mut writer = EventWriter::create(folder.path(), WALL_TIME, "host", "0")?;
    for (step, value) in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY]
        .into_iter()
        .enumerate()
    {
        writer.scalars(step as i64, WALL_TIME, &[("loss/train", value)])?;
    }
    writer.finish()?;
    let expected = json!({".": {"loss/train": [[0, "NaN"], [1, "Infinity"], [2, "-Infinity"]]}});
    for script in ["read_scalars.py", "query_server.py"] {
        if let Some(runs) = ask(script, folder.path(), &[])? {
            assert_eq!(runs, expected, "{script}");
        }
    }
    Ok(())
}

#[test]
fn tensorboard_reads_a_file_that_is_still_written() -> Result<(), Box<dyn Error>> {
    let folder = tempdir()?;
    let mut writer = EventWriter::create(folder.path(), WALL_TIME, "host", "0")?;
    for step in 0..3 {
        writer.scalars(step, WALL_TIME, &[("loss/train", 0.5)])?;
        writer.flush()?;
        if let Some(runs) = ask("read_scalars.py", folder.path(), &[])? {
            let points: Vec<_> = (0..=step).map(|step| (step, 0.5)).collect();
            assert_eq!(runs, json!({".": {"loss/train": points}}));
        }
    }
    Ok(())
}
