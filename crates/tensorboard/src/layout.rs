//! What the CUSTOM SCALARS page draws: charts of several tags.

use protobuf::Message;
use tensorboard_proto::layout::{Category, Chart, Layout, MultilineChartContent};

use crate::event_writer::{EventWriter, WriteEventError};
use crate::plugin_value::{plugin_value, string_tensor, summary_of};

/// A chart with a line for each of its tags and each run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineChart<'a> {
    /// What stands above it.
    pub title: &'a str,
    /// Its tags, of scalars: of letters, digits, `/` and `_`, for other signs mean something in the
    /// expressions that TensorBoard has here.
    pub tags: &'a [&'a str],
}

impl EventWriter {
    /// Adds the charts of one `category`. TensorBoard merges those of all runs; equal ones are shown once.
    ///
    /// `wall_time` is in seconds since 1970, UTC.
    ///
    /// # Errors
    /// When the event cannot be written. The file is then not to be written any further.
    pub fn chart_layout(
        &mut self,
        wall_time: f64,
        category: &str,
        charts: &[LineChart<'_>],
    ) -> Result<(), WriteEventError> {
        let mut shown = Category::new();
        shown.set_title(category.to_owned());
        shown.chart = charts.iter().map(LineChart::message).collect();
        let mut layout = Layout::new();
        layout.category.push(shown);
        let bytes = layout.write_to_bytes();
        let bytes = bytes.map_err(|error| self.write_error(error.into()))?;
        let mut value = plugin_value("custom_scalars__config__", "custom_scalars", Vec::new());
        value.set_tensor(string_tensor(bytes));
        self.add_summary(0, wall_time, summary_of(value))
    }
}

impl LineChart<'_> {
    fn message(&self) -> Chart {
        let mut lines = MultilineChartContent::new();
        // TensorBoard asks whether a tag begins like the expression: `loss` would be `loss_rate` too.
        lines.tag = self.tags.iter().map(|tag| format!("^{tag}$")).collect();
        let mut chart = Chart::new();
        chart.set_title(self.title.to_owned());
        chart.set_multiline(lines);
        chart
    }
}
