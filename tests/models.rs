//! `fitroom best`: what is kept of the model of a task.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::Value;

use crate::kept_models::{json, model_toml, rows_of, sweep_text, well, with_routes};
use crate::photographs::{Workplace, import_as};
use crate::small_disk::on_a_small_disk;

/// Seven trials of one epoch, of which the five best keep their weights.
const MANY: &str = "task = \"shapes\"\n[hyperparameters]\nkernel_size = 3\nkernel_num = [1, 2, 3, 4, 5, 6, 7]\n\
                    dense_size = 0\n[train]\nepochs = 1\n";

/// The small catalogue with the sweep [`MANY`].
pub(crate) fn with_many() -> Workplace {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/many.toml", MANY);
    well(&workplace, &["sweep", "sweeps/many.toml"]);
    workplace
}

/// Trains a trial that is better than all of [`MANY`].
pub(crate) fn train_a_better_one(workplace: &Workplace) {
    workplace.write("sweeps/better.toml", &sweep_text("shapes", 40));
    well(workplace, &["sweep", "sweeps/better.toml"]);
}

/// The object of `best --json` for a task.
pub(crate) fn best(workplace: &Workplace, task: &str) -> Value {
    let best = json(workplace, &["best"]);
    let mut best = best.as_array().unwrap().iter();
    best.find(|it| it["task"] == task).unwrap().clone()
}

/// When each file below a folder was written; its names in order.
fn written(folder: &Path) -> Vec<(PathBuf, SystemTime)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push((path.clone(), path.metadata().unwrap().modified().unwrap())),
            }
        }
    }
    files.sort();
    files
}

