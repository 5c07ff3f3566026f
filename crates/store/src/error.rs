//! What can go wrong between a question and its answer.

use std::io;
use std::path::PathBuf;

/// A question to the database that failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused; nothing was changed.
    #[error("failed to {doing}")]
    Database {
        /// What was to be done.
        doing: &'static str,
        /// Why not.
        source: sqlx::Error,
    },
    /// Another worker has the trial: this one was given up for dead. Its results must be thrown away.
    #[error("attempt {number} at trial {trial} has been given up: another one took its place")]
    Superseded {
        /// The trial's key.
        trial: i64,
        /// The attempt's number.
        number: u32,
    },
    /// The files of a trial could not be put in place or removed; nothing was recorded.
    #[error("failed to place or remove the files of a trial")]
    Files(#[source] io::Error),
    /// The database holds what this program never writes.
    #[error("the database holds {found} in `{column}`, expected {expected}")]
    Corrupt {
        /// Table and column.
        column: &'static str,
        /// What is there.
        found: String,
        /// What should be there.
        expected: &'static str,
    },
    /// It was opened to be read.
    #[error("the database was opened to be read, not written")]
    ReadOnly,
    /// The lock of a worker could not be looked at.
    #[error("failed to look at the lock of a worker, `{path}`")]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl StoreError {
    /// Whether what the database holds is to blame, and not that it could not be asked.
    pub fn is_of_content(&self) -> bool {
        use sqlx::Error as Cause;
        match self {
            StoreError::Corrupt { .. } => true,
            StoreError::Database { source, .. } => {
                matches!(source, Cause::ColumnDecode { .. } | Cause::Decode(_))
            }
            _ => false,
        }
    }
}

/// Names what was being done in the error of a query.
pub(crate) trait Doing<T> {
    /// Wraps the error.
    fn doing(self, doing: &'static str) -> Result<T, StoreError>;
}

impl<T> Doing<T> for Result<T, sqlx::Error> {
    fn doing(self, doing: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::Database { doing, source })
    }
}

/// The error for a value that this program never writes.
pub(crate) fn corrupt(
    column: &'static str,
    found: impl ToString,
    expected: &'static str,
) -> StoreError {
    StoreError::Corrupt {
        column,
        found: format!("`{}`", found.to_string()),
        expected,
    }
}
