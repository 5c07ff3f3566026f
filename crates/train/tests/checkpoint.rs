//! Training that is written down and gone on with.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod noise;

use std::fs;
use std::ops::ControlFlow;

use fitroom_domain::{Hyperparameters, TrainSettings, Trial};
use fitroom_train::{Engine, Event, Fitted, Outcome, ResumeError, StopReason, Training, fit};

/// A trial with everything that has a state: moments, dropout, early stopping.
fn trial(like: &Trial) -> Trial {
    Trial {
        hyperparameters: Hyperparameters::new(3, 3, 2, 8, 0.4, 1e-4).unwrap(),
        train: TrainSettings {
            epochs: 3,
            batch_size: 30,
            patience: 1,
            ..TrainSettings::default()
        },
        ..like.clone()
    }
}

fn finished(training: Training<'_>) -> Fitted {
    let go_on = &mut |_: &Event, _: &Training<'_>| ControlFlow::Continue(());
    match fit(training, go_on).unwrap() {
        Outcome::Finished(fitted) => fitted,
        other => panic!("{other:?}"),
    }
}

#[test]
fn from_every_step_training_goes_on_to_the_same_bits() {
    let (dataset, rows, like) = noise::noise(12, 12);
    let trial = trial(&like);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("checkpoint");
    for engine in [Engine::cpu(), Engine::libtorch()] {
        let begin = || Training::begin(&trial, &dataset, &rows, engine).unwrap();
        let undisturbed = finished(begin());
        let (mut stop_after, mut stops) = (1, 0);
        loop {
            let mut events = 0;
            let mut stop = |_: &Event, training: &Training<'_>| {
                events += 1;
                if events < stop_after {
                    return ControlFlow::Continue(());
                }
                training.write(&file, "a note").unwrap();
                ControlFlow::Break(StopReason::Interrupted)
            };
            if !matches!(fit(begin(), &mut stop).unwrap(), Outcome::Stopped(_)) {
                break;
            }
            let resume = || Training::resume(&file, &trial, &dataset, &rows, engine).unwrap();
            let (resumed, note) = resume();
            assert_eq!(note, "a note");
            // Written again as it is.
            resumed.write(&file, "a note").unwrap();
            let again = finished(resume().0);
            for ((name, expected), (_, found)) in undisturbed
                .weights
                .named()
                .into_iter()
                .zip(again.weights.named())
            {
                assert!(
                    expected.equal(found),
                    "{engine}, event {stop_after}: {name}"
                );
            }
            assert_eq!(again.predicted, undisturbed.predicted);
            assert_eq!(again.validation, undisturbed.validation);
            let epochs = |fitted: &Fitted| (fitted.best_epoch, fitted.epochs);
            assert_eq!(epochs(&again), epochs(&undisturbed));
            stop_after += 1;
            stops += 1;
        }
        // Of each epoch four steps, two batches of validation, and its end.
        assert_eq!(stops, 7 * undisturbed.epochs, "{engine}");
    }
}

#[test]
fn a_checkpoint_of_something_else_is_refused() {
    let (dataset, rows, like) = noise::noise(12, 12);
    let trial = trial(&like);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("checkpoint");
    let engine = Engine::libtorch();
    let training = Training::begin(&trial, &dataset, &rows, engine).unwrap();
    training.write(&file, "").unwrap();
    let resume = |trial: &Trial, engine| {
        let resumed = Training::resume(&file, trial, &dataset, &rows, engine);
        resumed.map(|(training, _)| training.epoch())
    };
    assert_eq!(resume(&trial, engine).unwrap(), 1);
    let other = Trial {
        seed: 1,
        ..trial.clone()
    };
    assert!(matches!(
        resume(&other, engine),
        Err(ResumeError::Other { .. })
    ));
    if let Some(kernels) = Engine::kernels() {
        assert!(matches!(
            resume(&trial, kernels),
            Err(ResumeError::Other { .. })
        ));
    }
    let bytes = fs::read(&file).unwrap();
    for length in [0, 7, 100, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&file, &bytes[..length]).unwrap();
        let refused = resume(&trial, engine);
        assert!(
            matches!(refused, Err(ResumeError::Tensors(_))),
            "{length}: {refused:?}"
        );
    }
    // A bit of the header's JSON, and one of the last value.
    let name = br#"adam_steps\":"#;
    let places = bytes.windows(name.len()).position(|place| place == name);
    for place in [places.unwrap() + name.len(), bytes.len() - 1] {
        let mut wrong = bytes.clone();
        wrong[place] ^= 1;
        fs::write(&file, wrong).unwrap();
        let refused = resume(&trial, engine);
        assert!(
            matches!(refused, Err(ResumeError::Damaged { .. })),
            "{place}: {refused:?}"
        );
    }
    fs::write(&file, bytes).unwrap();
    assert_eq!(resume(&trial, engine).unwrap(), 1);
}
