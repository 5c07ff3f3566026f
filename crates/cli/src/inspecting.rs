//! Looking closely at trials: all that is known of one, and by what two differ.

mod answers;
mod curve_plot;
mod differences;
mod facts;
mod facts_json;
mod facts_text;
mod flips;
mod gather;
mod kinship;
mod numbers;
mod sheet;
mod task_text;
mod trial_diff;
mod trial_diff_json;
mod trial_diff_text;

pub(crate) use answers::{PhotographPaths, shared_answers};
pub(crate) use facts_json::ShownTrialJson;
pub(crate) use facts_text::{ShownParts, facts_text};
pub(crate) use gather::{Gatherer, terminal_width};
pub(crate) use trial_diff::TrialDiff;
pub(crate) use trial_diff_json::TrialDiffJson;
pub(crate) use trial_diff_text::diff_text;
