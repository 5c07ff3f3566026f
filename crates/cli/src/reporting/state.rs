//! What a page was made of, as the last line of its file: where that is the same, the page is not written anew.

use std::fmt::{self, Debug, Write};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::OnceLock;

/// Bytes at the end of a file that hold the line.
const END: u64 = 120;

/// Stands for everything that a page shows, but for when it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State(blake3::Hash);

impl State {
    /// The state of what this program makes of `parts`.
    pub(super) fn of(parts: &[&dyn Debug]) -> State {
        let mut text = Hashed(blake3::Hasher::new());
        for part in parts.iter().chain(&[&this_program() as &dyn Debug]) {
            // A hash takes whatever is written.
            let _ = writeln!(text, "{part:?}");
        }
        State(text.0.finalize())
    }

    /// The page with its state.
    pub(super) fn mark(&self, page: &str) -> String {
        format!("{}\n{}\n", page.trim_end(), self.line())
    }

    /// Whether the page at `path` has this state. One that cannot be read has another.
    pub(super) fn is_of(&self, path: &Path) -> bool {
        last_line(path).is_ok_and(|line| line == self.line().as_bytes())
    }

    fn line(&self) -> String {
        format!("<!-- state {} -->", self.0.to_hex())
    }
}

/// Version and build of this program: another may show the same otherwise.
fn this_program() -> &'static str {
    static PROGRAM: OnceLock<String> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let file = std::env::current_exe().and_then(fs::metadata);
        let build = file.map(|file| (file.len(), file.modified().ok()));
        format!("{} {:?}", env!("CARGO_PKG_VERSION"), build.ok())
    })
}

/// The last line of a file, which ends with a newline.
fn last_line(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let start = file.metadata()?.len().saturating_sub(END);
    file.seek(SeekFrom::Start(start))?;
    let mut end = Vec::new();
    file.take(END).read_to_end(&mut end)?;
    let lines = end.strip_suffix(b"\n").unwrap_or_default();
    let line = lines.rsplit(|byte| *byte == b'\n').next();
    Ok(line.unwrap_or_default().to_vec())
}

/// A hash of what is written to it.
struct Hashed(blake3::Hasher);

impl Write for Hashed {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_the_state_that_it_was_marked_with_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.html");
        let (one, other) = (State::of(&[&1, &"a"]), State::of(&[&1, &"b"]));
        assert_eq!(one, State::of(&[&1, &"a"]));
        assert!(!one.is_of(&path), "there is no page yet");
        let long = format!("<html>{}</html>", "x".repeat(1000));
        for page in ["", "<html></html>", &long, "<html>\n</html>\n"] {
            let marked = one.mark(page);
            assert!(marked.starts_with(page.trim_end()));
            fs::write(&path, &marked).unwrap();
            assert!(one.is_of(&path) && !other.is_of(&path), "{marked}");
            // Cut off, or made longer.
            for changed in [marked.trim_end(), &format!("{marked}x\n"), page] {
                fs::write(&path, changed).unwrap();
                assert!(!one.is_of(&path), "{changed}");
            }
        }
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(State::of(&[&12, &3]), State::of(&[&1, &23]));
        assert_ne!(State::of(&[&"a\nb"]), State::of(&[&"a", &"b"]));
    }
}
