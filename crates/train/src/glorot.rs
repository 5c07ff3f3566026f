//! Initial weights: Glorot and Bengio (2010), uniform, as Keras's `GlorotUniform` draws them.

use fitroom_domain::{CHANNELS, NetworkShape};
use tch::{TchError, Tensor};

use crate::random::{Purpose, Stream};
use crate::weights::{Layer, Weights};

/// Numbers that are drawn at once.
const PIECE: usize = 1 << 20;

/// Initial weights of a network of this shape: kernels uniform in ±√(6 / (fan in + fan out)), where the
/// fans of a convolution count the pixels of its kernel; biases 0.
pub fn initial_weights(shape: &NetworkShape, seed: u64) -> Result<Weights, TchError> {
    let [kernel_1, kernel_2] = shape.kernel_sizes().map(|size| size as i64);
    let kernels = shape.kernels() as i64;
    let classes = shape.classes as i64;
    let flat = shape.flat as i64;
    let convolution = |layer, size: i64, inputs: i64| -> Result<Layer, TchError> {
        let pixels = size * size;
        let drawn = draw(
            seed,
            layer,
            pixels * inputs * kernels,
            pixels * inputs,
            pixels * kernels,
        )?;
        // Height, width, input channel innermost: the channels-last layout of an OIHW kernel.
        let kernel = drawn
            .f_view([kernels, size, size, inputs])?
            .f_permute([0, 3, 1, 2])?;
        Layer::new(
            kernel,
            Tensor::f_zeros([kernels], (tch::Kind::Float, tch::Device::Cpu))?,
        )
    };
    let dense = |layer, inputs: i64, units: i64| -> Result<Layer, TchError> {
        let kernel = draw(seed, layer, inputs * units, inputs, units)?.f_view([units, inputs])?;
        Layer::new(
            kernel,
            Tensor::f_zeros([units], (tch::Kind::Float, tch::Device::Cpu))?,
        )
    };
    let hidden = match shape.dense() {
        0 => None,
        units => Some(dense(2, flat, units as i64)?),
    };
    let features = if hidden.is_some() {
        shape.dense() as i64
    } else {
        flat
    };
    Ok(Weights {
        convolution_1: convolution(0, kernel_1, CHANNELS as i64)?,
        convolution_2: convolution(1, kernel_2, kernels)?,
        hidden,
        output: dense(3, features, classes)?,
    })
}

/// `count` numbers of the layer's own stream, uniform in ±√(6 / (fan in + fan out)).
fn draw(seed: u64, layer: u32, count: i64, fan_in: i64, fan_out: i64) -> Result<Tensor, TchError> {
    let limit = (6.0 / (fan_in + fan_out) as f64).sqrt() as f32;
    let mut stream = Stream::new(seed, Purpose::InitialWeights { layer }, 0);
    let drawn = Tensor::f_empty([count], (tch::Kind::Float, tch::Device::Cpu))?;
    // Piece by piece: where memory is short, LibTorch says so, while a vector would end the process.
    for start in (0..count).step_by(PIECE) {
        let length = (count - start).min(PIECE as i64);
        let piece: Vec<f32> = (0..length)
            .map(|_| (2.0 * stream.uniform() - 1.0) * limit)
            .collect();
        drawn
            .f_narrow(0, start, length)?
            .f_copy_(&Tensor::f_from_slice(&piece)?)?;
    }
    Ok(drawn)
}

#[cfg(test)]
mod tests {
    use fitroom_domain::{Hyperparameters, ImageSize};

    use super::*;

    #[test]
    fn kernels_fill_their_limits_and_biases_are_zero() {
        let hyperparameters = Hyperparameters::new(5, 3, 16, 32, 0.0, 0.0).unwrap();
        let size = ImageSize {
            height: 27,
            width: 21,
        };
        let shape = NetworkShape::new(size, &hyperparameters, 3).unwrap();
        let weights = initial_weights(&shape, 0).unwrap();
        let limit = (6.0f64 / (25.0 * 3.0 + 25.0 * 16.0)).sqrt();
        let largest = weights.convolution_1.kernel.abs().max().double_value(&[]);
        assert!(
            largest <= limit && largest > 0.98 * limit,
            "{largest} of {limit}"
        );
        assert_eq!(weights.convolution_1.kernel.size(), [16, 3, 5, 5]);
        let hidden = weights.hidden.as_ref().unwrap();
        assert_eq!(hidden.kernel.size(), [32, shape.flat as i64]);
        assert_eq!(hidden.bias.abs().max().double_value(&[]), 0.0);
        let elements: i64 = weights
            .named()
            .iter()
            .map(|(_, tensor)| tensor.numel() as i64)
            .sum();
        assert_eq!(elements as u64, shape.parameters());
    }

    #[test]
    fn another_seed_gives_other_weights() {
        let hyperparameters = Hyperparameters::new(3, 3, 4, 0, 0.0, 0.0).unwrap();
        let size = ImageSize {
            height: 12,
            width: 12,
        };
        let shape = NetworkShape::new(size, &hyperparameters, 2).unwrap();
        let output = |seed| initial_weights(&shape, seed).unwrap().output.kernel;
        assert!(output(0).equal(&output(0)));
        assert!(!output(0).equal(&output(1)));
    }
}
