//! A sweep file: one task, the hyperparameters to try, and how to train them.

use std::path::{Path, PathBuf};

use fitroom_domain::TrainSettings;
use fitroom_domain::keep::Keep;

use crate::document::{self, Place, SyntaxError, ValueError};
use crate::grid::{Grid, GridError, MOST_TRIALS};
use crate::overrides::{Override, OverrideError};
use crate::pruning::Halving;
use crate::report_table::{self, ReportSettings};
use crate::settings::Settings;
use crate::tensorboard_table::{self, TensorboardSettings};
use crate::unknown_key::UnknownKey;
use crate::{hyperparameters_table, keys, train_table};

/// What a sweep file asks for, overrides and defaults included.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepFile {
    /// The file's name without `.toml`: letters, digits, `_` and `-`.
    pub name: String,
    /// The name of the task.
    pub task: String,
    /// The configurations.
    pub grid: Grid,
    /// How each is trained.
    pub train: TrainSettings,
    /// Each configuration is trained once for each of these, at least one and all different.
    pub seeds: Vec<u64>,
    /// Whose weights are kept.
    pub keep: Keep,
    /// A trial that failed this often stays failed, at least 1.
    pub attempts: u32,
    /// How trials are stopped early; `None`: none is.
    pub prune: Option<Halving>,
    /// What TensorBoard gets.
    pub tensorboard: TensorboardSettings,
    /// What the report judges by.
    pub report: ReportSettings,
    /// The file as it was read, without overrides.
    pub text: String,
}

/// A sweep file that cannot be used; its author has to change it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SweepFileError {
    /// The file's name names no sweep.
    #[error(
        "{path}: a sweep is named after its file, expected letters, digits, `_` and `-` before `.toml`"
    )]
    Name {
        /// The file.
        path: PathBuf,
    },
    /// It is not TOML.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    /// It has a key that sweep files do not have.
    #[error(transparent)]
    UnknownKey(#[from] UnknownKey),
    /// An override cannot be used.
    #[error(transparent)]
    Override(#[from] OverrideError),
    /// A value has the wrong type or is out of its range.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// A list has the same value twice.
    #[error("{place}: `{key}` has `{value}` twice")]
    Repeated {
        /// Where the second is.
        place: Place,
        /// The key.
        key: String,
        /// The value, as it was written the second time.
        value: String,
    },
    /// A key that is needed is absent.
    #[error("{path}: `{key}` is missing, expected {expected}")]
    Missing {
        /// The file.
        path: PathBuf,
        /// The key with its table.
        key: String,
        /// The values that it may have.
        expected: String,
    },
    /// Kernel sizes are given in both of the two ways.
    #[error(
        "{place}: `{key}` cannot stand beside `kernel_size` ({other}), which sets both kernel sizes"
    )]
    KernelSizeTwice {
        /// Where the key is.
        place: Place,
        /// `kernel_size_1` or `kernel_size_2`.
        key: String,
        /// Where `kernel_size` is.
        other: Place,
    },
    /// Only some configurations have a hidden dense layer, or none has, and dropout has nothing to drop.
    #[error(
        "{place}: `dropout_rate` is {rate} but `dense_size` is {dense_size}: dropout acts on the hidden dense layer"
    )]
    DropoutWithoutDense {
        /// Where the dropout rate is.
        place: Place,
        /// A dropout rate above 0.
        rate: f64,
        /// `absent`, or 0 and where it is.
        dense_size: String,
    },
    /// The values make no grid.
    #[error("{path}: {reason}")]
    Grid {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: GridError,
    },
}

impl SweepFile {
    /// Reads the text of the file at `path`, with `overrides` in place of what it says: the last override
    /// of a key counts. Only reads what it is given; the first mistake is reported.
    pub fn parse(
        text: &str,
        path: &Path,
        overrides: &[Override],
    ) -> Result<SweepFile, SweepFileError> {
        let name = name(path)?;
        let root = document::parse(text, path)?;
        let overrides = overrides
            .iter()
            .map(|given| Ok((given, given.value()?)))
            .collect::<Result<Vec<_>, OverrideError>>()?;
        let mut settings = Settings::of_file(path, text, root.get_ref())?;
        settings.replace(&overrides);

        let task = settings
            .single(&keys::TASK, |value| {
                value.text().filter(|text| !text.is_empty())
            })?
            .ok_or_else(|| settings.missing(&keys::TASK))?;
        let grid = hyperparameters_table::read(&settings)?;
        let (train, seeds, keep) = train_table::read(&settings)?;
        if grid.configurations().len().saturating_mul(seeds.len()) > MOST_TRIALS {
            return Err(settings.no_grid(GridError::TooLarge));
        }
        settings.single(&keys::SEARCH_METHOD, |value| {
            value.text().filter(|&method| method == "grid")
        })?;
        let attempts = settings.single(&keys::ATTEMPTS, |value| {
            value
                .whole()
                .filter(|attempts| (1..=1000).contains(attempts))
        })?;

        let prune = prune(&settings, train.epochs)?;
        Ok(SweepFile {
            name,
            task: task.to_owned(),
            grid,
            train,
            seeds,
            keep,
            attempts: attempts.unwrap_or(3),
            prune,
            tensorboard: tensorboard_table::read(&settings)?,
            report: report_table::read(&settings)?,
            text: text.to_owned(),
        })
    }
}

/// Whether `name` may become part of a path, a tag and a command.
pub(crate) fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

fn name(path: &Path) -> Result<String, SweepFileError> {
    path.file_stem()
        .and_then(|stem| stem.to_str())
        .filter(|stem| is_plain_name(stem))
        .map(str::to_owned)
        .ok_or_else(|| SweepFileError::Name {
            path: path.to_owned(),
        })
}

/// The `[prune]` table. Trials that are trained for `epochs` epochs can be stopped before the last.
fn prune(settings: &Settings<'_>, epochs: u32) -> Result<Option<Halving>, SweepFileError> {
    let reduction_factor = settings.single(&keys::PRUNE_REDUCTION_FACTOR, |value| {
        value.whole().filter(|factor| (2..=1000).contains(factor))
    })?;
    let grace_epochs = settings.single(&keys::PRUNE_GRACE_EPOCHS, |value| {
        value.whole().filter(|grace| (1..epochs).contains(grace))
    })?;
    let method = settings.single(&keys::PRUNE_METHOD, |value| {
        value.text().filter(|&method| method == "halving")
    })?;
    if method.is_none() {
        let is_meant =
            settings.has_table("prune") || reduction_factor.is_some() || grace_epochs.is_some();
        return match is_meant {
            true => Err(settings.missing(&keys::PRUNE_METHOD)),
            false => Ok(None),
        };
    }
    Ok(Some(Halving {
        grace_epochs: grace_epochs.unwrap_or(3.min(epochs.saturating_sub(1)).max(1)),
        reduction_factor: reduction_factor.unwrap_or(3),
    }))
}

#[cfg(test)]
mod tests;
