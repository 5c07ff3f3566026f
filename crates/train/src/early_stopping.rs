//! When training ends, and whose weights are kept.

use serde::{Deserialize, Serialize};

/// Early stopping on the validation loss as Keras's callback does it, except that the best weights are
/// always the ones kept, also when the last epoch was reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EarlyStopping {
    patience: u32,
    best: Option<(u32, f64)>,
    /// Epochs since the best one.
    waited: u32,
}

/// What follows from an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether this epoch's weights are the best so far.
    pub best: bool,
    /// Whether training ends here.
    pub stop: bool,
}

impl EarlyStopping {
    /// Stops after `patience` epochs in a row without a lower loss than the lowest before.
    pub fn new(patience: u32) -> EarlyStopping {
        EarlyStopping {
            patience,
            best: None,
            waited: 0,
        }
    }

    /// Judges the next epoch, counted from 1, by its validation loss. Equal losses are no improvement.
    /// The first epoch never ends training.
    pub fn judge(&mut self, epoch: u32, loss: f64) -> Verdict {
        let best = self.best.is_none_or(|(_, lowest)| loss < lowest);
        if best {
            self.best = Some((epoch, loss));
            self.waited = 0;
        } else {
            self.waited += 1;
        }
        Verdict {
            best,
            stop: !best && self.waited >= self.patience && epoch > 1,
        }
    }

    /// The best epoch so far and its validation loss.
    pub fn best(&self) -> Option<(u32, f64)> {
        self.best
    }
}
