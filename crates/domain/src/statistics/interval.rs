//! A range that an estimate leaves open.

use serde::Serialize;

/// From where to where a quantity may well lie. `low` is at most `high`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The lower end, itself inside.
    pub low: f64,
    /// The upper end, itself inside.
    pub high: f64,
}
