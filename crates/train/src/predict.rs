//! The one path from weights and photographs to predictions.

use std::ops::ControlFlow;

use fitroom_data::{Pictures, Row};
use fitroom_domain::{ClassOutOfRange, ConfusionMatrix, ImageSize, LossAndAccuracy, highest_logit};
use tch::{TchError, Tensor};

use crate::batch::Gatherer;
use crate::engine::{Engine, Kind};
use crate::forward::logits;
use crate::kernels::Kept;
use crate::memory::values;
use crate::network::Network;
use crate::weights::Weights;

/// Photographs that are predicted at once: as many as in a usual training step, so that prediction
/// needs less memory than training.
pub(crate) const BATCH: usize = 64;

/// Predictions that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PredictError {
    /// LibTorch refused.
    #[error("LibTorch failed to predict")]
    LibTorch(#[from] TchError),
}

/// The logits of some rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Predicted {
    /// Row by row, one logit for each class: (rows, classes).
    pub logits: Vec<f32>,
    /// How many classes there are.
    pub classes: usize,
}

/// The logits that these weights give these rows of some photographs. Validation while training, the kept
/// predictions, evaluation and labelling all come from here.
///
/// After each batch `observe` gets the number of rows predicted so far; what it breaks with is returned.
pub fn predict<B>(
    weights: &Weights,
    pictures: &Pictures<'_>,
    rows: &[Row],
    engine: Engine,
    observe: &mut dyn FnMut(usize) -> ControlFlow<B>,
) -> Result<ControlFlow<B, Predicted>, PredictError> {
    let classes = weights.output.bias.numel();
    let mut gatherer = Gatherer::new(pictures, BATCH.min(rows.len()))?;
    let mut forward = Forward::new(engine, weights, pictures.size(), BATCH.min(rows.len()))?;
    let mut predicted = Predicted {
        logits: vec![0.0; rows.len() * classes],
        classes,
    };
    let mut done = 0;
    for (rows, room) in rows
        .chunks(BATCH)
        .zip(predicted.logits.chunks_mut(BATCH * classes))
    {
        let batch = gatherer.gather(rows.iter())?;
        forward.logits(&batch.photographs, room)?;
        done += rows.len();
        if let ControlFlow::Break(reason) = observe(done) {
            return Ok(ControlFlow::Break(reason));
        }
    }
    Ok(ControlFlow::Continue(predicted))
}

/// An engine that goes forward.
enum Forward<'a> {
    Kernels(&'a Weights, Box<Network>),
    LibTorch(Weights, tch::Device),
}

impl<'a> Forward<'a> {
    fn new(
        engine: Engine,
        weights: &'a Weights,
        size: ImageSize,
        photographs: usize,
    ) -> Result<Forward<'a>, TchError> {
        match engine.0 {
            Kind::Kernels(avx2) => {
                let size = (size.height as usize, size.width as usize);
                let mut network = Network::new(avx2, weights, size, photographs, Kept::Nothing)?;
                network.convolutions.load(weights)?;
                Ok(Forward::Kernels(weights, Box::new(network)))
            }
            Kind::LibTorch(device) => Ok(Forward::LibTorch(weights.on(device)?, device)),
        }
    }

    /// The logits of photographs (N, 3, H, W), row by row.
    fn logits(&mut self, photographs: &Tensor, room: &mut [f32]) -> Result<(), TchError> {
        match self {
            Forward::Kernels(weights, network) => {
                let count = photographs.size()[0] as usize;
                let photographs = values(photographs)?;
                room.copy_from_slice(network.forward(weights, photographs, count, None)?);
            }
            Forward::LibTorch(weights, device) => {
                let photographs = photographs.f_to_device(*device)?;
                let logits: Tensor = tch::no_grad(|| logits(weights, &photographs, None))?;
                let logits = logits.f_to_device(tch::Device::Cpu)?.f_contiguous()?;
                logits.f_copy_data(room, room.len())?;
            }
        }
        Ok(())
    }
}

