//! The three splits of a dataset.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which part of a dataset a photograph belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// Weights are trained on these photographs.
    Train,
    /// Early stopping and selection look at these, and nothing else does.
    Validation,
    /// Only the final evaluation looks at these.
    Test,
}

impl Split {
    /// All splits, in the order of their codes.
    pub const ALL: [Split; 3] = [Split::Train, Split::Validation, Split::Test];

    /// The code that a dataset file stores: 0 train, 1 validation, 2 test.
    pub fn code(self) -> i64 {
        match self {
            Split::Train => 0,
            Split::Validation => 1,
            Split::Test => 2,
        }
    }

    /// The split with this code, or `None` if no split has it.
    pub fn from_code(code: i64) -> Option<Split> {
        Split::ALL.into_iter().find(|split| split.code() == code)
    }

    /// `train`, `validation` or `test`.
    pub fn as_str(self) -> &'static str {
        match self {
            Split::Train => "train",
            Split::Validation => "validation",
            Split::Test => "test",
        }
    }
}

impl fmt::Display for Split {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// A word that names no split.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no split, expected `train`, `validation` (or `val`) or `test`")]
pub struct UnknownSplit(pub String);

impl FromStr for Split {
    type Err = UnknownSplit;

    fn from_str(text: &str) -> Result<Split, UnknownSplit> {
        match text {
            "train" => Ok(Split::Train),
            "validation" | "val" => Ok(Split::Validation),
            "test" => Ok(Split::Test),
            other => Err(UnknownSplit(other.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn val_is_read_as_validation() {
        assert_eq!("val".parse(), Ok(Split::Validation));
    }

    #[test]
    fn every_split_survives_its_code_and_its_name() {
        for split in Split::ALL {
            assert_eq!(Split::from_code(split.code()), Some(split));
            assert_eq!(split.as_str().parse(), Ok(split));
        }
        assert_eq!(Split::from_code(3), None);
    }
}
