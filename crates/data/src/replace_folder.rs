//! Puts a complete folder in the place of an older one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

/// Why a folder cannot be put in its place.
#[derive(Debug, thiserror::Error)]
pub enum ReplaceFolderError {
    /// There is something that must not be replaced.
    #[error("`{}` is in the way: it {what}, and only a dataset is replaced", path.display())]
    InTheWay {
        /// The place.
        path: PathBuf,
        /// What is there.
        what: String,
    },
    /// The disk refuses.
    #[error("cannot write the folder `{}`", path.display())]
    Write {
        /// The place.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// Whether [`replace_folder`] may write to `folder`: nothing is there, or a folder that has no other
/// entries than `files`, all of them or none.
pub(crate) fn check_replaceable(folder: &Path, files: &[&str]) -> Result<(), ReplaceFolderError> {
    let in_the_way = |what: String| ReplaceFolderError::InTheWay {
        path: folder.to_owned(),
        what,
    };
    let failed = |source| ReplaceFolderError::Write {
        path: folder.to_owned(),
        source,
    };
    match fs::metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
        Ok(metadata) if !metadata.is_dir() => return Err(in_the_way("is a file".to_owned())),
        Ok(_) => {}
    }
    let mut found = 0;
    for entry in fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        if !files.iter().any(|file| name == *file) {
            let name = name.to_string_lossy();
            return Err(in_the_way(format!("has the entry `{name}`")));
        }
        found += 1;
    }
    if found == 0 || found == files.len() {
        Ok(())
    } else {
        Err(in_the_way(format!("has not all of {}", files.join(", "))))
    }
}

/// What becomes of a folder that is in the place of a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Older {
    /// The new one takes its place.
    Replace,
    /// It stays, and the new one is dropped: of several processes that make the same, the first has made it.
    Keep,
}

/// Has `write` fill a new folder beside `folder`, then gives it that name. What was there before must
/// have consisted of `files`; it stays untouched until the new folder is complete, and is then removed
/// unless `older` says to keep it.
pub(crate) fn replace_folder<E: From<ReplaceFolderError>>(
    folder: &Path,
    files: &[&str],
    older: Older,
    write: impl FnOnce(&Path) -> Result<(), E>,
) -> Result<(), E> {
    check_replaceable(folder, files)?;
    let failed = |source| ReplaceFolderError::Write {
        path: folder.to_owned(),
        source,
    };
    // Behind a link, what it points to is replaced and the link stays.
    let place = fs::canonicalize(folder)
        .or_else(|_| std::path::absolute(folder))
        .map_err(failed)?;
    let (Some(parent), Some(name)) = (place.parent(), place.file_name()) else {
        return Err(failed(io::ErrorKind::InvalidFilename.into()).into());
    };
    let beside = |suffix: &str| {
        let name = name.to_string_lossy();
        parent.join(format!(".{name}.{}.{suffix}", std::process::id()))
    };
    let (new, old) = (beside("new"), beside("old"));
    fs::create_dir_all(parent).map_err(failed)?;
    // An earlier process of the same number may have died here.
    for left_over in [&new, &old].into_iter().filter(|path| path.exists()) {
        fs::remove_dir_all(left_over).map_err(failed)?;
    }
    fs::create_dir(&new).map_err(failed)?;
    let placed = write(&new).and_then(|()| {
        check_replaceable(folder, files)?;
        Ok(put_in_place(&new, &old, &place, older).map_err(failed)?)
    });
    if placed.is_err() {
        // The first error says what went wrong.
        let _ = fs::remove_dir_all(&new);
    }
    placed
}

/// Moves `new` to `place`. Where a folder is there already, the two change places in one step, so that
/// `place` is never empty; `old` is where it goes on a file system that cannot do so.
fn put_in_place(new: &Path, old: &Path, place: &Path, older: Older) -> io::Result<()> {
    match fs::rename(new, place) {
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {
            if older == Older::Keep {
                return fs::remove_dir_all(new);
            }
        }
        done => return done,
    }
    match renameat_with(CWD, new, CWD, place, RenameFlags::EXCHANGE) {
        Ok(()) => fs::remove_dir_all(new),
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            fs::rename(place, old)?;
            if let Err(error) = fs::rename(new, place) {
                fs::rename(old, place)?;
                return Err(error);
            }
            fs::remove_dir_all(old)
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write_two(folder: &Path, text: &str) -> Result<(), ReplaceFolderError> {
        write_two_or(folder, text, Older::Replace)
    }

    fn write_two_or(folder: &Path, text: &str, older: Older) -> Result<(), ReplaceFolderError> {
        replace_folder(folder, &["a", "b"], older, |new| {
            for file in ["a", "b"] {
                fs::write(new.join(file), text).unwrap();
            }
            Ok(())
        })
    }

    fn entries(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_folder_is_made_then_replaced_and_nothing_else_is_left() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("deep/catalogue");
        for text in ["first", "second"] {
            write_two(&folder, text).unwrap();
            assert_eq!(fs::read_to_string(folder.join("b")).unwrap(), text);
            assert_eq!(entries(&folder), ["a", "b"]);
        }
        assert_eq!(entries(folder.parent().unwrap()), ["catalogue"]);
    }

    #[test]
    fn a_folder_that_shall_be_kept_stays_as_it_is() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("catalogue");
        for text in ["first", "second"] {
            write_two_or(&folder, text, Older::Keep).unwrap();
            assert_eq!(fs::read_to_string(folder.join("b")).unwrap(), "first");
            assert_eq!(entries(parent.path()), ["catalogue"]);
        }
    }

    #[test]
    fn an_empty_folder_is_filled() {
        let folder = tempfile::tempdir().unwrap();
        write_two(folder.path(), "first").unwrap();
        assert_eq!(entries(folder.path()), ["a", "b"]);
    }

    #[test]
    fn a_folder_with_anything_else_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        write_two(folder.path(), "first").unwrap();
        fs::write(folder.path().join("notes.txt"), "mine").unwrap();
        let error = write_two(folder.path(), "second").unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "`{}` is in the way: it has the entry `notes.txt`, and only a dataset is replaced",
                folder.path().display()
            )
        );
        assert_eq!(
            fs::read_to_string(folder.path().join("a")).unwrap(),
            "first"
        );
        assert_eq!(entries(folder.path()), ["a", "b", "notes.txt"]);
    }

    #[test]
    fn the_old_folder_survives_when_the_new_one_cannot_be_written() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("catalogue");
        write_two(&folder, "first").unwrap();
        let failed = replace_folder(&folder, &["a", "b"], Older::Replace, |new| {
            fs::write(new.join("a"), "half").unwrap();
            Err(ReplaceFolderError::Write {
                path: new.to_owned(),
                source: io::ErrorKind::StorageFull.into(),
            })
        });
        assert!(failed.is_err());
        assert_eq!(fs::read_to_string(folder.join("a")).unwrap(), "first");
        assert_eq!(entries(parent.path()), ["catalogue"]);
    }

    #[test]
    fn behind_a_link_the_folder_is_replaced_and_the_link_stays() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("elsewhere");
        let link = parent.path().join("catalogue");
        write_two(&folder, "first").unwrap();
        std::os::unix::fs::symlink(&folder, &link).unwrap();
        write_two(&link, "second").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(folder.join("a")).unwrap(), "second");
    }
}
