//! Which of our hyperparameters and settings is meant by a name in somebody's logs.

use std::collections::BTreeMap;
use std::str::FromStr;

use fitroom_domain::hyperparameters::HYPERPARAMETERS;
use fitroom_domain::{SettingValue, TRAIN_SETTINGS};
use fitroom_tensorboard::LoggedHparam;

use super::series::words;

/// Sets both kernel sizes.
const KERNEL_SIZE: &str = "kernel_size";
/// Decides nothing but which of a configuration's trials it is.
const SEED: &str = "seed";

/// Other names of ours, as words joined by `_`.
const ALIASES: [(&str, &str); 34] = [
    ("kernel", KERNEL_SIZE),
    ("filter_size", KERNEL_SIZE),
    ("conv_kernel_size", KERNEL_SIZE),
    ("kernel_size1", "kernel_size_1"),
    ("kernel1_size", "kernel_size_1"),
    ("kernel_1_size", "kernel_size_1"),
    ("first_kernel_size", "kernel_size_1"),
    ("kernel_size2", "kernel_size_2"),
    ("kernel2_size", "kernel_size_2"),
    ("kernel_2_size", "kernel_size_2"),
    ("second_kernel_size", "kernel_size_2"),
    ("kernels", "kernel_num"),
    ("num_kernels", "kernel_num"),
    ("kernel_number", "kernel_num"),
    ("filters", "kernel_num"),
    ("num_filters", "kernel_num"),
    ("filter_num", "kernel_num"),
    ("dense", "dense_size"),
    ("dense_units", "dense_size"),
    ("units", "dense_size"),
    ("num_units", "dense_size"),
    ("hidden_size", "dense_size"),
    ("hidden_units", "dense_size"),
    ("dropout", "dropout_rate"),
    ("drop_rate", "dropout_rate"),
    ("lambda_reg", "lambda"),
    ("reg_lambda", "lambda"),
    ("l2", "lambda"),
    ("l2_lambda", "lambda"),
    ("lr", "learning_rate"),
    ("bs", "batch_size"),
    ("bsize", "batch_size"),
    ("num_epochs", "epochs"),
    ("random_seed", SEED),
];

/// `--map "kernel size=kernel_size_1"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MapArgument {
    /// The name in the logs, as it stands there.
    from: String,
    /// Our name.
    to: &'static str,
}

/// A `--map` that means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MapArgumentError {
    /// There is no `=`, or nothing before it.
    #[error(
        "expected NAME=OURS, a name in the logs and ours, for example `kernel size=kernel_size_1`"
    )]
    NoPair,
    /// We have nothing of that name.
    #[error("`{found}` is no name of ours, expected one of {}", known().collect::<Vec<_>>().join(", "))]
    Unknown {
        /// What stands behind the `=`.
        found: String,
    },
}

/// Every name that logs can be mapped to.
fn known() -> impl Iterator<Item = &'static str> {
    let hyperparameters = HYPERPARAMETERS.iter().map(|it| it.name);
    [KERNEL_SIZE]
        .into_iter()
        .chain(hyperparameters)
        .chain(TRAIN_SETTINGS.iter().map(|it| it.name))
        .chain([SEED])
}

impl FromStr for MapArgument {
    type Err = MapArgumentError;

    fn from_str(text: &str) -> Result<MapArgument, MapArgumentError> {
        let (from, to) = text.rsplit_once('=').ok_or(MapArgumentError::NoPair)?;
        if from.is_empty() {
            return Err(MapArgumentError::NoPair);
        }
        let found = to.trim();
        match known().find(|name| *name == found) {
            Some(to) => Ok(MapArgument {
                from: from.to_owned(),
                to,
            }),
            None => Err(MapArgumentError::Unknown {
                found: found.to_owned(),
            }),
        }
    }
}

/// What names in the logs mean.
#[derive(Debug, Default)]
pub(crate) struct HparamNames<'a> {
    /// What the command line says, which comes before what we know.
    pub(crate) maps: &'a [MapArgument],
}

/// Hyperparameters by our names, and by those of the logs where we have none.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct NamedHparams {
    pub(crate) settings: BTreeMap<String, SettingValue>,
    pub(crate) seed: Option<u64>,
}

