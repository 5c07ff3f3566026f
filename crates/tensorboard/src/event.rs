//! Events as they are read: what happened in a run, when, and at which step.

use crate::bucket::Bucket;
use crate::logged_session::{LoggedEnd, LoggedExperiment, LoggedStart};

/// An entry of an event file.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When it was written, in seconds since 1970, UTC. Not finite where the writer said so.
    pub wall_time: f64,
    /// The step that it belongs to.
    pub step: i64,
    /// What it says.
    pub what: What,
}

/// What an event says.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// The version of the format, `brain.Event:2`: a file's first event.
    Version(String),
    /// Training starts at the event's step. What was written of it and later ones before is void.
    Start,
    /// Values of one or more tags, in the writer's order.
    Values(Vec<TaggedValue>),
    /// Something else: a graph, for instance.
    Other,
}

/// A value of a tag.
#[derive(Debug, Clone, PartialEq)]
pub struct TaggedValue {
    /// The tag.
    pub tag: String,
    /// The value.
    pub value: Value,
}

/// What a tag has at a step.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number; perhaps not finite. Single precision arrives exactly; integers beyond 2^53 are rounded.
    Scalar(f64),
    /// Pictures.
    Images(Vec<Picture>),
    /// How values are spread: buckets in ascending order, if the writer is sane.
    Histogram(Vec<Bucket>),
    /// Texts, of Markdown. Bytes that are no UTF-8 are replaced.
    Texts(Vec<String>),
    /// Which hyperparameters and metrics the run's experiment has.
    Experiment(LoggedExperiment),
    /// The run's hyperparameters.
    Start(LoggedStart),
    /// How the run ended.
    End(LoggedEnd),
    /// A Keras model's architecture, as JSON.
    KerasModel(String),
    /// Something else (audio, a mesh), or nothing that the tag's kind allows.
    Other,
}

/// A picture, still encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its width in pixels, as the writer says; 0 where that is no width.
    pub width: u32,
    /// Its height in pixels, as the writer says; 0 where that is no height.
    pub height: u32,
    /// The encoded picture: PNG, as a rule, or GIF. Nobody has looked at it.
    pub bytes: Vec<u8>,
}
