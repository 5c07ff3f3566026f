//! The states of a trial and of an attempt.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A word that names no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no state")]
pub struct UnknownState(pub String);

/// Where a trial stands; follows from its attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TrialState {
    /// Waits for a worker.
    Planned,
    /// A worker is training it.
    Running,
    /// Trained, with its files in place. Terminal.
    Finished,
    /// Its loss became infinite or undefined. Terminal: the same would happen again.
    Diverged,
    /// Failed as often as its sweep allows.
    Failed,
}

impl TrialState {
    /// All states, in the order in which a trial passes them.
    pub const ALL: [TrialState; 5] = [
        TrialState::Planned,
        TrialState::Running,
        TrialState::Finished,
        TrialState::Diverged,
        TrialState::Failed,
    ];

    /// Its word in the database and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            TrialState::Planned => "planned",
            TrialState::Running => "running",
            TrialState::Finished => "finished",
            TrialState::Diverged => "diverged",
            TrialState::Failed => "failed",
        }
    }
}

impl fmt::Display for TrialState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for TrialState {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<TrialState, UnknownState> {
        TrialState::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| UnknownState(text.to_owned()))
    }
}

/// How one try at training a trial stands; all but `Running` are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AttemptState {
    /// Its process is training.
    Running,
    /// It trained the trial.
    Finished,
    /// The loss became infinite or undefined.
    Diverged,
    /// An error ended it.
    Failed,
    /// It was asked to stop.
    Interrupted,
    /// Its process died.
    Lost,
}

impl AttemptState {
    /// All states.
    pub const ALL: [AttemptState; 6] = [
        AttemptState::Running,
        AttemptState::Finished,
        AttemptState::Diverged,
        AttemptState::Failed,
        AttemptState::Interrupted,
        AttemptState::Lost,
    ];

    /// Its word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            AttemptState::Running => "running",
            AttemptState::Finished => "finished",
            AttemptState::Diverged => "diverged",
            AttemptState::Failed => "failed",
            AttemptState::Interrupted => "interrupted",
            AttemptState::Lost => "lost",
        }
    }
}

impl fmt::Display for AttemptState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for AttemptState {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<AttemptState, UnknownState> {
        AttemptState::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| UnknownState(text.to_owned()))
    }
}

/// The state of a trial after an attempt ended in `ended`, when `failed` of its attempts (this one
/// included) failed and its sweep allows `attempts`.
pub fn trial_state_after(ended: AttemptState, failed: u32, attempts: u32) -> TrialState {
    match ended {
        AttemptState::Running => TrialState::Running,
        AttemptState::Finished => TrialState::Finished,
        AttemptState::Diverged => TrialState::Diverged,
        AttemptState::Failed if failed >= attempts => TrialState::Failed,
        AttemptState::Failed | AttemptState::Interrupted | AttemptState::Lost => {
            TrialState::Planned
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_failures_count_against_the_attempts() {
        for (ended, failed, after) in [
            (AttemptState::Failed, 1, TrialState::Planned),
            (AttemptState::Failed, 2, TrialState::Planned),
            (AttemptState::Failed, 3, TrialState::Failed),
            (AttemptState::Interrupted, 9, TrialState::Planned),
            (AttemptState::Lost, 9, TrialState::Planned),
            (AttemptState::Finished, 2, TrialState::Finished),
            (AttemptState::Diverged, 0, TrialState::Diverged),
        ] {
            assert_eq!(
                trial_state_after(ended, failed, 3),
                after,
                "{ended:?} {failed}"
            );
        }
    }

    #[test]
    fn every_state_survives_its_word() {
        for state in AttemptState::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        for state in TrialState::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        assert!("done".parse::<TrialState>().is_err());
    }
}