impl HparamNames<'_> {
    /// Our name of what the logs call so, and how surely: the command line before the same name before another.
    fn ours(&self, logged: &str) -> Option<(u8, &'static str)> {
        let mapped = self.maps.iter().rev().find(|map| map.from == logged);
        if let Some(map) = mapped {
            return Some((0, map.to));
        }
        let plain = words(logged).join("_");
        let exact = known().find(|name| *name == plain).map(|name| (1, name));
        let alias = ALIASES.iter().find(|(alias, _)| *alias == plain);
        exact.or_else(|| alias.map(|(_, name)| (2, *name)))
    }

    /// The arguments that map a name which no trial has.
    pub(crate) fn unused<'n>(&self, logged: impl Iterator<Item = &'n String> + Clone) -> Vec<&str> {
        let is_unused = |map: &&MapArgument| !logged.clone().any(|name| *name == map.from);
        let unused = self.maps.iter().filter(is_unused);
        unused.map(|map| map.from.as_str()).collect()
    }

    /// Hyperparameters of the logs by our names. Where several are the same one of ours, the one that is surely
    /// meant counts. The others, and values that ours cannot have, keep the name of the logs; a number that is not
    /// finite is not known.
    pub(crate) fn named<'h>(
        &self,
        hparams: impl IntoIterator<Item = (&'h String, &'h LoggedHparam)>,
    ) -> NamedHparams {
        let mut named = NamedHparams::default();
        let mut ours: BTreeMap<&'static str, f64> = BTreeMap::new();
        let hparams = hparams.into_iter();
        let mut hparams: Vec<_> = hparams
            .map(|(name, value)| (self.ours(name), name, value))
            .collect();
        hparams.sort_by_key(|(ours, ..)| ours.map_or(u8::MAX, |(rank, _)| rank));
        for (meant, logged, value) in hparams {
            let number = number(value).filter(|number| {
                let is_seed = meant.is_some_and(|(_, name)| name == SEED);
                !is_seed || *number >= 0.0 && number.fract() == 0.0
            });
            match (meant, number) {
                (Some((_, name)), Some(number)) if !ours.contains_key(name) => {
                    ours.insert(name, number);
                }
                _ => named.keep(logged, value),
            }
        }
        named.seed = ours.remove(SEED).map(|seed| seed as u64);
        if let Some(both) = ours.remove(KERNEL_SIZE) {
            ours.entry("kernel_size_1").or_insert(both);
            ours.entry("kernel_size_2").or_insert(both);
        }
        for (name, number) in ours {
            let number = SettingValue::Number(number);
            // One that is called so and does not count stands back.
            if let Some(other) = named.settings.insert(name.to_owned(), number) {
                named.settings.insert(format!("{name} (logged)"), other);
            }
        }
        named
    }
}

/// The number that a value is or spells, if it is finite.
fn number(value: &LoggedHparam) -> Option<f64> {
    let number = match value {
        LoggedHparam::Number(number) => Some(*number),
        LoggedHparam::Text(text) => text.trim().parse().ok(),
        LoggedHparam::Flag(_) => None,
    };
    number.filter(|number| number.is_finite())
}

impl NamedHparams {
    /// Keeps a value under the name that the logs give it.
    fn keep(&mut self, name: &str, value: &LoggedHparam) {
        let value = match value {
            LoggedHparam::Number(number) if !number.is_finite() => return,
            LoggedHparam::Number(number) => SettingValue::Number(*number),
            LoggedHparam::Text(text) => SettingValue::Text(text.clone()),
            LoggedHparam::Flag(flag) => SettingValue::Flag(*flag),
        };
        self.settings.insert(name.to_owned(), value);
    }
}

/// Whether it is a name of ours as it stands.
pub(crate) fn is_ours(name: &str) -> bool {
    known().any(|known| known == name)
}

/// Every name in logs that we know, for people.
pub(crate) fn known_names() -> String {
    let mut text =
        "Names in the logs that are known (case, spaces, `-` and `_` do not matter):\n".to_owned();
    for name in known() {
        let aliases = ALIASES.iter().filter(|(_, ours)| *ours == name);
        let aliases: Vec<&str> = aliases.map(|(alias, _)| *alias).collect();
        text.push_str("  ");
        text.push_str(name);
        if !aliases.is_empty() {
            text.push_str(": ");
            text.push_str(&aliases.join(", "));
        }
        text.push('\n');
    }
    text + "One that --map gives comes first, then our own name, then another; what is not known keeps its name."
}

#[cfg(test)]
mod tests;
