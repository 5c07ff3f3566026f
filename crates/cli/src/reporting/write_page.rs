//! Writing a page so that nobody ever sees half of one.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::Context;

/// Writes a page at once: a browser never sees half of one. Behind a link, what it points to is replaced.
///
/// # Errors
/// When there is something other than a file, or the disk refuses.
pub(crate) fn write_page(path: &Path, page: &str) -> anyhow::Result<()> {
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
        unfinished.write_all(page.as_bytes())?;
        unfinished.persist(&place)?;
        Ok(())
    };
    write().with_context(|| format!("failed to write `{}`", path.display()))
}
