//! The tags of a trial's event file.

pub(super) const LOSS_TRAIN: &str = "loss/train";
pub(super) const LOSS_VALIDATION: &str = "loss/validation";
pub(super) const ACCURACY_TRAIN: &str = "accuracy/train";
pub(super) const ACCURACY_VALIDATION: &str = "accuracy/validation";
pub(super) const LEARNING_RATE: &str = "learning_rate";
pub(crate) const BEST_ACCURACY: &str = "best/accuracy";
pub(super) const BEST_LOSS: &str = "best/loss";
pub(super) const CONFUSION_MATRIX: &str = "confusion_matrix";
pub(super) const BEST_CONFUSION_MATRIX: &str = "confusion_matrix/best";
pub(super) const BEST_MISTAKES: &str = "mistakes/best";
/// The trial in words: a table of names and values.
pub(crate) const SUMMARY: &str = "trial";
pub(super) const RESULT: &str = "result";

/// The tag of a kernel or bias by its name in weight files: `hidden.kernel` becomes `hidden/kernel`, so that
/// TensorBoard shows a layer's histograms together.
pub(super) fn of_weights(name: &str) -> String {
    name.replace('.', "/")
}
