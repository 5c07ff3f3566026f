//! TensorBoard event files, written so that TensorBoard can follow them while they grow.
//!
//! An [`EventWriter`] is one file. Each kind of value that it takes is a module with methods of
//! its own: scalars, images, and hyperparameters.

mod event_writer;
mod hparams;
mod image;
mod scalars;

pub use event_writer::{EventWriter, WriteEventError};
pub use hparams::{HparamDomain, HparamInfo, HparamValue, Session, SessionStatus};
