//! Where photographs come from: a folder or a zip.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use zip::ZipArchive;
use zip::result::ZipError;

/// The most bytes that one file of a source may have.
const LARGEST_FILE: u64 = 256 << 20;

/// Why a source cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The folder or archive cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The folder or archive.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file is no zip, or a broken one.
    #[error("`{}` is neither a folder nor an intact zip", path.display())]
    Archive {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ZipError,
    },
    /// An entry that would lie outside of the folder to which the archive is unpacked.
    #[error("`{}` has the entry {entry:?}, which climbs out of the archive", path.display())]
    ClimbsOut {
        /// The archive.
        path: PathBuf,
        /// The entry.
        entry: String,
    },
}

/// A folder or a zip with all its files.
#[derive(Debug)]
pub(crate) struct Source {
    path: PathBuf,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// The files below the folder, with `/` between folders.
    Folder(Vec<String>),
    /// The files of the archive, each with its number there.
    Zip(BTreeMap<String, usize>),
}

impl Source {
    /// Lists the files of the folder or zip at `path`. Links to folders are not followed.
    pub(crate) fn open(path: &Path) -> Result<Source, SourceError> {
        let read = |source| SourceError::Read {
            path: path.to_owned(),
            source,
        };
        let kind = if fs::metadata(path).map_err(read)?.is_dir() {
            let mut files = Vec::new();
            list_folder(path, "", &mut files).map_err(read)?;
            files.sort();
            Kind::Folder(files)
        } else {
            Kind::Zip(list_zip(path)?)
        };
        Ok(Source {
            path: path.to_owned(),
            kind,
        })
    }

    /// The folder or zip.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is a folder.
    pub(crate) fn is_folder(&self) -> bool {
        matches!(self.kind, Kind::Folder(_))
    }

    /// The paths of all files, in order.
    pub(crate) fn files(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match &self.kind {
            Kind::Folder(files) => Box::new(files.iter().map(String::as_str)),
            Kind::Zip(entries) => Box::new(entries.keys().map(String::as_str)),
        }
    }

    /// A reader of its own for each thread.
    pub(crate) fn reader(&self) -> Result<SourceReader<'_>, SourceError> {
        Ok(match &self.kind {
            Kind::Folder(_) => SourceReader::Folder(&self.path),
            Kind::Zip(entries) => SourceReader::Zip(open_zip(&self.path)?, entries),
        })
    }
}

/// Reads files of a source, one at a time.
pub(crate) enum SourceReader<'a> {
    /// Below this folder.
    Folder(&'a Path),
    /// From this archive, with the number of each file.
    Zip(ZipArchive<BufReader<File>>, &'a BTreeMap<String, usize>),
}

/// Why a file of a source cannot be read: words that continue "the file …".
#[derive(Debug, thiserror::Error)]
pub enum ReadFileError {
    /// There is no such file.
    #[error("is missing")]
    Missing,
    /// It would take too much memory.
    #[error("has more than {LARGEST_FILE} bytes")]
    TooLarge,
    /// The disk or the archive's data refuse.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// The archive's entry is damaged or of an unknown kind.
    #[error("cannot be unpacked: {0}")]
    Zip(#[from] ZipError),
}

impl SourceReader<'_> {
    /// All bytes of a file.
    pub(crate) fn read(&mut self, path: &str) -> Result<Vec<u8>, ReadFileError> {
        match self {
            SourceReader::Folder(root) => match File::open(root.join(path)) {
                Ok(file) => read_all(file),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    Err(ReadFileError::Missing)
                }
                Err(error) => Err(error.into()),
            },
            SourceReader::Zip(archive, entries) => {
                let number = entries.get(path).ok_or(ReadFileError::Missing)?;
                read_all(archive.by_index(*number)?)
            }
        }
    }
}

/// Reads to the end, or to one byte more than a file may have: an archive can promise less than it unpacks.
fn read_all(reader: impl Read) -> Result<Vec<u8>, ReadFileError> {
    let mut bytes = Vec::new();
    reader.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(ReadFileError::TooLarge);
    }
    Ok(bytes)
}

/// Adds the files in `folder`, whose own path below the root is `inside`.
fn list_folder(folder: &Path, inside: &str, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // A name that is no text is listed with marks in place of what is none; no file is found by it.
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = match inside {
            "" => name,
            folder => format!("{folder}/{name}"),
        };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            list_folder(&entry.path(), &path, files)?;
        // Not a pipe or a socket: who opens a pipe may wait for ever.
        } else if kind.is_file() || (kind.is_symlink() && leads_to_file(&entry.path())) {
            files.push(path);
        }
    }
    Ok(())
}

/// Whether a link leads to a file; one that leads nowhere counts, so that it is missed when it is read.
fn leads_to_file(link: &Path) -> bool {
    fs::metadata(link).is_ok_and(|metadata| metadata.is_file()) || !link.exists()
}

fn open_zip(path: &Path) -> Result<ZipArchive<BufReader<File>>, SourceError> {
    let file = File::open(path).map_err(|source| SourceError::Read {
        path: path.to_owned(),
        source,
    })?;
    ZipArchive::new(BufReader::new(file)).map_err(|source| SourceError::Archive {
        path: path.to_owned(),
        source,
    })
}

fn list_zip(path: &Path) -> Result<BTreeMap<String, usize>, SourceError> {
    let archive = open_zip(path)?;
    let mut entries = BTreeMap::new();
    for (name, number) in archive.file_names().zip(0..) {
        let name = name.map_err(|source| SourceError::Archive {
            path: path.to_owned(),
            source,
        })?;
        let Some(inside) = entry_path(&name) else {
            return Err(SourceError::ClimbsOut {
                path: path.to_owned(),
                entry: name.into_owned(),
            });
        };
        if !name.ends_with(['/', '\\']) {
            entries.insert(inside, number);
        }
    }
    Ok(entries)
}

/// The path of an archive's entry, or `None` if it climbs out, even if only for a moment.
fn entry_path(name: &str) -> Option<String> {
    let climbs = name.split(['/', '\\']).any(|part| part == "..");
    if climbs { None } else { resolve("", name) }
}

/// The path to which `path` leads from `folder`, both below the same root, or `None` if it leads out of
/// the root. Backslashes separate folders as `/` does, for many archives and tables come from Windows.
pub(crate) fn resolve(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let drive = path.chars().nth(1) == Some(':');
    if path.starts_with(['/', '\\']) || drive {
        return None;
    }
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_resolved_below_the_root() {
        for (folder, path, expected) in [
            ("", "a.jpg", Some("a.jpg")),
            ("shop", "images/a.jpg", Some("shop/images/a.jpg")),
            (
                "shop/labels",
                "../images/./a.jpg",
                Some("shop/images/a.jpg"),
            ),
            ("", "images\\a.jpg", Some("images/a.jpg")),
            ("", "../a.jpg", None),
            ("shop", "x/../../../a.jpg", None),
            ("shop", "..\\..\\a.jpg", None),
            ("shop", "/etc/passwd", None),
            ("shop", "\\windows\\a.jpg", None),
            ("shop", "C:\\a.jpg", None),
        ] {
            assert_eq!(
                resolve(folder, path).as_deref(),
                expected,
                "{folder} + {path}"
            );
        }
    }

    #[test]
    fn an_entry_may_not_even_climb_within_the_archive() {
        assert_eq!(entry_path("a/../b.jpg"), None);
        assert_eq!(entry_path("a\\..\\b.jpg"), None);
        assert_eq!(entry_path("a/..b.jpg").as_deref(), Some("a/..b.jpg"));
    }
}
