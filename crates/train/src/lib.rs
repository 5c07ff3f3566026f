//! The network, the training step, predictions and weights. The only crate that names tch.
//!
//! [`fit`] trains a [`fitroom_domain::Trial`] and emits [`Event`]s; it knows no outputs. Every figure
//! that anybody sees of a model comes from [`predict`]: from weights and photographs to logits.

mod adam;
mod batch;
mod checkpoint;
mod early_stopping;
mod engine;
mod fit;
mod forward;
mod glorot;
mod kernel_step;
mod kernels;
mod memory;
mod network;
mod numerics;
mod pace;
mod peak_memory;
mod predict;
mod pytorch_file;
mod random;
mod step;
mod tensor_file;
mod training;
mod weights;
mod weights_file;

pub use batch::GatherError;
pub use checkpoint::{ResumeError, WriteCheckpointError};
pub use early_stopping::{EarlyStopping, Verdict};
pub use engine::{Engine, NoSuchGpu, gpus, use_one_thread};
pub use fit::{Answer, Event, FitError, Fitted, Observe, Outcome, StopReason, fit};
pub use glorot::initial_weights;
pub use numerics::{LIBTORCH, numerics, processor};
pub use pace::{Pace, measure_pace};
pub use peak_memory::peak_memory;
pub use predict::{PredictError, Predicted, predict};
pub use pytorch_file::{PytorchModel, pytorch_file};
pub use step::{StepFigures, TrainingState};
pub use tensor_file::{ReadTensorsError, WriteTensorsError};
pub use training::{BeginError, Training};
pub use weights::{Layer, Weights};
pub use weights_file::{read_weights, write_weights};
