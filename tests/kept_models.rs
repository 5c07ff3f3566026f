//! What is kept of models, read as a user's own program would, and catalogues whose models make routes.

use std::collections::BTreeMap;
use std::fs;

use fitroom_data::{Dataset, ShownPredictions, read_shown_predictions};
use serde_json::Value;

use crate::photographs::{Run, Workplace};

/// Shape and colour at once, or first the colour and then the shape.
const TASKS: &str = r#"
[both]
predicts = ["shape", "colour"]

[colours]
predicts = ["colour"]

[dark_shapes]
where = { colour = "dark" }
predicts = ["shape"]

[bright_shapes]
where = { colour = "bright" }
predicts = ["shape"]
"#;

/// The tasks of [`with_routes`].
pub(crate) const ROUTE_TASKS: [&str; 4] = ["both", "colours", "dark_shapes", "bright_shapes"];

/// One small network that learns the shapes in so many epochs.
pub(crate) fn sweep_text(task: &str, epochs: u32) -> String {
    format!(
        "task = \"{task}\"\n[hyperparameters]\nkernel_size = 3\nkernel_num = 8\ndense_size = 16\n[train]\n\
         epochs = {epochs}\npatience = {epochs}\nbatch_size = 8\nlearning_rate = 5e-3\n"
    )
}

/// The small catalogue with a trained model of each task of two routes, and what `change` makes of the tasks file.
pub(crate) fn with_routes(epochs: u32, change: impl Fn(&str) -> String) -> Workplace {
    let workplace = Workplace::with_dataset();
    train_routes(&workplace, epochs, change);
    workplace
}

/// Trains the models of two routes on the dataset that is there.
pub(crate) fn train_routes(workplace: &Workplace, epochs: u32, change: impl Fn(&str) -> String) {
    workplace.write("sweeps/tasks.toml", &change(TASKS));
    let files = ROUTE_TASKS.map(|task| format!("sweeps/{task}.toml"));
    for (task, file) in ROUTE_TASKS.iter().zip(&files) {
        workplace.write(file, &sweep_text(task, epochs));
    }
    let mut arguments = vec!["sweep"];
    arguments.extend(files.iter().map(String::as_str));
    well(workplace, &arguments);
}

/// Calls the program, which must go well.
pub(crate) fn well(workplace: &Workplace, arguments: &[&str]) -> Run {
    let run = workplace.fitroom(arguments);
    assert_eq!(run.code, Some(0), "{arguments:?}: {}", run.stderr);
    run
}

/// Calls the program, which must refuse these arguments with these words.
pub(crate) fn refused(workplace: &Workplace, arguments: &[&str], expected: &[&str]) {
    let run = workplace.fitroom(arguments);
    assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.stderr);
    assert_eq!(run.stdout, "", "{arguments:?}");
    for words in expected {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
}

/// What a call prints with `--json`.
pub(crate) fn json(workplace: &Workplace, arguments: &[&str]) -> Value {
    let run = well(workplace, &[arguments, &["--json"]].concat());
    serde_json::from_str(&run.stdout).unwrap()
}

/// What the model that is kept for a task of the small catalogue said.
pub(crate) fn shown(workplace: &Workplace, task: &str, file: &str) -> ShownPredictions {
    let path = workplace.path(&format!("runs/models/small/{task}/{file}"));
    read_shown_predictions(&path).unwrap()
}

/// `model.toml` of the model that is kept for a task of the small catalogue.
pub(crate) fn model_toml(workplace: &Workplace, task: &str) -> toml::Table {
    let path = workplace.path(&format!("runs/models/small/{task}/model.toml"));
    fs::read_to_string(path).unwrap().parse().unwrap()
}

/// The labels of each class of a kept model, by column.
pub(crate) fn classes(workplace: &Workplace, task: &str) -> Vec<BTreeMap<String, String>> {
    let model = model_toml(workplace, task);
    let classes = model["classes"].as_array().unwrap().iter();
    classes
        .map(|class| class["labels"].clone().try_into().unwrap())
        .collect()
}

/// The small catalogue's photographs by position, and of each its labels by column.
pub(crate) fn catalogue(workplace: &Workplace) -> Vec<(String, BTreeMap<String, String>)> {
    let dataset = Dataset::load(&workplace.path("data/small")).unwrap();
    let labels = |photograph: usize| {
        let columns = dataset.columns.iter();
        let labels = columns
            .filter_map(|column| Some((column.name.clone(), column.label(photograph)?.to_owned())));
        labels.collect()
    };
    let paths = dataset.photographs.iter().cloned().enumerate();
    paths.map(|(place, path)| (path, labels(place))).collect()
}

/// The rows of a CSV, by column.
pub(crate) fn rows_of(workplace: &Workplace, file: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(workplace.path(file)).unwrap();
    reader.deserialize().map(|row| row.unwrap()).collect()
}

/// The probability of each class, in double precision.
pub(crate) fn softmax(logits: impl Iterator<Item = f32> + Clone) -> Vec<f64> {
    let exponentials: Vec<f64> = logits.map(|logit| f64::from(logit).exp()).collect();
    let sum: f64 = exponentials.iter().sum();
    exponentials.iter().map(|it| it / sum).collect()
}

/// The first of the largest.
pub(crate) fn largest(values: &[f64]) -> usize {
    let mut largest = 0;
    for (place, value) in values.iter().enumerate() {
        if *value > values[largest] {
            largest = place;
        }
    }
    largest
}
