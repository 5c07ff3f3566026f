//! Training that is asked to stop.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod noise;

use std::ops::ControlFlow;

use fitroom_train::{Engine, Event, Outcome, StopReason, Training, fit};

#[test]
fn whoever_asks_to_stop_is_heard_after_every_step_and_batch_of_validation() {
    let (dataset, rows, trial) = noise::noise(12, 12);
    let mut seen = Vec::new();
    let training = || Training::begin(&trial, &dataset, &rows, Engine::cpu()).unwrap();
    let mut watch = |event: &Event, _: &Training<'_>| {
        seen.push(event.clone());
        ControlFlow::Continue(())
    };
    let outcome = fit(training(), &mut watch).unwrap();
    assert!(matches!(outcome, Outcome::Finished(_)));
    // Two steps, two batches of validation, the epoch.
    assert_eq!(seen.len(), 5, "{seen:?}");
    assert_eq!(seen[2], Event::Validation { epoch: 1, done: 64 });

    for stop_after in 1..=seen.len() {
        let mut events = 0;
        let mut stop = |_: &Event, _: &Training<'_>| {
            events += 1;
            match events < stop_after {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(StopReason::Interrupted),
            }
        };
        let outcome = fit(training(), &mut stop).unwrap();
        assert!(
            matches!(outcome, Outcome::Stopped(StopReason::Interrupted)),
            "{outcome:?}"
        );
        assert_eq!(events, stop_after);
    }
}
