//! Validation while training, a kept model that is read again, `evaluate` and `label` say the same of the same pixels.

use std::collections::HashMap;
use std::fs;

use fitroom_data::{ShownPredictions, read_predictions};

use crate::kept_models::{
    catalogue, classes, json, largest, model_toml, rows_of, shown, softmax, well,
};
use crate::photographs::{IMPORT, Workplace};

const TASKS: &str = r#"
[shapes]
predicts = ["shape"]

[turned]
predicts = ["shape"]
flip = "all"

[also_turned]
where = { colour = "dark" }
predicts = ["shape"]
flip = "train"
"#;

/// Every family of networks: its sweep, its task and its settings.
const FAMILIES: [(&str, &str, &str); 7] = [
    ("plain", "shapes", "kernel_size = 3\ndense_size = 0"),
    ("hidden", "shapes", "kernel_size = 3\ndense_size = 16"),
    (
        "dropout",
        "shapes",
        "kernel_size = 3\ndense_size = 16\ndropout_rate = 0.4",
    ),
    (
        "lambda",
        "shapes",
        "kernel_size = 3\ndense_size = 16\nlambda = 1e-3",
    ),
    (
        "kernels",
        "shapes",
        "kernel_size_1 = 5\nkernel_size_2 = 3\ndense_size = 16",
    ),
    ("turned", "turned", "kernel_size = 3\ndense_size = 16"),
    ("also", "also_turned", "kernel_size = 3\ndense_size = 0"),
];

/// The small catalogue, in which every test photograph is a validation photograph under another name.
fn with_test_like_validation() -> Workplace {
    let workplace = Workplace::new();
    workplace.draw_photographs("photographs");
    let labels = fs::read_to_string(workplace.path("photographs/labels.csv")).unwrap();
    let mut changed = String::new();
    for line in labels.lines().filter(|line| !line.ends_with(",test")) {
        changed.push_str(&format!("{line}\n"));
        if let Some(line) = line.strip_suffix(",validation") {
            let path = line.split(',').next().unwrap();
            let copy = workplace.path(&format!("photographs/copy-{path}"));
            fs::copy(workplace.path(&format!("photographs/{path}")), copy).unwrap();
            changed.push_str(&format!("copy-{line},test\n"));
        }
    }
    workplace.write("photographs/labels.csv", &changed);
    well(&workplace, &IMPORT);
    workplace
}

/// Logits and class of each picture: by its path without `copy-`, and whether it is a mirrored copy.
type Said = HashMap<(String, bool), (Vec<f32>, Option<u16>)>;

fn said(predictions: &ShownPredictions, paths: &[String]) -> Said {
    let rows = predictions.shown.iter().zip(predictions.logits.rows());
    let said: Said = rows
        .map(|(shown, logits)| {
            let path = &paths[shown.photograph as usize];
            let path = path.strip_prefix("copy-").unwrap_or(path).to_owned();
            ((path, shown.mirrored), (logits.to_vec(), shown.class))
        })
        .collect();
    assert_eq!(said.len(), predictions.shown.len());
    said
}

fn assert_close(one: &[f32], other: &[f32], about: &str) {
    assert_eq!(one.len(), other.len(), "{about}");
    for (one, other) in one.iter().zip(other) {
        let room = 1e-5 * one.abs().max(1.0);
        assert!((one - other).abs() <= room, "{about}: {one} and {other}");
    }
}

