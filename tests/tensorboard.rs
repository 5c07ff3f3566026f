//! Real TensorBoard reads what was logged.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::photographs::{Workplace, file_name};

/// Scalars by run, tag and step.
type Scalars = BTreeMap<String, BTreeMap<String, Vec<(i64, f64)>>>;

/// What one of the scripts in `tests/tensorboard` reads in a folder, or `None` without its Python.
fn read(script: &str, folder: &Path) -> Option<Scalars> {
    let Some(python) = env::var_os("FITROOM_PYTHON") else {
        eprintln!("SKIPPED: FITROOM_PYTHON names no Python with TensorBoard");
        return None;
    };
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/tensorboard")
        .join(script);
    let output = Command::new(python)
        .arg(script)
        .arg(folder)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn tensorboard_shows_each_trial_as_a_run_with_every_epoch() {
    let workplace = Workplace::with_dataset();
    workplace.write(
        "sweeps/grid.toml",
        "task = \"shapes\"\n[hyperparameters]\nkernel_size = 3\nkernel_num = [4, 8]\n\
         [train]\nepochs = 4\nbatch_size = 16\nseeds = [0, 1]\n",
    );
    assert_eq!(
        workplace.fitroom(&["sweep", "sweeps/grid.toml"]).code,
        Some(0)
    );
    for script in ["read_scalars.py", "query_server.py"] {
        let Some(scalars) = read(script, &workplace.path("runs")) else {
            return;
        };
        assert_eq!(scalars.len(), 4, "{script}: {:?}", scalars.keys());
        for folder in workplace.trial_folders("grid") {
            assert_logged(
                &scalars[&format!("small/grid/{}", file_name(&folder))],
                &folder,
            );
        }
    }
}

/// The run's scalars are those of `metrics.csv` and `result.toml`, in single precision.
fn assert_logged(run: &BTreeMap<String, Vec<(i64, f64)>>, folder: &Path) {
    let mut metrics = csv::Reader::from_path(folder.join("metrics.csv")).unwrap();
    let rows: Vec<BTreeMap<String, f64>> = metrics.deserialize().map(Result::unwrap).collect();
    for (tag, column) in [
        ("loss/train", "train_loss"),
        ("loss/validation", "validation_loss"),
        ("accuracy/train", "train_accuracy"),
        ("accuracy/validation", "validation_accuracy"),
    ] {
        let expected: Vec<(i64, f64)> = rows
            .iter()
            .map(|row| (row["epoch"] as i64, single(row[column])))
            .collect();
        assert_eq!(run[tag], expected, "{tag}");
    }
    assert_eq!(run["learning_rate"].len(), rows.len());
    let result = std::fs::read_to_string(folder.join("result.toml")).unwrap();
    let result: toml::Table = result.parse().unwrap();
    let figures = &result["figures"];
    let best_epoch = figures["best_epoch"].as_integer().unwrap();
    for (tag, key) in [("best/accuracy", "accuracy"), ("best/loss", "loss")] {
        let value = single(figures[key].as_float().unwrap());
        assert_eq!(run[tag], [(best_epoch, value)], "{tag}");
    }
}

fn single(value: f64) -> f64 {
    f64::from(value as f32)
}
