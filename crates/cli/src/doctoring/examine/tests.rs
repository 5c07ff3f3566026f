//! Tables of what the database has and what a folder holds.

use std::collections::BTreeMap;

use fitroom_domain::{
    DatasetKey, EpochMetrics, Flip, Hyperparameters, ImageSize, LossAndAccuracy, RecordedTrial,
    SplitCounts, Task, TaskDefinition, TaskSummary, TrainSettings, Trial, TrialFigures, Usage,
};
use fitroom_store::{AttemptRecord, SweepIdentity, SweepRun, Wish};

use super::*;
use crate::doctoring::folder_state::{FoundFile, Leftover};
use crate::run_folder::{ProvenanceFile, TrialDescription};

const EVENTS: &str = "events.out.tfevents.1.fitroom.attempt-1";

pub(crate) fn summary() -> TaskSummary {
    TaskSummary {
        image: ImageSize {
            width: 14,
            height: 18,
        },
        classes: vec!["cross".to_owned(), "disc".to_owned()],
        photographs: SplitCounts {
            train: 2,
            validation: 1,
            test: 0,
        },
        left_out: 0,
        leaks: None,
    }
}

fn hash(name: &str) -> String {
    format!("hash of {name}")
}

fn epochs() -> Vec<EpochMetrics> {
    let figures = LossAndAccuracy {
        loss: 0.25,
        accuracy: 0.5,
    };
    vec![EpochMetrics {
        epoch: 1,
        train: figures,
        validation: figures,
        seconds: 2.0,
    }]
}

/// A finished trial whose record and folder agree.
pub(crate) fn sound() -> (TrialRecord, FolderState) {
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
        hyperparameters: Hyperparameters::new(3, 3, 4, 0, 0.0, 0.0).unwrap(),
        train: TrainSettings::default(),
        seed: 0,
    };
    let figures = TrialFigures {
        accuracy: 0.5,
        loss: 0.25,
        best_epoch: 1,
        epochs: 1,
        parameters: 10,
        multiply_adds: 20,
        seconds: 2.0,
    };
    let sweep = SweepIdentity {
        fingerprint: trial.dataset.fingerprint.clone(),
        name: "grid".to_owned(),
        definition: serde_json::to_string(&trial.task.definition).unwrap(),
    };
    let run = SweepRun {
        plan: 1,
        run_at: "2026-01-01T00:00:00.000Z".to_owned(),
        text: "task = \"shapes\"".to_owned(),
        overrides: Vec::new(),
        provenance: None,
    };
    let names = [METRICS, WEIGHTS, PREDICTIONS, PROVENANCE, TRIAL, EVENTS];
    let entry = |name: &str| FileEntry {
        name: name.to_owned(),
        bytes: 7,
        blake3: hash(name),
    };
    let result = ResultFile {
        trial: trial.id(),
        state: TrialState::Finished,
        reason: None,
        attempt: 1,
        fitroom: "0.1.0".to_owned(),
        numerics: "n".to_owned(),
        started_at: "2026-01-01T00:00:01.000Z".to_owned(),
        ended_at: "2026-01-01T00:00:02.000Z".to_owned(),
        usage: Usage::default(),
        figures: Some(figures),
        files: names.iter().map(|name| entry(name)).collect(),
    };
    let files = names.iter().chain([&RESULT]);
    let record = TrialRecord {
        fingerprint: trial.dataset.fingerprint.clone(),
        definition: sweep.definition.clone(),
        state: TrialState::Finished,
        folder: Some("small/grid/trial".to_owned()),
        figures: Some(figures.into()),
        weights_kept: true,
        wishes: vec![Wish {
            sweep: sweep.clone(),
            dataset: "small".to_owned(),
            position: 0,
            plan: 1,
            pruned_at_epoch: None,
        }],
        attempts: vec![AttemptRecord {
            number: 1,
            owner: "o".to_owned(),
            state: AttemptState::Finished,
            error: None,
            warning: None,
            numerics: "n".to_owned(),
            started_at: "2026-01-01T00:00:01.000Z".to_owned(),
            ended_at: Some("2026-01-01T00:00:02.000Z".to_owned()),
            usage: Usage::default(),
            run: Some((sweep.clone(), run.clone())),
        }],
        files: files
            .clone()
            .map(|name| TrialFile {
                name: (*name).to_owned(),
                bytes: 7,
                blake3: hash(name),
            })
            .collect(),
        epochs: epochs(),
        tags: Vec::new(),
        note: None,
        is_pinned: false,
        sweep: Some(sweep),
        trial: RecordedTrial::Ours(trial.clone()),
    };
    let state = FolderState {
        folder: "small/grid/trial".to_owned(),
        description: Part::There(TrialDescription::new(&trial, &summary())),
        result: Part::There(result),
        metrics: Part::There(epochs()),
        provenance: Part::There(ProvenanceFile {
            sweep: "grid".to_owned(),
            dataset: "small".to_owned(),
            run,
        }),
        remarks: Part::There(Remarks::default()),
        files: files
            .map(|name| {
                let file = FoundFile {
                    bytes: 7,
                    blake3: Some(hash(name)),
                };
                ((*name).to_owned(), file)
            })
            .collect(),
        leftovers: BTreeMap::new(),
    };
    (record, state)
}

