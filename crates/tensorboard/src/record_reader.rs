//! Records, as they come from an event file that may be damaged, hostile, or still growing.
//!
//! ```text
//! record = length (u64) · masked CRC-32C of it (u32) · bytes · masked CRC-32C of them (u32)
//! ```
//!
//! All numbers are little-endian. There is no mark by which a record could be found again: once a length is
//! wrong, nothing after it can be trusted. A record whose bytes are wrong costs only itself.

use std::io::{self, BufRead, BufReader, Read};

use tensorboard_rs::masked_crc32c::masked_crc32c;

/// The longest record that is read, in bytes: as long as the messages that protobuf's own readers took for many
/// years (64 MiB). Scalars have some 50 bytes, and pictures or graphs seldom more than a few million. A record made
/// for it, in which every two bytes are a part of their own, takes fifteen times as much memory when decoded: 1 GB.
pub const MAX_RECORD_BYTES: u64 = 64 << 20;

/// The length and its checksum.
const HEADER_BYTES: usize = 8 + 4;

/// The checksum of the bytes.
const FOOTER_BYTES: usize = 4;

/// Room that is kept from one record for the next, in bytes.
const KEPT_BYTES: usize = 1 << 20;

/// What is read from the file at once, in bytes.
const BUFFER_BYTES: usize = 64 << 10;

/// Reads a file's records in order. It buffers what it reads, and never takes memory for bytes that have not
/// arrived, whatever a length says.
#[derive(Debug)]
pub struct RecordReader<R> {
    input: BufReader<R>,
    /// Where the present record begins, in bytes from where reading began.
    offset: u64,
    /// What has arrived of the present record, from its length on. Of one that is too long, the header.
    arrived: Vec<u8>,
    /// How many bytes of the present record were thrown away; 0 unless it is too long.
    skipped: u64,
    /// Whether the present record is done with, so that the next begins after it.
    is_done: bool,
}

/// A record whose checksums are right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// Where it begins, in bytes from where reading began.
    pub offset: u64,
    /// What it holds; at most [`MAX_RECORD_BYTES`].
    pub bytes: &'a [u8],
}

/// Why there is no record.
#[derive(Debug, thiserror::Error)]
pub enum ReadRecordError {
    /// The file ends before the record does: it is still written, or its writer was killed. All records before
    /// are sound. When the file has grown, reading goes on where it stopped.
    #[error("the file ends within the record at byte {offset}")]
    Truncated {
        /// Where the record begins.
        offset: u64,
    },
    /// The length is wrong, and so nobody knows where the next record begins: to go on gives the same error.
    #[error(
        "the length of the record at byte {offset} is damaged: its checksum is {got:#010x}, not {want:#010x}"
    )]
    Length {
        /// Where the record begins.
        offset: u64,
        /// The checksum of the length in the file.
        got: u32,
        /// The checksum in the file.
        want: u32,
    },
    /// What the record holds is wrong. Reading can go on with the next one.
    #[error(
        "the record at byte {offset} is damaged: its checksum is {got:#010x}, not {want:#010x}"
    )]
    Data {
        /// Where the record begins.
        offset: u64,
        /// The checksum of the bytes in the file.
        got: u32,
        /// The checksum in the file.
        want: u32,
    },
    /// The record is whole and longer than [`MAX_RECORD_BYTES`], and was not looked at. Reading can go on with
    /// the next one.
    #[error("the record at byte {offset} has {length} bytes, more than {MAX_RECORD_BYTES}")]
    TooLong {
        /// Where the record begins.
        offset: u64,
        /// The length that it states, in bytes.
        length: u64,
    },
    /// The system cannot read the file.
    #[error("cannot read the record at byte {offset}")]
    Io {
        /// Where the record begins.
        offset: u64,
        /// Why not.
        source: io::Error,
    },
}

impl ReadRecordError {
    /// Whether no record can be read after this. A truncated one is not final: the file may grow.
    pub fn is_final(&self) -> bool {
        match self {
            ReadRecordError::Length { .. } | ReadRecordError::Io { .. } => true,
            ReadRecordError::Truncated { .. }
            | ReadRecordError::Data { .. }
            | ReadRecordError::TooLong { .. } => false,
        }
    }

