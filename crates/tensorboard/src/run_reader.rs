//! A run, read from its files.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::decoder::Decoder;
use crate::event_reader::{EventReader, FileEnd, Problems};
use crate::record_reader::ReadRecordError;
use crate::run::Run;
use crate::run_builder::RunBuilder;

/// How reading a file went.
#[derive(Debug)]
pub struct FileReport {
    /// The file.
    pub path: PathBuf,
    /// How many events it has.
    pub events: u64,
    /// Where it ends.
    pub end: FileEnd,
    /// What is wrong with it. One that cannot be opened has [`ReadRecordError::Io`] at byte 0.
    pub problems: Problems,
}

/// Reads a run from `files`, in this order, and says how each of them was. What cannot be read is left out.
///
/// All files of a folder are one run to TensorBoard; somebody who knows that each is a training of its own
/// reads them one by one.
pub fn read_run<P: AsRef<Path>>(files: &[P]) -> (Run, Vec<FileReport>) {
    let mut builder = RunBuilder::new();
    let mut decoder = Decoder::new();
    let mut reports = Vec::new();
    for path in files {
        let path = path.as_ref();
        let file = match open(path) {
            Ok(file) => file,
            Err(source) => {
                reports.push(unopened(path, source));
                continue;
            }
        };
        let mut events = EventReader::continuing(file, decoder);
        let mut count = 0;
        for event in events.by_ref() {
            count += 1;
            builder.add(event);
        }
        let end = events.end().unwrap_or(FileEnd::Whole);
        let problems;
        (problems, decoder) = events.finish();
        reports.push(FileReport {
            path: path.to_owned(),
            events: count,
            end,
            problems,
        });
    }
    (builder.finish(), reports)
}

/// Opens a file, but no pipe, where that could wait for ever.
fn open(path: &Path) -> io::Result<File> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "is no file"));
    }
    File::open(path)
}

fn unopened(path: &Path, source: io::Error) -> FileReport {
    let error = ReadRecordError::Io { offset: 0, source };
    FileReport {
        path: path.to_owned(),
        events: 0,
        end: FileEnd::Broken,
        problems: Problems {
            listed: vec![error.into()],
            unlisted: 0,
        },
    }
}
