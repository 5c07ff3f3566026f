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
use ndarray::{Array4, Ix4};

use crate::class_names::{ClassNamesError, read_class_names};
use crate::codes::read_codes;
use crate::coding::{
    CodedColumn, CodingError, Constant, ConstantError, LabelOrigin, coding, decode, positions,
};
use crate::dataset::{Column, Dataset, InconsistentDataset, Origin};
use crate::npz::{NpzError, NpzReader, shape_in_words};
use crate::photograph_names::{distinct_names, photograph_name};

/// The array with the photographs.
const IMAGES: &str = "images";

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
    #[error("array `{array}` of `{}` has code {code} in row {row}, expected {expected} in `{}`", path.display(), names.display())]
    Code {
        /// The file.
        path: PathBuf,
        /// The array.
        array: String,
        /// The photograph's position, from 0.
        row: usize,
        /// The code.
        code: i128,
        /// The codes that would do.
        expected: String,
        /// The names file.
        names: PathBuf,
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

/// The parts of a dataset, as far as its files have been read.
#[derive(Default)]
struct Parts {
    /// Height and width of the photographs, and the file that has them first.
    size: Option<((usize, usize), PathBuf)>,
    pixels: Vec<u8>,
    splits: Vec<Split>,
    photographs: Vec<String>,
    /// A column that the last files did not have may be shorter than the others.
    columns: Vec<Column>,
}

impl Parts {
    /// Adds the photographs of a file with their labels. Returns the arrays that no column is made of.
    fn add_file(
        &mut self,
        split: Split,
        path: &Path,
        file_name: &str,
        coding: &[CodedColumn],
        names: &Path,
    ) -> Result<Vec<String>, ImportNpzError> {
        let mut reader = NpzReader::open(path)?;
        let mut arrays = reader.names()?;
        arrays.sort();
        let used = |column: &CodedColumn| match &column.origin {
            LabelOrigin::Constant => None,
            LabelOrigin::Array { array, .. } => Some(array.clone()),
        };
        let wanted: Vec<String> = [IMAGES.to_owned()]
            .into_iter()
            .chain(coding.iter().filter_map(used))
            .collect();
        if let Some(array) = wanted.iter().find(|array| !arrays.contains(array)) {
            let found: Vec<String> = arrays.iter().map(|name| format!("`{name}`")).collect();
            return Err(ImportNpzError::NoArray {
                path: path.to_owned(),
                array: array.clone(),
                found: found.join(", "),
            });
        }
        let photographs = self.add_images(&mut reader)?;
        let labels = read_labels(&mut reader, photographs, coding, names)?;
        for (column, labels) in coding.iter().zip(labels) {
            self.add_labels(column, &labels);
        }
        self.splits.extend(vec![split; photographs]);
        let name = |position| photograph_name(file_name, position);
        self.photographs.extend((0..photographs).map(name));
        arrays.retain(|array| !wanted.contains(array));
        Ok(arrays)
    }

    /// Adds the pixels of a file, and counts its photographs.
    fn add_images(&mut self, reader: &mut NpzReader) -> Result<usize, ImportNpzError> {
        let path = reader.path().to_owned();
        let (element_type, shape) = reader.describe(IMAGES)?;
        let (photographs, size) = match (&element_type[..], &shape[..]) {
            ("uint8", [photographs, height, width, 3]) => (*photographs, (*height, *width)),
            _ => {
                return Err(ImportNpzError::Images {
                    path,
                    element_type,
                    shape: shape_in_words(&shape),
                });
            }
        };
        let (expected, first) = self.size.get_or_insert_with(|| (size, path.clone()));
        if size != *expected {
            return Err(ImportNpzError::Size {
                path,
                found: size,
                expected: *expected,
                first: first.clone(),
            });
        }
        let images = reader.array::<u8, Ix4>(IMAGES)?;
        if self.pixels.try_reserve_exact(images.len()).is_err() {
            return Err(ImportNpzError::Memory { path });
        }
        match images.as_slice() {
            Some(pixels) => self.pixels.extend_from_slice(pixels),
            // In Fortran's order in the file.
            None => self.pixels.extend(images.iter()),
        }
        Ok(photographs)
    }

    /// Adds the labels of the file whose photographs are added next.
    fn add_labels(&mut self, coded: &CodedColumn, labels: &[i32]) {
        let known = self
            .columns
            .iter()
            .position(|column| column.name == coded.name);
        let known = known.unwrap_or_else(|| {
            self.columns.push(Column {
                name: coded.name.clone(),
                classes: Vec::new(),
                codes: Vec::new(),
            });
            self.columns.len() - 1
        });
        let column = &mut self.columns[known];
        column.codes.resize(self.splits.len(), -1);
        let codes = positions(&mut column.classes, &coded.classes);
        let code = |label: &i32| {
            let label = usize::try_from(*label).ok();
            label
                .and_then(|label| codes.get(label).copied())
                .unwrap_or(-1)
        };
        column.codes.extend(labels.iter().map(code));
    }

    fn into_dataset(mut self, name: &str, origin: Origin) -> Result<Dataset, ImportNpzError> {
        let photographs = self.splits.len();
        for column in &mut self.columns {
            column.codes.resize(photographs, -1);
        }
        let (height, width) = self.size.map_or((0, 0), |(size, _)| size);
        let images = Array4::from_shape_vec((photographs, height, width, 3), self.pixels);
        let inconsistent = |source| ImportNpzError::Inconsistent { source };
        let images = images.map_err(|_| {
            inconsistent(InconsistentDataset::TooLarge {
                photographs,
                height,
                width,
            })
        })?;
        Dataset::new(
            name.to_owned(),
            images,
            self.splits,
            self.columns,
            self.photographs,
            origin,
        )
        .map_err(inconsistent)
    }
}

/// For each column the labels of a file's photographs: positions in its classes, or −1.
fn read_labels(
    reader: &mut NpzReader,
    photographs: usize,
    coding: &[CodedColumn],
    names: &Path,
) -> Result<Vec<Vec<i32>>, ImportNpzError> {
    let path = reader.path().to_owned();
    let mut labels: Vec<Vec<i32>> = Vec::new();
    for column in coding {
        let LabelOrigin::Array { array, .. } = &column.origin else {
            labels.push(vec![0; photographs]);
            continue;
        };
        let codes = read_codes(reader, array)?;
        if codes.len() != photographs {
            return Err(ImportNpzError::Length {
                path,
                array: array.clone(),
                found: codes.len(),
                expected: photographs,
            });
        }
        let decoded = decode(column, &codes, coding, &labels);
        labels.push(decoded.map_err(|meaningless| ImportNpzError::Code {
            path: path.clone(),
            array: array.clone(),
            row: meaningless.row,
            code: meaningless.code,
            expected: meaningless.expected,
            names: names.to_owned(),
        })?);
    }
    Ok(labels)
}
