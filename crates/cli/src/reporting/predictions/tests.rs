use std::collections::BTreeMap;
use std::fs;

use fitroom_data::write_predictions;
use fitroom_domain::{
    DatasetKey, Flip, Hyperparameters, RecordedFigures, RecordedTrial, Task, TaskDefinition,
    TrainSettings, Trial, TrialState,
};
use ndarray::Array2;

use super::*;

/// A finished trial of the configuration with so many kernels.
fn trial(key: i64, kernels: u32, seed: u64, accuracy: f64) -> TrialRow {
    let trial = Trial {
        dataset: DatasetKey {
            name: "small".to_owned(),
            fingerprint: "0123456789abcdef0123456789abcdef".parse().unwrap(),
        },
        task: Task {
            name: "shapes".to_owned(),
            definition: TaskDefinition {
                where_: BTreeMap::new(),
                predicts: vec!["shape".to_owned()],
                flip: Flip::None,
            },
        },
        hyperparameters: Hyperparameters::new(3, 3, kernels, 0, 0.0, 0.0).unwrap(),
        train: TrainSettings::default(),
        seed,
    };
    TrialRow {
        key,
        id: trial.id(),
        name: trial.name(),
        fingerprint: trial.dataset.fingerprint.clone(),
        trial: RecordedTrial::Ours(trial),
        definition: String::new(),
        state: TrialState::Finished,
        dataset: "small".to_owned(),
        sweep: "grid".to_owned(),
        folder: Some(format!("trial-{key}")),
        figures: Some(RecordedFigures {
            accuracy,
            loss: Some(0.5),
            best_epoch: Some(1),
            epochs: Some(1),
            parameters: Some(100),
            multiply_adds: Some(1000),
            seconds: Some(1.0),
        }),
        weights_kept: true,
        attempts: 1,
        failures: 0,
        interruptions: 0,
        error: None,
        warning: None,
        numerics: None,
        tags: Vec::new(),
        note: None,
        ended_at: None,
        pruned_after: None,
    }
}

fn keys(rows: &[&TrialRow]) -> Vec<i64> {
    rows.iter().map(|row| row.key).collect()
}

#[test]
fn the_best_configurations_come_with_all_their_seeds() {
    let unfinished = TrialRow {
        state: TrialState::Running,
        figures: None,
        ..trial(9, 4, 9, 0.0)
    };
    let trials = [
        trial(1, 4, 0, 0.5),
        trial(2, 8, 0, 0.7),
        trial(3, 8, 1, 0.2),
        trial(4, 4, 1, 0.9),
        trial(5, 6, 0, 0.6),
        unfinished,
    ];
    for (most, expected, left_out) in [
        (1, vec![4, 1], 3),
        (2, vec![4, 1], 3),
        (3, vec![4, 1, 2, 3], 1),
        (5, vec![4, 1, 2, 3, 5], 0),
        (300, vec![4, 1, 2, 3, 5], 0),
    ] {
        let (best, left) = best_configurations(&trials, most);
        assert_eq!((keys(&best), left), (expected, left_out), "{most}");
    }
}

const EXPECTED: Expected = Expected {
    classes: 2,
    pictures: 3,
};

fn predicted(photographs: [u32; 3]) -> Predictions {
    let row = |photograph| Row {
        photograph,
        class: 1,
        mirrored: false,
    };
    Predictions {
        rows: photographs.map(row).to_vec(),
        logits: Array2::from_shape_fn((3, 2), |(row, class)| (row * 2 + class) as f32),
    }
}

#[test]
fn files_that_cannot_be_used_are_named_with_what_is_wrong() {
    let runs = tempfile::tempdir().unwrap();
    let trials =
        [1, 2, 3, 4, 5, 6, 7].map(|key| trial(key, 4, key as u64, 0.9 - key as f64 / 100.0));
    let write = |key: i64, predictions: &Predictions| {
        let folder = runs.path().join(format!("trial-{key}"));
        fs::create_dir(&folder).unwrap();
        write_predictions(&folder.join(PREDICTIONS), predictions).unwrap();
    };
    // The first is missing, and the second is whole.
    let whole = predicted([7, 8, 9]);
    write(2, &whole);
    write(3, &predicted([7, 9, 8]));
    let logits = Array2::zeros((3, 4));
    write(
        4,
        &Predictions {
            logits,
            ..whole.clone()
        },
    );
    let mut undefined = whole.clone();
    undefined.logits[[1, 1]] = f32::NAN;
    write(5, &undefined);
    write(6, &whole);
    let more = Predictions {
        rows: [whole.rows.clone(), whole.rows.clone()].concat(),
        logits: Array2::zeros((6, 2)),
    };
    write(7, &more);
    let read = read(runs.path(), &trials, EXPECTED);
    assert_eq!(read.logits.keys().collect::<Vec<_>>(), [&2, &6]);
    assert_eq!(read.logits[&2], [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    assert_eq!(
        read.pictures[1],
        ValidationPicture {
            photograph: 8,
            mirrored: false,
            class: 1
        }
    );
    let problems = [
        (1, "No such file".to_owned()),
        (3, format!("than that of {}", trials[1].name)),
        (4, "logits for 4 classes, expected 2".to_owned()),
        (5, "the logit NaN".to_owned()),
        (7, "6 pictures, expected the 3".to_owned()),
    ];
    assert_eq!(read.problems.len(), problems.len(), "{:?}", read.problems);
    for (problem, (key, why)) in read.problems.iter().zip(problems) {
        let name = &trials[key - 1].name;
        assert!(problem.starts_with(name.as_str()), "{problem}");
        let file = format!("trial-{key}/{PREDICTIONS}");
        assert!(
            problem.contains(&file) && problem.contains(&why),
            "{problem}"
        );
    }
}

#[test]
fn without_a_file_there_are_no_pictures() {
    let runs = tempfile::tempdir().unwrap();
    let read = read(runs.path(), &[trial(1, 4, 0, 0.5)], EXPECTED);
    assert!(read.pictures.is_empty() && read.logits.is_empty());
    assert_eq!(read.problems.len(), 1);
}