    /// Where the record begins, in bytes from where reading began.
    pub fn offset(&self) -> u64 {
        match self {
            ReadRecordError::Truncated { offset }
            | ReadRecordError::Length { offset, .. }
            | ReadRecordError::Data { offset, .. }
            | ReadRecordError::TooLong { offset, .. }
            | ReadRecordError::Io { offset, .. } => *offset,
        }
    }
}

impl<R: Read> RecordReader<R> {
    /// Reads records from `input`, which begins with one.
    pub fn new(input: R) -> RecordReader<R> {
        RecordReader {
            input: BufReader::with_capacity(BUFFER_BYTES, input),
            offset: 0,
            arrived: Vec::new(),
            skipped: 0,
            is_done: false,
        }
    }

    /// The next record; `None` where the file ends after a whole one, or is empty. When the file has grown, the
    /// next call goes on from there.
    ///
    /// # Errors
    /// When there is no sound record; whether there can be a next one, [`ReadRecordError`] says.
    pub fn next_record(&mut self) -> Result<Option<Record<'_>>, ReadRecordError> {
        if self.is_done {
            self.begin_next();
        }
        let offset = self.offset;
        let is_whole = self.fill(HEADER_BYTES)?;
        let Some(header) = self.arrived.first_chunk().filter(|_| is_whole) else {
            return if self.arrived.is_empty() {
                Ok(None)
            } else {
                Err(ReadRecordError::Truncated { offset })
            };
        };
        let length = checked_length(header).map_err(|(got, want)| ReadRecordError::Length {
            offset,
            got,
            want,
        })?;
        if length > MAX_RECORD_BYTES {
            self.skip(length)?;
            self.is_done = true;
            return Err(ReadRecordError::TooLong { offset, length });
        }
        if !self.fill(HEADER_BYTES + length as usize + FOOTER_BYTES)? {
            return Err(ReadRecordError::Truncated { offset });
        }
        self.is_done = true;
        let body = self.arrived.get(HEADER_BYTES..).unwrap_or_default();
        let Some((bytes, checksum)) = body.split_last_chunk() else {
            return Err(ReadRecordError::Truncated { offset });
        };
        let (got, want) = (masked_crc32c(bytes), u32::from_le_bytes(*checksum));
        if got == want {
            Ok(Some(Record { offset, bytes }))
        } else {
            Err(ReadRecordError::Data { offset, got, want })
        }
    }

    fn begin_next(&mut self) {
        self.offset = self.offset.saturating_add(self.arrived.len() as u64);
        self.offset = self.offset.saturating_add(self.skipped);
        self.arrived.clear();
        self.arrived.shrink_to(KEPT_BYTES);
        self.skipped = 0;
        self.is_done = false;
    }

    /// Reads until the present record has `target` bytes; `false` where the file ends before.
    fn fill(&mut self, target: usize) -> Result<bool, ReadRecordError> {
        while self.arrived.len() < target {
            let available = match self.input.fill_buf() {
                Ok([]) => return Ok(false),
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(source) => {
                    let offset = self.offset;
                    return Err(ReadRecordError::Io { offset, source });
                }
            };
            let missing = target - self.arrived.len();
            let taken = available.get(..missing).unwrap_or(available);
            self.arrived.extend_from_slice(taken);
            let taken = taken.len();
            self.input.consume(taken);
        }
        Ok(true)
    }

    /// Throws away what comes after the header of a record of `length` bytes.
    fn skip(&mut self, length: u64) -> Result<(), ReadRecordError> {
        let offset = self.offset;
        let target = length.saturating_add(FOOTER_BYTES as u64);
        while self.skipped < target {
            let available = match self.input.fill_buf() {
                Ok([]) => return Err(ReadRecordError::Truncated { offset }),
                Ok(available) => available.len() as u64,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(source) => return Err(ReadRecordError::Io { offset, source }),
            };
            let taken = available.min(target - self.skipped);
            self.skipped += taken;
            self.input.consume(taken as usize);
        }
        Ok(())
    }
}

/// The length in a header, or the checksum that it has and the one that it should have.
fn checked_length(header: &[u8; HEADER_BYTES]) -> Result<u64, (u32, u32)> {
    let [a, b, c, d, e, f, g, h, checksum @ ..] = *header;
    let length = [a, b, c, d, e, f, g, h];
    let (got, want) = (masked_crc32c(&length), u32::from_le_bytes(checksum));
    if got == want {
        Ok(u64::from_le_bytes(length))
    } else {
        Err((got, want))
    }
}
