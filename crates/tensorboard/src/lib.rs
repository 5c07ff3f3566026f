//! TensorBoard event files, written so that TensorBoard can follow them while they grow.
//!
//! An [`EventWriter`] is one file. Each kind of value that it takes is a module with a method of
//! its own: [`EventWriter::scalars`] is the first.

mod event_writer;
mod scalars;

pub use event_writer::{EventWriter, WriteEventError};
