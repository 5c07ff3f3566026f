//! Photographs without labels, read one at a time: what is to be labelled never lies in memory all at once.

use std::path::Path;

use fitroom_domain::ImageSize;

use crate::picture::{PrepareError, fit, upright_on_white};
use crate::source::{ReadFileError, Source, SourceError, SourceReader};
use crate::thumbnail::{ThumbnailError, jpeg_thumbnail};

/// Extensions of files that lie beside photographs and are none.
const OTHER_FILES: [&str; 8] = ["csv", "txt", "toml", "json", "md", "html", "pdf", "xml"];

/// A folder or a zip with photographs.
#[derive(Debug)]
pub struct PhotographSource {
    source: Source,
}

/// Why one photograph cannot be used: words that continue "the photograph …".
#[derive(Debug, thiserror::Error)]
pub enum PhotographError {
    /// Its file cannot be read.
    #[error(transparent)]
    Read(#[from] ReadFileError),
    /// It is no picture, or none that can be used.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// There can be no thumbnail of it.
    #[error(transparent)]
    Thumbnail(#[from] ThumbnailError),
}

/// A photograph as models see it, and as people do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedPhotograph {
    /// What [`crate::prepare`] makes of it: height × width × (red, green, blue) bytes.
    pub pixels: Vec<u8>,
    /// A JPEG file of the photograph itself, shrunk (never enlarged) to fit 120 × 160 pixels (width × height).
    /// There if and only if it was asked for.
    pub thumbnail: Option<Vec<u8>>,
}

impl PhotographSource {
    /// Lists the files of the folder or zip at `path`. Links to folders are not followed.
    ///
    /// # Errors
    /// When it cannot be read, or is neither a folder nor an intact zip whose entries stay within it.
    pub fn open(path: &Path) -> Result<PhotographSource, SourceError> {
        let source = Source::open(path)?;
        Ok(PhotographSource { source })
    }

    /// The paths of all files that may be photographs, in order, with `/` between folders: all but hidden ones, what
    /// operating systems put beside them, and tables and texts.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.source.files().filter(|path| may_be_photograph(path))
    }

    /// How many files may be photographs.
    pub fn len(&self) -> usize {
        self.paths().count()
    }

    /// Whether no file may be a photograph.
    pub fn is_empty(&self) -> bool {
        self.paths().next().is_none()
    }

    /// A reader of its own for each thread.
    ///
    /// # Errors
    /// When the archive cannot be opened any more.
    pub fn reader(&self) -> Result<PhotographReader<'_>, SourceError> {
        PhotographReader::of(&self.source)
    }
}

/// Reads photographs of a source, one at a time.
pub struct PhotographReader<'a> {
    reader: SourceReader<'a>,
}

impl<'a> PhotographReader<'a> {
    /// A reader of all files of a source.
    pub(crate) fn of(source: &'a Source) -> Result<PhotographReader<'a>, SourceError> {
        let reader = source.reader()?;
        Ok(PhotographReader { reader })
    }

    /// Reads one of the source's photographs and makes it `size`. It is decoded once, with a thumbnail or without.
    ///
    /// # Errors
    /// When the file cannot be read, or is no photograph that can be used.
    pub fn prepare(
        &mut self,
        path: &str,
        size: ImageSize,
        want_thumbnail: bool,
    ) -> Result<PreparedPhotograph, PhotographError> {
        let picture = upright_on_white(&self.reader.read(path)?)?;
        let thumbnail = match want_thumbnail {
            true => Some(jpeg_thumbnail(&picture)?),
            false => None,
        };
        Ok(PreparedPhotograph {
            pixels: fit(picture, size)?,
            thumbnail,
        })
    }
}

/// Whether a file with this path is worth a try.
fn may_be_photograph(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    let is_other =
        |extension: &str| (OTHER_FILES.iter()).any(|other| other.eq_ignore_ascii_case(extension));
    !path
        .split('/')
        .any(|part| part.starts_with('.') || part == "__MACOSX")
        && !name.eq_ignore_ascii_case("Thumbs.db")
        && !extension.is_some_and(is_other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_or_a_text_is_no_photograph_and_everything_else_is_tried() {
        for path in [
            "a.jpg",
            "shop/a.JPEG",
            "shop/no extension",
            "shop/a.gif",
            "shop/a.csv.png",
            "csv",
            "notes.txt/a.png",
            "a..png",
        ] {
            assert!(may_be_photograph(path), "{path}");
        }
        for path in [
            ".a.jpg",
            "shop/.a.jpg",
            ".cache/a.jpg",
            "shop/.git/b/a.jpg",
            "__MACOSX/shop/a.jpg",
            "shop/Thumbs.db",
            "shop/thumbs.db",
            "labels.csv",
            "README.md",
            "shop/NOTES.TXT",
            "a.jpg.xml",
        ] {
            assert!(!may_be_photograph(path), "{path}");
        }
    }
}
