//! Logs that others wrote become sweeps among our own.

use serde_json::{Value, json};
use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::photographs::Workplace;

/// Logs that are checked in, beside the script that wrote them.
pub(crate) fn logs(of: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/logs")
        .join(of);
    let folder = fs::canonicalize(folder).unwrap();
    folder.to_str().unwrap().to_owned()
}

/// The trials that an import of `arguments` prints.
fn import(workplace: &Workplace, arguments: &[&str]) -> Vec<Value> {
    let run = workplace.fitroom(&[&["import-logs", "--json"], arguments].concat());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

/// `run-2-1b2c3d4e` without the start of the id.
fn run_of(trial: &Value) -> &str {
    trial["name"].as_str().unwrap().rsplit_once('-').unwrap().0
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

/// Every event file below a folder, by name.
pub(crate) fn event_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        match entry.file_type().unwrap().is_dir() {
            true => files.extend(event_files(&entry.path())),
            false => files.push(entry.path()),
        }
    }
    files.retain(|file| file.to_str().unwrap().contains("tfevents"));
    files.sort();
    files
}

#[test]
fn the_original_studys_logs_yield_its_runs() {
    let Some(data) = env::var_os("FITROOM_TEST_DATA") else {
        eprintln!("SKIPPED: FITROOM_TEST_DATA names no folder with the study's logs");
        return;
    };
    let data = PathBuf::from(data);
    let workplace = Workplace::new();
    let trials = import(&workplace, &[data.join("study-logs").to_str().unwrap()]);
    assert_eq!(trials.len(), 24);
    let sweeps = [
        ("primary", "Model 1 (Primary Classification)"),
        ("shoes_male", "Model 1 (Shoes_Male_L2)"),
    ];
    let mut compared = 0;
    let mut runs = csv::Reader::from_path(data.join("../seed-study/runs.csv")).unwrap();
    for row in runs.deserialize() {
        let row: std::collections::BTreeMap<String, String> = row.unwrap();
        let Some((_, sweep)) = sweeps.iter().find(|(name, _)| row["sweep"] == *name) else {
            continue;
        };
        let name = format!("run-{}", row["run"]);
        let trial = trials
            .iter()
            .find(|trial| run_of(trial) == name && trial["sweep"] == *sweep);
        let trial = trial.unwrap();
        let number = |key: &str| row[key].parse().ok();
        let both: Option<f64> = number("kernel_size");
        let hyperparameters = json!({
            "kernel_size_1": both.or(number("kernel_size_1")).unwrap() as u64,
            "kernel_size_2": both.or(number("kernel_size_2")).unwrap() as u64,
            "kernel_num": number("kernel_num").unwrap() as u64,
            "dense_size": number("dense_size").unwrap_or(0.0) as u64,
            "dropout_rate": number("dropout_rate").unwrap_or(0.0),
            "lambda": number("lambda").unwrap_or(0.0),
        });
        assert_eq!(trial["hyperparameters"], hyperparameters, "{name}");
        let accuracy = format!("{:.4}", trial["accuracy"].as_f64().unwrap());
        assert_eq!(accuracy, row["validation_accuracy"], "{name}");
        assert_eq!(trial["epochs"].to_string(), row["epochs_logged"], "{name}");
        assert_eq!(
            (&trial["state"], &trial["imported"]),
            (&json!("finished"), &json!(true))
        );
        assert_eq!(
            (&trial["seed"], &trial["fingerprint"]),
            (&Value::Null, &Value::Null)
        );
        assert_eq!(trial["dataset"], "study-logs");
        compared += 1;
    }
    assert_eq!(compared, 24);
    let best = workplace.fitroom(&["best", "--json"]);
    let best: Vec<Value> = serde_json::from_str(&best.stdout).unwrap();
    let shown = best.iter().map(|trial| {
        let accuracy = format!("{:.4}", trial["accuracy"].as_f64().unwrap());
        (run_of(trial), accuracy)
    });
    let expected = [
        ("run-2", "1.0000".to_owned()),
        ("run-2", "0.8822".to_owned()),
    ];
    assert_eq!(shown.collect::<Vec<_>>(), expected);
}

#[test]
fn pytorch_and_tensorboardx_are_read_with_their_hyperparameters_in_runs_of_their_own() {
    for writer in ["pytorch", "tensorboardx"] {
        let workplace = Workplace::new();
        let trials = import(&workplace, &[&logs(writer)]);
        let shown: Vec<Value> = trials
            .iter()
            .map(|trial| {
                json!([
                    run_of(trial),
                    trial["accuracy"],
                    trial["loss"],
                    trial["epochs"],
                    trial["hyperparameters"]
                ])
            })
            .collect();
        assert_eq!(
            json!(shown),
            json!([
                ["fast", 0.875, 0.625, 3,
                    {"batch_size": 32, "learning_rate": 0.1, "optimizer": "adam"}],
                ["slow", 0.75, 0.75, 3,
                    {"batch_size": 32, "learning_rate": 0.01, "optimizer": "adam"}],
            ])
        );
        // The folder that is named is the sweep where no folder is between.
        assert_eq!(
            (&trials[0]["dataset"], &trials[0]["sweep"]),
            (&json!(writer), &json!(writer))
        );
    }
}

