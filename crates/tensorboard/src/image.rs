//! Images: one picture for each tag and step.

use tensorboard_proto::summary::Summary_Image;

use crate::event_writer::{EventWriter, WriteEventError};
use crate::plugin_value::{plugin_value, summary_of};

/// Red, green and blue, as TensorFlow numbers colour spaces. Whether the PNG has more, its reader sees itself.
const RGB: i32 = 3;

impl EventWriter {
    /// Adds one event with a picture, encoded as PNG, under `tag` at `step`. TensorBoard shows it as it is;
    /// of each tag it keeps ten steps, spread at random, and the last.
    ///
    /// `width` and `height` are in pixels; `wall_time` is in seconds since 1970, UTC.
    ///
    /// # Errors
    /// When the event cannot be written. The file is then not to be written any further.
    pub fn image(
        &mut self,
        step: i64,
        wall_time: f64,
        tag: &str,
        width: u32,
        height: u32,
        png: &[u8],
    ) -> Result<(), WriteEventError> {
        let mut image = Summary_Image::new();
        image.set_width(width as i32);
        image.set_height(height as i32);
        image.set_colorspace(RGB);
        image.set_encoded_image_string(png.to_vec());

        let mut value = plugin_value(tag, "images", Vec::new());
        // Otherwise it would be the tag's last part alone.
        value.mut_metadata().set_display_name(tag.to_owned());
        value.set_image(image);
        self.add_summary(step, wall_time, summary_of(value))
    }
}
