//! A question asked of some rows of a dataset.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Which photographs get a mirrored copy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flip {
    /// None.
    #[default]
    None,
    /// Those of the train split.
    Train,
    /// Those of every split, as the original study did.
    All,
}

/// What a task asks, without its name: two tasks that ask the same have equal definitions.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TaskDefinition {
    /// Only rows with these labels belong to the task: column to label.
    #[serde(rename = "where")]
    pub where_: BTreeMap<String, String>,
    /// The label columns that the task predicts, at least one, in the order in which a class names them.
    pub predicts: Vec<String>,
    /// Which photographs get a mirrored copy.
    pub flip: Flip,
}

/// A named question asked of some rows of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// The name that the tasks file gives it.
    pub name: String,
    /// What it asks.
    #[serde(flatten)]
    pub definition: TaskDefinition,
}
