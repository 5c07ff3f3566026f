//! Our own kernels against LibTorch's operators and their automatic differentiation.

use fitroom_domain::{Hyperparameters, ImageSize, NetworkShape};
use tch::{Kind, Tensor};

use crate::engine::Engine;
use crate::glorot::initial_weights;
use crate::memory::values;
use crate::random::{Purpose, Stream};
use crate::step::{StepFigures, TrainingState};
use crate::weights::Weights;

/// A network and a batch for it.
struct Case {
    size: (u32, u32),
    kernel_sizes: [u32; 2],
    kernels: u32,
    dense: u32,
    dropout: f64,
    lambda: f64,
    classes: usize,
    batch: usize,
}

const PLAIN: Case = Case {
    size: (30, 24),
    kernel_sizes: [3, 3],
    kernels: 32,
    dense: 0,
    dropout: 0.0,
    lambda: 0.0,
    classes: 3,
    batch: 6,
};

impl Case {
    fn hyperparameters(&self) -> Hyperparameters {
        let [first, second] = self.kernel_sizes;
        let (dense, dropout) = (self.dense, self.dropout);
        Hyperparameters::new(first, second, self.kernels, dense, dropout, self.lambda).unwrap()
    }

    fn weights(&self) -> Weights {
        let (height, width) = self.size;
        let image = ImageSize { height, width };
        let shape = NetworkShape::new(image, &self.hyperparameters(), self.classes).unwrap();
        let weights = initial_weights(&shape, 1).unwrap();
        // Biases that are not zero, so that it shows where they are forgotten.
        tch::no_grad(|| {
            for (_, tensor) in weights.named() {
                if tensor.size().len() == 1 {
                    let count = tensor.numel();
                    let biases: Vec<f32> = (0..count).map(|i| i as f32 * 0.01 - 0.03).collect();
                    tensor.shallow_clone().copy_(&Tensor::from_slice(&biases));
                }
            }
        });
        weights
    }

    fn state(&self, engine: Engine) -> TrainingState {
        TrainingState::new(self.weights(), &self.hyperparameters(), 1e-3, engine).unwrap()
    }

    /// Step `step` on photographs of its own; the last of a few is smaller.
    fn step(&self, state: &mut TrainingState, step: u32) -> StepFigures {
        let count = if step % 4 == 3 {
            self.batch / 2 + 1
        } else {
            self.batch
        };
        let mut stream = Stream::new(7, Purpose::Order, step);
        let mut draw = |shape: &[i64]| {
            let length: i64 = shape.iter().product();
            let values: Vec<f32> = (0..length).map(|_| stream.uniform()).collect();
            Tensor::from_slice(&values).view(shape)
        };
        let (height, width) = self.size;
        let photographs = draw(&[count as i64, i64::from(height), i64::from(width), 3]);
        let mask = (self.dropout > 0.0).then(|| {
            let drawn = draw(&[count as i64, i64::from(self.dense)]);
            drawn.ge(self.dropout).to_kind(Kind::Float) / (1.0 - self.dropout)
        });
        let classes: Vec<i64> = (0..count).map(|i| (i % self.classes) as i64).collect();
        let photographs = photographs.permute([0, 3, 1, 2]);
        state.step(&photographs, &classes, mask.as_ref()).unwrap()
    }

    /// Takes `steps` steps with both engines and compares losses, hits and weights; after a single step also
    /// the gradients, of which the first moments are a tenth. (Later ones part by whole photographs: where two
    /// pixels are equal but for rounding, pooling chooses one or the other.)
    fn assert_equal(&self, name: &str, steps: u32, tolerance: f64) {
        let Some(kernels) = Engine::kernels() else {
            eprintln!("skipped: this processor has no AVX2");
            return;
        };
        let (mut ours, mut theirs) = (self.state(kernels), self.state(Engine::libtorch()));
        for step in 0..steps {
            let (our, their) = (self.step(&mut ours, step), self.step(&mut theirs, step));
            let difference = (our.loss - their.loss).abs() / their.loss;
            assert!(
                difference < tolerance,
                "{name}, step {step}: {our:?}, expected {their:?}"
            );
            assert_eq!(our.right, their.right, "{name}, step {step}");
        }
        let named = ours
            .weights()
            .named()
            .into_iter()
            .zip(theirs.weights().named());
        for (position, ((tensor, our), (_, their))) in named.enumerate() {
            let first_moment = |state: &'_ TrainingState| {
                let moment = state.adam().moments().nth(position).map(|(first, _)| first);
                moment.unwrap().shallow_clone()
            };
            let moments = [first_moment(&ours), first_moment(&theirs)];
            let moments = (steps == 1).then_some(("gradient", &moments[0], &moments[1]));
            for (what, our, their) in [("weights", our, their)].into_iter().chain(moments) {
                let difference = root_mean_square(&(our - their)) / root_mean_square(their);
                assert!(
                    difference < tolerance,
                    "{name}, {what} of {tensor}: differs by {difference:e} of its size"
                );
            }
        }
    }
}

