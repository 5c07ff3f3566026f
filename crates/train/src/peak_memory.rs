//! How much memory training takes, before it starts.

use fitroom_domain::{CHANNELS, NetworkShape, TrainSettings};

use crate::engine::{Engine, Kind};
use crate::kernels::{Kept, Shapes};
use crate::predict::BATCH;

/// Weights, both moments and the best weights so far.
const COPIES_OF_WEIGHTS: u64 = 4;

const FLOAT: u64 = size_of::<f32>() as u64;

/// Bytes that training one trial of this shape takes at its peak, beside the dataset and what LibTorch takes
/// once for a process. For our own kernels it is what they ask for; for LibTorch's operators an estimate,
/// in the memory of whatever they run on.
///
/// `train` and `validation` are the rows that there are of each.
pub fn peak_memory(
    shape: &NetworkShape,
    settings: &TrainSettings,
    [train, validation]: [u64; 2],
    engine: Engine,
) -> u64 {
    let batch = train.min(u64::from(settings.batch_size));
    let photograph = u64::from(shape.image.height) * u64::from(shape.image.width) * CHANNELS;
    let predicted = validation.min(BATCH as u64);
    let weights = shape.parameters() * COPIES_OF_WEIGHTS;
    let photographs = (batch + predicted) * photograph;
    FLOAT * (weights + photographs) + activations(shape, settings, [batch, predicted], engine)
}

fn activations(
    shape: &NetworkShape,
    settings: &TrainSettings,
    [batch, predicted]: [u64; 2],
    engine: Engine,
) -> u64 {
    match engine.0 {
        Kind::Kernels(avx2) => {
            let size = (shape.image.height as usize, shape.image.width as usize);
            let sizes = shape.kernel_sizes().map(|size| size as usize);
            let shapes = Shapes::new(avx2, size, shape.kernels() as usize, sizes);
            let threads = settings.threads as usize;
            let convolutions = shapes.bytes(batch as usize, threads, Kept::ForBackward)
                + shapes.bytes(predicted as usize, threads, Kept::Nothing);
            // What goes between the layers and, in training, its gradient.
            let dense = (2 * batch + predicted) * (shape.flat + shape.dense() + shape.classes);
            // The dropout mask, first as a list.
            let mask = 2 * batch * shape.dense();
            // The largest gradient of a dense layer's kernel that is computed at once.
            let widest = crate::kernel_step::UNITS.max(shape.classes as usize) as u64;
            convolutions as u64 + FLOAT * (dense + mask + widest * shape.flat)
        }
        Kind::LibTorch(_) => {
            let values = |size: fitroom_domain::ImageSize| {
                u64::from(size.height) * u64::from(size.width) * shape.kernels()
            };
            // Each convolution's output, ReLU's, and their gradients; pooled values, their gradients, and
            // 64-bit indices.
            let convolved = values(shape.convolution_1) + values(shape.convolution_2);
            let pooled = values(shape.pool_1) + values(shape.pool_2);
            FLOAT * batch * (4 * convolved + 5 * pooled + 2 * (shape.dense() + shape.classes))
                + FLOAT * shape.parameters()
        }
    }
}
