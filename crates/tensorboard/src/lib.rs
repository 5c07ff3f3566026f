//! TensorBoard event files, written so that TensorBoard can follow them while they grow.
//!
//! An [`EventWriter`] is one file. Each kind of value that it takes is a module with methods of
//! its own: scalars, histograms, images, texts, hyperparameters, and charts of several scalars.

mod event_writer;
mod histogram;
mod hparams;
mod image;
mod layout;
mod plugin_value;
mod scalars;
mod text;

pub use event_writer::{EventWriter, WriteEventError};
pub use histogram::Histogram;
pub use hparams::{HparamDomain, HparamInfo, HparamValue, Session, SessionStatus};
pub use layout::LineChart;