#[test]
fn every_way_to_a_prediction_is_the_same_for_every_family_of_networks() {
    let workplace = with_test_like_validation();
    workplace.write("sweeps/tasks.toml", TASKS);
    let files = FAMILIES.map(|(sweep, ..)| format!("sweeps/{sweep}.toml"));
    for ((_, task, settings), file) in FAMILIES.iter().zip(&files) {
        let text = format!(
            "task = \"{task}\"\n[hyperparameters]\nkernel_num = 6\n{settings}\n[train]\nepochs = 9\nbatch_size = 16\n\
             learning_rate = 3e-3\n"
        );
        workplace.write(file, &text);
    }
    let mut arguments = vec!["sweep"];
    arguments.extend(files.iter().map(String::as_str));
    well(&workplace, &arguments);
    let paths: Vec<String> = (catalogue(&workplace).into_iter())
        .map(|(path, _)| path)
        .collect();
    let trials = workplace.trials();
    for (sweep, task, _) in FAMILIES {
        let trial = trials.iter().find(|trial| trial["sweep"] == sweep).unwrap();
        let name = trial["name"].as_str().unwrap();
        well(&workplace, &["best", "--pin", task, name]);
        well(&workplace, &["evaluate"]);
        assert_eq!(model_toml(&workplace, task)["name"].as_str(), Some(name));

        // While training, of the task's photographs alone; afterwards of all.
        let kept = said(&shown(&workplace, task, "validation.npz"), &paths);
        let of_run = format!("runs/small/{sweep}/{name}/predictions.npz");
        let trained = read_predictions(&workplace.path(&of_run)).unwrap();
        assert!(trained.rows.len() >= 15, "{sweep}");
        let mut right = 0;
        for (row, logits) in trained.rows.iter().zip(trained.logits.rows()) {
            let key = (paths[row.photograph as usize].clone(), row.mirrored);
            let (again, class) = &kept[&key];
            let logits = logits.to_vec();
            assert_close(&logits, again, &format!("{sweep}: {key:?}"));
            assert_eq!(*class, Some(row.class), "{sweep}: {key:?}");
            let wide: Vec<f64> = logits.iter().copied().map(f64::from).collect();
            right += usize::from(largest(&wide) == usize::from(row.class));
        }
        let accuracy = right as f64 / trained.rows.len() as f64;
        let recorded = trial["accuracy"].as_f64().unwrap();
        assert!((accuracy - recorded).abs() < 1e-12, "{sweep}: {accuracy}");
        let copies = if task == "shapes" { 1 } else { 2 };
        assert_eq!(kept.len(), 30 * copies, "{sweep}");

        // The same pixels as test photographs.
        let tested = said(&shown(&workplace, task, "test.npz"), &paths);
        assert_eq!(tested.len(), kept.len(), "{sweep}");
        for (key, (logits, class)) in &tested {
            assert_close(logits, &kept[key].0, &format!("{sweep}, test: {key:?}"));
            assert_eq!(*class, kept[key].1, "{sweep}, test: {key:?}");
        }
        if task == "also_turned" {
            // It knows something of its photographs beforehand, so it cannot label any.
            continue;
        }

        // And the same files as photographs of which nothing is known.
        let from = workplace.path(&format!("runs/models/small/{task}"));
        let alone = workplace.path(&format!("alone-{sweep}/{task}"));
        fs::create_dir_all(&alone).unwrap();
        for file in fs::read_dir(from).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), alone.join(file.file_name())).unwrap();
        }
        let models = format!("alone-{sweep}");
        let out = format!("{sweep}.csv");
        let label = ["label", "photographs", "--models", &models, "--out", &out];
        well(&workplace, &label);
        let classes = classes(&workplace, task);
        let mut compared = 0;
        for row in rows_of(&workplace, &out) {
            let path = row["path"].strip_prefix("copy-").unwrap_or(&row["path"]);
            let Some((logits, _)) = kept.get(&(path.to_owned(), false)) else {
                continue;
            };
            compared += 1;
            let probabilities = softmax(logits.iter().copied());
            let class = largest(&probabilities);
            assert_eq!(row["shape"], classes[class]["shape"], "{sweep}: {path}");
            for column in ["shape_probability", "joint_probability"] {
                let found: f64 = row[column].parse().unwrap();
                let expected = probabilities[class];
                assert!(
                    (found - expected).abs() < 1e-5,
                    "{sweep}: {path}: {found} and {expected}"
                );
            }
        }
        assert_eq!(compared, 60, "{sweep}");
    }
    // The test photographs are what was selected by, and that is said.
    let evaluated = json(&workplace, &["evaluate"]);
    for model in evaluated.as_array().unwrap() {
        assert_eq!(model["validation"]["accuracy"], model["test"]["accuracy"]);
        assert_eq!(model["seen_before"], model["test"]["photographs"]);
    }
}
