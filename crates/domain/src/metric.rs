//! What is measured of a network.

use serde::{Deserialize, Deserializer, Serialize};

/// Loss and accuracy on one split. What is not known is NaN, which is null in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LossAndAccuracy {
    /// Mean cross-entropy for each photograph, in nats, without the L2 penalty.
    #[serde(deserialize_with = "number_or_unknown")]
    pub loss: f64,
    /// Share of photographs whose class has the highest logit, in [0, 1].
    #[serde(deserialize_with = "number_or_unknown")]
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
    #[serde(deserialize_with = "number_or_unknown")]
    pub seconds: f64,
}

fn number_or_unknown<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or(f64::NAN))
}
