//! `dataset.toml`: all that people and programs want to know of a dataset without its pixels.

use std::path::{Path, PathBuf};

use fitroom_domain::{Fingerprint, ImageSize, Split};
use serde::{Deserialize, Serialize};

use crate::dataset::{Column, Dataset, Origin};
use crate::duplicates::StoredDuplicates;
use crate::skipped::SkippedPhotographs;

/// The format that this program writes, and the only one that it reads.
const FORMAT: u32 = 1;

/// The content of `dataset.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of the format.
    pub format: u32,
    /// The name under which the dataset was made. A loaded dataset is called after its folder.
    pub name: String,
    /// The hash of the dataset's content.
    pub fingerprint: Fingerprint,
    /// How many photographs there are.
    pub photographs: usize,
    /// The height of each photograph in pixels.
    pub height: u32,
    /// The width of each photograph in pixels.
    pub width: u32,
    /// How many photographs each split has.
    pub splits: SplitCounts,
    /// Where the dataset comes from.
    pub origin: Origin,
    /// The label columns.
    #[serde(default)]
    pub columns: Vec<ColumnCounts>,
    /// Photographs that the import could not use.
    #[serde(default, skip_serializing_if = "SkippedPhotographs::is_none")]
    pub skipped: SkippedPhotographs,
    /// Which photographs are nearly identical; missing in datasets of before that was stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near_identical: Option<StoredDuplicates>,
}

/// A number of photographs for each split.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitCounts {
    /// In the train split.
    pub train: usize,
    /// In the validation split.
    pub validation: usize,
    /// In the test split.
    pub test: usize,
}

/// A label column without its codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnCounts {
    /// What it is called.
    pub name: String,
    /// Its labels, in the order of their codes.
    pub classes: Vec<String>,
    /// How many photographs of the train split have each label.
    pub train: Vec<usize>,
    /// The same of the validation split.
    pub validation: Vec<usize>,
    /// The same of the test split.
    pub test: Vec<usize>,
    /// How many photographs have no label.
    pub missing: SplitCounts,
}

/// What is wrong with a `dataset.toml`.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The file cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("`{}` is no dataset description", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The key and what is wrong with it.
        source: Box<toml::de::Error>,
    },
    /// Another version of this program wrote it.
    #[error("`{}` has format {found}, expected {FORMAT}: import the dataset again", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
}

impl Manifest {
    /// The description of a dataset; of near-identical photographs, what is known without comparing them.
    pub fn of(dataset: &Dataset) -> Manifest {
        let ImageSize { height, width } = dataset.image_size();
        let mut splits = SplitCounts::default();
        for split in &dataset.splits {
            *splits.of_mut(*split) += 1;
        }
        Manifest {
            format: FORMAT,
            name: dataset.name.clone(),
            fingerprint: dataset.fingerprint.clone(),
            photographs: dataset.len(),
            height,
            width,
            splits,
            origin: dataset.origin.clone(),
            columns: dataset
                .columns
                .iter()
                .map(|column| ColumnCounts::of(column, &dataset.splits))
                .collect(),
            skipped: dataset.skipped.clone(),
            near_identical: dataset.duplicates.0.get().map(StoredDuplicates::of),
        }
    }

    /// Reads the file at `path`.
    pub(crate) fn read(path: &Path) -> Result<Manifest, ManifestError> {
        let text = std::fs::read_to_string(path).map_err(|source| ManifestError::Read {
            path: path.to_owned(),
            source,
        })?;
        let syntax = |source| ManifestError::Syntax {
            path: path.to_owned(),
            source: Box::new(source),
        };
        // The version decides which keys are known, and so it is read by itself first.
        let Format { format } = toml::from_str(&text).map_err(syntax)?;
        if format != FORMAT {
            return Err(ManifestError::Format {
                path: path.to_owned(),
                found: format,
            });
        }
        toml::from_str(&text).map_err(syntax)
    }
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

impl SplitCounts {
    /// The number of one split.
    pub fn of(&self, split: Split) -> usize {
        match split {
            Split::Train => self.train,
            Split::Validation => self.validation,
            Split::Test => self.test,
        }
    }

    fn of_mut(&mut self, split: Split) -> &mut usize {
        match split {
            Split::Train => &mut self.train,
            Split::Validation => &mut self.validation,
            Split::Test => &mut self.test,
        }
    }
}

impl ColumnCounts {
    fn of(column: &Column, splits: &[Split]) -> ColumnCounts {
        let none = vec![0; column.classes.len()];
        let mut counts = ColumnCounts {
            name: column.name.clone(),
            classes: column.classes.clone(),
            train: none.clone(),
            validation: none.clone(),
            test: none,
            missing: SplitCounts::default(),
        };
        for (code, split) in column.codes.iter().zip(splits) {
            let with_label = match split {
                Split::Train => &mut counts.train,
                Split::Validation => &mut counts.validation,
                Split::Test => &mut counts.test,
            };
            let count = usize::try_from(*code)
                .ok()
                .and_then(|code| with_label.get_mut(code));
            match count {
                Some(count) => *count += 1,
                None => *counts.missing.of_mut(*split) += 1,
            }
        }
        counts
    }
}
