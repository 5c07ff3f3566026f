//! A dataset in memory: photographs, their splits and their labels.

use std::collections::{BTreeSet, HashSet};

use fitroom_domain::{DatasetKey, Fingerprint, ImageSize, Split};
use ndarray::Array4;
use serde::{Deserialize, Serialize};

use crate::duplicates::{Duplicates, KnownDuplicates};
use crate::fingerprint::fingerprint;
use crate::skipped::SkippedPhotographs;

/// Names in the file `dataset.npz` that no label column can have.
pub(crate) const RESERVED_NAMES: [&str; 3] = ["images", "split", "name"];

/// Characters that a photograph's path can have.
const LONGEST_PATH: usize = 1024;

/// One label column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What it is called, unique in its dataset.
    pub name: String,
    /// Its labels: a code is a position here.
    pub classes: Vec<String>,
    /// The code of each photograph's label, −1 where it has none.
    pub codes: Vec<i32>,
}

impl Column {
    /// A column of these labels, one for each photograph, with its classes in alphabetical order.
    pub(crate) fn of_labels(name: &str, labels: &[Option<&str>]) -> Column {
        let classes: BTreeSet<&str> = labels.iter().copied().flatten().collect();
        let classes: Vec<String> = classes.into_iter().map(str::to_owned).collect();
        let code = |label: &Option<&str>| {
            label
                .and_then(|label| {
                    classes
                        .binary_search_by(|class| class.as_str().cmp(label))
                        .ok()
                })
                .and_then(|code| i32::try_from(code).ok())
                .unwrap_or(-1)
        };
        Column {
            name: name.to_owned(),
            codes: labels.iter().map(code).collect(),
            classes,
        }
    }

    /// The label of one photograph, or `None` if it has none or there is no such photograph.
    pub fn label(&self, photograph: usize) -> Option<&str> {
        let code = usize::try_from(*self.codes.get(photograph)?).ok()?;
        self.classes.get(code).map(String::as_str)
    }
}

/// Where a dataset comes from, in words for people. Not part of its fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The files that it was made of.
    pub source: String,
    /// How its pictures were made the same size.
    pub preparation: String,
    /// Who split it, and how.
    pub split: String,
}

/// Photographs of one size with their splits and labels. All parts have one entry for each photograph,
/// in the same order.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// The name of its folder.
    pub name: String,
    /// A hash of all that follows up to the paths.
    pub fingerprint: Fingerprint,
    /// The photographs: number × height × width × (red, green, blue), in this memory order.
    pub images: Array4<u8>,
    /// The split of each photograph.
    pub splits: Vec<Split>,
    /// The label columns.
    pub columns: Vec<Column>,
    /// The path of each photograph in its source, with `/` between folders.
    pub photographs: Vec<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// Photographs that an import could not use. [`Dataset::new`] knows of none.
    pub skipped: SkippedPhotographs,
    /// Which photographs are nearly identical, once somebody has asked.
    pub(crate) duplicates: KnownDuplicates,
}

/// Parts that make no dataset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InconsistentDataset {
    /// Nothing to learn from.
    #[error("a dataset needs at least one photograph")]
    Empty,
    /// Photographs without pixels, or not in colour.
    #[error(
        "photographs of {height}×{width} pixels and {channels} channels, expected at least 1×1 and 3"
    )]
    Shape {
        /// Rows of pixels.
        height: usize,
        /// Columns of pixels.
        width: usize,
        /// Colour channels.
        channels: usize,
    },
    /// More than can be counted, or sides that are too long.
    #[error(
        "{photographs} photographs of {height}×{width} pixels are more than a dataset can hold"
    )]
    TooLarge {
        /// How many there are.
        photographs: usize,
        /// Rows of pixels.
        height: usize,
        /// Columns of pixels.
        width: usize,
    },
    /// Two parts that should have one entry for each photograph.
    #[error("{part} has {found} entries, expected one for each of the {expected} photographs")]
    Length {
        /// Which part.
        part: String,
        /// How many entries it has.
        found: usize,
        /// How many photographs there are.
        expected: usize,
    },
    /// A column that cannot be told from another array of the file.
    #[error("a label column cannot be called `{name}`: {reason}")]
    ColumnName {
        /// The name.
        name: String,
        /// Why not.
        reason: &'static str,
    },
    /// Two classes of the same name.
    #[error("column `{column}` has the class `{class}` twice")]
    ClassTwice {
        /// The column.
        column: String,
        /// The class.
        class: String,
    },
    /// A code without a class.
    #[error(
        "column `{column}` has code {code} for photograph {photograph}, expected −1 to {}",
        *classes as i64 - 1
    )]
    Code {
        /// The column.
        column: String,
        /// The photograph's position, from 0.
        photograph: usize,
        /// The code.
        code: i32,
        /// How many classes the column has.
        classes: usize,
    },
    /// A path that NumPy's fixed-width text cannot hold.
    #[error(
        "photograph {photograph} has the path {path:?}, expected 1 to {LONGEST_PATH} characters and \
         no NUL"
    )]
    Path {
        /// The photograph's position, from 0.
        photograph: usize,
        /// The path.
        path: String,
    },
}

impl Dataset {
    /// A dataset made of its parts, with its fingerprint.
    ///
    /// # Errors
    /// When the parts do not fit together; see [`InconsistentDataset`].
    pub fn new(
        name: String,
        images: Array4<u8>,
        splits: Vec<Split>,
        columns: Vec<Column>,
        photographs: Vec<String>,
        origin: Origin,
    ) -> Result<Dataset, InconsistentDataset> {
        // The fingerprint and every batch read the bytes in this order.
        let images = match images.is_standard_layout() {
            true => images,
            false => images.as_standard_layout().into_owned(),
        };
        check_images(&images)?;
        check_lengths(images.dim().0, &splits, &columns, &photographs)?;
        check_columns(&columns)?;
        check_paths(&photographs)?;
        let fingerprint = fingerprint(&images, &splits, &columns, &photographs);
        Ok(Dataset {
            name,
            fingerprint,
            images,
            splits,
            columns,
            photographs,
            origin,
            skipped: SkippedPhotographs::default(),
            duplicates: KnownDuplicates::default(),
        })
    }

