//! A folder or zip of photographs and its labels file become a dataset.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use fitroom_domain::{ImageSize, Split};
use ndarray::Array4;

use crate::assign_split::SplitFractions;
use crate::dataset::{Dataset, InconsistentDataset, Origin};
use crate::duplicates::KnownDuplicates;
use crate::find_labels::{LabelsFile, find_labels};
use crate::labels::{Labels, LabelsError, LabelsRow, encode, parse_labels};
use crate::picture::PREPARATION;
use crate::read_photographs::{Photographs, read_photographs};
use crate::skipped::{Skipped, SkippedPhotographs};
use crate::source::{Source, SourceError, resolve};
use crate::split_photographs::SplitPhotographs;

/// Endings of the files that count as photographs.
const PHOTOGRAPH_ENDINGS: [&str; 4] = [".jpg", ".jpeg", ".png", ".webp"];

/// The longest side that the photographs of a dataset can have, in pixels.
const LONGEST_SIDE: u32 = 4096;

/// What to import, and how.
#[derive(Debug, Clone)]
pub struct ImportRequest {
    /// A folder or a zip with photographs.
    pub source: PathBuf,
    /// The labels file: a file on disk or, if there is none, the unique ending of a path in the source.
    pub labels: PathBuf,
    /// The size that every photograph gets.
    pub size: ImageSize,
    /// What the dataset is called: the name of the folder where it will lie.
    pub name: String,
    /// The column with the photographs' paths, if it is not one of the usual.
    pub path_column: Option<String>,
    /// The label columns, if not all that are there.
    pub columns: Option<Vec<String>>,
    /// How to split, whatever the labels file says; `None`: as it says, or by the usual fractions.
    pub split: Option<SplitFractions>,
    /// What makes the split's chance the same every time.
    pub seed: u64,
    /// Whether to leave out photographs of train that nearly equal one of validation or test.
    pub drop_leaks: bool,
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Photographs that were read, or skipped.
    pub done: usize,
    /// Photographs in the labels file.
    pub total: usize,
}

/// What an import made.
#[derive(Debug, Clone)]
pub struct ImportOutcome {
    /// The dataset, not yet saved.
    pub dataset: Dataset,
    /// The photographs that are not in it, in the order of the labels file.
    pub skipped: Vec<Skipped>,
    /// How many photographs of train were left out, for they nearly equal one of validation or test.
    pub dropped: usize,
    /// How many photographs of the source have no row in the labels file.
    pub unlisted: usize,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The folder or zip cannot be used.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The labels file is neither on disk nor in the source.
    #[error("no labels file `{labels}`, neither on disk nor in `{}`", source_path.display())]
    NoLabels {
        /// What was asked for.
        labels: String,
        /// The folder or zip.
        source_path: PathBuf,
    },
    /// Several files in the source could be meant.
    #[error("`{labels}` could be any of {} in `{}`: give more of its path", found.join(", "), source_path.display())]
    SeveralLabels {
        /// What was asked for.
        labels: String,
        /// The folder or zip.
        source_path: PathBuf,
        /// The paths that end like it.
        found: Vec<String>,
    },
    /// The labels file cannot be read.
    #[error("the labels file `{file}` {problem}")]
    ReadLabels {
        /// The labels file.
        file: String,
        /// What is wrong.
        problem: String,
    },
    /// The labels file has a mistake in it.
    #[error(transparent)]
    Labels(#[from] LabelsError),
    /// A path that leads out of the source.
    #[error("`{file}`, line {line}: the path `{path}` leads out of `{}`", source_path.display())]
    ClimbsOut {
        /// The labels file.
        file: String,
        /// The line, from 1.
        line: u64,
        /// The path.
        path: String,
        /// The folder or zip.
        source_path: PathBuf,
    },
    /// The same photograph in two rows.
    #[error("`{file}`, line {line}: the photograph `{path}` stands already in line {earlier}")]
    Twice {
        /// The labels file.
        file: String,
        /// The line, from 1.
        line: u64,
        /// The photograph.
        path: String,
        /// The line where it stands first.
        earlier: u64,
    },
    /// A size that no dataset can have.
    #[error("photographs of {width}×{height} pixels, expected sides of 1 to {LONGEST_SIDE}")]
    Size {
        /// Columns of pixels.
        width: u32,
        /// Rows of pixels.
        height: u32,
    },
    /// More pictures than memory holds.
    #[error("{photographs} photographs of {width}×{height} pixels do not fit into memory")]
    Memory {
        /// How many.
        photographs: usize,
        /// Columns of pixels.
        width: u32,
        /// Rows of pixels.
        height: u32,
    },
    /// Not one photograph could be used.
    #[error(
        "none of the {photographs} photographs in `{file}` can be used; the first, `{first}` (line \
         {line}), {reason}"
    )]
    NothingLeft {
        /// The labels file.
        file: String,
        /// How many rows it has.
        photographs: usize,
        /// The first photograph.
        first: String,
        /// Its line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A split that is to be made would leave nothing to train on or to measure with.
    #[error(
        "{photographs} photographs are too few to split ({fractions}): none is left for {empty}; give more, \
         or a column `split`"
    )]
    TooFew {
        /// How many there are.
        photographs: usize,
        /// The shares of the splits.
        fractions: SplitFractions,
        /// The split that would be empty.
        empty: Split,
    },
    /// Nothing would be left to train on.
    #[error(
        "all {train} photographs of train nearly equal one of validation or test: none is left to train on"
    )]
    AllLeak {
        /// How many there are.
        train: usize,
    },
    /// The parts make no dataset.
    #[error("`{file}` makes no dataset")]
    Inconsistent {
        /// The labels file.
        file: String,
        /// Why not.
        source: InconsistentDataset,
    },
}

