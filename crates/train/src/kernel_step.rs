//! One training step with our own kernels.

use fitroom_domain::highest_logit;
use tch::{TchError, Tensor};

use crate::adam::Adam;
use crate::kernels::{Avx2, ConvolutionGradients, Kept};
use crate::memory::{Floats, values_mut};
use crate::network::{Network, drop_out};
use crate::predict::cross_entropy;
use crate::step::StepFigures;
use crate::weights::{Layer, Weights};

/// Units of the hidden dense layer whose gradients are computed, and used up, at once: they stay in the
/// cache from one to the other.
pub(crate) const UNITS: usize = 32;

/// The network in training, with the memory for a step.
#[derive(Debug)]
pub(crate) struct KernelStep {
    network: Network,
    feature_gradient: Floats,
    hidden_gradient: Floats,
    logit_gradient: Floats,
    /// Of a dense layer's kernel, or of a part of it.
    dense_gradient: Floats,
    convolution_gradients: ConvolutionGradients,
}

impl KernelStep {
    /// A step on at most `photographs` photographs of (height, width).
    pub(crate) fn new(
        avx2: Avx2,
        weights: &Weights,
        size: (usize, usize),
        photographs: usize,
    ) -> Result<KernelStep, TchError> {
        let network = Network::new(avx2, weights, size, photographs, Kept::ForBackward)?;
        let features = network.convolutions.features();
        let units = network.hidden.len() / photographs;
        let classes = weights.output.bias.numel();
        let dense = (UNITS.min(units) * features).max(weights.output.kernel.numel());
        Ok(KernelStep {
            feature_gradient: Floats::zeros(photographs * features)?,
            hidden_gradient: Floats::zeros(photographs * units)?,
            logit_gradient: Floats::zeros(photographs * classes)?,
            dense_gradient: Floats::zeros(dense)?,
            convolution_gradients: network.convolutions.gradients(),
            network,
        })
    }

    /// Whether it has room for so many photographs of (height, width).
    pub(crate) fn has_room(&self, size: (usize, usize), photographs: usize) -> bool {
        self.network.room() >= photographs && self.network.convolutions.size() == size
    }

    /// As [`crate::TrainingState::passed`].
    pub(crate) fn passed(&self) -> Option<[f64; 2]> {
        self.network.convolutions.passed()
    }

    /// As [`crate::TrainingState::step`], on photographs (N, H, W, 3).
    pub(crate) fn step(
        &mut self,
        weights: &mut Weights,
        adam: &mut Adam,
        lambda: f64,
        photographs: &[f32],
        classes: &[i64],
        dropout: Option<&Tensor>,
    ) -> Result<StepFigures, TchError> {
        let count = classes.len();
        self.network.convolutions.load(weights)?;
        let logits = self.network.forward(weights, photographs, count, dropout)?;
        let figures = judge(logits, classes, &mut self.logit_gradient);
        adam.begin_step();
        self.output_layer(weights, adam, count)?;
        if let Some(hidden) = &mut weights.hidden {
            self.hidden_layer(hidden, adam, 2.0 * lambda, count, dropout)?;
        }
        let features = count * self.network.convolutions.features();
        let gradients = &mut self.convolution_gradients;
        self.network.convolutions.backward(
            photographs,
            &self.feature_gradient[..features],
            gradients,
        );
        let (first, second) = (&mut weights.convolution_1, &mut weights.convolution_2);
        let changes = [
            (&mut first.kernel, &gradients.first_kernels, 2.0 * lambda),
            (&mut first.bias, &gradients.first_bias, 0.0),
            (&mut second.kernel, &gradients.second_kernels, 2.0 * lambda),
            (&mut second.bias, &gradients.second_bias, 0.0),
        ];
        for (position, (tensor, gradient, penalty)) in changes.into_iter().enumerate() {
            adam.change(position, 0, values_mut(tensor)?, gradient, penalty)?;
        }
        Ok(figures)
    }

