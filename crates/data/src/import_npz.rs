//! Photographs and codes in `.npz` files, one for each split, become a dataset.
//!
//! ```text
//! images    uint8           (photographs, height, width, 3)
//! ANY NAME  whole numbers   (photographs)     codes of labels, −1 where there is none
//! ```
//!
//! A names file says which arrays are label columns, and what their codes mean.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use fitroom_domain::Split;

use crate::class_names::{ClassNamesError, read_class_names};
use crate::coding::{CodingError, Constant, ConstantError, coding};
use crate::dataset::{Dataset, InconsistentDataset, Origin};
use crate::npz::NpzError;
use crate::npz_parts::Parts;
use crate::photograph_names::distinct_names;

/// Files that belong together: the same arrays, whose codes mean the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NpzSet {
    /// The files, each with the split of its photographs.
    pub files: Vec<(Split, PathBuf)>,
    /// What their codes mean.
    pub names: PathBuf,
    /// The labels of columns that the files lack.
    pub constants: Vec<Constant>,
}

/// What an import made.
#[derive(Debug, Clone)]
pub struct NpzImportOutcome {
    /// The dataset, not yet saved.
    pub dataset: Dataset,
    /// The arrays of each file that its names file does not name, if there are any.
    pub unnamed: Vec<(PathBuf, Vec<String>)>,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportNpzError {
    /// The names file cannot be used.
    #[error(transparent)]
    ClassNames(#[from] ClassNamesError),
    /// A constant cannot be used.
    #[error(transparent)]
    Constant(#[from] ConstantError),
    /// A file or one of its arrays cannot be read.
    #[error(transparent)]
    Npz(#[from] NpzError),
    /// An array that must be there is not.
    #[error("`{}` has no array `{array}`; its arrays: {found}", path.display())]
    NoArray {
        /// The file.
        path: PathBuf,
        /// The array.
        array: String,
        /// The arrays that are there.
        found: String,
    },
    /// Not what photographs look like.
    #[error(
        "array `images` of `{}` is {element_type} of {shape}, expected uint8 of photographs×height×width×3",
        path.display()
    )]
    Images {
        /// The file.
        path: PathBuf,
        /// What its elements are.
        element_type: String,
        /// Its shape.
        shape: String,
    },
    /// Photographs of two sizes.
    #[error(
        "`{}` has photographs of {}×{} pixels (width × height), expected {}×{} as in `{}`",
        path.display(), found.1, found.0, expected.1, expected.0, first.display()
    )]
    Size {
        /// The file.
        path: PathBuf,
        /// Height and width of its photographs.
        found: (usize, usize),
        /// Height and width of the others.
        expected: (usize, usize),
        /// The first file.
        first: PathBuf,
    },
    /// An array that has not one code for each photograph.
    #[error(
        "array `{array}` of `{}` has {found} codes, expected one for each of the {expected} photographs",
        path.display()
    )]
    Length {
        /// The file.
        path: PathBuf,
        /// The array.
        array: String,
        /// How many codes it has.
        found: usize,
        /// How many photographs there are.
        expected: usize,
    },
    /// A code without a class name.
    #[error("array `{array}` of `{}` has code {code} in row {row}, expected {expected}", path.display())]
    Code {
        /// The file.
        path: PathBuf,
        /// The array.
        array: String,
        /// The photograph's position, from 0.
        row: usize,
        /// The code.
        code: i128,
        /// The codes that would do, and the names file that says so.
        expected: String,
    },
    /// The same photographs in two splits, or twice in one.
    #[error("`{}` is given for {first} and again for {second}", path.display())]
    SameFile {
        /// The file.
        path: PathBuf,
        /// The split for which it is given first.
        first: Split,
        /// The split for which it is given once more.
        second: Split,
    },
    /// Photographs are called after their file.
    #[error(
        "two of the files differ by nothing but `.npz`, and their photographs would have the same names"
    )]
    SameNames,
    /// More pictures than memory holds.
    #[error("the photographs of `{}` do not fit into memory together with those before", path.display())]
    Memory {
        /// The file.
        path: PathBuf,
    },
    /// The parts make no dataset.
    #[error("the files make no dataset")]
    Inconsistent {
        /// Why not.
        source: InconsistentDataset,
    },
}

impl From<CodingError> for ImportNpzError {
    fn from(error: CodingError) -> ImportNpzError {
        match error {
            CodingError::Constant(error) => error.into(),
            CodingError::ClassNames(error) => error.into(),
        }
    }
}

/// Makes a dataset called `name` of sets of `.npz` files. Pixels stay as they are, in the order of the
/// files. A column that a set does not have is without labels there.
///
/// # Errors
/// When a file, an array or a code is not what it should be; see [`ImportNpzError`].
pub fn import_npz(sets: &[NpzSet], name: &str) -> Result<NpzImportOutcome, ImportNpzError> {
    let codings = sets
        .iter()
        .map(|set| {
            Ok(coding(
                &set.constants,
                read_class_names(&set.names)?,
                &set.names,
            )?)
        })
        .collect::<Result<Vec<_>, ImportNpzError>>()?;
    let files: Vec<(Split, &Path)> = sets
        .iter()
        .flat_map(|set| {
            set.files
                .iter()
                .map(|(split, path)| (*split, path.as_path()))
        })
        .collect();
    let file_names = name_files(&files)?;

    let mut parts = Parts::default();
    let mut unnamed = Vec::new();
    let set_of_file = sets
        .iter()
        .zip(&codings)
        .flat_map(|(set, coding)| set.files.iter().map(move |_| (set, coding)));
    for (((split, path), file_name), (set, coding)) in
        files.iter().zip(&file_names).zip(set_of_file)
    {
        let left = parts.add_file(*split, path, file_name, coding, &set.names)?;
        if !left.is_empty() {
            unnamed.push((path.to_path_buf(), left));
        }
    }
    let dataset = parts.into_dataset(name, origin(sets))?;
    Ok(NpzImportOutcome { dataset, unnamed })
}

/// Checks that no file is given twice, and tells the files apart.
fn name_files(files: &[(Split, &Path)]) -> Result<Vec<String>, ImportNpzError> {
    let access = |path: &Path| {
        let path = path.to_owned();
        move |source| ImportNpzError::Npz(NpzError::File { path, source })
    };
    let mut seen = HashMap::new();
    let mut absolute = Vec::new();
    for (split, path) in files {
        let place = fs::canonicalize(path).map_err(access(path))?;
        if let Some(first) = seen.insert(place, *split) {
            return Err(ImportNpzError::SameFile {
                path: path.to_path_buf(),
                first,
                second: *split,
            });
        }
        absolute.push(std::path::absolute(path).map_err(access(path))?);
    }
    let absolute: Vec<&Path> = absolute.iter().map(PathBuf::as_path).collect();
    distinct_names(&absolute).ok_or(ImportNpzError::SameNames)
}

fn origin(sets: &[NpzSet]) -> Origin {
    let file_name = |path: &Path| {
        let name = path.file_name().unwrap_or(path.as_os_str());
        name.to_string_lossy().into_owned()
    };
    let sources: Vec<String> = sets
        .iter()
        .map(|set| {
            let mut words: Vec<String> =
                set.files.iter().map(|(_, path)| file_name(path)).collect();
            words.push(format!("names {}", file_name(&set.names)));
            words.extend(
                set.constants
                    .iter()
                    .map(|constant| format!("{} = {}", constant.column, constant.label)),
            );
            words.join(", ")
        })
        .collect();
    Origin {
        source: sources.join("; "),
        preparation: "as stored".to_owned(),
        split: "one file for each".to_owned(),
    }
}
