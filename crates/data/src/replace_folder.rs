//! Puts a complete folder in the place of an older one.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

/// How the name of a folder ends that is being written.
const NEW: &str = ".new";

/// In this time a process that has made such a folder has locked it.
const STARTING: Duration = Duration::from_secs(10);

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
    fs::create_dir_all(parent).map_err(failed)?;
    let name = name.to_string_lossy();
    remove_left_over(parent, &format!(".{name}."));
    // Removed when it is dropped, whatever it holds then: a half-written folder or the older one.
    let new = tempfile::Builder::new()
        .prefix(&format!(".{name}."))
        .suffix(NEW)
        .permissions(Permissions::from_mode(0o777))
        .tempdir_in(parent)
        .map_err(failed)?;
    // Tells other processes that this one lives.
    let lock = File::open(new.path()).map_err(failed)?;
    lock.lock().map_err(failed)?;
    write(new.path())?;
    check_replaceable(folder, files)?;
    put_in_place(new.path(), &place, older).map_err(failed)?;
    Ok(())
}

/// Removes what processes that have died left beside the place, as far as that is possible. One that has
/// just made its folder may not have locked it yet.
fn remove_left_over(parent: &Path, prefix: &str) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_old = || {
            let modified = entry.metadata().and_then(|metadata| metadata.modified());
            modified.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > STARTING))
        };
        let is_free = || File::open(entry.path()).is_ok_and(|folder| folder.try_lock().is_ok());
        if name.starts_with(prefix) && name.ends_with(NEW) && is_old() && is_free() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Moves `new` to `place`. Where a folder is there already, the two change places in one step, so that
/// `place` is never empty.
fn put_in_place(new: &Path, place: &Path, older: Older) -> io::Result<()> {
    use io::ErrorKind::{AlreadyExists, DirectoryNotEmpty};
    match fs::rename(new, place) {
        // Which of the two depends on the file system.
        Err(error) if matches!(error.kind(), DirectoryNotEmpty | AlreadyExists) => {}
        done => return done,
    }
    if older == Older::Keep {
        return Ok(());
    }
    match renameat_with(CWD, new, CWD, place, RenameFlags::EXCHANGE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            // A file system that cannot do so.
            let old = new.with_extension("old");
            fs::rename(place, &old)?;
            if let Err(error) = fs::rename(new, place) {
                fs::rename(&old, place)?;
                return Err(error);
            }
            fs::remove_dir_all(old)
        }
        done => Ok(done?),
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

    #[test]
    fn what_dead_processes_left_is_removed_and_what_others_write_is_not() {
        let parent = tempfile::tempdir().unwrap();
        let long_ago = std::time::SystemTime::now() - Duration::from_secs(3600);
        let make = |name: &str| {
            let folder = parent.path().join(name);
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("a"), "half").unwrap();
            File::open(folder).unwrap()
        };
        let dead = make(".shop.one.new");
        dead.set_modified(long_ago).unwrap();
        let living = make(".shop.two.new");
        living.lock().unwrap();
        living.set_modified(long_ago).unwrap();
        make(".shop.three.new");
        let other = make(".other.one.new");
        other.set_modified(long_ago).unwrap();

        write_two(&parent.path().join("shop"), "whole").unwrap();
        let mut names: Vec<String> = fs::read_dir(parent.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        let left = [".other.one.new", ".shop.three.new", ".shop.two.new", "shop"];
        assert_eq!(names, left);
    }
}
