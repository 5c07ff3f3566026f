//! A trial as it is recorded: our own, or one of somebody else's logs.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::dataset_key::Fingerprint;
use crate::hyperparameters::{HYPERPARAMETERS, format_number};
use crate::train_settings::TRAIN_SETTINGS;
use crate::trial::{Trial, TrialFigures, TrialId, hash_of};

/// What is known of a trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RecordedTrial {
    /// Enough to train it again.
    Ours(Trial),
    /// What its logs say.
    Imported {
        /// The trial.
        imported: ImportedTrial,
    },
}

/// A trial that somebody else trained and logged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportedTrial {
    /// Stands for the folder of the logs; of the photographs nothing is known.
    pub source: Fingerprint,
    /// The names of the folders from there to its own.
    pub folder: Vec<String>,
    /// Which of the trainings in its folder it is, from 0.
    pub take: usize,
    /// The sweep that it is of, which stands for the task.
    pub sweep: String,
    /// What it is called in its sweep; parts are separated by `/`.
    pub run: String,
    /// Hyperparameters and settings that are known, by name: ours where they are the same, else those of the
    /// logs.
    pub settings: BTreeMap<String, SettingValue>,
    /// Its seed, where it is known.
    pub seed: Option<u64>,
}

/// The value of a hyperparameter or setting.
#[derive(Debug, Clone, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SettingValue {
    /// A finite number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// A text.
    Text(String),
}

impl fmt::Display for SettingValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SettingValue::Number(number) => formatter.pad(&format_number(*number)),
            SettingValue::Flag(flag) => formatter.pad(if *flag { "true" } else { "false" }),
            SettingValue::Text(text) => formatter.pad(text),
        }
    }
}

/// Beyond it not every whole number is one of double precision.
const MOST_WHOLE: f64 = 9_007_199_254_740_992.0;

impl SettingValue {
    /// It as JSON; a whole number without a decimal point if `is_whole`.
    pub fn json(self, is_whole: bool) -> serde_json::Value {
        match self {
            SettingValue::Number(number)
                if is_whole && number.fract() == 0.0 && number.abs() < MOST_WHOLE =>
            {
                (number as i64).into()
            }
            SettingValue::Number(number) => number.into(),
            SettingValue::Flag(flag) => flag.into(),
            SettingValue::Text(text) => text.into(),
        }
    }
}

impl ImportedTrial {
    /// Its id: a hash of where it was found, so that logs that grew are known again.
    pub fn id(&self) -> TrialId {
        ImportedTrial::id_of(&self.source, &self.folder, self.take)
    }

    /// The id of the trial at this place.
    pub fn id_of(source: &Fingerprint, folder: &[String], take: usize) -> TrialId {
        TrialId::of_hash(&hash_of(&("imported", source, folder, take)))
    }

    /// What the trials of one configuration with different seeds share.
    pub fn configuration_id(&self) -> String {
        hash_of(&("imported", &self.source, &self.sweep, &self.settings))
    }

    /// Its name: the last part of its run's, and the start of its id.
    pub fn name(&self) -> String {
        let last = self.run.rsplit('/').next().unwrap_or_default();
        format!("{last}-{}", self.id().short())
    }
}

impl RecordedTrial {
    /// The trial, if it can be trained again.
    pub fn ours(&self) -> Option<&Trial> {
        match self {
            RecordedTrial::Ours(trial) => Some(trial),
            RecordedTrial::Imported { .. } => None,
        }
    }

    /// Whether others trained it.
    pub fn is_imported(&self) -> bool {
        self.ours().is_none()
    }

    /// Its id.
    pub fn id(&self) -> TrialId {
        match self {
            RecordedTrial::Ours(trial) => trial.id(),
            RecordedTrial::Imported { imported } => imported.id(),
        }
    }

    /// Its name.
    pub fn name(&self) -> String {
        match self {
            RecordedTrial::Ours(trial) => trial.name(),
            RecordedTrial::Imported { imported } => imported.name(),
        }
    }

    /// The name of its task; of an imported trial the sweep's.
    pub fn task(&self) -> &str {
        match self {
            RecordedTrial::Ours(trial) => &trial.task.name,
            RecordedTrial::Imported { imported } => &imported.sweep,
        }
    }

    /// The fingerprint of its dataset, if it is known.
    pub fn fingerprint(&self) -> Option<&Fingerprint> {
        self.ours().map(|trial| &trial.dataset.fingerprint)
    }

    /// Its seed, if it is known.
    pub fn seed(&self) -> Option<u64> {
        match self {
            RecordedTrial::Ours(trial) => Some(trial.seed),
            RecordedTrial::Imported { imported } => imported.seed,
        }
    }

    /// What the trials of one configuration with different seeds share.
    pub fn configuration_id(&self) -> String {
        match self {
            RecordedTrial::Ours(trial) => trial.configuration_id(),
            RecordedTrial::Imported { imported } => imported.configuration_id(),
        }
    }

    /// The hyperparameters that are known; of an imported trial all settings, for its sweep may search any of them.
    pub fn hyperparameters(&self) -> Vec<(String, SettingValue)> {
        let mut settings = self.settings();
        if !self.is_imported() {
            settings.truncate(HYPERPARAMETERS.len());
        }
        settings
    }

    /// The same for programs: whole numbers without a decimal point, unless ours may be others.
    pub fn hyperparameters_json(&self) -> BTreeMap<String, serde_json::Value> {
        let is_whole =
            |name: &str| !(HYPERPARAMETERS.iter()).any(|it| !it.whole && it.name == name);
        (self.hyperparameters().into_iter())
            .map(|(name, value)| {
                let value = value.json(is_whole(&name));
                (name, value)
            })
            .collect()
    }

