//! What the page of routes is made of.

use fitroom_domain::DatasetKey;
use fitroom_domain::route::RouteComparison;

/// How the routes to all labels of one dataset's photographs compare on its test split.
#[derive(Debug, Clone)]
pub struct RoutesReport {
    /// The dataset.
    pub dataset: DatasetKey,
    /// When the page was made, as it will be shown; UTC.
    pub generated_at: String,
    /// Version of Fitting Room.
    pub version: String,
    /// Whether mirrored copies of test photographs are counted like photographs, as the original study did.
    pub as_study: bool,
    /// The comparisons, in the order in which they are shown.
    pub comparisons: Vec<RouteComparison>,
    /// The models that the routes ask.
    pub models: Vec<RoutesModel>,
    /// Why routes cannot be compared: one sentence each.
    pub missing: Vec<String>,
}

/// A model that routes ask.
#[derive(Debug, Clone)]
pub struct RoutesModel {
    /// Its task.
    pub task: String,
    /// The name of its trial's folder.
    pub trial: String,
    /// Its validation accuracy, in [0, 1].
    pub validation_accuracy: f64,
    /// Its accuracy on its task's test photographs, in [0, 1], if it was evaluated on them.
    pub test_accuracy: Option<f64>,
    /// Test photographs of its task, without mirrored copies.
    pub photographs: u64,
}
