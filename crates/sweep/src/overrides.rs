//! `--set KEY=VALUE`: one key of the sweep file, given on the command line.

use std::str::FromStr;

use toml::Spanned;
use toml::de::DeValue;

use crate::document::{Place, Source, ValueError, Written};
use crate::keys::{self, Key, Kind};
use crate::unknown_key::UnknownKey;

/// A key of the sweep file with the value that replaces the file's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    key: &'static Key,
    /// All of `KEY=VALUE`, as it was given.
    argument: String,
    /// Of it, VALUE.
    value: String,
}

/// An argument of `--set` that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OverrideError {
    /// No `=`.
    #[error("--set {0}: expected KEY=VALUE, for example `epochs=3`")]
    NoEqualsSign(String),
    /// No key of the sweep file.
    #[error(transparent)]
    UnknownKey(#[from] UnknownKey),
    /// Several tables have such a key.
    #[error("--set {argument}: `{key}` is ambiguous, expected one of {expected}")]
    Ambiguous {
        /// All of `KEY=VALUE`.
        argument: String,
        /// Its KEY.
        key: String,
        /// The names with their tables.
        expected: String,
    },
    /// A text without quotes.
    #[error("--set {argument}: text needs quotes, write --set '{key}=\"{value}\"'")]
    Unquoted {
        /// All of `KEY=VALUE`.
        argument: String,
        /// Its KEY.
        key: String,
        /// Its VALUE.
        value: String,
    },
    /// A value that is not TOML.
    #[error(transparent)]
    Value(#[from] ValueError),
}

impl Override {
    /// Reads `KEY=VALUE`: the key plain (`epochs`) or with its table (`train.epochs`), the value as in
    /// TOML. Whether the key may have that value is checked with the file.
    pub fn parse(argument: &str) -> Result<Override, OverrideError> {
        let Some((name, value)) = argument.split_once('=') else {
            return Err(OverrideError::NoEqualsSign(argument.to_owned()));
        };
        let parsed = Override {
            key: key(argument, name.trim())?,
            argument: argument.to_owned(),
            value: value.trim().to_owned(),
        };
        parsed.value()?;
        Ok(parsed)
    }

    pub(crate) fn key(&self) -> &'static Key {
        self.key
    }

    /// The value, to be read by [`Override::written`]: it does not say itself where it was written.
    pub(crate) fn value(&self) -> Result<Spanned<DeValue<'_>>, OverrideError> {
        DeValue::parse(&self.value).map_err(|_| {
            let (key, argument) = (self.key.to_string(), self.argument.clone());
            let value = self.value.clone();
            if self.key.kind == Kind::Text && is_bare(&value) {
                return OverrideError::Unquoted {
                    argument,
                    key,
                    value,
                };
            }
            OverrideError::Value(ValueError {
                place: Place::Argument(argument),
                key,
                found: value,
                expected: self.key.expected_or_list(),
            })
        })
    }

    pub(crate) fn written<'a>(&'a self, value: &'a Spanned<DeValue<'a>>) -> Written<'a> {
        let source = Source::Argument {
            argument: &self.argument,
            value: &self.value,
        };
        Written::new(source, value)
    }
}

impl FromStr for Override {
    type Err = OverrideError;

    fn from_str(argument: &str) -> Result<Override, OverrideError> {
        Override::parse(argument)
    }
}

/// The key that `name`, plain or with its table, stands for.
fn key(argument: &str, name: &str) -> Result<&'static Key, OverrideError> {
    let found: Vec<&'static Key> = match name.split_once('.') {
        Some((table, name)) => keys::find(Some(table), name).into_iter().collect(),
        None => keys::named(name).collect(),
    };
    match found.as_slice() {
        [key] => Ok(key),
        [] => Err(UnknownKey {
            place: Place::Argument(argument.to_owned()),
            key: name.to_owned(),
            hint: keys::hint_in_argument(name),
        }
        .into()),
        [..] => {
            let names: Vec<String> = found.iter().map(|key| format!("`{key}`")).collect();
            Err(OverrideError::Ambiguous {
                argument: argument.to_owned(),
                key: name.to_owned(),
                expected: names.join(", "),
            })
        }
    }
}

/// Whether a value looks like a text whose quotes the shell took, or that never had any.
fn is_bare(value: &str) -> bool {
    !value.is_empty()
        && value
            .chars()
            .all(|character| character.is_alphanumeric() || "_-. ".contains(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_plain_and_with_their_table() {
        for (argument, key) in [
            ("kernel_num=32", &keys::KERNEL_NUM),
            ("hyperparameters.kernel_num = [32, 64]", &keys::KERNEL_NUM),
            ("train.epochs=3", &keys::EPOCHS),
            ("task=\"shoes_all\"", &keys::TASK),
            ("prune.method='halving'", &keys::PRUNE_METHOD),
        ] {
            assert_eq!(Override::parse(argument).unwrap().key(), key, "{argument}");
        }
    }

    #[test]
    fn arguments_that_cannot_be_used_say_why_and_what_to_write() {
        for (argument, expected) in [
            (
                "epochs",
                "--set epochs: expected KEY=VALUE, for example `epochs=3`",
            ),
            (
                "kernal_num=3",
                "--set kernal_num=3: unknown key `kernal_num`: did you mean `kernel_num`?",
            ),
            (
                "train.epoch=3",
                "--set train.epoch=3: unknown key `train.epoch`: did you mean `epochs`?",
            ),
            (
                "method=\"grid\"",
                "--set method=\"grid\": `method` is ambiguous, expected one of `search.method`, `prune.method`",
            ),
            (
                "task=shoes_all",
                "--set task=shoes_all: text needs quotes, write --set 'task=\"shoes_all\"'",
            ),
            (
                "search.method=grid",
                "--set search.method=grid: text needs quotes, write --set 'search.method=\"grid\"'",
            ),
        ] {
            assert_eq!(Override::parse(argument).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn a_value_that_is_not_toml_is_answered_with_what_the_key_may_have() {
        for value in ["x", "", "3 4", "3\nseeds=1", "[1", "1]"] {
            assert_eq!(
                Override::parse(&format!("kernel_num={value}"))
                    .unwrap_err()
                    .to_string(),
                format!(
                    "--set kernel_num={value}: `kernel_num` is `{value}`, \
                     expected a whole number from 1 to 1024, or a list of them"
                )
            );
        }
    }
}