#[test]
fn a_folder_that_was_trained_into_twice_has_two_trials_of_todays_keras() {
    let workplace = Workplace::new();
    let trials = import(&workplace, &[&logs("keras")]);
    let expected = fs::read_to_string(Path::new(&logs("keras")).join("expected.json")).unwrap();
    let expected: Vec<Value> = serde_json::from_str(&expected).unwrap();
    assert_eq!((trials.len(), expected.len()), (3, 3));
    for (expected, name) in expected.iter().zip(["run-1", "run-2", "run-2#2"]) {
        let trial = trials.iter().find(|trial| run_of(trial) == name).unwrap();
        assert_eq!(trial["accuracy"], expected["accuracy"], "{name}");
        assert_eq!(trial["parameters"], expected["parameters"], "{name}");
        let losses = expected["losses"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it.as_f64().unwrap());
        let loss = losses.fold(f64::INFINITY, f64::min) as f32;
        assert_eq!(trial["loss"].as_f64().unwrap() as f32, loss, "{name}");
        let hyperparameters = json!({
            "kernel_size_1": expected["kernel_size_1"], "kernel_size_2": 3, "kernel_num": 4,
            "dense_size": 6, "dropout_rate": 0.25, "lambda": expected["lambda"],
        });
        assert_eq!(trial["hyperparameters"], hyperparameters, "{name}");
    }
}

#[test]
fn our_own_logs_say_what_our_database_says() {
    let workplace = Workplace::with_dataset();
    workplace.write(
        "sweeps/grid.toml",
        "task = \"shapes\"\n[hyperparameters]\nkernel_size = 3\nkernel_num = [4, 8]\nlambda = 1e-5\n\
         dense_size = 8\n[train]\nepochs = 4\nbatch_size = 16\nseeds = [0, 1]\n",
    );
    assert_eq!(
        workplace.fitroom(&["sweep", "sweeps/grid.toml"]).code,
        Some(0)
    );
    let ours = workplace.trials();
    for folder in ["runs", "runs/small"] {
        let run = workplace.fitroom(&["import-logs", folder]);
        assert_eq!(run.code, Some(2));
        assert!(
            run.stderr.contains("this program's own trials"),
            "{}",
            run.stderr
        );
    }
    assert_eq!(workplace.trials(), ours);
    fs::rename(workplace.path("runs"), workplace.path("logs")).unwrap();
    let trials = import(&workplace, &["logs"]);
    assert_eq!(trials.len(), 4);
    for ours in ours {
        let name = ours["name"].as_str().unwrap();
        let trial = trials.iter().find(|trial| run_of(trial) == name).unwrap();
        assert_eq!(trial["sweep"], "small/grid");
        for key in ["accuracy", "loss"] {
            let [logged, ours] = [trial, &ours].map(|it| it[key].as_f64().unwrap() as f32);
            assert_eq!(logged, ours, "{key} of {name}");
        }
        assert_eq!(
            (&trial["epochs"], &trial["state"]),
            (&ours["epochs"], &ours["state"])
        );
        for (name, value) in ours["hyperparameters"].as_object().unwrap() {
            assert_eq!(&trial["hyperparameters"][name], value, "{name}");
        }
    }
}

#[test]
fn imported_sweeps_are_in_best_report_and_runs_like_any_other() {
    let workplace = Workplace::new();
    let trials = import(&workplace, &[&logs("pytorch"), "--name", "torch logs"]);
    import(&workplace, &[&logs("keras")]);
    assert_eq!(workplace.trials().len(), 5);
    let best = workplace.fitroom(&["best"]);
    assert!(best.stdout.contains("fast-") && best.stdout.contains("accuracy, imported"));
    let report = workplace.fitroom(&["report"]);
    assert_eq!(report.code, Some(0), "{}", report.stderr);
    let page = fs::read_to_string(workplace.path("reports/torch logs/torch logs.html")).unwrap();
    for words in [
        "Imported",
        "87.50%",
        "optimizer",
        "learning_rate",
        &logs("pytorch"),
    ] {
        assert!(page.contains(words), "{words}");
    }
    // The page's script asks for it.
    assert!(!page.replace("Number.isNaN", "").contains("NaN"));
    let index = fs::read_to_string(workplace.path("reports/index.html")).unwrap();
    assert!(index.contains("torch%20logs/torch%20logs.html") && index.contains("imported logs"));
    let audit = workplace.fitroom(&["audit", "torch logs"]);
    assert_eq!(audit.code, Some(2));
    assert!(
        audit.stderr.contains("was imported from logs"),
        "{}",
        audit.stderr
    );
    let removed = trials[1]["name"].as_str().unwrap();
    let remove = workplace.fitroom(&["runs", "remove", removed]);
    assert_eq!(remove.code, Some(0), "{}", remove.stderr);
    assert_eq!(workplace.trials().len(), 4);
}

