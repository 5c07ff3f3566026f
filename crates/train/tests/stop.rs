//! Training that is asked to stop.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use fitroom_data::{Column, Dataset, Origin, task_rows};
use fitroom_domain::{Flip, Hyperparameters, Split, Task, TaskDefinition, TrainSettings, Trial};
use fitroom_train::{Event, Outcome, StopReason, fit};
use ndarray::Array4;

/// Noise of two classes, 100 photographs of each split but test.
fn dataset() -> Dataset {
    let images = Array4::from_shape_fn((200, 12, 12, 3), |(photograph, y, x, channel)| {
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
    Dataset::new(
        "noise".to_owned(),
        images,
        splits.collect(),
        vec![column],
        paths.collect(),
        origin,
    )
    .unwrap()
}

#[test]
fn whoever_asks_to_stop_is_heard_after_every_step_and_batch_of_validation() {
    let dataset = dataset();
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
    let mut seen = Vec::new();
    let mut watch = |event: &Event| {
        seen.push(event.clone());
        ControlFlow::Continue(())
    };
    let outcome = fit(&trial, &dataset, &rows, &mut watch).unwrap();
    assert!(matches!(outcome, Outcome::Finished(_)));
    // Two steps, two batches of validation, the epoch.
    assert_eq!(seen.len(), 5, "{seen:?}");
    assert_eq!(seen[2], Event::Validation { epoch: 1, done: 64 });

    for stop_after in 1..=seen.len() {
        let mut events = 0;
        let mut stop = |_: &Event| {
            events += 1;
            match events < stop_after {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(StopReason::Interrupted),
            }
        };
        let outcome = fit(&trial, &dataset, &rows, &mut stop).unwrap();
        assert!(
            matches!(outcome, Outcome::Stopped(StopReason::Interrupted)),
            "{outcome:?}"
        );
        assert_eq!(events, stop_after);
    }
}