fn root_mean_square(tensor: &Tensor) -> f64 {
    let squares = tensor.square().mean(Kind::Double);
    squares.sqrt().double_value(&[])
}

#[test]
fn gradients_of_every_kernel_size_are_those_of_libtorch() {
    for size in 1..=7 {
        let case = Case {
            kernel_sizes: [size, 3],
            ..PLAIN
        };
        case.assert_equal(&format!("kernel_size_1 = {size}"), 1, 1e-5);
        let case = Case {
            kernel_sizes: [3, size],
            ..PLAIN
        };
        case.assert_equal(&format!("kernel_size_2 = {size}"), 1, 1e-5);
    }
}

#[test]
fn gradients_of_every_number_of_kernels_are_those_of_libtorch() {
    for kernels in [1, 7, 8, 9, 16, 20, 24, 33, 40, 48, 64, 96, 100] {
        let case = Case { kernels, ..PLAIN };
        case.assert_equal(&format!("kernel_num = {kernels}"), 1, 1e-5);
    }
}

#[test]
fn rows_and_columns_that_pooling_leaves_over_count_nowhere() {
    for size in [(10, 10), (11, 10), (10, 13), (15, 17), (21, 12)] {
        Case { size, ..PLAIN }.assert_equal(&format!("{size:?}"), 1, 1e-5);
    }
}

#[test]
fn gradients_with_a_hidden_layer_dropout_and_penalty_are_those_of_libtorch() {
    for dense in [1, 31, 32, 70] {
        let case = Case {
            dense,
            dropout: 0.4,
            lambda: 0.01,
            ..PLAIN
        };
        case.assert_equal(&format!("dense_size = {dense}"), 1, 1e-5);
    }
}

#[test]
fn twenty_steps_with_smaller_batches_between_follow_libtorch() {
    let case = Case {
        dense: 24,
        lambda: 1e-3,
        ..PLAIN
    };
    case.assert_equal("dense", 20, 1e-3);
    let case = Case {
        kernel_sizes: [5, 3],
        kernels: 40,
        ..PLAIN
    };
    case.assert_equal("no dense", 20, 1e-3);
}

#[test]
fn more_threads_change_rounding_only() {
    let threads = tch::get_num_threads();
    for count in [1, 2, 3, 8] {
        tch::set_num_threads(count);
        PLAIN.assert_equal(&format!("{count} threads"), 2, 1e-4);
    }
    tch::set_num_threads(threads);
}

#[test]
fn equal_steps_give_equal_bits() {
    let weights = || {
        let mut state = PLAIN.state(Engine::cpu());
        for step in 0..3 {
            let _ = PLAIN.step(&mut state, step);
        }
        let named = state.weights().named();
        let bits = named
            .into_iter()
            .flat_map(|(_, tensor)| values(tensor).unwrap());
        bits.map(|value| value.to_bits()).collect::<Vec<_>>()
    };
    assert_eq!(weights(), weights());
}

#[test]
fn what_is_undefined_in_a_kernel_makes_the_loss_undefined() {
    for layer in [
        "convolution_1.kernel",
        "convolution_2.kernel",
        "hidden.kernel",
    ] {
        let case = Case { dense: 8, ..PLAIN };
        let mut state = case.state(Engine::cpu());
        let named = state.weights().named();
        let (_, tensor) = named.iter().find(|(name, _)| *name == layer).unwrap();
        let _ = tch::no_grad(|| tensor.narrow(0, 0, 1).fill_(f64::NAN));
        let figures = case.step(&mut state, 0);
        assert!(!figures.loss.is_finite(), "{layer}: {figures:?}");
    }
}
