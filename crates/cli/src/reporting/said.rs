//! Messages that are said once, however often there is reason to.

use std::collections::BTreeSet;

use crate::output;

/// The messages that were said.
#[derive(Debug, Default)]
pub(crate) struct Said(BTreeSet<String>);

impl Said {
    /// Says a message, unless it was said before.
    pub(crate) fn once(&mut self, message: String) {
        if !self.0.contains(&message) {
            output::message(&message);
            self.0.insert(message);
        }
    }
}