    /// How many photographs there are.
    pub fn len(&self) -> usize {
        self.photographs.len()
    }

    /// Whether there are no photographs; never so for a dataset made by [`Dataset::new`].
    pub fn is_empty(&self) -> bool {
        self.photographs.is_empty()
    }

    /// The size of every photograph.
    pub fn image_size(&self) -> ImageSize {
        let (_, height, width, _) = self.images.dim();
        // `new` has checked that both fit.
        ImageSize {
            height: u32::try_from(height).unwrap_or(u32::MAX),
            width: u32::try_from(width).unwrap_or(u32::MAX),
        }
    }

    /// The dataset as trials and reports refer to it.
    pub fn key(&self) -> DatasetKey {
        DatasetKey {
            name: self.name.clone(),
            fingerprint: self.fingerprint.clone(),
        }
    }

    /// Which photographs are identical or nearly so. A dataset that was saved knows it; otherwise the first
    /// call compares all photographs, which takes time with the square of their number.
    pub fn duplicates(&self) -> &Duplicates {
        let known = &self.duplicates.0;
        known.get_or_init(|| Duplicates::find(&self.images))
    }

    /// The pixels of one photograph: height × width × (red, green, blue) bytes, or nothing if there is no
    /// such photograph.
    pub fn pixels(&self, photograph: usize) -> &[u8] {
        let (_, height, width, channels) = self.images.dim();
        let bytes_each = height * width * channels;
        let start = photograph.saturating_mul(bytes_each);
        self.images
            .as_slice()
            .and_then(|pixels| pixels.get(start..start.saturating_add(bytes_each)))
            .unwrap_or_default()
    }

    /// The label column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// The photographs have pixels and can be counted in 32 bits.
fn check_images(images: &Array4<u8>) -> Result<(), InconsistentDataset> {
    let (photographs, height, width, channels) = images.dim();
    if photographs == 0 {
        return Err(InconsistentDataset::Empty);
    }
    if height == 0 || width == 0 || channels != 3 {
        return Err(InconsistentDataset::Shape {
            height,
            width,
            channels,
        });
    }
    if [photographs, height, width]
        .iter()
        .any(|length| u32::try_from(*length).is_err())
    {
        return Err(InconsistentDataset::TooLarge {
            photographs,
            height,
            width,
        });
    }
    Ok(())
}

/// Every part has one entry for each photograph.
fn check_lengths(
    expected: usize,
    splits: &[Split],
    columns: &[Column],
    photographs: &[String],
) -> Result<(), InconsistentDataset> {
    let parts = [
        ("the split".to_owned(), splits.len()),
        ("the paths".to_owned(), photographs.len()),
    ];
    let columns = columns
        .iter()
        .map(|column| (format!("column `{}`", column.name), column.codes.len()));
    match parts
        .into_iter()
        .chain(columns)
        .find(|(_, found)| *found != expected)
    {
        Some((part, found)) => Err(InconsistentDataset::Length {
            part,
            found,
            expected,
        }),
        None => Ok(()),
    }
}

/// Names are unique and free, and every code has its class.
fn check_columns(columns: &[Column]) -> Result<(), InconsistentDataset> {
    let mut names = HashSet::new();
    for column in columns {
        if let Some(reason) = why_no_column_name(&column.name) {
            return Err(InconsistentDataset::ColumnName {
                name: column.name.clone(),
                reason,
            });
        }
        if !names.insert(&column.name) {
            return Err(InconsistentDataset::ColumnName {
                name: column.name.clone(),
                reason: "another column has this name",
            });
        }
        let mut classes = HashSet::new();
        if let Some(class) = column.classes.iter().find(|class| !classes.insert(*class)) {
            return Err(InconsistentDataset::ClassTwice {
                column: column.name.clone(),
                class: class.clone(),
            });
        }
        let classes = column.classes.len();
        let is_code =
            |code: i32| code == -1 || usize::try_from(code).is_ok_and(|code| code < classes);
        if let Some((photograph, code)) = column
            .codes
            .iter()
            .enumerate()
            .find(|(_, code)| !is_code(**code))
        {
            return Err(InconsistentDataset::Code {
                column: column.name.clone(),
                photograph,
                code: *code,
                classes,
            });
        }
    }
    Ok(())
}

/// Why a label column cannot have this name, or `None` if it can.
pub(crate) fn why_no_column_name(name: &str) -> Option<&'static str> {
    if RESERVED_NAMES.contains(&name) {
        Some("`dataset.npz` uses this name itself")
    } else if name.is_empty() {
        Some("it is empty")
    } else if name.contains(|character: char| character.is_control() || "/\\".contains(character)) {
        Some("it names an array in `dataset.npz` and cannot have `/`, `\\` or control characters")
    } else {
        None
    }
}

/// NumPy drops NUL characters at the end of a text, and gives every text the room of the longest.
fn check_paths(photographs: &[String]) -> Result<(), InconsistentDataset> {
    match photographs.iter().enumerate().find(|(_, path)| {
        let characters = path.chars().count();
        characters == 0 || characters > LONGEST_PATH || path.contains('\0')
    }) {
        Some((photograph, path)) => Err(InconsistentDataset::Path {
            photograph,
            path: path.clone(),
        }),
        None => Ok(()),
    }
}