#[test]
fn logs_that_grew_are_brought_up_to_date_and_not_imported_twice() {
    let workplace = Workplace::new();
    let folder = workplace.path("logs");
    copy(Path::new(&logs("pytorch")), &folder);
    // As if training were in its second epoch, in the middle of a record, and its session not yet written.
    let grown = event_files(&folder.join("fast"));
    let (session, curve) = (&grown[0], &grown[1]);
    let whole = fs::read(curve).unwrap();
    let session_bytes = fs::read(session).unwrap();
    fs::remove_file(session).unwrap();
    // The version, two epochs of four scalars, and a part of the next record.
    let mut end = 0;
    for _ in 0..9 {
        end += 16 + u64::from_le_bytes(whole[end..end + 8].try_into().unwrap()) as usize;
    }
    fs::write(curve, &whole[..end + 20]).unwrap();
    let run = workplace.fitroom(&["import-logs", "logs", "--json"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("which is not whole"), "{}", run.stderr);
    let before: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    let fast = |trials: &[Value]| {
        trials
            .iter()
            .find(|it| run_of(it) == "fast")
            .unwrap()
            .clone()
    };
    assert_eq!(
        (&fast(&before)["epochs"], &fast(&before)["accuracy"]),
        (&json!(2), &json!(0.875))
    );
    fs::write(curve, &whole).unwrap();
    fs::write(session, session_bytes).unwrap();
    let after = import(&workplace, &["logs"]);
    assert_eq!(after.len(), 2);
    assert_eq!(fast(&after)["trial"], fast(&before)["trial"]);
    assert_eq!(fast(&after)["epochs"], 3);
    assert_eq!(fast(&after)["hyperparameters"]["learning_rate"], 0.1);
    assert_eq!(workplace.trials(), after);
}

#[test]
fn what_is_damaged_is_said_and_the_rest_is_read() {
    let workplace = Workplace::new();
    let folder = workplace.path("logs");
    copy(Path::new(&logs("keras")), &folder);
    let validation = &event_files(&folder.join("fit/run-1/validation"))[0];
    let mut bytes = fs::read(validation).unwrap();
    // In the data of the first record, the version of the format.
    bytes[20] ^= 1;
    fs::write(validation, bytes).unwrap();
    File::create(folder.join("fit/run-1/events.out.tfevents.1.empty")).unwrap();
    fs::write(
        folder.join("fit/run-1/events.out.tfevents.2.text"),
        "this is no event file at all",
    )
    .unwrap();
    let run = workplace.fitroom(&["import-logs", "logs", "--json"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let said = |file: &str| {
        run.stderr
            .lines()
            .any(|line| line.contains(file) && line.contains("at byte 0"))
    };
    let name = validation.file_name().unwrap().to_str().unwrap();
    assert!(
        said(name) && said("events.out.tfevents.2.text"),
        "{}",
        run.stderr
    );
    let trials: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(trials.len(), 3);
    let first = trials
        .iter()
        .find(|trial| run_of(trial) == "run-1")
        .unwrap();
    assert_eq!(first["epochs"], 2);
}

#[test]
fn wrong_input_is_refused_with_what_was_expected() {
    let workplace = Workplace::new();
    fs::create_dir(workplace.path("nothing")).unwrap();
    workplace.write("text/events.out.tfevents.1.x", "");
    let refused = |arguments: &[&str], expected: &str| {
        let run = workplace.fitroom(&[&["import-logs"], arguments].concat());
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    };
    refused(&["nowhere"], "cannot read `nowhere`");
    refused(
        &["nothing"],
        "no event files in `nothing`, expected files whose names contain `tfevents`",
    );
    refused(&["text"], "no trial in `text`");
    refused(
        &["text/events.out.tfevents.1.x"],
        "is a file, expected the folder in which it lies",
    );
    refused(
        &["nothing", "--map", "size=kernels"],
        "expected one of kernel_size, kernel_size_1",
    );
    assert!(
        !workplace.path("runs").exists(),
        "an import that was refused left something"
    );
    let mapped = workplace.fitroom(&["import-logs", &logs("pytorch"), "--map", "size=kernel_num"]);
    assert_eq!(mapped.code, Some(0));
    assert!(
        mapped
            .stderr
            .contains("no trial has a hyperparameter `size` to map"),
        "{}",
        mapped.stderr
    );
}

#[test]
fn names_are_mapped_as_the_command_line_says() {
    let workplace = Workplace::new();
    let maps = ["--map", "lr=lambda", "--map", "bsize=kernel_num"];
    let trials = import(
        &workplace,
        &[&[logs("pytorch").as_str()], &maps[..]].concat(),
    );
    let expected = json!({"kernel_num": 32, "lambda": 0.1, "optimizer": "adam"});
    assert_eq!(trials[0]["hyperparameters"], expected);
}
