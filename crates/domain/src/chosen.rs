//! Why a task's model is the one that is kept.

use std::fmt;

use serde::{Deserialize, Serialize};

/// By what a model was chosen among the trials of its task; never by test.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Chosen {
    /// It leads the leaderboard: highest validation accuracy.
    #[default]
    Accuracy,
    /// It is the cheapest that is good enough to ship.
    Cheapest,
    /// Somebody wants it.
    Pinned,
}

impl Chosen {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Chosen::Accuracy => "accuracy",
            Chosen::Cheapest => "cheapest",
            Chosen::Pinned => "pinned",
        }
    }
}

impl fmt::Display for Chosen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}