/// The names in the folder of the small catalogue's models, hidden ones too.
fn kept_names(workplace: &Workplace) -> Vec<String> {
    let entries = fs::read_dir(workplace.path("runs/models/small")).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_model_is_kept_once_and_makes_way_for_a_better_trial() {
    let workplace = with_many();
    let first = well(&workplace, &["best"]);
    assert!(
        first
            .stderr
            .ends_with("models: runs/models/small (1 new)\n"),
        "{}",
        first.stderr
    );
    let before = best(&workplace, "shapes");
    assert_eq!(before["model"], "runs/models/small/shapes");
    assert_eq!(before["chosen"], "accuracy");
    assert_eq!(
        model_toml(&workplace, "shapes")["trial"].as_str(),
        before["trial"].as_str()
    );
    well(&workplace, &["evaluate"]);
    let files = written(&workplace.path("runs/models"));
    let names: Vec<&str> = (files.iter())
        .map(|(path, _)| path.file_name().unwrap().to_str().unwrap())
        .collect();
    let expected = [
        "evaluation.toml",
        "model.safetensors",
        "model.toml",
        "test.npz",
        "validation.npz",
    ];
    assert_eq!(names, expected);
    let again = well(&workplace, &["best"]);
    assert!(
        again.stderr.ends_with("models: runs/models/small\n"),
        "{}",
        again.stderr
    );
    assert_eq!(written(&workplace.path("runs/models")), files);

    train_a_better_one(&workplace);
    let after = best(&workplace, "shapes");
    assert!(after["accuracy"].as_f64() > before["accuracy"].as_f64());
    let model = model_toml(&workplace, "shapes");
    assert_eq!(model["trial"].as_str(), after["trial"].as_str());
    // What the other model said about test photographs is not said of this one.
    assert!(!workplace.path("runs/models/small/shapes/test.npz").exists());
    assert_eq!(kept_names(&workplace), ["shapes"]);
}

#[test]
fn a_damaged_model_is_made_anew_and_damaged_weights_of_a_trial_are_refused() {
    let workplace = with_many();
    well(&workplace, &["best"]);
    let folder = workplace.path("runs/models/small/shapes");
    let sound = |file: &str| fs::read(folder.join(file)).unwrap();
    for file in ["model.safetensors", "model.toml", "validation.npz"] {
        let before = sound(file);
        fs::write(folder.join(file), &before[..before.len() / 2]).unwrap();
        let run = well(&workplace, &["best"]);
        assert!(run.stderr.contains("(1 new)"), "{file}: {}", run.stderr);
        assert!(sound(file) == before, "{file} differs");
    }
    let name = best(&workplace, "shapes")["name"].clone();
    let weights = format!(
        "runs/small/many/{}/model.safetensors",
        name.as_str().unwrap()
    );
    let mut bytes = fs::read(workplace.path(&weights)).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(workplace.path(&weights), bytes).unwrap();
    // The model that is kept is whole.
    well(&workplace, &["best"]);
    fs::remove_dir_all(workplace.path("runs/models")).unwrap();
    let run = workplace.fitroom(&["best"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(
        run.stderr.contains(&weights) && run.stderr.contains("BLAKE3"),
        "{}",
        run.stderr
    );
    assert!(!folder.exists());
}

#[test]
fn without_its_dataset_a_model_stays_and_others_are_kept() {
    let workplace = with_many();
    let labels = fs::read_to_string(workplace.path("photographs/labels.csv")).unwrap();
    workplace.write("photographs/labels.csv", &labels.replace("disc", "ring"));
    well(&workplace, &import_as("data/rings"));
    well(
        &workplace,
        &["sweep", "sweeps/many.toml", "--data", "rings"],
    );
    well(&workplace, &["best"]);
    fs::remove_dir_all(workplace.path("data/small")).unwrap();
    let models = |code: i32| -> Vec<Value> {
        let run = workplace.fitroom(&["best", "--json"]);
        assert_eq!(run.code, Some(code), "{}", run.stderr);
        let best: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
        best.iter().map(|it| it["model"].clone()).collect()
    };
    assert_eq!(
        models(0),
        ["runs/models/rings/shapes", "runs/models/small/shapes"]
    );
    fs::remove_dir_all(workplace.path("runs/models")).unwrap();
    let run = workplace.fitroom(&["best"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let said = "shapes on small: the model is not kept: its dataset, `small`";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    assert_eq!(
        models(1),
        [Value::from("runs/models/rings/shapes"), Value::Null]
    );
    assert!(!workplace.path("runs/models/small").exists());
}

#[test]
fn a_full_disk_leaves_no_half_of_a_model() {
    let workplace = with_many();
    let script = "ln -s ../small runs/models\n$fitroom best; echo code $?\nls small/small\nls small/small/shapes\n\
                  mount -o remount,size=1m small\n$fitroom best; echo code $?\nls -A small/small small/small/shapes";
    let Some(run) = on_a_small_disk(&workplace, "4k", script) else {
        return;
    };
    let said: Vec<&str> = run.stdout.split("code ").collect();
    assert!(said[1].starts_with("1\n"), "{}", run.stdout);
    assert!(!said[1].contains("model.toml"), "{}", run.stdout);
    assert!(
        run.stderr.contains("No space left on device"),
        "{}",
        run.stderr
    );
    let whole = "0\nsmall/small:\nshapes\n\nsmall/small/shapes:\nmodel.safetensors\nmodel.toml\nvalidation.npz\n";
    assert_eq!(said[2], whole, "{}", run.stderr);
}

#[test]
fn one_trial_with_damaged_weights_does_not_keep_the_other_tasks_from_their_models() {
    let workplace = with_routes(1, str::to_owned);
    for folder in workplace.trial_folders("colours") {
        fs::write(folder.join("model.safetensors"), "nonsense").unwrap();
    }
    let run = workplace.fitroom(&["best"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let said = "colours on small: the model is not kept: ";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    assert_eq!(
        kept_names(&workplace),
        ["both", "bright_shapes", "dark_shapes"]
    );
    well(&workplace, &["label", "photographs"]);
    assert_eq!(rows_of(&workplace, "labels.csv").len(), 150);
    let evaluated = workplace.fitroom(&["evaluate", "--json"]);
    assert_eq!(evaluated.code, Some(1), "{}", evaluated.stderr);
    let evaluated: Vec<Value> = serde_json::from_str(&evaluated.stdout).unwrap();
    assert_eq!(evaluated.len(), 3);
}
