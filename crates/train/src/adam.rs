//! Adam as Keras computes it, with moments of our own, so that a trial's whole state can be written.

use tch::{TchError, Tensor};

use crate::memory::values_mut;
use crate::weights::Weights;

const BETA_1: f64 = 0.9;
const BETA_2: f64 = 0.999;
const EPSILON: f64 = 1e-7;

/// Smaller gradients count as none: their squares would be subnormal.
const TINY_GRADIENT: f32 = 1e-18;

/// The optimizer of Kingma and Ba (2015) in the form of their section 2's last paragraph, as Keras has
/// it: the bias corrections are in the step size, and epsilon is added to the uncorrected root.
/// (PyTorch adds epsilon to the corrected one, which is another optimizer.)
#[derive(Debug)]
pub(crate) struct Adam {
    learning_rate: f64,
    /// Steps taken.
    steps: u64,
    /// Moments of each tensor, in the order of [`Weights::named`].
    moments: Vec<Moments>,
}

#[derive(Debug)]
struct Moments {
    /// Running mean of the gradient.
    first: Tensor,
    /// Running mean of the squared gradient.
    second: Tensor,
}

impl Adam {
    /// An optimizer of these weights that has taken no step.
    pub(crate) fn new(weights: &Weights, learning_rate: f64) -> Result<Adam, TchError> {
        let moments = weights
            .named()
            .into_iter()
            .map(|(_, tensor)| {
                Ok(Moments {
                    first: tensor.f_detach()?.f_zeros_like()?,
                    second: tensor.f_detach()?.f_zeros_like()?,
                })
            })
            .collect::<Result<_, TchError>>()?;
        Ok(Adam {
            learning_rate,
            steps: 0,
            moments,
        })
    }

    /// Steps taken.
    pub(crate) fn steps(&self) -> u64 {
        self.steps
    }

    /// Goes on as if it had taken so many steps; its moments are set through [`Adam::moments`].
    pub(crate) fn set_steps(&mut self, steps: u64) {
        self.steps = steps;
    }

    /// The first and the second moment of each tensor, in the order of [`Weights::named`].
    pub(crate) fn moments(&self) -> impl Iterator<Item = (&Tensor, &Tensor)> {
        let moments = self.moments.iter();
        moments.map(|moments| (&moments.first, &moments.second))
    }

    /// Counts a step, which all changes until the next belong to.
    pub(crate) fn begin_step(&mut self) {
        self.steps += 1;
    }

    /// What the quotient of the moments is multiplied with in this step.
    fn step_size(&self) -> f64 {
        let steps = self.steps as f64;
        self.learning_rate * (1.0 - BETA_2.powf(steps)).sqrt() / (1.0 - BETA_1.powf(steps))
    }

    /// Changes all weights along these gradients, which come in the order of [`Weights::named`], with
    /// LibTorch's operators.
    pub(crate) fn change_all(
        &mut self,
        weights: &Weights,
        gradients: &[Tensor],
    ) -> Result<(), TchError> {
        let step_size = self.step_size();
        tch::no_grad(|| {
            for (((_, tensor), gradient), moments) in weights
                .named()
                .into_iter()
                .zip(gradients)
                .zip(&mut self.moments)
            {
                let _ = moments.first.f_lerp_(gradient, 1.0 - BETA_1)?;
                let _ = moments
                    .second
                    .f_lerp_(&gradient.f_square()?, 1.0 - BETA_2)?;
                let mut root = moments.second.f_sqrt()?;
                // weight −= step size · first / (root + epsilon), with the factor moved below the line.
                let root = root
                    .f_add_scalar_(EPSILON)?
                    .f_mul_scalar_(-1.0 / step_size)?;
                let _ = tensor.shallow_clone().f_addcdiv_(&moments.first, &root)?;
            }
            Ok(())
        })
    }

    /// Changes some weights of a tensor, those from `start` on, along `gradient` plus `penalty` times
    /// themselves; in one pass over memory, which is what it waits for.
    ///
    /// `tensor` is a position in [`Weights::named`]; places count in memory.
    pub(crate) fn change(
        &mut self,
        tensor: usize,
        start: usize,
        weights: &mut [f32],
        gradient: &[f32],
        penalty: f64,
    ) -> Result<(), TchError> {
        let factor = (-1.0 / self.step_size()) as f32;
        let range = start..start + weights.len();
        let moments = &mut self.moments[tensor];
        let first = &mut values_mut(&mut moments.first)?[range.clone()];
        let second = &mut values_mut(&mut moments.second)?[range];
        let moments = first.iter_mut().zip(second);
        for ((weight, gradient), (first, second)) in weights.iter_mut().zip(gradient).zip(moments) {
            let gradient = zero_below(TINY_GRADIENT, gradient + penalty as f32 * *weight);
            *first = normal(*first + (1.0 - BETA_1) as f32 * (gradient - *first));
            *second = normal(*second + (1.0 - BETA_2) as f32 * (gradient * gradient - *second));
            *weight = normal(*weight + *first / ((second.sqrt() + EPSILON as f32) * factor));
        }
        Ok(())
    }
}

/// A value, or zero in place of one that is subnormal. An L2 penalty pulls weights that nothing else holds through that
/// range, in which processors are many times slower; no sum of normal values can tell.
fn normal(value: f32) -> f32 {
    zero_below(f32::MIN_POSITIVE, value)
}

/// A value, or zero in place of a smaller one.
fn zero_below(limit: f32, value: f32) -> f32 {
    if value.abs() < limit { 0.0 } else { value }
}
