//! How several models together give a photograph all its labels.
//!
//! Nothing declares a route: it follows from what models ask (`where` and `predicts`) and from the labels that are
//! known of a photograph so far.

mod comparable;
mod comparison;
mod difference;
mod plan;
mod review;
mod soft;
mod walk;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::task::TaskDefinition;

pub use comparable::{ComparableRoutes, comparable_routes};
pub use comparison::{ComparedPicture, Cost, RouteComparison, RouteResult, RouteStyle};
pub use difference::{Estimate, RouteDifference};
pub use plan::{MOST_STEPS, Node, Route};
pub use review::{ReviewRule, review_rule};
pub use walk::{Labelled, Step, Walk};

/// Labels by column.
pub type Labels = BTreeMap<String, String>;

/// A trained model as a route sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The name of its task.
    pub task: String,
    /// What the task asks.
    pub definition: TaskDefinition,
    /// What each class says, in the order of their indices.
    pub answers: Vec<Answer>,
}

/// What one class of a task says of a photograph.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The labels that the class is made of.
    pub labels: Labels,
    /// Labels of other columns that all photographs of the dataset with these have: no model is needed for them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub implied: Labels,
}

/// Which models a route prefers where several could answer next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RouteKind {
    /// The model that predicts the most columns at once.
    Combined,
    /// The model that predicts the fewest: one column after the other.
    Hierarchical,
}

/// A text that names no route.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no route, expected `combined` or `hierarchical`")]
pub struct UnknownRoute(pub String);

impl RouteKind {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            RouteKind::Combined => "combined",
            RouteKind::Hierarchical => "hierarchical",
        }
    }
}

impl fmt::Display for RouteKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for RouteKind {
    type Err = UnknownRoute;

    fn from_str(text: &str) -> Result<RouteKind, UnknownRoute> {
        [RouteKind::Combined, RouteKind::Hierarchical]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| UnknownRoute(text.to_owned()))
    }
}

#[cfg(test)]
mod tests;
