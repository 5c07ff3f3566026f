//! Expressions that say which trials are meant: `accuracy>0.8 kernel_num=64,96 state!=failed`.
//!
//! Conditions are separated by white space (or the word `and`), and all must hold. A condition is a field, one of
//! `=`, `!=`, `<`, `<=`, `>`, `>=`, `~` (contains) and a value; several values with commas are alternatives. Text with
//! white space stands in double quotes: `note~"too dark"`.

mod parse;

use crate::trial_field::TrialField;

pub use parse::FilterError;

/// Conditions that all must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TrialFilter {
    /// The conditions.
    pub conditions: Vec<Condition>,
}

/// A condition on one field. A trial of which the field is not known meets none, but that it has none of some tags,
/// sweeps or notes if it has none at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The field.
    pub field: TrialField,
    /// What is asked of it.
    pub test: Test,
}

/// What is asked of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// It is one of these.
    OneOf(Vec<Operand>),
    /// It is none of these.
    NoneOf(Vec<Operand>),
    /// It lies on this side of a value.
    Beyond(Side, Operand),
    /// It contains one of these texts, whatever their case.
    Contains(Vec<String>),
}

/// A side of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Less.
    Below,
    /// Less or equal.
    AtMost,
    /// Greater.
    Above,
    /// Greater or equal.
    AtLeast,
}

impl Side {
    /// Its sign.
    pub fn as_str(self) -> &'static str {
        match self {
            Side::Below => "<",
            Side::AtMost => "<=",
            Side::Above => ">",
            Side::AtLeast => ">=",
        }
    }
}

/// A value in a condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// A finite number.
    Number(f64),
    /// A text.
    Text(String),
}
