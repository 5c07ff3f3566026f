//! From photographs to logits with our own kernels; LibTorch multiplies the matrices of the dense layers.

use tch::{TchError, Tensor};

use crate::kernels::{Avx2, Convolutions, Kept};
use crate::memory::{Floats, values};
use crate::weights::{Layer, Weights};

/// The network with the memory that it works in.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) convolutions: Convolutions,
    /// (photographs, features): what the convolutions give.
    pub(crate) features: Floats,
    /// (photographs, units): what the hidden dense layer gives, after ReLU and dropout.
    pub(crate) hidden: Floats,
    logits: Floats,
    classes: usize,
    units: usize,
}

impl Network {
    /// The network that these weights have, for `photographs` photographs of (height, width) at once, on as
    /// many cores as LibTorch has threads.
    pub(crate) fn new(
        avx2: Avx2,
        weights: &Weights,
        size: (usize, usize),
        photographs: usize,
        kept: Kept,
    ) -> Result<Network, TchError> {
        let threads = tch::get_num_threads().max(1) as usize;
        let convolutions = Convolutions::new(avx2, weights, size, photographs, threads, kept)?;
        check_features(weights, size, convolutions.features())?;
        let classes = weights.output.bias.numel();
        let units = weights
            .hidden
            .as_ref()
            .map_or(0, |hidden| hidden.bias.numel());
        Ok(Network {
            features: Floats::zeros(photographs * convolutions.features())?,
            hidden: Floats::zeros(photographs * units)?,
            logits: Floats::zeros(photographs * classes)?,
            convolutions,
            classes,
            units,
        })
    }

    /// Photographs that it has room for.
    pub(crate) fn room(&self) -> usize {
        self.logits.len() / self.classes.max(1)
    }

    /// The logits (N, classes) of photographs (N, H, W, 3), row by row, by the weights that were loaded last
    /// ([`Convolutions::load`]). `dropout` is that of [`crate::TrainingState::step`].
    pub(crate) fn forward(
        &mut self,
        weights: &Weights,
        photographs: &[f32],
        count: usize,
        dropout: Option<&Tensor>,
    ) -> Result<&[f32], TchError> {
        let width = self.convolutions.features();
        self.convolutions
            .forward(photographs, &mut self.features[..count * width]);
        let mut inputs = self.features.matrix(count, width)?;
        if let Some(hidden) = &weights.hidden {
            let outputs = self.hidden.matrix(count, self.units)?;
            dense(hidden, &inputs, &outputs)?;
            activate(&mut self.hidden[..count * self.units], dropout)?;
            inputs = outputs;
        }
        let logits = self.logits.matrix(count, self.classes)?;
        dense(&weights.output, &inputs, &logits)?;
        Ok(&self.logits[..count * self.classes])
    }
}

/// Refuses photographs that the weights cannot be for, by the features that they give. Sizes that differ by what
/// pooling leaves over give as many.
fn check_features(
    weights: &Weights,
    (height, width): (usize, usize),
    features: usize,
) -> Result<(), TchError> {
    let dense = weights.hidden.as_ref().unwrap_or(&weights.output);
    let inputs = dense.kernel.numel() / dense.bias.numel().max(1);
    if features == 0 || features != inputs {
        return Err(TchError::Shape(format!(
            "photographs of {width}×{height} pixels give {features} features, expected {inputs}"
        )));
    }
    Ok(())
}

/// `inputs` (N, inputs) times the kernel, plus the bias, to `outputs` (N, units).
fn dense(layer: &Layer, inputs: &Tensor, outputs: &Tensor) -> Result<(), TchError> {
    let kernel = layer.kernel.f_detach()?.f_transpose(0, 1)?;
    let _ = layer
        .bias
        .f_detach()?
        .f_addmm_out(outputs, inputs, &kernel)?;
    Ok(())
}

/// ReLU and dropout. What is undefined stays so.
fn activate(outputs: &mut [f32], dropout: Option<&Tensor>) -> Result<(), TchError> {
    for output in &mut *outputs {
        if *output < 0.0 {
            *output = 0.0;
        }
    }
    drop_out(outputs, dropout)
}

/// Multiplies the hidden dense layer's outputs, or their gradients, with the mask, if there is one.
pub(crate) fn drop_out(outputs: &mut [f32], mask: Option<&Tensor>) -> Result<(), TchError> {
    if let Some(mask) = mask {
        for (output, factor) in outputs.iter_mut().zip(values(mask)?) {
            *output *= factor;
        }
    }
    Ok(())
}