/// Reads the photographs that the labels file names and makes a dataset of them. A photograph that is
/// missing or cannot be decoded is skipped and listed. `progress` is called from several threads.
///
/// # Errors
/// When the source or the labels file has a mistake, or no photograph is left; see [`ImportError`].
pub fn import(
    request: &ImportRequest,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<ImportOutcome, ImportError> {
    check_size(request.size)?;
    let source = Source::open(&request.source)?;
    let file = find_labels(&source, &request.labels)?;
    let mut labels = parse_labels(
        &file.bytes,
        &file.shown,
        request.path_column.as_deref(),
        request.columns.as_deref(),
    )?;
    resolve_paths(&mut labels.rows, &file, &source)?;
    let unlisted = count_unlisted(&source, &labels.rows);

    let Labels { columns, rows } = labels;
    let Photographs {
        pixels,
        rows,
        skipped,
    } = read_photographs(&source, rows, request.size, progress)?;
    if rows.is_empty() {
        return Err(nothing_left(&file, skipped));
    }
    let images = Array4::from_shape_vec(
        (
            rows.len(),
            request.size.height as usize,
            request.size.width as usize,
            3,
        ),
        pixels,
    )
    .map_err(|_| ImportError::Memory {
        photographs: rows.len(),
        width: request.size.width,
        height: request.size.height,
    })?;
    let mut photographs = SplitPhotographs::new(images, rows, &columns, request)?;
    let dropped = match request.drop_leaks {
        true => photographs.drop_leaks()?,
        false => 0,
    };
    let SplitPhotographs {
        images,
        rows,
        splits,
        words: split,
        duplicates,
    } = photographs;
    let columns = encode(&columns, &rows);
    let photographs = rows.into_iter().map(|row| row.path).collect();
    let origin = Origin {
        source: format!("{}, labels {}", file_name(source.path()), file.shown),
        preparation: PREPARATION.to_owned(),
        split,
    };
    let name = request.name.clone();
    let mut dataset =
        Dataset::new(name, images, splits, columns, photographs, origin).map_err(|source| {
            ImportError::Inconsistent {
                file: file.shown,
                source,
            }
        })?;
    dataset.skipped = SkippedPhotographs::of(&skipped);
    if let Some(duplicates) = duplicates {
        dataset.duplicates = KnownDuplicates(duplicates.into());
    }
    Ok(ImportOutcome {
        dataset,
        skipped,
        dropped,
        unlisted,
    })
}

fn check_size(size: ImageSize) -> Result<(), ImportError> {
    let sides = 1..=LONGEST_SIDE;
    if sides.contains(&size.height) && sides.contains(&size.width) {
        Ok(())
    } else {
        Err(ImportError::Size {
            width: size.width,
            height: size.height,
        })
    }
}

/// Replaces each path by the one below the source's root, and refuses a photograph that stands there twice.
fn resolve_paths(
    rows: &mut [LabelsRow],
    file: &LabelsFile,
    source: &Source,
) -> Result<(), ImportError> {
    let mut lines = HashMap::new();
    for row in rows {
        let Some(path) = resolve(&file.folder, &row.path) else {
            return Err(ImportError::ClimbsOut {
                file: file.shown.clone(),
                line: row.line,
                path: row.path.clone(),
                source_path: source.path().to_owned(),
            });
        };
        if let Some(earlier) = lines.insert(path.clone(), row.line) {
            return Err(ImportError::Twice {
                file: file.shown.clone(),
                line: row.line,
                path,
                earlier,
            });
        }
        row.path = path;
    }
    Ok(())
}

/// How many photographs no row names. Hidden files and what a Mac adds to an archive do not count.
fn count_unlisted(source: &Source, rows: &[LabelsRow]) -> usize {
    let listed: BTreeSet<&str> = rows.iter().map(|row| &row.path[..]).collect();
    let is_photograph = |path: &str| {
        let hidden = path
            .split('/')
            .any(|part| part.starts_with('.') || part == "__MACOSX");
        let path = path.to_lowercase();
        !hidden
            && PHOTOGRAPH_ENDINGS
                .iter()
                .any(|ending| path.ends_with(ending))
    };
    source
        .files()
        .filter(|path| is_photograph(path) && !listed.contains(path))
        .count()
}

fn nothing_left(file: &LabelsFile, skipped: Vec<Skipped>) -> ImportError {
    let photographs = skipped.len();
    match skipped.into_iter().next() {
        Some(first) => ImportError::NothingLeft {
            file: file.shown.clone(),
            photographs,
            first: first.path,
            line: first.line,
            reason: first.reason,
        },
        None => LabelsError::NoRows {
            file: file.shown.clone(),
        }
        .into(),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}
