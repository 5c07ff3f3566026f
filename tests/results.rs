//! Run folder, lists, best, report.

use std::fs;

use crate::photographs::{Workplace, import_as};

const GRID: &str = r#"
task = "shapes"

[hyperparameters]
kernel_size = 3
kernel_num = [4, 8]
dense_size = [0, 16]

[train]
epochs = 4
batch_size = 16
"#;

fn trained() -> Workplace {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/grid.toml", GRID);
    let run = workplace.fitroom(&["sweep", "sweeps/grid.toml"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stderr.contains("tensorboard --logdir runs"),
        "{}",
        run.stderr
    );
    workplace
}

#[test]
fn a_run_folder_is_complete_and_its_hashes_are_right() {
    let workplace = trained();
    for folder in workplace.trial_folders("grid") {
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        let trial: toml::Table = read("trial.toml").parse().unwrap();
        assert_eq!(trial["trial"]["task"]["name"].as_str(), Some("shapes"));
        assert_eq!(trial["data"]["classes"].as_array().unwrap().len(), 3);
        let metrics = read("metrics.csv");
        assert!(
            metrics.starts_with("epoch,train_loss,train_accuracy,validation_loss,"),
            "{metrics}"
        );
        let result: toml::Table = read("result.toml").parse().unwrap();
        assert_eq!(result["state"].as_str(), Some("finished"));
        assert_eq!(
            result["figures"]["epochs"].as_integer().unwrap() as usize,
            metrics.lines().count() - 1
        );
        assert!(
            result["numerics"]
                .as_str()
                .unwrap()
                .starts_with("libtorch 2.")
        );
        let files = result["files"].as_array().unwrap();
        let names: Vec<&str> = files
            .iter()
            .map(|file| file["name"].as_str().unwrap())
            .collect();
        for name in [
            "trial.toml",
            "metrics.csv",
            "predictions.npz",
            "model.safetensors",
        ] {
            assert!(names.contains(&name), "{names:?}");
        }
        assert!(
            names
                .iter()
                .any(|name| name.starts_with("events.out.tfevents.")),
            "{names:?}"
        );
        for file in files {
            let bytes = fs::read(folder.join(file["name"].as_str().unwrap())).unwrap();
            assert_eq!(file["bytes"].as_integer().unwrap() as usize, bytes.len());
            assert_eq!(
                file["blake3"].as_str().unwrap(),
                blake3::hash(&bytes).to_hex().as_str()
            );
        }
    }
}

#[test]
fn lists_for_programs_have_every_field() {
    let workplace = trained();
    let trials = workplace.trials();
    assert_eq!(trials.len(), 4);
    for trial in &trials {
        let object = trial.as_object().unwrap();
        for key in [
            "dataset",
            "fingerprint",
            "sweep",
            "task",
            "trial",
            "name",
            "state",
            "seed",
            "epochs",
            "hyperparameters",
            "accuracy",
            "loss",
            "parameters",
            "seconds",
        ] {
            assert!(!object[key].is_null(), "{key} is missing in {trial}");
        }
        assert_eq!(object["trial"].as_str().unwrap().len(), 32);
        assert_eq!(object["hyperparameters"]["kernel_size_1"], 3);
    }
    let accuracies: Vec<f64> = trials
        .iter()
        .map(|trial| trial["accuracy"].as_f64().unwrap())
        .collect();
    assert!(accuracies.is_sorted_by(|a, b| a >= b), "{accuracies:?}");
    let best = workplace.fitroom(&["best", "--json"]);
    let mut best: Vec<serde_json::Value> = serde_json::from_str(&best.stdout).unwrap();
    let selected = best[0].as_object_mut().unwrap();
    assert_eq!(selected.remove("chosen").unwrap(), "accuracy");
    let model = selected.remove("model").unwrap();
    assert_eq!(model, "runs/models/small/shapes");
    assert_eq!(best, [trials[0].clone()]);
}

#[test]
fn before_anything_is_trained_lists_are_empty_and_nothing_is_made() {
    let workplace = Workplace::new();
    for arguments in [&["runs", "list", "--json"][..], &["best", "--json"]] {
        let list = workplace.fitroom(arguments);
        assert_eq!((list.code, list.stdout.as_str()), (Some(0), "[]\n"));
    }
    assert_eq!(workplace.fitroom(&["report"]).code, Some(0));
    assert!(!workplace.path("runs").exists());
}

#[test]
fn the_report_shows_every_trial_and_the_best_ones_confusion_matrix() {
    let workplace = trained();
    let report = workplace.fitroom(&["report"]);
    assert_eq!(report.code, Some(0), "{}", report.stderr);
    assert!(
        report.stderr.contains("reports/index.html"),
        "{}",
        report.stderr
    );
    let page = fs::read_to_string(workplace.path("reports/small/grid.html")).unwrap();
    let trials = workplace.trials();
    for trial in &trials {
        assert!(
            page.contains(trial["name"].as_str().unwrap()),
            "{} is missing",
            trial["name"]
        );
    }
    assert!(page.contains("<svg"), "no learning curves");
    for class in ["cross", "disc", "square"] {
        assert!(page.contains(class), "{class} is missing");
    }
    let index = fs::read_to_string(workplace.path("reports/index.html")).unwrap();
    assert!(index.contains("small/grid.html"));
    assert!(index.contains(trials[0]["name"].as_str().unwrap()));
}

#[test]
fn sweeps_of_two_datasets_do_not_mix() {
    let workplace = trained();
    let labels = fs::read_to_string(workplace.path("photographs/labels.csv")).unwrap();
    workplace.write("photographs/labels.csv", &labels.replace("disc", "ring"));
    let import = import_as("data/rings");
    assert_eq!(workplace.fitroom(&import).code, Some(0));
    let run = workplace.fitroom(&["sweep", "sweeps/grid.toml", "--data", "rings"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(workplace.trials().len(), 8);
    let best = workplace.fitroom(&["best", "--json"]);
    let best: Vec<serde_json::Value> = serde_json::from_str(&best.stdout).unwrap();
    let datasets: Vec<&str> = best
        .iter()
        .map(|trial| trial["dataset"].as_str().unwrap())
        .collect();
    assert_eq!(datasets, ["rings", "small"]);
    assert_eq!(workplace.fitroom(&["report"]).code, Some(0));
    let page = fs::read_to_string(workplace.path("reports/rings/grid.html")).unwrap();
    assert!(page.contains("ring") && !page.contains("disc"));
}
