//! Weights that training hands out, and photographs that weights are not for.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod noise;

use std::ops::ControlFlow;

use fitroom_data::{Dataset, Row};
use fitroom_domain::NetworkShape;
use fitroom_train::{
    Engine, Fitted, Outcome, Predicted, Training, TrainingState, Weights, fit, initial_weights,
    predict,
};
use tch::{Device, Kind, Tensor};

fn fitted(height: usize, width: usize, engine: Engine) -> (Dataset, Vec<Row>, Fitted) {
    let (dataset, rows, trial) = noise::noise(height, width);
    let go_on = &mut |_: &_, _: &Training<'_>| ControlFlow::Continue(());
    let training = Training::begin(&trial, &dataset, &rows, engine).unwrap();
    match fit(training, go_on).unwrap() {
        Outcome::Finished(fitted) => (dataset, rows.validation, fitted),
        other => panic!("{other:?}"),
    }
}

fn predicted(
    weights: &Weights,
    dataset: &Dataset,
    rows: &[Row],
    engine: Engine,
) -> Result<Predicted, String> {
    let go_on = &mut |_| ControlFlow::<()>::Continue(());
    match predict(weights, &dataset.pictures().unwrap(), rows, engine, go_on) {
        Ok(ControlFlow::Continue(predicted)) => Ok(predicted),
        Ok(ControlFlow::Break(())) => panic!("nobody stopped it"),
        Err(error) => Err(format!("{:?}", error)),
    }
}

#[test]
fn fitted_weights_give_the_predictions_that_came_with_them() {
    for engine in [Engine::cpu(), Engine::libtorch()] {
        let (dataset, rows, fitted) = fitted(12, 12, engine);
        let again = predicted(&fitted.weights, &dataset, &rows, engine).unwrap();
        assert_eq!(again, fitted.predicted, "{engine}");
    }
}

#[test]
fn photographs_of_another_size_are_refused() {
    let (_, _, fitted) = fitted(24, 24, Engine::cpu());
    // So small that no kernel fits, that nothing is pooled, and merely smaller.
    for side in [2, 7, 12] {
        let (dataset, rows, _) = noise::noise(side, side);
        for engine in [Engine::cpu(), Engine::libtorch()] {
            let refused = predicted(&fitted.weights, &dataset, &rows.validation, engine);
            assert!(refused.is_err(), "{side} pixels, {engine}");
        }
    }
}

#[test]
fn a_step_refuses_what_does_not_fit_and_stays_usable() {
    let (dataset, rows, trial) = noise::noise(12, 12);
    let (size, classes) = (dataset.image_size(), rows.classes.len());
    let shape = NetworkShape::new(size, &trial.hyperparameters, classes).unwrap();
    for engine in [Engine::cpu(), Engine::libtorch()] {
        let weights = initial_weights(&shape, 0).unwrap();
        let mut state = TrainingState::new(weights, &trial.hyperparameters, 1e-3, engine).unwrap();
        let photographs = |count, channels, side| {
            let options = (Kind::Float, Device::Cpu);
            Tensor::zeros([count, side, side, channels], options).permute([0, 3, 1, 2])
        };
        let right = |state: &mut TrainingState| state.step(&photographs(2, 3, 12), &[0, 1], None);
        assert!(
            (right(&mut state).unwrap().loss - 2f64.ln()).abs() < 1e-6,
            "{engine}"
        );
        for (wrong, classes) in [
            (photographs(2, 3, 12), vec![0]),
            (photographs(0, 3, 12), vec![]),
            (photographs(2, 1, 12), vec![0, 1]),
            (photographs(2, 3, 20), vec![0, 1]),
            (photographs(2, 3, 12), vec![0, 2]),
            (photographs(2, 3, 12), vec![-1, 0]),
        ] {
            let size = wrong.size();
            let refused = state.step(&wrong, &classes, None);
            assert!(refused.is_err(), "{engine}: {size:?} with {classes:?}");
        }
        let mask = Tensor::ones([2, 5], (Kind::Float, Device::Cpu));
        let refused = state.step(&photographs(2, 3, 12), &[0, 1], Some(&mask));
        assert!(refused.is_err(), "{engine}: a mask without a hidden layer");
        assert!(right(&mut state).unwrap().loss.is_finite(), "{engine}");
    }
}
