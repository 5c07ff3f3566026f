//! How the program ends.

use std::fmt;
use std::process::ExitCode;

/// The work was done, as far as it could be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All well: 0.
    Well,
    /// Done, but some part failed and was listed: 1.
    PartFailed,
    /// Interrupted; the same command goes on: 130.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Well => 0,
            Exit::PartFailed => 1,
            Exit::Interrupted => 130,
        })
    }
}

/// The work was not done.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What the user gave is wrong: 2.
    Input(anyhow::Error),
    /// The machine refused: 1.
    Machine(anyhow::Error),
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Input(error) | Failure::Machine(error) => write!(formatter, "{error:#}"),
        }
    }
}

impl From<Failure> for ExitCode {
    fn from(failure: Failure) -> ExitCode {
        ExitCode::from(match failure {
            Failure::Input(_) => 2,
            Failure::Machine(_) => 1,
        })
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure::Machine(error.into())
    }
}

/// Says that an error is the input's fault.
pub(crate) trait OrInput<T> {
    /// Turns the error into one that ends with exit code 2.
    fn or_input(self) -> Result<T, Failure>;
}

impl<T, E: Into<anyhow::Error>> OrInput<T> for Result<T, E> {
    fn or_input(self) -> Result<T, Failure> {
        self.map_err(|error| Failure::Input(error.into()))
    }
}
