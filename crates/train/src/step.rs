//! One training step.

use fitroom_domain::{CHANNELS, Hyperparameters};
use tch::{TchError, Tensor};

use crate::adam::Adam;
use crate::engine::{Engine, Kind};
use crate::forward::logits;
use crate::kernel_step::KernelStep;
use crate::kernels::Avx2;
use crate::memory::values;
use crate::weights::Weights;

/// Weights in training, with all that the next step depends on.
#[derive(Debug)]
pub struct TrainingState {
    weights: Weights,
    adam: Adam,
    lambda: f64,
    engine: Engine,
    /// Made by the first step that our own kernels take.
    kernels: Option<KernelStep>,
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
    /// Training that starts from these weights, on as many cores as LibTorch has threads.
    pub fn new(
        weights: Weights,
        hyperparameters: &Hyperparameters,
        learning_rate: f64,
        engine: Engine,
    ) -> Result<TrainingState, TchError> {
        // Steps write to their memory: nobody else may have it.
        let weights = weights.on(engine.device())?.deep_copy()?;
        Ok(TrainingState {
            adam: Adam::new(&weights, learning_rate)?,
            weights,
            lambda: hyperparameters.lambda,
            engine,
            kernels: None,
        })
    }

    /// The weights as they stand.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// The shares of the first and the second block's pooled values that ReLU let through in the latest
    /// step; `None` before it, and with LibTorch's operators.
    pub fn passed(&self) -> Option<[f64; 2]> {
        self.kernels.as_ref()?.passed()
    }

    pub(crate) fn adam(&self) -> &Adam {
        &self.adam
    }

    pub(crate) fn adam_mut(&mut self) -> &mut Adam {
        &mut self.adam
    }

    /// Takes one step on photographs (N, 3, H, W) in [0, 1], channels last in memory, with classes (N). The
    /// gradient is that of the mean cross-entropy plus lambda · Σw² over the penalised kernels.
    ///
    /// `dropout` multiplies the hidden dense layer's outputs (N, units): 0 where one is dropped, else
    /// 1 / (1 − rate).
    ///
    /// # Errors
    /// When the shapes or classes do not fit each other or the network, or memory is short.
    pub fn step(
        &mut self,
        photographs: &Tensor,
        classes: &[i64],
        dropout: Option<&Tensor>,
    ) -> Result<StepFigures, TchError> {
        self.check(photographs, classes, dropout)?;
        match self.engine.0 {
            Kind::Kernels(avx2) => self.step_with_kernels(avx2, photographs, classes, dropout),
            Kind::LibTorch(device) => self.step_with_operators(
                &photographs.f_to_device(device)?,
                &Tensor::f_from_slice(classes)?.f_to_device(device)?,
                dropout
                    .map(|mask| mask.f_to_device(device))
                    .transpose()?
                    .as_ref(),
            ),
        }
    }

    fn check(
        &self,
        photographs: &Tensor,
        classes: &[i64],
        dropout: Option<&Tensor>,
    ) -> Result<(), TchError> {
        let expect = |right: bool, what: String| match right {
            true => Ok(()),
            false => Err(TchError::Shape(what)),
        };
        let (count, channels, _, _) = photographs.size4()?;
        expect(
            channels == CHANNELS as i64 && count > 0 && count == classes.len() as i64,
            format!(
                "photographs {:?} with {} classes, expected (N, 3, H, W) and N",
                photographs.size(),
                classes.len()
            ),
        )?;
        let all = self.weights.output.bias.numel() as i64;
        expect(
            classes.iter().all(|class| (0..all).contains(class)),
            format!("a class outside 0 to {}", all - 1),
        )?;
        let units = self
            .weights
            .hidden
            .as_ref()
            .map(|hidden| hidden.bias.numel());
        let masked = dropout.map(Tensor::size);
        expect(
            masked.is_none() || masked == units.map(|units| vec![count, units as i64]),
            format!("a dropout mask of shape {masked:?}, expected (N, units)"),
        )
    }

    fn step_with_kernels(
        &mut self,
        avx2: Avx2,
        photographs: &Tensor,
        classes: &[i64],
        dropout: Option<&Tensor>,
    ) -> Result<StepFigures, TchError> {
        let (count, _, height, width) = photographs.size4()?;
        let size = (height as usize, width as usize);
        let kernels = self.kernels.take();
        // One without room goes before the other is made.
        let kernels = match kernels.filter(|kernels| kernels.has_room(size, classes.len())) {
            Some(kernels) => kernels,
            None => KernelStep::new(avx2, &self.weights, size, count as usize)?,
        };
        let values = values(photographs)?;
        self.kernels.insert(kernels).step(
            &mut self.weights,
            &mut self.adam,
            self.lambda,
            values,
            classes,
            dropout,
        )
    }

    /// The same with LibTorch's operators, which also differentiate: the reference for the kernels, and what
    /// a GPU runs.
    fn step_with_operators(
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
                let squares = kernel.f_square()?.f_sum(tch::Kind::Float)?;
                objective = objective.f_add(&squares.f_mul_scalar(self.lambda)?)?;
            }
        }
        let named = self.weights.named();
        let tensors: Vec<&Tensor> = named.iter().map(|(_, tensor)| *tensor).collect();
        let gradients = Tensor::f_run_backward(&[objective], &tensors, false, false)?;
        self.adam.begin_step();
        self.adam.change_all(&self.weights, &gradients)?;
        let right = logits
            .f_argmax(1, false)?
            .f_eq_tensor(classes)?
            .f_sum(tch::Kind::Int64)?;
        Ok(StepFigures {
            loss: cross_entropy.f_double_value(&[])?,
            right: right.f_int64_value(&[])? as u64,
        })
    }
}
