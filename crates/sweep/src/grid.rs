//! The values that a sweep tries, and every combination of them.

use fitroom_domain::{Hyperparameters, HyperparametersError};

/// Most trials of one sweep; a grid beyond is a mistake that would only be noticed after days.
pub const MOST_TRIALS: usize = 100_000;

/// The values of each hyperparameter in the order in which they are tried, at least one of each.
#[derive(Debug, Clone, PartialEq)]
pub struct Axes {
    /// Sides of the convolutions' kernels.
    pub kernel_sizes: KernelSizes,
    /// Kernels of each convolution.
    pub kernel_num: Vec<u32>,
    /// Units of the hidden dense layer; 0: there is none.
    pub dense_size: Vec<u32>,
    /// Dropout after the hidden dense layer.
    pub dropout_rate: Vec<f64>,
    /// Weight of the L2 penalty.
    pub lambda: Vec<f64>,
}

/// How the two kernel sizes go together.
#[derive(Debug, Clone, PartialEq)]
pub enum KernelSizes {
    /// Both are the same: `kernel_size`.
    Equal(Vec<u32>),
    /// Every first with every second: `kernel_size_1` and `kernel_size_2`.
    Separate(Vec<u32>, Vec<u32>),
}

/// One hyperparameter that is swept.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Its key in the sweep file; `kernel_size` stands for both sizes.
    pub key: &'static str,
    /// Its values, at least two, in the order of the file.
    pub values: Vec<f64>,
}

/// A grid: its axes and its configurations.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    axes: Axes,
    configurations: Vec<Hyperparameters>,
}

/// Axes that make no grid.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GridError {
    /// More than [`MOST_TRIALS`].
    #[error("the grid has more than {MOST_TRIALS} trials")]
    TooLarge,
    /// A combination of values makes no network.
    #[error(transparent)]
    Hyperparameters(#[from] HyperparametersError),
}

impl Grid {
    /// Every combination of the axes' values: in the order of the keys in a sweep file, the first key
    /// varies slowest, and each key's values come as they stand in their list.
    pub fn new(axes: Axes) -> Result<Grid, GridError> {
        let (ones, twos) = match &axes.kernel_sizes {
            KernelSizes::Equal(sizes) => (sizes.len(), 1),
            KernelSizes::Separate(ones, twos) => (ones.len(), twos.len()),
        };
        let count = [
            ones,
            twos,
            axes.kernel_num.len(),
            axes.dense_size.len(),
            axes.dropout_rate.len(),
            axes.lambda.len(),
        ]
        .into_iter()
        .try_fold(1, usize::checked_mul);
        if count.is_none_or(|count| count > MOST_TRIALS) {
            return Err(GridError::TooLarge);
        }

        let mut configurations = Vec::new();
        for (one, two) in axes.kernel_sizes.pairs() {
            for &kernel_num in &axes.kernel_num {
                for &dense_size in &axes.dense_size {
                    for &dropout_rate in &axes.dropout_rate {
                        for &lambda in &axes.lambda {
                            configurations.push(Hyperparameters::new(
                                one,
                                two,
                                kernel_num,
                                dense_size,
                                dropout_rate,
                                lambda,
                            )?);
                        }
                    }
                }
            }
        }
        Ok(Grid {
            axes,
            configurations,
        })
    }

    /// Every configuration.
    pub fn configurations(&self) -> &[Hyperparameters] {
        &self.configurations
    }

    /// The hyperparameters that have several values, slowest first.
    pub fn swept(&self) -> Vec<Axis> {
        let whole = |values: &[u32]| values.iter().copied().map(f64::from).collect();
        let mut axes: Vec<(&'static str, Vec<f64>)> = match &self.axes.kernel_sizes {
            KernelSizes::Equal(sizes) => vec![("kernel_size", whole(sizes))],
            KernelSizes::Separate(ones, twos) => {
                vec![
                    ("kernel_size_1", whole(ones)),
                    ("kernel_size_2", whole(twos)),
                ]
            }
        };
        axes.extend([
            ("kernel_num", whole(&self.axes.kernel_num)),
            ("dense_size", whole(&self.axes.dense_size)),
            ("dropout_rate", self.axes.dropout_rate.clone()),
            ("lambda", self.axes.lambda.clone()),
        ]);
        axes.into_iter()
            .filter(|(_, values)| values.len() > 1)
            .map(|(key, values)| Axis { key, values })
            .collect()
    }
}

