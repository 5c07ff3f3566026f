//! The hyperparameters of the network: what a sweep searches.

use serde::{Deserialize, Serialize};

/// One point of the grid, without the seed. Made by [`Hyperparameters::new`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Hyperparameters {
    /// Side of the first convolution's square kernel, in pixels.
    pub kernel_size_1: u32,
    /// Side of the second convolution's square kernel, in pixels of the first pooling's output.
    pub kernel_size_2: u32,
    /// Kernels (output channels) of each convolution.
    pub kernel_num: u32,
    /// Units of the hidden dense layer; 0: there is none.
    pub dense_size: u32,
    /// Share of the hidden dense layer's outputs that a training step drops, in [0, 1).
    pub dropout_rate: f64,
    /// Weight of the L2 penalty on the kernels of both convolutions and of the hidden dense layer.
    pub lambda: f64,
}

/// A hyperparameter as people and files see it.
#[derive(Debug, Clone, Copy)]
pub struct Description {
    /// Its name in sweep files, the database, reports and TensorBoard.
    pub name: &'static str,
    /// Its letter in a trial's name (`k` of the first kernel size is followed by `x` of the second).
    pub letter: &'static str,
    /// Whether its values are whole numbers.
    pub whole: bool,
    /// Its value as a number.
    pub value: fn(&Hyperparameters) -> f64,
}

/// Every hyperparameter, in the order in which grids are expanded and columns are shown.
pub const HYPERPARAMETERS: [Description; 6] = [
    Description {
        name: "kernel_size_1",
        letter: "k",
        whole: true,
        value: |h| f64::from(h.kernel_size_1),
    },
    Description {
        name: "kernel_size_2",
        letter: "x",
        whole: true,
        value: |h| f64::from(h.kernel_size_2),
    },
    Description {
        name: "kernel_num",
        letter: "n",
        whole: true,
        value: |h| f64::from(h.kernel_num),
    },
    Description {
        name: "dense_size",
        letter: "d",
        whole: true,
        value: |h| f64::from(h.dense_size),
    },
    Description {
        name: "dropout_rate",
        letter: "p",
        whole: false,
        value: |h| h.dropout_rate,
    },
    Description {
        name: "lambda",
        letter: "l",
        whole: false,
        value: |h| h.lambda,
    },
];

impl Description {
    /// The value of this hyperparameter as text, the shortest that reads back to the same number.
    pub fn format(&self, hyperparameters: &Hyperparameters) -> String {
        format_number((self.value)(hyperparameters))
    }
}

/// The shortest text that reads back to the same number: `64`, `0.3`, `1e-5`.
pub fn format_number(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-3 {
        format!("{value:e}")
    } else {
        value.to_string()
    }
}

/// Hyperparameters that make no network.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum HyperparametersError {
    /// A value out of its range.
    #[error("`{key}` is {found}, expected {expected}")]
    OutOfRange {
        /// The hyperparameter.
        key: &'static str,
        /// Its value.
        found: String,
        /// The values that it may have.
        expected: &'static str,
    },
    /// Dropout has nothing to drop.
    #[error(
        "`dropout_rate` is {0} but `dense_size` is 0 or absent: dropout acts on the hidden dense layer"
    )]
    DropoutWithoutDense(f64),
}

