//! Real TensorBoard reads what was logged.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::photographs::{Workplace, file_name};
use crate::tensorboard_pages::page;

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

#[test]
fn tensorboard_shows_each_epoch_once_of_a_trial_that_went_on_from_a_checkpoint() {
    let workplace = Workplace::with_dataset();
    workplace.write(
        "sweeps/slow.toml",
        "task = \"shapes\"\n[hyperparameters]\nkernel_size = 3\nkernel_num = 48\ndense_size = 64\n\
         [train]\nepochs = 600\nbatch_size = 4\npatience = 600\n",
    );
    // Now and then, so that epochs are logged after the checkpoint that will be logged again.
    let arguments = ["sweep", "sweeps/slow.toml", "--checkpoint-every", "0.3"];
    for attempt in 1..=3 {
        let mut process = workplace
            .command(&arguments)
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let checkpoint = format!("attempt-{attempt}.checkpoint.safetensors");
        let written = || {
            let folders = fs::read_dir(workplace.path("runs/small/slow"));
            let mut folders = folders.into_iter().flatten();
            let modified = |path: PathBuf| fs::metadata(path).and_then(|file| file.modified()).ok();
            folders.find_map(|folder| modified(folder.unwrap().path().join(&checkpoint)))
        };
        // The next attempt takes over the file as it is: wait until it writes its own.
        let mut first = None;
        loop {
            assert!(
                process.try_wait().unwrap().is_none(),
                "it ended before it could be killed"
            );
            let now = written();
            if attempt == 1 && now.is_some() || first.is_some() && now > first {
                break;
            }
            first = first.or(now);
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
        process.kill().unwrap();
        process.wait().unwrap();
    }
    assert_eq!(workplace.fitroom(&arguments).code, Some(0));
    let folders = workplace.trial_folders("slow");
    let files = fs::read_dir(&folders[0]).unwrap();
    let names = files.map(|file| file_name(&file.unwrap().path()));
    let events = names.filter(|name| name.starts_with("events.out."));
    assert_eq!(events.count(), 4, "one file for each attempt");
    for script in ["read_scalars.py", "query_server.py"] {
        let Some(scalars) = read(script, &workplace.path("runs")) else {
            return;
        };
        assert_eq!(scalars.len(), 1, "{script}: {:?}", scalars.keys());
        for run in scalars.values() {
            assert_logged(run, &folders[0]);
        }
    }
    assert_everything_is_there_once(&workplace.path("runs"), &folders[0]);
}

/// TensorBoard's other pages have each step of the one run once, and of what is said once only that.
fn assert_everything_is_there_once(runs: &Path, folder: &Path) {
    let run = format!("small/slow/{}", file_name(folder));
    let page = |show: &str| page(show, runs).unwrap();
    let steps = |tag: &Value| -> Vec<i64> {
        let values = tag.as_array().unwrap().iter();
        values.map(|value| value[0].as_i64().unwrap()).collect()
    };
    let metrics = fs::read_to_string(folder.join("metrics.csv")).unwrap();
    let epochs = metrics.lines().count() as i64 - 1;
    for (show, tag) in [
        ("histograms", "hidden/kernel"),
        ("images", "confusion_matrix"),
    ] {
        let steps = steps(&page(show)[&run][tag]);
        assert!(steps.is_sorted_by(|a, b| a < b), "{show}: {steps:?}");
        assert_eq!(steps.last(), Some(&epochs), "{show}");
    }
    let texts = page("texts");
    assert_eq!(steps(&texts[&run]["trial"]), [0]);
    assert_eq!(steps(&texts[&run]["result"]).len(), 1);
    assert_eq!(page("layout")["category"].as_array().unwrap().len(), 1);
    let groups = page("hparams")["groups"].clone();
    let sessions = groups.as_array().unwrap().iter();
    let sessions = sessions.flat_map(|group| group["sessions"].as_array().unwrap().clone());
    let sessions: Vec<Value> = sessions.collect();
    assert_eq!(sessions.len(), 1);
    assert_eq!(
        (&sessions[0]["name"], &sessions[0]["status"]),
        (&json!(run), &json!("STATUS_SUCCESS"))
    );
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
