//! When a trial in training is written down.

use std::time::{Duration, Instant};

use fitroom_train::Training;

use super::tensorboard_sink::Logged;
use super::trial_folder::TrialFolder;
use crate::output;

/// The checkpoints of one attempt.
pub(crate) struct Checkpoints {
    every: Duration,
    last: Instant,
    failed: bool,
}

impl Checkpoints {
    /// Checkpoints after so much training each.
    pub(crate) fn new(every: Duration) -> Checkpoints {
        Checkpoints {
            every,
            last: Instant::now(),
            failed: false,
        }
    }

    /// Whether so much was trained since the last one.
    pub(crate) fn due(&self) -> bool {
        self.last.elapsed() >= self.every
    }

    /// Writes one. A trial does not depend on its checkpoints: the first error is shown, and training goes on.
    pub(crate) fn write(&mut self, folder: &TrialFolder, training: &Training<'_>, logged: &Logged) {
        match folder.write_checkpoint(training, logged) {
            Ok(()) => self.failed = false,
            Err(error) if !self.failed => {
                self.failed = true;
                output::message(&format!("warning: {error:#}"));
            }
            Err(_) => {}
        }
        self.last = Instant::now();
    }
}