impl Predicted {
    /// The class with the highest logit of each row; the first of equals.
    pub fn predicted_classes(&self) -> impl Iterator<Item = usize> {
        let rows = self.logits.chunks_exact(self.classes);
        rows.map(|logits| highest_logit(logits.iter().copied()))
    }

    /// Which of the rows' own classes were taken for which.
    ///
    /// # Errors
    /// When a row's class is none of those that were predicted.
    pub fn confusion(&self, rows: &[Row]) -> Result<ConfusionMatrix, ClassOutOfRange> {
        let truths = rows.iter().map(|row| usize::from(row.class));
        ConfusionMatrix::new(self.classes, truths.zip(self.predicted_classes()))
    }

    /// Mean cross-entropy and accuracy against the rows' own classes; 0 and 0 without rows. Infinite or
    /// undefined logits make the loss infinite or undefined.
    pub fn figures(&self, rows: &[Row]) -> LossAndAccuracy {
        if rows.is_empty() {
            return LossAndAccuracy {
                loss: 0.0,
                accuracy: 0.0,
            };
        }
        let (mut loss, mut right) = (0.0, 0u64);
        for ((logits, row), predicted) in self
            .logits
            .chunks_exact(self.classes)
            .zip(rows)
            .zip(self.predicted_classes())
        {
            let class = usize::from(row.class);
            loss += cross_entropy(logits, class);
            right += u64::from(predicted == class);
        }
        let count = rows.len() as f64;
        LossAndAccuracy {
            loss: loss / count,
            accuracy: right as f64 / count,
        }
    }
}

/// −ln of the softmax probability of `class`, in double precision: ln Σ e^(x − max) + max − x[class].
pub(crate) fn cross_entropy(logits: &[f32], class: usize) -> f64 {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits
        .iter()
        .map(|logit| f64::from(logit - largest).exp())
        .sum();
    sum.ln() + f64::from(largest) - f64::from(logits[class])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(classes: &[u16]) -> Vec<Row> {
        let row = |class: &u16| Row {
            photograph: 0,
            class: *class,
            mirrored: false,
        };
        classes.iter().map(row).collect()
    }

    #[test]
    fn figures_follow_from_logits() {
        let predicted = Predicted {
            logits: vec![0.0, 0.0, 2.0, 0.0, 0.0, 2.0],
            classes: 2,
        };
        let figures = predicted.figures(&rows(&[0, 0, 0]));
        let expected = (2f64.ln() + (1.0 + (-2f64).exp()).ln() + (1.0 + 2f64.exp()).ln()) / 3.0;
        assert!((figures.loss - expected).abs() < 1e-12);
        assert_eq!(figures.accuracy, 2.0 / 3.0);
    }

    #[test]
    fn the_confusion_matrix_counts_what_the_accuracy_counts() {
        let predicted = Predicted {
            logits: vec![0.0, 0.0, 2.0, 0.0, 0.0, 2.0],
            classes: 2,
        };
        let matrix = predicted.confusion(&rows(&[0, 1, 1])).unwrap();
        let counts = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(t, p)| matrix.count(t, p));
        assert_eq!(counts, [1, 0, 1, 1]);
        assert!(predicted.confusion(&rows(&[0, 1, 2])).is_err());
    }

    #[test]
    fn huge_logits_do_not_overflow() {
        let predicted = Predicted {
            logits: vec![1e30, -1e30],
            classes: 2,
        };
        assert_eq!(predicted.figures(&rows(&[0])).loss, 0.0);
    }

    #[test]
    fn undefined_logits_make_the_loss_undefined() {
        let predicted = Predicted {
            logits: vec![f32::NAN, f32::NAN],
            classes: 2,
        };
        assert!(!predicted.figures(&rows(&[0])).loss.is_finite());
    }
}
