//! The sets file: several sets of `.npz` files that become one dataset.
//!
//! ```toml
//! [[set]]                             # paths are relative to this file
//! train = "shoes_train.npz"           # at least one of the three splits
//! validation = "shoes_validation.npz"
//! test = "shoes_test.npz"
//! names = "shoes.toml"
//! constant = { category = "shoes" }   # columns that the files lack
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use fitroom_domain::Split;
use serde::Deserialize;

use crate::coding::Constant;
use crate::import_npz::NpzSet;

/// What is wrong with a sets file.
#[derive(Debug, thiserror::Error)]
pub enum NpzSetsError {
    /// The file cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A key that does not exist, or a value that is no value of its key.
    #[error("`{}` describes no sets", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, the key and what is wrong with it.
        source: Box<toml::de::Error>,
    },
    /// A set without files.
    #[error("`{}`: set {number} has none of `train`, `validation` and `test`", path.display())]
    NoFiles {
        /// The file.
        path: PathBuf,
        /// Which set, from 1.
        number: usize,
    },
    /// No set at all.
    #[error("`{}` has no set, expected at least one table `[[set]]`", path.display())]
    NoSets {
        /// The file.
        path: PathBuf,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetsFile {
    #[serde(default)]
    set: Vec<SetTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetTable {
    train: Option<PathBuf>,
    validation: Option<PathBuf>,
    test: Option<PathBuf>,
    names: PathBuf,
    #[serde(default)]
    constant: BTreeMap<String, String>,
}

/// Reads a sets file.
///
/// # Errors
/// When it has a mistake in it; see [`NpzSetsError`]. The files that it names are not looked at.
pub fn read_npz_sets(path: &Path) -> Result<Vec<NpzSet>, NpzSetsError> {
    let text = fs::read_to_string(path).map_err(|source| NpzSetsError::Read {
        path: path.to_owned(),
        source,
    })?;
    parse_npz_sets(&text, path)
}

fn parse_npz_sets(text: &str, path: &Path) -> Result<Vec<NpzSet>, NpzSetsError> {
    let file: SetsFile = toml::from_str(text).map_err(|source| NpzSetsError::Syntax {
        path: path.to_owned(),
        source: Box::new(source),
    })?;
    if file.set.is_empty() {
        return Err(NpzSetsError::NoSets {
            path: path.to_owned(),
        });
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let set = |(table, number): (SetTable, usize)| {
        let files: Vec<(Split, PathBuf)> = [
            (Split::Train, table.train),
            (Split::Validation, table.validation),
            (Split::Test, table.test),
        ]
        .into_iter()
        .filter_map(|(split, file)| Some((split, folder.join(file?))))
        .collect();
        if files.is_empty() {
            return Err(NpzSetsError::NoFiles {
                path: path.to_owned(),
                number,
            });
        }
        let constants = table.constant.into_iter();
        Ok(NpzSet {
            files,
            names: folder.join(table.names),
            constants: constants
                .map(|(column, label)| Constant { column, label })
                .collect(),
        })
    };
    file.set.into_iter().zip(1..).map(set).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = r#"
[[set]]
train = "shoes_train.npz"
test = "/data/shoes_test.npz"
names = "shoes.toml"
constant = { category = "shoes" }

[[set]]
validation = "glasses.npz"
names = "../glasses.toml"
"#;

    #[test]
    fn paths_are_relative_to_the_file() {
        let sets = parse_npz_sets(TWO, Path::new("study/sets.toml")).unwrap();
        let expected = [
            NpzSet {
                files: vec![
                    (Split::Train, PathBuf::from("study/shoes_train.npz")),
                    (Split::Test, PathBuf::from("/data/shoes_test.npz")),
                ],
                names: PathBuf::from("study/shoes.toml"),
                constants: vec![Constant {
                    column: "category".to_owned(),
                    label: "shoes".to_owned(),
                }],
            },
            NpzSet {
                files: vec![(Split::Validation, PathBuf::from("study/glasses.npz"))],
                names: PathBuf::from("study/../glasses.toml"),
                constants: Vec::new(),
            },
        ];
        assert_eq!(sets, expected);
    }

    #[test]
    fn mistakes_are_named() {
        for (from, to, expected) in [
            (
                TWO,
                "",
                "`sets.toml` has no set, expected at least one table `[[set]]`",
            ),
            (
                "validation = \"glasses.npz\"\n",
                "",
                "`sets.toml`: set 2 has none of `train`, `validation` and `test`",
            ),
            (
                "constant =",
                "constants =",
                "at line 6, column 1\n  |\n6 | constants = { category = \"shoes\" }\n  | ^^^^^^^^^\n\
                 unknown field `constants`, expected one of `train`, `validation`, `test`, `names`, `constant`",
            ),
        ] {
            let error = parse_npz_sets(&TWO.replace(from, to), Path::new("sets.toml")).unwrap_err();
            let source = std::error::Error::source(&error).map(ToString::to_string);
            let words = format!("{error}: {}", source.unwrap_or_default());
            assert!(words.contains(expected), "{words}");
        }
    }
}
