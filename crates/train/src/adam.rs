//! Adam as Keras computes it, with moments of our own, so that a trial's whole state can be written.

use tch::{TchError, Tensor};

use crate::weights::Weights;

const BETA_1: f64 = 0.9;
const BETA_2: f64 = 0.999;
const EPSILON: f64 = 1e-7;

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

    /// Changes the weights by one step along these gradients, which come in the order of
    /// [`Weights::named`].
    pub(crate) fn step(&mut self, weights: &Weights, gradients: &[Tensor]) -> Result<(), TchError> {
        self.steps += 1;
        let steps = self.steps as f64;
        let step_size =
            self.learning_rate * (1.0 - BETA_2.powf(steps)).sqrt() / (1.0 - BETA_1.powf(steps));
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
}
