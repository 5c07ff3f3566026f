//! The parts of a dataset, gathered from one `.npz` file after the other.

use std::path::{Path, PathBuf};

use fitroom_domain::Split;
use ndarray::{Array4, Ix4};

use crate::codes::read_codes;
use crate::coding::{CodedColumn, LabelOrigin, positions};
use crate::dataset::{Column, Dataset, InconsistentDataset, Origin};
use crate::decode::decode;
use crate::import_npz::ImportNpzError;
use crate::npz::{NpzReader, shape_in_words};
use crate::photograph_names::photograph_name;

/// The array with the photographs.
const IMAGES: &str = "images";

/// The parts of a dataset, as far as its files have been read.
#[derive(Default)]
pub(crate) struct Parts {
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
    pub(crate) fn add_file(
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

    /// The dataset called `name` of all files that were added.
    pub(crate) fn into_dataset(
        mut self,
        name: &str,
        origin: Origin,
    ) -> Result<Dataset, ImportNpzError> {
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
            expected: format!("{} in `{}`", meaningless.expected, names.display()),
        })?);
    }
    Ok(labels)
}
