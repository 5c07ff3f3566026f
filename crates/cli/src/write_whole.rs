//! Writing a file so that nobody ever sees half of one.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::Context;

/// Writes a text at once, as [`write_whole_with`] does.
///
/// # Errors
/// When there is something other than a file, or the disk refuses.
pub(crate) fn write_whole(path: &Path, text: &str) -> anyhow::Result<()> {
    write_whole_with(path, |file| file.write_all(text.as_bytes()))
}

/// Writes what `write` says at once: a browser never sees half of a page. Behind a link, what it points to is replaced.
///
/// # Errors
/// When there is something other than a file, or the disk or `write` refuses.
pub(crate) fn write_whole_with(
    path: &Path,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> anyhow::Result<()> {
    let write = || -> io::Result<()> {
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if fs::metadata(&place).is_ok_and(|there| !there.is_file()) {
            return Err(io::Error::other("it is no ordinary file"));
        }
        let folder = match place.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        fs::create_dir_all(folder)?;
        let mut unfinished = tempfile::Builder::new()
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)?;
        write(unfinished.as_file_mut())?;
        unfinished.persist(&place)?;
        Ok(())
    };
    write().with_context(|| format!("failed to write `{}`", path.display()))
}
