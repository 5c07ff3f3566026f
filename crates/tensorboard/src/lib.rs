//! TensorBoard event files, written so that TensorBoard can follow them while they grow, and read whoever wrote
//! them, and however damaged they are.
//!
//! An [`EventWriter`] is one file. Each kind of value that it takes is a module with methods of
//! its own: scalars, histograms, images, texts, hyperparameters, and charts of several scalars.
//!
//! What is read goes through these layers, from the bytes up; each can be used by itself:
//!
//! ```text
//! RecordReader   checksums; what is damaged is found here
//! Decoder        a record's bytes become an Event: protobuf, in all the forms that writers have used
//! EventReader    the events of one file, and its problems
//! RunBuilder     events become a Run: the last value of each step, and nothing from before a restart
//! read_run       a run's files become a Run
//! find_runs      which runs lie below a folder
//! ```

mod bucket;
mod decoder;
mod event;
mod event_reader;
mod event_writer;
mod histogram;
mod hparams;
mod image;
mod layout;
mod log_folder;
mod logged_session;
mod messages;
mod plugin_value;
mod record_reader;
mod restarts;
mod run;
mod run_builder;
mod run_reader;
mod scalars;
mod tensor;
mod text;

pub use bucket::Bucket;
pub use decoder::{DecodeEventError, Decoder, MAX_VALUES};
pub use event::{Event, Picture, TaggedValue, Value, What};
pub use event_reader::{EventReader, FileEnd, MAX_PROBLEMS, Problems, ReadEventError};
pub use event_writer::{EventWriter, WriteEventError};
pub use histogram::Histogram;
pub use hparams::{HparamDomain, HparamInfo, HparamValue, Session, SessionStatus};
pub use layout::LineChart;
pub use log_folder::{FindRunsError, LogFolder, MAX_DEPTH, RunFiles, find_runs};
pub use logged_session::{LoggedEnd, LoggedExperiment, LoggedHparam, LoggedMetric, LoggedStart};
pub use record_reader::{MAX_RECORD_BYTES, ReadRecordError, Record, RecordReader};
pub use run::{Point, Run, Series};
pub use run_builder::{MAX_TEXT_BYTES, RunBuilder};
pub use run_reader::{FileReport, read_run};
