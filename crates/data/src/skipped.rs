//! Photographs that were to be imported and could not be used.

use serde::{Deserialize, Serialize};

/// The most skipped photographs that a dataset remembers one by one.
const REMEMBERED: usize = 100;

/// A photograph that the labels file names and the dataset does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skipped {
    /// Its path in the source.
    pub path: String,
    /// Its line in the labels file, from 1.
    pub line: u64,
    /// What is wrong with it: words that continue "the photograph …".
    pub reason: String,
}

/// How many photographs an import skipped, and the first of them. Not part of the fingerprint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkippedPhotographs {
    /// How many.
    pub count: usize,
    /// The first 100 of them, in the order of the labels file.
    pub listed: Vec<Skipped>,
}

impl SkippedPhotographs {
    /// What a dataset remembers of these.
    pub fn of(skipped: &[Skipped]) -> SkippedPhotographs {
        SkippedPhotographs {
            count: skipped.len(),
            listed: skipped.iter().take(REMEMBERED).cloned().collect(),
        }
    }

    pub(crate) fn is_none(&self) -> bool {
        self.count == 0
    }
}
