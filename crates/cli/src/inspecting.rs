//! Looking closely at trials: all that is known of one, and by what two differ.

mod curve_plot;
mod facts;
mod facts_json;
mod facts_text;
mod gather;
mod numbers;
mod sheet;
mod task_text;

pub(crate) use facts_json::ShownTrialJson;
pub(crate) use facts_text::{ShownParts, facts_text};
pub(crate) use gather::{Gatherer, terminal_width};
