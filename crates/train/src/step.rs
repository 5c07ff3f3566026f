//! One training step.

use fitroom_domain::Hyperparameters;
use tch::{Kind, TchError, Tensor};

use crate::adam::Adam;
use crate::forward::logits;
use crate::weights::Weights;

/// Weights in training, with all that the next step depends on.
#[derive(Debug)]
pub struct TrainingState {
    weights: Weights,
    adam: Adam,
    lambda: f64,
}

/// What a step saw before it changed the weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepFigures {
    /// Mean cross-entropy of the batch in nats, without the L2 penalty.
    pub loss: f64,
    /// Photographs whose class had the highest logit.
    pub right: u64,
}

impl TrainingState {
    /// Training that starts from these weights.
    pub fn new(
        weights: Weights,
        hyperparameters: &Hyperparameters,
        learning_rate: f64,
    ) -> Result<TrainingState, TchError> {
        let adam = Adam::new(&weights, learning_rate)?;
        Ok(TrainingState {
            weights,
            adam,
            lambda: hyperparameters.lambda,
        })
    }

    /// The weights as they stand.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Takes one step on photographs (N, 3, H, W) in [0, 1] with classes (N). The gradient is that of
    /// the mean cross-entropy plus lambda · Σw² over the penalised kernels.
    ///
    /// `dropout` multiplies the hidden dense layer's outputs (N, units): 0 where one is dropped, else
    /// 1 / (1 − rate).
    pub fn step(
        &mut self,
        photographs: &Tensor,
        classes: &Tensor,
        dropout: Option<&Tensor>,
    ) -> Result<StepFigures, TchError> {
        let logits = logits(&self.weights, photographs, dropout)?;
        let no_weights = None::<&Tensor>;
        let cross_entropy =
            logits.f_cross_entropy_loss(classes, no_weights, tch::Reduction::Mean, -100, 0.0)?;
        let mut objective = cross_entropy.shallow_clone();
        if self.lambda > 0.0 {
            for kernel in self.weights.penalised() {
                let squares = kernel.f_square()?.f_sum(Kind::Float)?;
                objective = objective.f_add(&squares.f_mul_scalar(self.lambda)?)?;
            }
        }
        let named = self.weights.named();
        let tensors: Vec<&Tensor> = named.iter().map(|(_, tensor)| *tensor).collect();
        let gradients = Tensor::f_run_backward(&[objective], &tensors, false, false)?;
        self.adam.step(&self.weights, &gradients)?;
        let right = logits
            .f_argmax(1, false)?
            .f_eq_tensor(classes)?
            .f_sum(Kind::Int64)?;
        Ok(StepFigures {
            loss: cross_entropy.f_double_value(&[])?,
            right: right.f_int64_value(&[])? as u64,
        })
    }
}
