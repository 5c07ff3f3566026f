//! One event file: its name, its records, and when they reach the disk.
//!
//! ```text
//! events.out.tfevents.<seconds since 1970>.<host>.<suffix>
//!   record: the version of the format, `brain.Event:2`
//!   record: an event, and so on
//!
//! record = length (u64) · masked CRC-32C of it (u32) · event (protobuf) · masked CRC-32C of it (u32)
//! ```
//!
//! The file has its final name from the start, for TensorBoard follows it while it grows.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use protobuf::Message;
use tensorboard_proto::event::{Event, SessionLog, SessionLog_SessionStatus};
use tensorboard_proto::summary::Summary;
use tensorboard_rs::record_writer::RecordWriter;

/// Writes one event file. Dropped without [`EventWriter::finish`], it still writes what it holds, as
/// far as that is possible.
#[derive(Debug)]
pub struct EventWriter {
    path: PathBuf,
    file: BufWriter<File>,
}

/// Why an event file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteEventError {
    /// The file does not exist yet, and cannot be made.
    #[error("cannot create the event file `{}`", .file.display())]
    Create {
        /// The file that was to be made.
        file: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file exists, and cannot be written further.
    #[error("cannot write to the event file `{}`", .file.display())]
    Write {
        /// The file that was being written.
        file: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl EventWriter {
    /// Creates `<folder>/events.out.tfevents.<seconds>.<host>.<suffix>`, where TensorBoard sees it at
    /// once. The folder must exist, the file must not.
    ///
    /// `wall_time` is in seconds since 1970, UTC. `suffix` keeps files of one host and second apart.
    ///
    /// # Errors
    /// When the file cannot be created or written, or exists.
    pub fn create(
        folder: &Path,
        wall_time: f64,
        host: &str,
        suffix: &str,
    ) -> Result<EventWriter, WriteEventError> {
        let seconds = wall_time as u64;
        let path = folder.join(format!("events.out.tfevents.{seconds:010}.{host}.{suffix}"));
        let file = File::create_new(&path).map_err(|source| WriteEventError::Create {
            file: path.clone(),
            source,
        })?;
        let mut writer = EventWriter {
            path,
            file: BufWriter::new(file),
        };
        let mut event = Event::new();
        event.set_wall_time(wall_time);
        event.set_file_version("brain.Event:2".to_owned());
        writer.add(&event)?;
        writer.flush()?;
        Ok(writer)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Hands all events so far to the system: from now on TensorBoard sees them, and they outlive this
    /// process.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn flush(&mut self) -> Result<(), WriteEventError> {
        self.file.flush().map_err(|source| self.write_error(source))
    }

    /// As [`EventWriter::flush`], and waits until all is on the disk. Returns the file's length.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn sync(&mut self) -> Result<u64, WriteEventError> {
        self.flush()?;
        let file = self.file.get_ref();
        let length = file.sync_all().and_then(|()| Ok(file.metadata()?.len()));
        length.map_err(|source| self.write_error(source))
    }

    /// Ends the file, waits until it is on the disk, and returns its path.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(mut self) -> Result<PathBuf, WriteEventError> {
        self.flush()?;
        (self.file.get_ref().sync_all()).map_err(|source| self.write_error(source))?;
        Ok(self.path)
    }

    /// Says that training starts at `step`: of what it has read in earlier files of the run TensorBoard forgets
    /// that step and all later ones. In a run's first file it changes nothing, but a start that follows counts only
    /// after one there.
    ///
    /// # Errors
    /// When the event cannot be written.
    pub fn start(&mut self, step: i64, wall_time: f64) -> Result<(), WriteEventError> {
        let mut log = SessionLog::new();
        log.set_status(SessionLog_SessionStatus::START);
        let mut event = Event::new();
        event.set_wall_time(wall_time);
        event.set_step(step);
        event.set_session_log(log);
        self.add(&event)
    }

    /// Adds one event that holds `summary`, the values of one or more tags at `step`.
    pub(crate) fn add_summary(
        &mut self,
        step: i64,
        wall_time: f64,
        summary: Summary,
    ) -> Result<(), WriteEventError> {
        let mut event = Event::new();
        event.set_wall_time(wall_time);
        event.set_step(step);
        event.set_summary(summary);
        self.add(&event)
    }

    fn add(&mut self, event: &Event) -> Result<(), WriteEventError> {
        // `RecordWriter` writes a record in four pieces. Joined, they stay together when the buffer is full.
        let mut record = Vec::new();
        (event.write_to_bytes().map_err(io::Error::from))
            .and_then(|message| RecordWriter::new(&mut record).write(&message))
            .and_then(|()| self.file.write_all(&record))
            .map_err(|source| self.write_error(source))
    }

    pub(crate) fn write_error(&self, source: io::Error) -> WriteEventError {
        WriteEventError::Write {
            file: self.path.clone(),
            source,
        }
    }
}
