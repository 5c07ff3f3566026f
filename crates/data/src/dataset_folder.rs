//! A dataset's folder: `dataset.npz` with the arrays, `dataset.toml` with what they mean.
//!
//! ```text
//! dataset.npz    images   uint8  (photographs, height, width, 3)
//!                split    int64  (photographs)   0 train, 1 validation, 2 test
//!                name     <U…    (photographs)   each photograph's path
//!                COLUMN   int64  (photographs)   for each label column: a position in its classes, or −1
//! dataset.toml   see `Manifest`
//! ```

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use fitroom_domain::{Fingerprint, Split};
use ndarray::{Array1, Array4};

use crate::dataset::{Column, Dataset, InconsistentDataset};
use crate::duplicates::KnownDuplicates;
use crate::manifest::{ColumnCounts, Manifest, ManifestError};
use crate::npz::{NpzError, NpzReader, NpzWriter, shape_in_words};
use crate::replace_folder::{Older, ReplaceFolderError, replace_folder};

const ARRAYS: &str = "dataset.npz";
const MANIFEST: &str = "dataset.toml";

/// Why a dataset cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadDatasetError {
    /// `dataset.toml` cannot be used.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// `dataset.npz` cannot be used.
    #[error(transparent)]
    Npz(#[from] NpzError),
    /// The two files do not belong together.
    #[error(
        "{what} of `{}`: found {found}, but `dataset.toml` beside it says {expected}",
        path.display()
    )]
    Disagree {
        /// The file `dataset.npz`.
        path: PathBuf,
        /// What they disagree about.
        what: String,
        /// What `dataset.npz` has.
        found: String,
        /// What `dataset.toml` has.
        expected: String,
    },
    /// A split code that no split has.
    #[error(
        "array `split` of `{}` has code {code} for photograph {photograph}, expected 0, 1 or 2",
        path.display()
    )]
    SplitCode {
        /// The file `dataset.npz`.
        path: PathBuf,
        /// The photograph's position, from 0.
        photograph: usize,
        /// The code.
        code: i64,
    },
    /// A code beyond what any column can have.
    #[error(
        "array `{column}` of `{}` has code {code} for photograph {photograph}, \
         which is no class of the column",
        path.display()
    )]
    LabelCode {
        /// The file `dataset.npz`.
        path: PathBuf,
        /// The column.
        column: String,
        /// The photograph's position, from 0.
        photograph: usize,
        /// The code.
        code: i64,
    },
    /// The arrays make no dataset.
    #[error("`{}` holds no dataset", path.display())]
    Inconsistent {
        /// The file `dataset.npz`.
        path: PathBuf,
        /// Why not.
        source: InconsistentDataset,
    },
    /// The groups of near-identical photographs cannot be.
    #[error("`{}`, key `near_identical`: {problem}", path.display())]
    NearIdentical {
        /// The file `dataset.toml`.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The content is not that of which the fingerprint was taken.
    #[error(
        "`{}` has been changed since it was made: its content has the fingerprint {found}, expected \
         {expected} as `dataset.toml` beside it says; import the dataset again",
        path.display()
    )]
    Fingerprint {
        /// The file `dataset.npz`.
        path: PathBuf,
        /// The content's fingerprint.
        found: Fingerprint,
        /// The fingerprint in `dataset.toml`.
        expected: Fingerprint,
    },
}