impl Hyperparameters {
    /// Checked hyperparameters: sizes from 1 to 1024 (`dense_size` from 0 to 65536), `dropout_rate` in
    /// [0, 1) and above 0 only with a hidden dense layer, `lambda` finite and at least 0.
    pub fn new(
        kernel_size_1: u32,
        kernel_size_2: u32,
        kernel_num: u32,
        dense_size: u32,
        dropout_rate: f64,
        lambda: f64,
    ) -> Result<Hyperparameters, HyperparametersError> {
        let out_of_range = |key, found: String, expected| {
            Err(HyperparametersError::OutOfRange {
                key,
                found,
                expected,
            })
        };
        for (key, value) in [
            ("kernel_size_1", kernel_size_1),
            ("kernel_size_2", kernel_size_2),
            ("kernel_num", kernel_num),
        ] {
            if !(1..=1024).contains(&value) {
                return out_of_range(key, value.to_string(), "a whole number from 1 to 1024");
            }
        }
        if dense_size > 65_536 {
            return out_of_range(
                "dense_size",
                dense_size.to_string(),
                "a whole number from 0 to 65536",
            );
        }
        if !(0.0..1.0).contains(&dropout_rate) {
            return out_of_range(
                "dropout_rate",
                dropout_rate.to_string(),
                "a number from 0 to below 1",
            );
        }
        if !(lambda.is_finite() && lambda >= 0.0) {
            return out_of_range(
                "lambda",
                lambda.to_string(),
                "a finite number of at least 0",
            );
        }
        if dropout_rate > 0.0 && dense_size == 0 {
            return Err(HyperparametersError::DropoutWithoutDense(dropout_rate));
        }
        Ok(Hyperparameters {
            kernel_size_1,
            kernel_size_2,
            kernel_num,
            dense_size,
            // Adding 0 turns -0.0 into 0.0, so that equal values are equal texts and equal hashes.
            dropout_rate: dropout_rate + 0.0,
            lambda: lambda + 0.0,
        })
    }

    /// The readable part of a trial's name: `k7x3-n96-d512-p0.3-l1e-5`, without what is 0.
    pub fn short_name(&self) -> String {
        let mut name = format!(
            "k{}x{}-n{}",
            self.kernel_size_1, self.kernel_size_2, self.kernel_num
        );
        for description in &HYPERPARAMETERS[3..] {
            if (description.value)(self) != 0.0 {
                name.push_str(&format!(
                    "-{}{}",
                    description.letter,
                    description.format(self)
                ));
            }
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_show_every_value_that_is_set() {
        let plain = Hyperparameters::new(7, 3, 96, 512, 0.0, 0.0).unwrap();
        assert_eq!(plain.short_name(), "k7x3-n96-d512");
        let full = Hyperparameters::new(5, 5, 64, 256, 0.25, 1e-5).unwrap();
        assert_eq!(full.short_name(), "k5x5-n64-d256-p0.25-l1e-5");
    }

    #[test]
    fn dropout_without_a_hidden_dense_layer_is_refused() {
        assert_eq!(
            Hyperparameters::new(3, 3, 32, 0, 0.5, 0.0),
            Err(HyperparametersError::DropoutWithoutDense(0.5))
        );
    }

    #[test]
    fn values_out_of_range_are_refused() {
        assert!(Hyperparameters::new(0, 3, 32, 0, 0.0, 0.0).is_err());
        assert!(Hyperparameters::new(3, 3, 32, 64, 1.0, 0.0).is_err());
        assert!(Hyperparameters::new(3, 3, 32, 64, f64::NAN, 0.0).is_err());
        assert!(Hyperparameters::new(3, 3, 32, 64, 0.0, f64::INFINITY).is_err());
        assert!(Hyperparameters::new(3, 3, 32, 64, 0.0, -1e-9).is_err());
    }

    #[test]
    fn negative_zero_is_zero() {
        let hyperparameters = Hyperparameters::new(3, 3, 32, 64, -0.0, -0.0).unwrap();
        assert!(hyperparameters.dropout_rate.is_sign_positive());
        assert!(hyperparameters.lambda.is_sign_positive());
    }

    #[test]
    fn numbers_are_shown_short() {
        for (value, text) in [
            (64.0, "64"),
            (0.3, "0.3"),
            (1e-5, "1e-5"),
            (0.1, "0.1"),
            (0.001, "0.001"),
            (0.0, "0"),
        ] {
            assert_eq!(format_number(value), text);
        }
    }
}
