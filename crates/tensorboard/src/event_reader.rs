//! The events of one file, and what is wrong with it.

use std::io::Read;

use crate::decoder::{DecodeEventError, Decoder};
use crate::event::Event;
use crate::record_reader::{ReadRecordError, RecordReader};

/// How many problems of a file are kept; more are only counted. A hostile file has one every 16 bytes.
pub const MAX_PROBLEMS: usize = 100;

/// Iterates over the events of one file. Bad content never stops it before the end: what cannot be read is
/// noted and skipped.
///
/// After the last event [`EventReader::end`] says why there is no other. When the file has grown since, the next
/// call of `next` goes on where reading stopped, as long as nothing was broken.
#[derive(Debug)]
pub struct EventReader<R> {
    records: RecordReader<R>,
    decoder: Decoder,
    problems: Problems,
    end: Option<FileEnd>,
}

/// Why there is no other event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileEnd {
    /// The file ends after a whole record, or is empty.
    Whole,
    /// The file ends within a record: it is still written, or its writer was killed. All events before are there.
    Truncated {
        /// Where the record begins, in bytes from the file's start.
        offset: u64,
    },
    /// The last problem is one that nothing after it can be read for: a damaged length, or an error of the system.
    Broken,
}

/// What is wrong with a file. All of it was skipped, and reading went on, unless the file's end is
/// [`FileEnd::Broken`] and this is the last problem.
#[derive(Debug, thiserror::Error)]
pub enum ReadEventError {
    /// A record cannot be read.
    #[error(transparent)]
    Record(#[from] ReadRecordError),
    /// A sound record holds no event.
    #[error("the record at byte {offset} is no event")]
    Decode {
        /// Where the record begins, in bytes from the file's start.
        offset: u64,
        /// Why not.
        source: DecodeEventError,
    },
}

/// What is wrong with a file, in the order of the file.
#[derive(Debug, Default)]
pub struct Problems {
    /// The first [`MAX_PROBLEMS`], and the one that ended reading, if one did.
    pub listed: Vec<ReadEventError>,
    /// How many there are beyond those.
    pub unlisted: u64,
}

impl<R: Read> EventReader<R> {
    /// Reads the events of `file` from its start. It need not be buffered.
    pub fn new(file: R) -> EventReader<R> {
        EventReader::continuing(file, Decoder::new())
    }

    /// As [`EventReader::new`], for a file of a run of which others were read before: `decoder` knows their tags.
    pub fn continuing(file: R, decoder: Decoder) -> EventReader<R> {
        EventReader {
            records: RecordReader::new(file),
            decoder,
            problems: Problems::default(),
            end: None,
        }
    }

    /// Why the last call of `next` gave no event; `None` where it gave one.
    pub fn end(&self) -> Option<FileEnd> {
        self.end
    }

    /// What was wrong so far.
    pub fn problems(&self) -> &Problems {
        &self.problems
    }

    /// What was wrong, and the decoder for the run's next file.
    pub fn finish(self) -> (Problems, Decoder) {
        (self.problems, self.decoder)
    }
}

impl<R: Read> Iterator for EventReader<R> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        if self.end == Some(FileEnd::Broken) {
            return None;
        }
        self.end = None;
        loop {
            match self.records.next_record() {
                Ok(Some(record)) => match self.decoder.decode(record.bytes) {
                    Ok(event) => return Some(event),
                    Err(source) => self.problems.add(ReadEventError::Decode {
                        offset: record.offset,
                        source,
                    }),
                },
                Ok(None) => self.end = Some(FileEnd::Whole),
                Err(ReadRecordError::Truncated { offset }) => {
                    self.end = Some(FileEnd::Truncated { offset });
                }
                Err(error) if error.is_final() => {
                    self.problems.listed.push(error.into());
                    self.end = Some(FileEnd::Broken);
                }
                Err(error) => self.problems.add(error.into()),
            }
            if self.end.is_some() {
                return None;
            }
        }
    }
}

impl ReadEventError {
    /// Where the record begins, in bytes from the file's start.
    pub fn offset(&self) -> u64 {
        match self {
            ReadEventError::Record(error) => error.offset(),
            ReadEventError::Decode { offset, .. } => *offset,
        }
    }
}

impl Problems {
    /// How many problems there are.
    pub fn count(&self) -> u64 {
        self.listed.len() as u64 + self.unlisted
    }

    fn add(&mut self, problem: ReadEventError) {
        if self.listed.len() < MAX_PROBLEMS {
            self.listed.push(problem);
        } else {
            self.unlisted += 1;
        }
    }
}
