//! Whether a difference is more than chance.
//!
//! Accuracies are compared by photograph: a photograph and its mirrored copy are one try with one score.

mod calibration;
mod classification;
mod clopper_pearson;
mod comparison;
mod distributions;
mod holm;
mod interval;
mod mcnemar;
mod optimism;
mod paired;
mod random;
mod scores;
mod smallest_difference;
mod tango;
mod two_way_bootstrap;
mod variance_shares;
mod wilson;

pub use calibration::{expected_calibration_error, top_k_accuracy};
pub use classification::{ClassFigures, balanced_accuracy, class_figures, macro_f1};
pub use clopper_pearson::clopper_pearson_lower;
pub use comparison::{Candidate, Comparison, Entry, Evidence, Verdict, compare};
pub use holm::holm;
pub use interval::Interval;
pub use mcnemar::{Discordant, discordant, mcnemar};
pub use optimism::optimism;
pub use paired::{PairedDifference, paired_t};
pub use scores::{mean, photograph_scores};
pub use smallest_difference::smallest_significant_difference;
pub use tango::paired_difference_interval;
pub use two_way_bootstrap::TwoWayBootstrap;
pub use variance_shares::{
    Factor, Observation, Share, SharesNotAvailable, VarianceShares, variance_shares,
};
pub use wilson::wilson;
