//! How a trial is trained, beside its hyperparameters.

use serde::{Deserialize, Serialize};

/// The `[train]` settings that are part of a trial's identity. Made by [`TrainSettings::checked`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainSettings {
    /// Most epochs that are trained, at least 1.
    pub epochs: u32,
    /// Photographs in one step, at least 1; the last batch of an epoch may be smaller.
    pub batch_size: u32,
    /// Adam's step size, above 0.
    pub learning_rate: f64,
    /// Epochs without a lower validation loss after which training stops.
    pub patience: u32,
    /// LibTorch threads of one trial, at least 1: the order of sums depends on it.
    pub threads: u32,
}

/// A setting as people and files see it.
#[derive(Debug, Clone, Copy)]
pub struct TrainSetting {
    /// Its name in sweep files, reports and TensorBoard.
    pub name: &'static str,
    /// Its value as a number.
    pub value: fn(&TrainSettings) -> f64,
}

/// Every setting, in the order in which sweep files show them.
pub const TRAIN_SETTINGS: [TrainSetting; 5] = [
    TrainSetting {
        name: "epochs",
        value: |train| f64::from(train.epochs),
    },
    TrainSetting {
        name: "batch_size",
        value: |train| f64::from(train.batch_size),
    },
    TrainSetting {
        name: "learning_rate",
        value: |train| train.learning_rate,
    },
    TrainSetting {
        name: "patience",
        value: |train| f64::from(train.patience),
    },
    TrainSetting {
        name: "threads",
        value: |train| f64::from(train.threads),
    },
];

impl Default for TrainSettings {
    fn default() -> TrainSettings {
        TrainSettings {
            epochs: 15,
            batch_size: 64,
            learning_rate: 1e-3,
            patience: 2,
            threads: 1,
        }
    }
}

/// A training setting out of its range.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("`{key}` is {found}, expected {expected}")]
pub struct TrainSettingsError {
    /// The setting.
    pub key: &'static str,
    /// Its value.
    pub found: String,
    /// The values that it may have.
    pub expected: &'static str,
}

impl TrainSettings {
    /// These settings, if every one is in its range.
    pub fn checked(self) -> Result<TrainSettings, TrainSettingsError> {
        let count = |key, value: u32, most: u32, expected| match value {
            0 => Err(TrainSettingsError {
                key,
                found: "0".to_owned(),
                expected,
            }),
            value if value > most => Err(TrainSettingsError {
                key,
                found: value.to_string(),
                expected,
            }),
            _ => Ok(()),
        };
        count(
            "epochs",
            self.epochs,
            100_000,
            "a whole number from 1 to 100000",
        )?;
        count(
            "batch_size",
            self.batch_size,
            65_536,
            "a whole number from 1 to 65536",
        )?;
        count(
            "threads",
            self.threads,
            1024,
            "a whole number from 1 to 1024",
        )?;
        if !(self.learning_rate.is_finite() && self.learning_rate > 0.0) {
            return Err(TrainSettingsError {
                key: "learning_rate",
                found: self.learning_rate.to_string(),
                expected: "a finite number above 0",
            });
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid() {
        assert!(TrainSettings::default().checked().is_ok());
    }

    #[test]
    fn a_setting_out_of_range_is_named_with_its_range() {
        let message = |settings: TrainSettings| settings.checked().unwrap_err().to_string();
        assert_eq!(
            message(TrainSettings {
                batch_size: 0,
                ..TrainSettings::default()
            }),
            "`batch_size` is 0, expected a whole number from 1 to 65536"
        );
        assert_eq!(
            message(TrainSettings {
                learning_rate: f64::NAN,
                ..TrainSettings::default()
            }),
            "`learning_rate` is NaN, expected a finite number above 0"
        );
    }
}