/// The words of what is wrong once `change` has been made.
fn words(change: impl FnOnce(&mut TrialRecord, &mut FolderState)) -> Vec<&'static str> {
    let (mut record, mut folder) = sound();
    change(&mut record, &mut folder);
    let wrongs = examine(&record, Some(&folder));
    wrongs.iter().map(Wrong::word).collect()
}

fn lose(folder: &mut FolderState, name: &str) {
    folder.files.remove(name);
    if name == RESULT {
        folder.result = Part::Missing;
    }
}

fn alter(folder: &mut FolderState, name: &str) {
    if let Some(file) = folder.files.get_mut(name) {
        file.blake3 = Some("another".to_owned());
    }
}

fn reopen(record: &mut TrialRecord) {
    record.state = TrialState::Planned;
    record.figures = None;
    record.weights_kept = false;
    record.files.clear();
}

#[test]
fn nothing_is_wrong_where_all_agree_or_weights_were_removed() {
    assert!(words(|_, _| {}).is_empty());
    let removed = words(|record, folder| {
        record.weights_kept = false;
        record.files.retain(|file| file.name != WEIGHTS);
        lose(folder, WEIGHTS);
    });
    assert!(removed.is_empty(), "{removed:?}");
}

#[test]
fn files_of_a_finished_trial_are_missing_or_others() {
    for (file, word) in [
        (PREDICTIONS, "predictions_damaged"),
        (WEIGHTS, "weights_lost"),
        (TRIAL, "file_damaged"),
        (METRICS, "file_damaged"),
        (PROVENANCE, "file_damaged"),
        (RESULT, "file_damaged"),
        (EVENTS, "file_changed"),
    ] {
        assert_eq!(words(|_, folder| lose(folder, file)), [word], "{file} lost");
        assert_eq!(
            words(|_, folder| alter(folder, file)),
            [word],
            "{file} altered"
        );
    }
    let (record, _) = sound();
    assert_eq!(examine(&record, None), [Wrong::FolderMissing]);
}

#[test]
fn two_of_file_database_and_result_are_right() {
    let row_is_wrong = words(|record, _| {
        for file in &mut record.files {
            if [METRICS, EVENTS].contains(&file.name.as_str()) {
                file.blake3 = "another".to_owned();
            }
        }
    });
    assert_eq!(row_is_wrong, ["file_record_wrong", "file_record_wrong"]);
}

#[test]
fn weights_that_nobody_recorded_are_the_trials_or_not() {
    let unrecorded = |record: &mut TrialRecord| {
        record.weights_kept = false;
        record.files.retain(|file| file.name != WEIGHTS);
    };
    assert_eq!(
        words(|record, _| unrecorded(record)),
        ["weights_unrecorded"]
    );
    let foreign = words(|record, folder| {
        unrecorded(record);
        alter(folder, WEIGHTS);
    });
    assert_eq!(foreign, ["weights_foreign"]);
}

#[test]
fn the_database_says_otherwise_than_files_that_are_right() {
    let accuracy = words(|record, _| {
        if let Some(figures) = &mut record.figures {
            figures.accuracy = 0.75;
        }
    });
    assert_eq!(accuracy, ["result_differs"]);
    assert_eq!(words(|record, _| record.epochs.clear()), ["epochs_differ"]);
    let remarks = words(|record, _| record.tags.push("odd".to_owned()));
    assert_eq!(remarks, ["remarks_differ"]);
}

#[test]
fn leftovers_of_ended_trials_go_and_the_checkpoint_of_one_that_waits_stays() {
    let leave = |folder: &mut FolderState| {
        let checkpoint = "attempt-2.checkpoint.safetensors".to_owned();
        folder.leftovers.insert(checkpoint, Leftover::Checkpoint(2));
    };
    assert_eq!(words(|_, folder| leave(folder)), ["leftovers"]);
    let waiting = words(|record, folder| {
        reopen(record);
        leave(folder);
        folder.files.retain(|name, _| name == TRIAL);
        folder.result = Part::Missing;
    });
    assert!(waiting.is_empty(), "{waiting:?}");
}

#[test]
fn a_trial_whose_process_died_is_free_or_recorded() {
    let begin = |record: &mut TrialRecord| {
        reopen(record);
        record.state = TrialState::Running;
        record.attempts[0].state = AttemptState::Running;
        record.attempts[0].ended_at = None;
    };
    assert_eq!(words(|record, _| begin(record)), ["unrecorded"]);
    let halfway = words(|record, folder| {
        begin(record);
        lose(folder, RESULT);
    });
    assert_eq!(halfway, ["worker_dead", "unfinished"]);
}
