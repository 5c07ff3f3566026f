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
    /// Links to nowhere, or to what lies in the runs folder anyway.
    pub(crate) unknown: Vec<String>,
}

impl Layout {
    /// Lists a runs folder.
    ///
    /// # Errors
    /// When a folder cannot be listed.
    pub(crate) fn read(runs: &Path) -> anyhow::Result<Layout> {
        let mut layout = Layout::default();
        for dataset in layout.folders(runs, "")? {
            // Not a dataset's: models that are kept.
            if dataset == MODELS {
                continue;
            }
            for sweep in layout.folders(runs, &dataset)? {
                layout.read_sweep(runs, &sweep)?;
            }
        }
        Ok(layout)
    }

    /// The folders in a folder, and those elsewhere that links in it lead to: somebody put them on another disk.
    fn folders(&mut self, runs: &Path, folder: &str) -> anyhow::Result<Vec<String>> {
        let mut found = Vec::new();
        for (name, is_folder) in entries(runs, folder)? {
            if name.starts_with('.') {
                continue;
            }
            let path = match folder {
                "" => name,
                folder => format!("{folder}/{name}"),
            };
            let place = runs.join(&path);
            match () {
                () if is_folder => found.push(path),
                () if !place.is_symlink() || place.is_file() => {}
                () if place.is_dir() && leads_out(runs, &place)? => found.push(path),
                () => self.unknown.push(path),
            }
        }
        Ok(found)
    }

    fn read_sweep(&mut self, runs: &Path, sweep: &str) -> anyhow::Result<()> {
        let trials = self.folders(runs, sweep)?;
        self.trials.extend(trials);
        for (name, is_folder) in entries(runs, sweep)? {
            let path = format!("{sweep}/{name}");
            if !is_folder && SweepRecordFile::is_name(&name) {
                let file = SweepRecordFile::read(&runs.join(&path));
                let file = file.map_err(|error| format!("{error:#}"));
                self.sweeps.push((path, file));
            } else if !is_folder && name.starts_with(".tmp") && is_forgotten(&runs.join(&path)) {
                if link_in(runs, sweep).is_some() {
                    continue;
                }
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

/// Whether a link leads to what lies elsewhere, and is no other name of something in the runs folder.
fn leads_out(runs: &Path, link: &Path) -> io::Result<bool> {
    let (runs, target) = (runs.canonicalize()?, fs::read_link(link)?);
    let target = link.parent().unwrap_or(link).join(target);
    let above = target.parent().unwrap_or(&target).canonicalize()?;
    Ok(!above.starts_with(&runs) && !target.canonicalize()?.starts_with(&runs))
}

/// The first link on the way from a runs folder to something below it: behind it nothing is changed.
pub(crate) fn link_in(runs: &Path, path: &str) -> Option<String> {
    let ends = path.match_indices('/').map(|(end, _)| end);
    let ways = ends.chain([path.len()]).map(|end| &path[..end]);
    let mut links = ways.filter(|way| runs.join(way).is_symlink());
    links.next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed_out_of_the_folder_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (runs, elsewhere) = (folder.path().join("runs"), folder.path().join("elsewhere"));
        fs::create_dir_all(runs.join("small/grid/first")).unwrap();
        fs::create_dir_all(elsewhere.join("grid/second")).unwrap();
        for (name, to) in [
            ("big", elsewhere.as_path()),
            ("again", Path::new("small")),
            ("gone", Path::new("nowhere")),
        ] {
            std::os::unix::fs::symlink(to, runs.join(name)).unwrap();
        }
        let layout = Layout::read(&runs).unwrap();
        assert_eq!(layout.trials, ["big/grid/second", "small/grid/first"]);
        assert_eq!(layout.unknown, ["again", "gone"]);
        assert_eq!(link_in(&runs, "big/grid/second"), Some("big".to_owned()));
        assert_eq!(link_in(&runs, "small/grid/first"), None);
    }
}
