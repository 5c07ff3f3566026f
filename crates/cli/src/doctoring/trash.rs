//! Where things go that are damaged or superfluous.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::layout::link_in;
use crate::sweeping::sync_folder;
use crate::trash::{self, TRASH, free_place, hidden, hide_from_tensorboard};

/// The trash of one call: `runs/.trash/doctor/<time>`. It is made once something goes there.
#[derive(Debug, Clone)]
pub(crate) struct Trash {
    runs: PathBuf,
    /// Relative to the runs folder.
    folder: PathBuf,
}

impl Trash {
    /// The trash of a call at this time, in UTC.
    pub(crate) fn new(runs: &Path, now: &str) -> Trash {
        let time = now.replace(':', "-");
        Trash {
            runs: runs.to_owned(),
            folder: Path::new(TRASH).join("doctor").join(time),
        }
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> PathBuf {
        self.runs.join(&self.folder)
    }

    /// Moves a file or folder there, which keeps its path; its parts are separated by `/`. One that is not there any
    /// more is no error.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) fn set_aside(&self, path: &str) -> io::Result<()> {
        let (from, to) = (self.runs.join(path), self.place(path));
        let there = fs::symlink_metadata(&from);
        if there.is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            return Ok(());
        }
        let above = path.rsplit_once('/').map_or("", |(above, _)| above);
        if let Some(link) = link_in(&self.runs, above) {
            let why =
                format!("`{link}` is a link out of the runs folder, where nothing is changed");
            return Err(io::Error::other(why));
        }
        make_parent(&to)?;
        fs::rename(&from, &to)?;
        if to.is_dir() && !to.is_symlink() {
            hide_from_tensorboard(&to)?;
        }
        match from.parent() {
            Some(parent) => sync_folder(parent),
            None => Ok(()),
        }
    }

    /// Moves the folder of a removed trial back, without the record that was written beside its files.
    ///
    /// # Errors
    /// When the disk refuses, or something lies there.
    pub(crate) fn give_back(&self, place: &str, folder: &str) -> io::Result<()> {
        trash::give_back(&self.runs.join(place), &self.runs.join(folder))
    }

    /// Writes a file there.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let to = self.place(path);
        make_parent(&to)?;
        fs::write(to, bytes)
    }

    /// A place that is still free.
    fn place(&self, path: &str) -> PathBuf {
        let path = match path.rsplit_once('/') {
            Some((folder, name)) => format!("{folder}/{}", hidden(name)),
            None => hidden(path),
        };
        free_place(&self.path().join(path))
    }
}

fn make_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_aside_keeps_its_path_and_replaces_nothing() {
        let runs = tempfile::tempdir().unwrap();
        let trash = Trash::new(runs.path(), "2026-01-01T00:00:00.000Z");
        let file = runs.path().join("small/grid/trial/model.safetensors");
        for text in ["one", "two"] {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, text).unwrap();
            trash
                .set_aside("small/grid/trial/model.safetensors")
                .unwrap();
            assert!(!file.exists());
        }
        let there = trash.path().join("small/grid/trial");
        let read = |name: &str| fs::read_to_string(there.join(name)).unwrap();
        assert_eq!(read("model.safetensors"), "one");
        assert_eq!(read("model.safetensors.2"), "two");
        trash.set_aside("small/nothing").unwrap();

        let events = runs.path().join("small/grid/other");
        fs::create_dir_all(&events).unwrap();
        fs::write(events.join("events.out.tfevents.1"), "").unwrap();
        trash.set_aside("small/grid/other").unwrap();
        let hidden = trash.path().join("small/grid/other/events.out.tf-events.1");
        assert!(hidden.exists());
    }
}
