//! The models that are kept for use: `runs/models/<dataset>/<task>/`, complete without the rest of `runs/`.
//!
//! ```text
//! model.toml         task, classes, size, how pictures are prepared, trial, validation figures
//! model.safetensors  the weights
//! validation.npz     what the model says about all validation photographs of its dataset
//! test.npz           the same about test photographs, once it was evaluated
//! evaluation.toml    when that was, and how long it took
//! ```

mod dataset_shelf;
mod evaluation_file;
mod evaluations;
mod keep;
mod kept_model;
mod model_file;
mod selected;
mod split_predictions;

pub(crate) use dataset_shelf::DatasetShelf;
pub(crate) use evaluation_file::EvaluationFile;
pub(crate) use evaluations::{ModelFigures, split_answers};
pub(crate) use keep::{KEEPING, Keeper, Keeping, MODELS, models_folder};
pub(crate) use kept_model::{KeptModel, TEST, current_models, hash_of_file, models_in};
pub(crate) use selected::{Selected, Selector};
pub(crate) use split_predictions::{ask, predict_split};
