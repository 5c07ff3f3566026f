//! Texts: Markdown for each tag and step.

use crate::event_writer::{EventWriter, WriteEventError};
use crate::plugin_value::{plugin_value, string_tensor, summary_of};

impl EventWriter {
    /// Adds one event with a text under `tag` at `step`, which TensorBoard shows as Markdown.
    ///
    /// `wall_time` is in seconds since 1970, UTC.
    ///
    /// # Errors
    /// When the event cannot be written. The file is then not to be written any further.
    pub fn text(
        &mut self,
        step: i64,
        wall_time: f64,
        tag: &str,
        markdown: &str,
    ) -> Result<(), WriteEventError> {
        // The plugin's own message says nothing but its version, 0, which is an empty message.
        let mut value = plugin_value(tag, "text", Vec::new());
        value.set_tensor(string_tensor(markdown.as_bytes().to_vec()));
        self.add_summary(step, wall_time, summary_of(value))
    }
}
