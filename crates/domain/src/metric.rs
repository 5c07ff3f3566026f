//! What is measured of a network.

use serde::{Deserialize, Serialize};

/// Loss and accuracy on one split.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LossAndAccuracy {
    /// Mean cross-entropy for each photograph, in nats, without the L2 penalty.
    pub loss: f64,
    /// Share of photographs whose class has the highest logit, in [0, 1].
    pub accuracy: f64,
}

/// The figures of one epoch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EpochMetrics {
    /// The epoch, counted from 1.
    pub epoch: u32,
    /// Running means over the epoch's steps, while the weights changed and dropout was active.
    pub train: LossAndAccuracy,
    /// Figures of the weights at the end of the epoch.
    pub validation: LossAndAccuracy,
    /// Seconds that the epoch took, validation included.
    pub seconds: f64,
}