    /// Back through the output layer, whose weights change.
    fn output_layer(
        &mut self,
        weights: &mut Weights,
        adam: &mut Adam,
        count: usize,
    ) -> Result<(), TchError> {
        let classes = weights.output.bias.numel();
        let inputs = weights.output.kernel.numel() / classes;
        let (seen, seen_gradient, tensor) = match weights.hidden {
            Some(_) => (&self.network.hidden, &self.hidden_gradient, 6),
            None => (&self.network.features, &self.feature_gradient, 4),
        };
        let gradient = self.logit_gradient.matrix(count, classes)?;
        let kernel = weights.output.kernel.f_detach()?;
        let _ = gradient.f_mm_out(&seen_gradient.matrix(count, inputs)?, &kernel)?;
        let kernel_gradient = self.dense_gradient.matrix(classes, inputs)?;
        let _ = gradient
            .f_transpose(0, 1)?
            .f_mm_out(&kernel_gradient, &seen.matrix(count, inputs)?)?;
        let output = &mut weights.output;
        let kernel = values_mut(&mut output.kernel)?;
        adam.change(
            tensor,
            0,
            kernel,
            &self.dense_gradient[..classes * inputs],
            0.0,
        )?;
        let bias = column_sums(&self.logit_gradient[..count * classes], classes);
        adam.change(tensor + 1, 0, values_mut(&mut output.bias)?, &bias, 0.0)
    }

    /// Back through the hidden dense layer, whose weights change.
    fn hidden_layer(
        &mut self,
        hidden: &mut Layer,
        adam: &mut Adam,
        penalty: f64,
        count: usize,
        dropout: Option<&Tensor>,
    ) -> Result<(), TchError> {
        let units = hidden.bias.numel();
        let inputs = hidden.kernel.numel() / units;
        let outputs = &self.network.hidden[..count * units];
        let gradients = &mut self.hidden_gradient[..count * units];
        drop_out(gradients, dropout)?;
        for (gradient, output) in gradients.iter_mut().zip(outputs) {
            // What was dropped has no gradient already.
            if *output <= 0.0 {
                *gradient = 0.0;
            }
        }
        let bias = column_sums(gradients, units);
        let gradient = self.hidden_gradient.matrix(count, units)?;
        let features = self.network.features.matrix(count, inputs)?;
        let _ = gradient.f_mm_out(
            &self.feature_gradient.matrix(count, inputs)?,
            &hidden.kernel.f_detach()?,
        )?;
        for first in (0..units).step_by(UNITS) {
            let rows = UNITS.min(units - first);
            let _ = gradient
                .f_narrow(1, first as i64, rows as i64)?
                .f_transpose(0, 1)?
                .f_mm_out(&self.dense_gradient.matrix(rows, inputs)?, &features)?;
            let range = first * inputs..(first + rows) * inputs;
            let kernel = &mut values_mut(&mut hidden.kernel)?[range];
            let gradient = &self.dense_gradient[..rows * inputs];
            adam.change(4, first * inputs, kernel, gradient, penalty)?;
        }
        adam.change(5, 0, values_mut(&mut hidden.bias)?, &bias, 0.0)
    }
}

/// Loss and hits of a batch, and the gradient of its mean cross-entropy: softmax less 1 for the true class,
/// divided by the photographs.
fn judge(logits: &[f32], classes: &[i64], gradient: &mut [f32]) -> StepFigures {
    let width = logits.len() / classes.len();
    let (mut loss, mut right) = (0.0, 0);
    let rows = logits
        .chunks_exact(width)
        .zip(gradient.chunks_exact_mut(width));
    for ((logits, gradient), class) in rows.zip(classes) {
        let class = *class as usize;
        loss += cross_entropy(logits, class);
        right += u64::from(highest_logit(logits.iter().copied()) == class);
        let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let exponentials = || logits.iter().map(|logit| f64::from(logit - largest).exp());
        let sum: f64 = exponentials().sum();
        for (position, (gradient, exponential)) in
            gradient.iter_mut().zip(exponentials()).enumerate()
        {
            let truth = f64::from(u8::from(position == class));
            *gradient = ((exponential / sum - truth) / classes.len() as f64) as f32;
        }
    }
    StepFigures {
        loss: loss / classes.len() as f64,
        right,
    }
}

/// The sum of each column of a matrix with rows of `width` values.
fn column_sums(matrix: &[f32], width: usize) -> Vec<f32> {
    let mut sums = vec![0.0; width];
    for row in matrix.chunks_exact(width) {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += value;
        }
    }
    sums
}

#[cfg(test)]
mod tests;
