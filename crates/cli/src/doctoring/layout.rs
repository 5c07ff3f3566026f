//! The folders of sweeps and trials below a runs folder.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;

use crate::models::MODELS;
use crate::run_folder::SweepRecordFile;

/// How old a file without its name must be for nobody to write it any more.
const FORGOTTEN: Duration = Duration::from_secs(60);

/// What lies below a runs folder, each path relative to it and in alphabetical order.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// `<dataset>/<sweep>/<trial>`.
    pub(crate) trials: Vec<String>,
    /// Files that describe sweeps: what they say, or why they cannot be read.
    pub(crate) sweeps: Vec<(String, Result<SweepRecordFile, String>)>,
    /// Files in folders of sweeps that nobody has finished writing.
    pub(crate) half_written: Vec<String>,
}

impl Layout {
    /// Lists a runs folder.
    ///
    /// # Errors
    /// When a folder cannot be listed.
    pub(crate) fn read(runs: &Path) -> anyhow::Result<Layout> {
        let mut layout = Layout::default();
        for dataset in folders(runs, "")? {
            // Not a dataset's: models that are kept.
            if dataset == MODELS {
                continue;
            }
            for sweep in folders(runs, &dataset)? {
                layout.read_sweep(runs, &sweep)?;
            }
        }
        Ok(layout)
    }

    fn read_sweep(&mut self, runs: &Path, sweep: &str) -> anyhow::Result<()> {
        for (name, is_folder) in entries(runs, sweep)? {
            let path = format!("{sweep}/{name}");
            if is_folder && !name.starts_with('.') {
                self.trials.push(path);
            } else if !is_folder && SweepRecordFile::is_name(&name) {
                let file = SweepRecordFile::read(&runs.join(&path));
                let file = file.map_err(|error| format!("{error:#}"));
                self.sweeps.push((path, file));
            } else if !is_folder && name.starts_with(".tmp") && is_forgotten(&runs.join(&path)) {
                self.half_written.push(path);
            }
        }
        Ok(())
    }
}

/// The folders in a folder that are not hidden, in alphabetical order, with its path before them.
pub(crate) fn folders(runs: &Path, folder: &str) -> anyhow::Result<Vec<String>> {
    let entries = entries(runs, folder)?.into_iter();
    let folders = entries.filter(|(name, is_folder)| *is_folder && !name.starts_with('.'));
    let before = match folder {
        "" => String::new(),
        folder => format!("{folder}/"),
    };
    Ok(folders.map(|(name, _)| format!("{before}{name}")).collect())
}

/// Names in a folder and whether they are folders, in alphabetical order; none if it is not there.
pub(crate) fn entries(runs: &Path, folder: &str) -> anyhow::Result<Vec<(String, bool)>> {
    let path = runs.join(folder);
    let at = || format!("failed to list `{}`", path.display());
    let listed = match fs::read_dir(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listed => listed.with_context(at)?,
    };
    let mut entries = Vec::new();
    for entry in listed {
        let entry = entry.with_context(at)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        entries.push((name, entry.file_type().with_context(at)?.is_dir()));
    }
    entries.sort();
    Ok(entries)
}

fn is_forgotten(path: &Path) -> bool {
    let modified = fs::metadata(path).and_then(|metadata| metadata.modified());
    modified.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > FORGOTTEN))
}
