//! Which runs lie below a folder: folders with event files in them. No file is opened.

use std::ffi::OsStr;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

/// How deep below the root runs are looked for. It ends the search where folders are mounted into themselves.
pub const MAX_DEPTH: usize = 64;

/// What [`find_runs`] found.
#[derive(Debug, Default)]
pub struct LogFolder {
    /// The runs, ordered by their folders.
    pub runs: Vec<RunFiles>,
    /// Folders and files that could not be looked at.
    pub problems: Vec<FindRunsError>,
}

/// A folder that has event files in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFiles {
    /// Its path below the root, with `/` between folders; `.` for the root itself. For people: where a name is not
    /// UTF-8, other characters stand for its bytes, and two runs may then have one name.
    pub name: String,
    /// The folder.
    pub folder: PathBuf,
    /// Its event files, at least one, ordered by their names: that is how TensorBoard reads them, and as the
    /// names begin with the time, the order in which they were made.
    pub files: Vec<PathBuf>,
}

/// Why runs cannot be found.
#[derive(Debug, thiserror::Error)]
pub enum FindRunsError {
    /// The system refuses.
    #[error("cannot look for event files in `{}`", .path.display())]
    Read {
        /// What cannot be read.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The folder lies [`MAX_DEPTH`] folders below the root, and was not looked at.
    #[error("`{}` lies more than {MAX_DEPTH} folders deep", .path.display())]
    TooDeep {
        /// The folder.
        path: PathBuf,
    },
}

/// Finds the runs in `root` and in all folders below it. An event file is what TensorBoard takes for one: its
/// name contains `tfevents` and does not end with `.profile-empty`.
///
/// Links to files are followed, those to folders are not: they may lead in a circle. What is neither a file nor
/// a folder is left out, for opening a pipe never ends.
///
/// # Errors
/// When `root` cannot be read. Folders below it that cannot are among the [`LogFolder::problems`].
pub fn find_runs(root: &Path) -> Result<LogFolder, FindRunsError> {
    let mut found = LogFolder::default();
    let mut folders = read_folder(root, root, &mut found)?;
    for depth in 1.. {
        if folders.is_empty() {
            break;
        }
        let mut deeper = Vec::new();
        for folder in folders {
            if depth > MAX_DEPTH {
                found.problems.push(FindRunsError::TooDeep { path: folder });
                continue;
            }
            match read_folder(root, &folder, &mut found) {
                Ok(folders) => deeper.extend(folders),
                Err(problem) => found.problems.push(problem),
            }
        }
        folders = deeper;
    }
    found.runs.sort_by(|a, b| a.folder.cmp(&b.folder));
    Ok(found)
}

/// Adds what lies in `folder` to `found`, and returns the folders in it.
fn read_folder(
    root: &Path,
    folder: &Path,
    found: &mut LogFolder,
) -> Result<Vec<PathBuf>, FindRunsError> {
    let error = |path: &Path, source| FindRunsError::Read {
        path: path.to_owned(),
        source,
    };
    let entries = fs::read_dir(folder).map_err(|source| error(folder, source))?;
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(source) => {
                found.problems.push(error(folder, source));
                break;
            }
        };
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => folders.push(entry.path()),
            Ok(_) if !is_event_file_name(&entry.file_name()) => {}
            Ok(kind) => match is_file(&entry, kind) {
                Ok(true) => files.push(entry.path()),
                Ok(false) => {}
                Err(source) => found.problems.push(error(&entry.path(), source)),
            },
            Err(source) => found.problems.push(error(&entry.path(), source)),
        }
    }
    if !files.is_empty() {
        files.sort();
        found.runs.push(RunFiles {
            name: run_name(root, folder),
            folder: folder.to_owned(),
            files,
        });
    }
    folders.sort();
    Ok(folders)
}

fn is_file(entry: &DirEntry, kind: fs::FileType) -> io::Result<bool> {
    if kind.is_symlink() {
        fs::metadata(entry.path()).map(|target| target.is_file())
    } else {
        Ok(kind.is_file())
    }
}

fn is_event_file_name(name: &OsStr) -> bool {
    let (name, word) = (name.as_encoded_bytes(), b"tfevents");
    name.windows(word.len()).any(|part| part == word) && !name.ends_with(b".profile-empty")
}

fn run_name(root: &Path, folder: &Path) -> String {
    let below = folder.strip_prefix(root).unwrap_or(folder);
    let names: Vec<_> = below.iter().map(OsStr::to_string_lossy).collect();
    if names.is_empty() {
        ".".to_owned()
    } else {
        names.join("/")
    }
}
