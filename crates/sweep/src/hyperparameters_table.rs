//! `[hyperparameters]` of a sweep file, read into a grid.

use fitroom_domain::{Hyperparameters, HyperparametersError};

use crate::grid::{Axes, Grid, GridError, KernelSizes};
use crate::keys::{
    DENSE_SIZE, DROPOUT_RATE, KERNEL_NUM, KERNEL_SIZE, KERNEL_SIZE_1, KERNEL_SIZE_2, LAMBDA,
};
use crate::settings::Settings;
use crate::sweep_file::SweepFileError;

/// The grid; its values are checked one by one, then in combination.
pub(crate) fn read(settings: &Settings<'_>) -> Result<Grid, SweepFileError> {
    // A value is in its range if it makes a network together with values that always do.
    let fits = |kernel_num, dense_size, dropout_rate, lambda| {
        Hyperparameters::new(1, 1, kernel_num, dense_size, dropout_rate, lambda).is_ok()
    };
    let axes = Axes {
        kernel_sizes: kernel_sizes(settings)?,
        kernel_num: settings
            .several(&KERNEL_NUM, |value| {
                value.whole().filter(|&kernels| fits(kernels, 1, 0.0, 0.0))
            })?
            .ok_or_else(|| settings.missing(&KERNEL_NUM))?,
        dense_size: settings
            .several(&DENSE_SIZE, |value| {
                value.whole().filter(|&units| fits(1, units, 0.0, 0.0))
            })?
            .unwrap_or_else(|| vec![0]),
        dropout_rate: settings
            .several(&DROPOUT_RATE, |value| {
                value.number().filter(|&rate| fits(1, 1, rate, 0.0))
            })?
            .unwrap_or_else(|| vec![0.0]),
        lambda: settings
            .several(&LAMBDA, |value| {
                value.number().filter(|&lambda| fits(1, 1, 0.0, lambda))
            })?
            .unwrap_or_else(|| vec![0.0]),
    };
    Grid::new(axes).map_err(|error| no_grid(settings, error))
}

fn kernel_sizes(settings: &Settings<'_>) -> Result<KernelSizes, SweepFileError> {
    let sizes = |key| {
        settings.several(key, |value| {
            let fits = |&size: &u32| Hyperparameters::new(size, size, 1, 0, 0.0, 0.0).is_ok();
            value.whole().filter(fits)
        })
    };
    let (both, ones, twos) = (
        sizes(&KERNEL_SIZE)?,
        sizes(&KERNEL_SIZE_1)?,
        sizes(&KERNEL_SIZE_2)?,
    );
    if let Some(both) = settings.get(&KERNEL_SIZE) {
        for key in [&KERNEL_SIZE_1, &KERNEL_SIZE_2] {
            if let Some(value) = settings.get(key) {
                return Err(SweepFileError::KernelSizeTwice {
                    place: value.place(),
                    key: key.to_string(),
                    other: both.place(),
                });
            }
        }
    }
    match (both, ones, twos) {
        (Some(sizes), ..) => Ok(KernelSizes::Equal(sizes)),
        (None, Some(ones), Some(twos)) => Ok(KernelSizes::Separate(ones, twos)),
        (None, Some(_), None) => Err(settings.missing(&KERNEL_SIZE_2)),
        (None, None, Some(_)) => Err(settings.missing(&KERNEL_SIZE_1)),
        (None, None, None) => Err(settings.missing(&KERNEL_SIZE)),
    }
}

/// The error of the grid, with the lines that are to blame.
fn no_grid(settings: &Settings<'_>, error: GridError) -> SweepFileError {
    match (error, settings.get(&DROPOUT_RATE)) {
        (
            GridError::Hyperparameters(HyperparametersError::DropoutWithoutDense(rate)),
            Some(dropout),
        ) => SweepFileError::DropoutWithoutDense {
            place: dropout.place(),
            rate,
            dense_size: match settings.get(&DENSE_SIZE) {
                Some(dense) => format!("0 ({})", dense.place()),
                None => "absent".to_owned(),
            },
        },
        (error, _) => settings.no_grid(error),
    }
}
