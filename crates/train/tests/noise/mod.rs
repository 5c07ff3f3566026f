//! A small dataset of noise to train on.

use std::collections::BTreeMap;

use fitroom_data::{Column, Dataset, Origin, TaskRows, task_rows};
use fitroom_domain::{Flip, Hyperparameters, Split, Task, TaskDefinition, TrainSettings, Trial};
use ndarray::Array4;

/// Noise of two classes, 100 photographs of each split but test; and a trial of one epoch on it.
pub(crate) fn noise(height: usize, width: usize) -> (Dataset, TaskRows, Trial) {
    let images = Array4::from_shape_fn((200, height, width, 3), |(photograph, y, x, channel)| {
        ((photograph * 31 + y * 17 + x * 7 + channel) % 251) as u8
    });
    let splits = (0..200).map(|photograph| match photograph % 2 {
        0 => Split::Train,
        _ => Split::Validation,
    });
    let column = Column {
        name: "type".to_owned(),
        classes: vec!["jeans".to_owned(), "trousers".to_owned()],
        codes: (0..200).map(|photograph| photograph / 2 % 2).collect(),
    };
    let paths = (0..200).map(|photograph| format!("{photograph}.png"));
    let origin = Origin {
        source: "noise".to_owned(),
        preparation: "none".to_owned(),
        split: "every second".to_owned(),
    };
    let dataset = Dataset::new(
        "noise".to_owned(),
        images,
        splits.collect(),
        vec![column],
        paths.collect(),
        origin,
    )
    .unwrap();
    let task = Task {
        name: "noise".to_owned(),
        definition: TaskDefinition {
            where_: BTreeMap::new(),
            predicts: vec!["type".to_owned()],
            flip: Flip::None,
        },
    };
    let rows = task_rows(&dataset, &task).unwrap();
    let trial = Trial {
        dataset: dataset.key(),
        task,
        hyperparameters: Hyperparameters::new(3, 3, 2, 0, 0.0, 0.0).unwrap(),
        train: TrainSettings {
            epochs: 1,
            ..TrainSettings::default()
        },
        seed: 0,
    };
    (dataset, rows, trial)
}
