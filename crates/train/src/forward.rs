//! From photographs to logits.

use tch::{TchError, Tensor};

use crate::weights::{Layer, Weights};

/// The logits (N, classes) of photographs (N, 3, H, W) in [0, 1], in channels-last memory.
///
/// `dropout` multiplies the hidden dense layer's outputs (N, units): 0 where one is dropped, else
/// 1 / (1 − rate). `None` when predicting.
pub(crate) fn logits(
    weights: &Weights,
    photographs: &Tensor,
    dropout: Option<&Tensor>,
) -> Result<Tensor, TchError> {
    let pooled = convolution_block(&weights.convolution_1, photographs)?;
    let pooled = convolution_block(&weights.convolution_2, &pooled)?;
    // Keras's order: height, width, channel. It is the order in channels-last memory: no copy.
    let flat = pooled.f_permute([0, 2, 3, 1])?.f_flatten(1, -1)?;
    let features = match &weights.hidden {
        None => flat,
        Some(hidden) => {
            let outputs = flat
                .f_linear(&hidden.kernel, Some(&hidden.bias))?
                .f_relu()?;
            match dropout {
                Some(mask) => outputs.f_mul(mask)?,
                None => outputs,
            }
        }
    };
    features.f_linear(&weights.output.kernel, Some(&weights.output.bias))
}

/// Convolution with valid padding and stride 1, ReLU, and the maximum of every 2×2 pixels.
fn convolution_block(layer: &Layer, input: &Tensor) -> Result<Tensor, TchError> {
    input
        .f_conv2d(&layer.kernel, Some(&layer.bias), [1, 1], [0, 0], [1, 1], 1)?
        .f_relu()?
        .f_max_pool2d([2, 2], [2, 2], [0, 0], [1, 1], false)
}
