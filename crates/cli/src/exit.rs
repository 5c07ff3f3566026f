//! How the program ends.

use std::fmt;
use std::io;
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

/// Says that an error is the input's fault, unless the machine is to blame.
pub(crate) trait OrInput<T> {
    /// Turns the error into one that ends with exit code 2; with 1 where a disk or the system refused.
    fn or_input(self) -> Result<T, Failure>;
}

impl<T, E: Into<anyhow::Error>> OrInput<T> for Result<T, E> {
    fn or_input(self) -> Result<T, Failure> {
        self.map_err(|error| {
            let error = error.into();
            let mut causes = error.chain().filter_map(|cause| cause.downcast_ref());
            match causes.any(is_of_the_machine) {
                true => Failure::Machine(error),
                false => Failure::Input(error),
            }
        })
    }
}

/// Whether an error of the system is other than what a wrong path or file brings about.
fn is_of_the_machine(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    !matches!(
        error.kind(),
        Kind::NotFound
            | Kind::IsADirectory
            | Kind::NotADirectory
            | Kind::InvalidFilename
            | Kind::InvalidInput
            | Kind::InvalidData
            | Kind::UnexpectedEof
    )
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    fn failure(kind: io::ErrorKind) -> Failure {
        let read: Result<(), io::Error> = Err(kind.into());
        read.context("failed to read `labels.csv`")
            .or_input()
            .unwrap_err()
    }

    #[test]
    fn wrong_paths_are_the_inputs_fault_and_full_disks_are_not() {
        use io::ErrorKind as Kind;
        for kind in [Kind::NotFound, Kind::IsADirectory, Kind::UnexpectedEof] {
            assert!(matches!(failure(kind), Failure::Input(_)), "{kind}");
        }
        for kind in [
            Kind::StorageFull,
            Kind::ReadOnlyFilesystem,
            Kind::PermissionDenied,
        ] {
            assert!(matches!(failure(kind), Failure::Machine(_)), "{kind}");
        }
        let refused: Result<(), anyhow::Error> = Err(anyhow::anyhow!("no such column"));
        assert!(matches!(refused.or_input(), Err(Failure::Input(_))));
    }
}