impl KernelSizes {
    fn pairs(&self) -> Vec<(u32, u32)> {
        match self {
            KernelSizes::Equal(sizes) => sizes.iter().map(|&size| (size, size)).collect(),
            KernelSizes::Separate(ones, twos) => ones
                .iter()
                .flat_map(|&one| twos.iter().map(move |&two| (one, two)))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::btree_set;
    use proptest::prelude::*;

    use super::*;

    fn values<T: Ord + std::fmt::Debug>(
        value: impl Strategy<Value = T>,
    ) -> impl Strategy<Value = Vec<T>> {
        btree_set(value, 1..4).prop_map(|values| values.into_iter().collect())
    }

    /// Hundredths, so that equal values are equal numbers.
    fn shares() -> impl Strategy<Value = Vec<f64>> {
        values(0_u32..100)
            .prop_map(|shares| shares.into_iter().map(|s| f64::from(s) / 1e2).collect())
    }

    fn kernel_sizes() -> impl Strategy<Value = KernelSizes> {
        prop_oneof![
            values(1_u32..9).prop_map(KernelSizes::Equal),
            (values(1_u32..9), values(1_u32..9))
                .prop_map(|(ones, twos)| KernelSizes::Separate(ones, twos)),
        ]
    }

    proptest! {
        #[test]
        fn the_grid_is_every_combination_once(
            kernel_sizes in kernel_sizes(),
            kernel_num in values(1_u32..200),
            dense_size in values(1_u32..2000),
            dropout_rate in shares(),
            lambda in shares(),
        ) {
            let pairs = kernel_sizes.pairs();
            let axes = Axes { kernel_sizes, kernel_num, dense_size, dropout_rate, lambda };
            let grid = Grid::new(axes.clone()).unwrap();
            let product = pairs.len()
                * axes.kernel_num.len()
                * axes.dense_size.len()
                * axes.dropout_rate.len()
                * axes.lambda.len();
            prop_assert_eq!(grid.configurations().len(), product);

            let mut names: Vec<String> =
                grid.configurations().iter().map(|one| format!("{one:?}")).collect();
            names.sort();
            names.dedup();
            prop_assert_eq!(names.len(), product, "no configuration occurs twice");

            for one in grid.configurations() {
                prop_assert!(pairs.contains(&(one.kernel_size_1, one.kernel_size_2)));
                prop_assert!(axes.kernel_num.contains(&one.kernel_num));
                prop_assert!(axes.dense_size.contains(&one.dense_size));
                prop_assert!(axes.dropout_rate.contains(&one.dropout_rate));
                prop_assert!(axes.lambda.contains(&one.lambda));
            }
            let swept: usize = grid.swept().iter().map(|axis| axis.values.len()).product();
            prop_assert_eq!(swept, product);
        }
    }

    fn axes() -> Axes {
        Axes {
            kernel_sizes: KernelSizes::Equal(vec![3, 5]),
            kernel_num: vec![32],
            dense_size: vec![0],
            dropout_rate: vec![0.0],
            lambda: vec![1e-5, 0.0],
        }
    }

    #[test]
    fn the_first_key_varies_slowest() {
        let grid = Grid::new(axes()).unwrap();
        let order: Vec<_> = grid
            .configurations()
            .iter()
            .map(|one| (one.kernel_size_1, one.kernel_size_2, one.lambda))
            .collect();
        assert_eq!(
            order,
            [(3, 3, 1e-5), (3, 3, 0.0), (5, 5, 1e-5), (5, 5, 0.0)]
        );
    }

    #[test]
    fn coupled_kernel_sizes_are_one_axis_and_fixed_values_are_none() {
        let swept = Grid::new(axes()).unwrap().swept();
        let keys: Vec<_> = swept.iter().map(|axis| axis.key).collect();
        assert_eq!(keys, ["kernel_size", "lambda"]);
    }

    #[test]
    fn a_grid_beyond_the_limit_is_refused_before_it_is_expanded() {
        let huge = Axes {
            kernel_sizes: KernelSizes::Separate((1..=1024).collect(), (1..=1024).collect()),
            kernel_num: (1..=1024).collect(),
            dense_size: (0..=65_536).collect(),
            lambda: vec![0.0; 1_000_000],
            ..axes()
        };
        assert_eq!(Grid::new(huge), Err(GridError::TooLarge));
    }
}
