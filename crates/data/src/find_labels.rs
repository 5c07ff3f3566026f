//! Finds the labels file: on disk, or in the folder or zip with the photographs.

use std::fs;
use std::path::Path;

use crate::import::ImportError;
use crate::source::Source;

/// A labels file that was found.
pub(crate) struct LabelsFile {
    /// Its content.
    pub(crate) bytes: Vec<u8>,
    /// Its path, for messages.
    pub(crate) shown: String,
    /// The folder below the source's root to which its paths are relative.
    pub(crate) folder: String,
}

/// Finds the labels file on disk or, if it is not there, in the source.
pub(crate) fn find_labels(source: &Source, labels: &Path) -> Result<LabelsFile, ImportError> {
    if labels.is_file() {
        let shown = labels.display().to_string();
        let bytes = fs::read(labels).map_err(|error| ImportError::ReadLabels {
            file: shown.clone(),
            problem: format!("cannot be read: {error}"),
        })?;
        return Ok(LabelsFile {
            bytes,
            shown,
            folder: folder_in_source(source, labels).unwrap_or_default(),
        });
    }
    let wanted = labels.to_string_lossy().replace('\\', "/");
    let wanted = wanted.trim_start_matches("./");
    let below = format!("/{wanted}");
    let found: Vec<&str> = source
        .files()
        .filter(|file| *file == wanted || file.ends_with(&below))
        .collect();
    match found[..] {
        [] => Err(ImportError::NoLabels {
            labels: wanted.to_owned(),
            source_path: source.path().to_owned(),
        }),
        [file] => {
            let bytes = source
                .reader()?
                .read(file)
                .map_err(|error| ImportError::ReadLabels {
                    file: file.to_owned(),
                    problem: error.to_string(),
                })?;
            Ok(LabelsFile {
                bytes,
                shown: file.to_owned(),
                folder: file
                    .rsplit_once('/')
                    .map_or("", |(folder, _)| folder)
                    .to_owned(),
            })
        }
        _ => Err(ImportError::SeveralLabels {
            labels: wanted.to_owned(),
            source_path: source.path().to_owned(),
            found: found.iter().map(|file| format!("`{file}`")).collect(),
        }),
    }
}

/// The folder of a labels file on disk, if it lies below the source folder.
fn folder_in_source(source: &Source, labels: &Path) -> Option<String> {
    if !source.is_folder() {
        return None;
    }
    let root = fs::canonicalize(source.path()).ok()?;
    let labels = fs::canonicalize(labels).ok()?;
    let folder = labels.parent()?.strip_prefix(root).ok()?;
    Some(folder.to_str()?.to_owned())
}
