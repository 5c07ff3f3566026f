//! Scalars: one number for each tag and step.

use tensorboard_proto::summary::Summary;
use tensorboard_rs::summary;

use crate::event_writer::{EventWriter, WriteEventError};

impl EventWriter {
    /// Adds one event that gives each tag its value at `step`. A value that is not finite is written
    /// as it is.
    ///
    /// `wall_time` is in seconds since 1970, UTC.
    ///
    /// # Errors
    /// When the event cannot be written. The file is then not to be written any further.
    pub fn scalars(
        &mut self,
        step: i64,
        wall_time: f64,
        values: &[(&str, f32)],
    ) -> Result<(), WriteEventError> {
        let mut all = Summary::new();
        for (tag, value) in values {
            all.value.extend(summary::scalar(tag, *value).value);
        }
        self.add_summary(step, wall_time, all)
    }
}
