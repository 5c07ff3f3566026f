//! What a sweep will take, before it runs.

mod disk;
mod probe;
mod schedule;

pub(crate) use disk::{Wanted, disk};
pub(crate) use probe::Probe;
pub(crate) use schedule::makespan;