    /// The setting of this name, if it is known.
    pub fn setting(&self, name: &str) -> Option<SettingValue> {
        match self {
            RecordedTrial::Ours(trial) => {
                let hyperparameter = HYPERPARAMETERS.iter().find(|it| it.name == name);
                let hyperparameter = hyperparameter.map(|it| (it.value)(&trial.hyperparameters));
                let of_training = || TRAIN_SETTINGS.iter().find(|it| it.name == name);
                let number = hyperparameter.or_else(|| Some((of_training()?.value)(&trial.train)));
                number.map(SettingValue::Number)
            }
            RecordedTrial::Imported { imported } => imported.settings.get(name).cloned(),
        }
    }

    /// Every setting that is known but the seed: hyperparameters in their order, then those of training, then
    /// what only the logs know.
    pub fn settings(&self) -> Vec<(String, SettingValue)> {
        match self {
            RecordedTrial::Ours(trial) => {
                let hyperparameters = HYPERPARAMETERS.iter();
                let number = |name: &str, value| (name.to_owned(), SettingValue::Number(value));
                hyperparameters
                    .map(|it| number(it.name, (it.value)(&trial.hyperparameters)))
                    .chain(TRAIN_SETTINGS.map(|it| number(it.name, (it.value)(&trial.train))))
                    .collect()
            }
            RecordedTrial::Imported { imported } => {
                let known = &imported.settings;
                let ours = HYPERPARAMETERS.iter().map(|it| it.name);
                let ours: Vec<&str> = ours.chain(TRAIN_SETTINGS.map(|it| it.name)).collect();
                let others = known.keys().map(String::as_str);
                let others = others.filter(|name| !ours.contains(name));
                (ours.iter().copied().chain(others))
                    .filter_map(|name| Some((name.to_owned(), known.get(name)?.clone())))
                    .collect()
            }
        }
    }
}

/// The figures of a finished trial as far as they are known: all of them, if it is ours.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RecordedFigures {
    /// Validation accuracy, in [0, 1].
    pub accuracy: f64,
    /// Validation loss, in nats.
    pub loss: Option<f64>,
    /// The epoch whose weights were kept, counted from 1.
    pub best_epoch: Option<u32>,
    /// Epochs trained.
    pub epochs: Option<u32>,
    /// Weights and biases.
    pub parameters: Option<u64>,
    /// Multiply-adds of one prediction.
    pub multiply_adds: Option<u64>,
    /// Wall-clock seconds of training.
    pub seconds: Option<f64>,
}

impl From<TrialFigures> for RecordedFigures {
    fn from(figures: TrialFigures) -> RecordedFigures {
        RecordedFigures {
            accuracy: figures.accuracy,
            loss: Some(figures.loss),
            best_epoch: Some(figures.best_epoch),
            epochs: Some(figures.epochs),
            parameters: Some(figures.parameters),
            multiply_adds: Some(figures.multiply_adds),
            seconds: Some(figures.seconds),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imported() -> ImportedTrial {
        let settings = [
            ("optimizer", SettingValue::Text("adam".to_owned())),
            ("learning_rate", SettingValue::Number(1e-3)),
            ("kernel_num", SettingValue::Number(64.0)),
            ("augment", SettingValue::Flag(true)),
        ];
        ImportedTrial {
            source: "00112233445566778899aabbccddeeff".parse().unwrap(),
            folder: ["Model 1", "fit", "run-2"].map(str::to_owned).to_vec(),
            take: 0,
            sweep: "Model 1".to_owned(),
            run: "fit/run-2".to_owned(),
            settings: settings
                .map(|(name, value)| (name.to_owned(), value))
                .into(),
            seed: None,
        }
    }

    #[test]
    fn an_imported_trial_is_known_by_its_place_whatever_else_is_learnt_of_it() {
        let learnt = ImportedTrial {
            settings: BTreeMap::new(),
            seed: Some(1),
            ..imported()
        };
        assert_eq!(learnt.id(), imported().id());
        assert_ne!(learnt.configuration_id(), imported().configuration_id());
        let elsewhere = ImportedTrial {
            folder: ["Model 1/fit", "run-2"].map(str::to_owned).to_vec(),
            ..imported()
        };
        assert_ne!(elsewhere.id(), imported().id());
        let again = ImportedTrial {
            take: 1,
            ..imported()
        };
        assert_ne!(again.id(), imported().id());
        assert_eq!(elsewhere.configuration_id(), imported().configuration_id());
        assert_eq!(
            imported().name(),
            format!("run-2-{}", imported().id().short())
        );
    }

    #[test]
    fn settings_of_an_imported_trial_come_in_our_order_and_then_its_own() {
        let trial = RecordedTrial::Imported {
            imported: imported(),
        };
        let names = |settings: Vec<(String, SettingValue)>| -> Vec<String> {
            settings.into_iter().map(|(name, _)| name).collect()
        };
        let expected = ["kernel_num", "learning_rate", "augment", "optimizer"];
        assert_eq!(names(trial.settings()), expected);
        assert_eq!(names(trial.hyperparameters()), expected);
        for (name, value) in trial.settings() {
            assert_eq!(trial.setting(&name), Some(value), "{name}");
        }
        assert_eq!(trial.setting("lambda"), None);
    }

    #[test]
    fn both_kinds_survive_their_text() {
        let trial = RecordedTrial::Imported {
            imported: imported(),
        };
        let text = serde_json::to_string(&trial).unwrap();
        assert_eq!(serde_json::from_str::<RecordedTrial>(&text).unwrap(), trial);
    }
}