/// Why a dataset cannot be saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveDatasetError {
    /// The folder cannot be put in its place.
    #[error(transparent)]
    Folder(#[from] ReplaceFolderError),
    /// `dataset.npz` cannot be written.
    #[error(transparent)]
    Npz(#[from] NpzError),
    /// A file cannot be written.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// `dataset.toml` cannot be put into words.
    #[error("cannot describe the dataset in `{}`", path.display())]
    Describe {
        /// The file `dataset.toml`.
        path: PathBuf,
        /// Why not.
        source: toml::ser::Error,
    },
}

/// Reads only `dataset.toml`: fast, but it does not see whether the pixels are intact.
///
/// # Errors
/// When the file is missing, is not a dataset's, or has another format.
pub fn read_manifest(folder: &Path) -> Result<Manifest, ManifestError> {
    Manifest::read(&folder.join(MANIFEST))
}

/// Whether [`Dataset::save`] may write to `folder`: there is nothing yet, or an empty folder, or a
/// dataset, which it replaces. Asked before the work that a dataset takes.
///
/// # Errors
/// When there is something else.
pub fn check_can_be_written(folder: &Path) -> Result<(), SaveDatasetError> {
    crate::replace_folder::check_replaceable(folder, &[ARRAYS, MANIFEST])?;
    Ok(())
}

impl Dataset {
    /// Reads a dataset's folder and checks that its two files belong together and are unchanged.
    /// The dataset is called after the folder.
    ///
    /// # Errors
    /// See [`LoadDatasetError`].
    pub fn load(folder: &Path) -> Result<Dataset, LoadDatasetError> {
        let manifest = read_manifest(folder)?;
        let path = folder.join(ARRAYS);
        let mut arrays = NpzReader::open(&path)?;
        check_names(&path, &arrays.names()?, &manifest)?;

        let images: Array4<u8> = arrays.array("images")?;
        let size = [
            manifest.photographs,
            manifest.height as usize,
            manifest.width as usize,
            3,
        ];
        agree(
            &path,
            "the shape of array `images`",
            shape_in_words(images.shape()),
            shape_in_words(&size),
        )?;
        let splits = read_splits(&path, &arrays.array("split")?)?;
        let photographs = arrays.texts("name")?;
        let columns = manifest
            .columns
            .iter()
            .map(|column| read_column(&path, column, &arrays.array(&column.name)?))
            .collect::<Result<Vec<Column>, LoadDatasetError>>()?;

        let mut dataset = Dataset::new(
            folder_name(folder, &manifest),
            images,
            splits,
            columns,
            photographs,
            manifest.origin.clone(),
        )
        .map_err(|source| LoadDatasetError::Inconsistent {
            path: path.clone(),
            source,
        })?;
        if dataset.fingerprint != manifest.fingerprint {
            return Err(LoadDatasetError::Fingerprint {
                path,
                found: dataset.fingerprint,
                expected: manifest.fingerprint,
            });
        }
        check_counts(&path, &Manifest::of(&dataset), &manifest)?;
        if let Some(stored) = manifest.near_identical {
            let known =
                stored
                    .read(dataset.len())
                    .map_err(|problem| LoadDatasetError::NearIdentical {
                        path: folder.join(MANIFEST),
                        problem,
                    })?;
            dataset.duplicates = KnownDuplicates(known.map(OnceLock::from).unwrap_or_default());
        }
        dataset.skipped = manifest.skipped;
        Ok(dataset)
    }

    /// Writes the dataset to `folder`, replacing a dataset that is there. It is complete before it gets
    /// its name; at no moment is there half of one. Near-identical photographs are looked for first, if
    /// that has not been done, so that nobody needs to compare them again.
    ///
    /// # Errors
    /// When there is something other than a dataset, or the disk refuses.
    pub fn save(&self, folder: &Path) -> Result<(), SaveDatasetError> {
        self.put_into(folder, Older::Replace)
    }

    /// As [`Dataset::save`], but a dataset that is there, or is put there meanwhile, stays.
    ///
    /// # Errors
    /// When there is something other than a dataset, or the disk refuses.
    pub fn save_if_missing(&self, folder: &Path) -> Result<(), SaveDatasetError> {
        self.put_into(folder, Older::Keep)
    }

    fn put_into(&self, folder: &Path, older: Older) -> Result<(), SaveDatasetError> {
        // Known before there is a half-written folder, for finding them may take seconds.
        self.duplicates();
        replace_folder(folder, &[ARRAYS, MANIFEST], older, |new| {
            self.write_arrays(&new.join(ARRAYS))?;
            self.write_manifest(&new.join(MANIFEST))
        })
    }

    fn write_arrays(&self, path: &Path) -> Result<(), SaveDatasetError> {
        let failed = |source| SaveDatasetError::Write {
            path: path.to_owned(),
            source,
        };
        let file = BufWriter::new(File::create(path).map_err(failed)?);
        let mut arrays = NpzWriter::new(path, file);
        arrays.array("images", &self.images)?;
        let splits: Array1<i64> = self.splits.iter().map(|split| split.code()).collect();
        arrays.array("split", &splits)?;
        arrays.texts("name", &self.photographs)?;
        for column in &self.columns {
            let codes: Array1<i64> = column.codes.iter().copied().map(i64::from).collect();
            arrays.array(&column.name, &codes)?;
        }
        let file = arrays.finish()?;
        let file = file
            .into_inner()
            .map_err(|error| failed(error.into_error()))?;
        file.sync_all().map_err(failed)
    }

    fn write_manifest(&self, path: &Path) -> Result<(), SaveDatasetError> {
        let text =
            toml::to_string(&Manifest::of(self)).map_err(|source| SaveDatasetError::Describe {
                path: path.to_owned(),
                source,
            })?;
        let write = || {
            let mut file = File::create(path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        write().map_err(|source| SaveDatasetError::Write {
            path: path.to_owned(),
            source,
        })
    }
}

/// The last part of the folder's path, so that a dataset that was moved goes by where it lies.
fn folder_name(folder: &Path, manifest: &Manifest) -> String {
    let name = |path: &Path| Some(path.file_name()?.to_string_lossy().into_owned());
    name(folder)
        .or_else(|| name(&fs::canonicalize(folder).ok()?))
        .unwrap_or_else(|| manifest.name.clone())
}

/// `dataset.npz` has the arrays that `dataset.toml` lists, and no others.
fn check_names(path: &Path, found: &[String], manifest: &Manifest) -> Result<(), LoadDatasetError> {
    let mut expected: Vec<&str> = crate::dataset::RESERVED_NAMES.to_vec();
    expected.extend(manifest.columns.iter().map(|column| &column.name[..]));
    let mut found: Vec<&str> = found.iter().map(String::as_str).collect();
    expected.sort_unstable();
    found.sort_unstable();
    agree(path, "the arrays", found.join(", "), expected.join(", "))
}

/// The numbers of photographs in `dataset.toml` are those of the arrays.
fn check_counts(
    path: &Path,
    found: &Manifest,
    expected: &Manifest,
) -> Result<(), LoadDatasetError> {
    agree(
        path,
        "the numbers of photographs in each split",
        format!("{:?}", found.splits),
        format!("{:?}", expected.splits),
    )?;
    for (found, expected) in found.columns.iter().zip(&expected.columns) {
        agree(
            path,
            &format!(
                "the numbers of photographs with each label of `{}`",
                found.name
            ),
            format!("{found:?}"),
            format!("{expected:?}"),
        )?;
    }
    Ok(())
}

fn agree(path: &Path, what: &str, found: String, expected: String) -> Result<(), LoadDatasetError> {
    if found == expected {
        return Ok(());
    }
    Err(LoadDatasetError::Disagree {
        path: path.to_owned(),
        what: what.to_owned(),
        found,
        expected,
    })
}

fn read_splits(path: &Path, codes: &Array1<i64>) -> Result<Vec<Split>, LoadDatasetError> {
    let split = |(photograph, code): (usize, &i64)| {
        Split::from_code(*code).ok_or_else(|| LoadDatasetError::SplitCode {
            path: path.to_owned(),
            photograph,
            code: *code,
        })
    };
    codes.iter().enumerate().map(split).collect()
}

fn read_column(
    path: &Path,
    column: &ColumnCounts,
    codes: &Array1<i64>,
) -> Result<Column, LoadDatasetError> {
    // `Dataset::new` checks that each code has its class.
    let narrow = |(photograph, code): (usize, &i64)| {
        i32::try_from(*code).map_err(|_| LoadDatasetError::LabelCode {
            path: path.to_owned(),
            column: column.name.clone(),
            photograph,
            code: *code,
        })
    };
    Ok(Column {
        name: column.name.clone(),
        classes: column.classes.clone(),
        codes: codes
            .iter()
            .enumerate()
            .map(narrow)
            .collect::<Result<_, _>>()?,
    })
}
