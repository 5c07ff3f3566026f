//! The sizes of a network's layers, its parameters and its cost, without building it.

use serde::{Deserialize, Serialize};

use crate::hyperparameters::Hyperparameters;

/// Height and width of a photograph, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ImageSize {
    /// Rows of pixels.
    pub height: u32,
    /// Columns of pixels.
    pub width: u32,
}

/// Colour channels of a photograph: red, green, blue.
pub const CHANNELS: u64 = 3;

/// The sizes of `Conv → MaxPool → Conv → MaxPool → Flatten → [Dense → [Dropout]] → Dense`, with valid
/// padding, stride 1 and pools of 2×2 that drop an odd last row or column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetworkShape {
    /// The photographs.
    pub image: ImageSize,
    /// Output of the first convolution.
    pub convolution_1: ImageSize,
    /// Output of the first pooling.
    pub pool_1: ImageSize,
    /// Output of the second convolution.
    pub convolution_2: ImageSize,
    /// Output of the second pooling.
    pub pool_2: ImageSize,
    /// Values that the flattened output of the second pooling has: height × width × kernels.
    pub flat: u64,
    /// Units of the output layer, one for each class.
    pub classes: u64,
    kernel_1: u64,
    kernel_2: u64,
    kernels: u64,
    dense: u64,
}

/// Hyperparameters that do not fit an image.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{width}×{height} photographs are too small for kernels of {kernel_size_1} and {kernel_size_2}: {reason}"
)]
pub struct NetworkShapeError {
    width: u32,
    height: u32,
    kernel_size_1: u32,
    kernel_size_2: u32,
    reason: String,
}

impl NetworkShape {
    /// The shape of the network that these hyperparameters describe, or why there is none: a
    /// convolution needs at least one output pixel, a pooling two.
    pub fn new(
        image: ImageSize,
        hyperparameters: &Hyperparameters,
        classes: usize,
    ) -> Result<NetworkShape, NetworkShapeError> {
        let block = |layer: &str, input: ImageSize, kernel: u32| {
            let side = |length: u32| length.checked_sub(kernel).map_or(0, |rest| rest + 1);
            let output = ImageSize {
                height: side(input.height),
                width: side(input.width),
            };
            let pooled = ImageSize {
                height: output.height / 2,
                width: output.width / 2,
            };
            if pooled.height == 0 || pooled.width == 0 {
                return Err(NetworkShapeError {
                    width: image.width,
                    height: image.height,
                    kernel_size_1: hyperparameters.kernel_size_1,
                    kernel_size_2: hyperparameters.kernel_size_2,
                    reason: format!(
                        "{kernel}×{kernel} on {}×{} leaves {}×{} after the {layer} pooling",
                        input.width, input.height, pooled.width, pooled.height
                    ),
                });
            }
            Ok((output, pooled))
        };
        let (convolution_1, pool_1) = block("first", image, hyperparameters.kernel_size_1)?;
        let (convolution_2, pool_2) = block("second", pool_1, hyperparameters.kernel_size_2)?;
        let kernels = u64::from(hyperparameters.kernel_num);
        Ok(NetworkShape {
            image,
            convolution_1,
            pool_1,
            convolution_2,
            pool_2,
            flat: area(pool_2) * kernels,
            classes: classes as u64,
            kernel_1: u64::from(hyperparameters.kernel_size_1),
            kernel_2: u64::from(hyperparameters.kernel_size_2),
            kernels,
            dense: u64::from(hyperparameters.dense_size),
        })
    }

    /// Sides of the first and the second convolution's kernels.
    pub fn kernel_sizes(&self) -> [u64; 2] {
        [self.kernel_1, self.kernel_2]
    }

    /// Kernels of each convolution.
    pub fn kernels(&self) -> u64 {
        self.kernels
    }

    /// Units of the hidden dense layer; 0: there is none.
    pub fn dense(&self) -> u64 {
        self.dense
    }

    /// How many values each kernel and each bias has, layer by layer.
    pub fn tensors(&self) -> impl Iterator<Item = u64> + use<> {
        let convolution =
            |kernel: u64, channels: u64| [kernel * kernel * channels * self.kernels, self.kernels];
        let dense = |inputs: u64, units: u64| [inputs * units, units];
        let (features, hidden) = match self.dense {
            0 => (self.flat, None),
            units => (units, Some(dense(self.flat, units))),
        };
        let convolutions = [
            convolution(self.kernel_1, CHANNELS),
            convolution(self.kernel_2, self.kernels),
        ];
        let output = dense(features, self.classes);
        (convolutions.into_iter().chain(hidden).chain([output])).flatten()
    }

    /// Weights and biases together.
    pub fn parameters(&self) -> u64 {
        self.tensors().sum()
    }

    /// Multiplications (each with its addition) that the prediction of one photograph takes.
    pub fn multiply_adds(&self) -> u64 {
        let convolution_1 =
            area(self.convolution_1) * self.kernel_1 * self.kernel_1 * CHANNELS * self.kernels;
        let convolution_2 =
            area(self.convolution_2) * self.kernel_2 * self.kernel_2 * self.kernels * self.kernels;
        let dense = match self.dense {
            0 => self.flat * self.classes,
            dense => self.flat * dense + dense * self.classes,
        };
        convolution_1 + convolution_2 + dense
    }
}

/// Pixels of an image of this size.
fn area(size: ImageSize) -> u64 {
    u64::from(size.height) * u64::from(size.width)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CATALOGUE: ImageSize = ImageSize {
        height: 80,
        width: 60,
    };

    #[test]
    fn parameters_equal_those_that_keras_counts() {
        // tf.keras.Sequential of the study's layers on (80, 60, 3), 4 classes: model.count_params().
        let hyperparameters = Hyperparameters::new(3, 3, 32, 256, 0.0, 0.0).unwrap();
        let shape = NetworkShape::new(CATALOGUE, &hyperparameters, 4).unwrap();
        assert_eq!(
            shape.pool_1,
            ImageSize {
                height: 39,
                width: 29
            }
        );
        assert_eq!(
            shape.pool_2,
            ImageSize {
                height: 18,
                width: 13
            }
        );
        assert_eq!(shape.parameters(), 1_928_356);
    }

    #[test]
    fn multiply_adds_count_every_product_once() {
        let hyperparameters = Hyperparameters::new(1, 1, 2, 0, 0.0, 0.0).unwrap();
        let shape = NetworkShape::new(
            ImageSize {
                height: 4,
                width: 4,
            },
            &hyperparameters,
            2,
        )
        .unwrap();
        // 16 pixels × 3 × 2, then 4 pixels × 2 × 2, then 2 values × 2 classes.
        assert_eq!(shape.multiply_adds(), 96 + 16 + 4);
    }

    #[test]
    fn a_network_that_does_not_fit_says_at_which_layer() {
        let hyperparameters = Hyperparameters::new(7, 7, 32, 0, 0.0, 0.0).unwrap();
        let error = NetworkShape::new(
            ImageSize {
                height: 20,
                width: 15,
            },
            &hyperparameters,
            2,
        )
        .unwrap_err();
        assert_eq!(
            error.to_string(),
            "15×20 photographs are too small for kernels of 7 and 7: \
             7×7 on 4×7 leaves 0×0 after the second pooling"
        );
    }
}
