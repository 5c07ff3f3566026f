//! What records and files become.

use super::*;
use crate::doctoring::examine::examine;
use crate::doctoring::examine::tests::{sound, summary};
use crate::run_folder::PREDICTIONS;

/// The trial once all that is wrong after `change` is amended.
fn amended(change: impl FnOnce(&mut TrialRecord, &mut FolderState)) -> Amended {
    let (mut record, mut folder) = sound();
    change(&mut record, &mut folder);
    let known = Known {
        key: 7,
        record: &record,
        summary: Some(&summary()),
        now: "2026-02-01T00:00:00.000Z",
    };
    let wrongs = examine(&record, Some(&folder));
    assert!(!wrongs.is_empty());
    amend(known, Some(&folder), &wrongs).unwrap()
}

fn written<'a>(amended: &'a Amended, name: &str) -> Option<&'a [u8]> {
    amended.steps.iter().find_map(|step| match step {
        Step::Write(file, bytes) if file == name => Some(bytes.as_slice()),
        _ => None,
    })
}

#[test]
fn a_trial_without_predictions_is_planned_again_and_its_files_are_kept_aside() {
    let amended = amended(|_, folder| drop(folder.files.remove(PREDICTIONS)));
    let record = &amended.record;
    assert_eq!(record.state, TrialState::Planned);
    assert_eq!((record.figures, record.weights_kept), (None, false));
    assert_eq!((record.files.len(), record.epochs.len()), (0, 1));
    assert!(matches!(amended.steps[0], Step::KeepRecord(_)));
    let aside = |name: &str| amended.steps.contains(&Step::SetAside(name.to_owned()));
    assert!(aside(WEIGHTS) && aside(RESULT) && aside(METRICS));
    assert!(!aside(TRIAL), "it says what the folder is");
}

#[test]
fn weights_that_are_lost_stay_in_the_result_by_their_hash() {
    let lost = amended(|_, folder| drop(folder.files.remove(WEIGHTS)));
    assert!(!lost.record.weights_kept);
    assert!(!lost.record.files.iter().any(|file| file.name == WEIGHTS));
    assert!(lost.steps.is_empty(), "{:?}", lost.steps);
    // Also where the result has to be written again.
    let both = amended(|_, folder| {
        folder.files.remove(WEIGHTS);
        folder.files.remove(RESULT);
        folder.result = Part::Missing;
    });
    let text = std::str::from_utf8(written(&both, RESULT).unwrap()).unwrap();
    let result: ResultFile = toml::from_str(text).unwrap();
    assert_eq!(
        result.hash_of(WEIGHTS).unwrap(),
        "hash of model.safetensors"
    );
    assert_eq!(result.figures.unwrap().accuracy, 0.5);
}

#[test]
fn a_file_that_comes_out_otherwise_is_recorded_and_listed_as_it_is() {
    let amended = amended(|_, folder| {
        folder.files.remove(METRICS);
        folder.metrics = Part::Missing;
    });
    let metrics = written(&amended, METRICS).unwrap();
    assert!(metrics.starts_with(b"epoch,train_loss"));
    let hash = blake3::hash(metrics).to_hex().to_string();
    let row = |name: &str| amended.record.files.iter().find(|file| file.name == name);
    assert_eq!(row(METRICS).unwrap().blake3, hash);
    let result = written(&amended, RESULT).unwrap();
    assert_eq!(row(RESULT).unwrap().bytes, result.len() as u64);
    let result: ResultFile = toml::from_str(std::str::from_utf8(result).unwrap()).unwrap();
    assert_eq!(result.hash_of(METRICS).unwrap(), hash);
}

#[test]
fn a_dead_process_leaves_a_lost_attempt_and_a_free_trial() {
    let amended = amended(|record, folder| {
        record.state = TrialState::Running;
        record.figures = None;
        record.attempts[0].state = AttemptState::Running;
        record.attempts[0].ended_at = None;
        folder.files.clear();
        folder.result = Part::Missing;
    });
    assert_eq!(amended.record.state, TrialState::Planned);
    let attempt = &amended.record.attempts[0];
    assert_eq!(attempt.state, AttemptState::Lost);
    assert!(attempt.ended_at.is_some());
}
