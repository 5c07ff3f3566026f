//! Both blocks over a batch of photographs, with the memory that they work in.

use std::thread;

use tch::TchError;

use super::Avx2;
use super::block::Block;
use super::forward::ForwardWeights;
use super::shapes::{Kept, Shapes, threads_for};
use super::worker::{ConvolutionGradients, Slot, Worker};
use crate::memory::{Floats, values};
use crate::weights::{Layer, Weights};

/// The two blocks of one network, with room for batches of a given size.
#[derive(Debug)]
pub(crate) struct Convolutions {
    shapes: Shapes,
    packed: Packed,
    kept: Kept,
    /// Photographs that went forward last.
    went_forward: usize,
    /// One for each photograph, or for each worker's latest.
    slots: Vec<Slot>,
    workers: Vec<Worker>,
}

/// Weights in the orders in which the kernels read them.
#[derive(Debug)]
pub(super) struct Packed {
    first: Floats,
    first_bias: Vec<f32>,
    second: Floats,
    second_bias: Vec<f32>,
    /// For going backward.
    pub(super) second_backward: Floats,
}

impl Convolutions {
    /// The blocks that these weights have, for photographs of (height, width), `photographs` of them at once,
    /// on `threads` cores.
    pub(crate) fn new(
        avx2: Avx2,
        weights: &Weights,
        size: (usize, usize),
        photographs: usize,
        threads: usize,
        kept: Kept,
    ) -> Result<Convolutions, TchError> {
        let (kernels, size_1) = shape(&weights.convolution_1);
        let (_, size_2) = shape(&weights.convolution_2);
        let shapes = Shapes::new(avx2, size, kernels, [size_1, size_2]);
        let (first, second) = (shapes.first, shapes.second);
        let threads = threads_for(photographs, threads);
        let (slots, backward) = match kept {
            Kept::Nothing => (threads, 0),
            Kept::ForBackward => (photographs, second.weights()),
        };
        let workers = (0..threads).map(|_| Worker::new(&shapes, kept));
        Ok(Convolutions {
            shapes,
            packed: Packed {
                first: Floats::zeros(first.weights())?,
                first_bias: vec![0.0; first.padded],
                second: Floats::zeros(second.weights())?,
                second_bias: vec![0.0; second.padded],
                second_backward: Floats::zeros(backward)?,
            },
            kept,
            went_forward: 0,
            slots: (0..slots)
                .map(|_| Slot::new(&shapes))
                .collect::<Result<_, _>>()?,
            workers: workers.collect::<Result<_, _>>()?,
        })
    }

    /// Room for the gradients of both blocks.
    pub(crate) fn gradients(&self) -> ConvolutionGradients {
        let Shapes { first, second, .. } = self.shapes;
        let kernels = |block: Block| block.kernels * block.size * block.size * block.channels;
        ConvolutionGradients {
            first_kernels: vec![0.0; kernels(first)],
            first_bias: vec![0.0; first.kernels],
            second_kernels: vec![0.0; kernels(second)],
            second_bias: vec![0.0; second.kernels],
        }
    }

    /// (height, width) of the photographs.
    pub(crate) fn size(&self) -> (usize, usize) {
        let input = self.shapes.first.input;
        (input.height, input.width)
    }

    /// Pooled values that go out for each photograph.
    pub(crate) fn features(&self) -> usize {
        self.shapes.second.features()
    }

    /// The shares of each block's pooled values that ReLU let through, of the photographs that went forward
    /// last; `None` if none has, or nothing is kept of them.
    pub(crate) fn passed(&self) -> Option<[f64; 2]> {
        if self.went_forward == 0 || self.kept == Kept::Nothing {
            return None;
        }
        let Shapes { first, second, .. } = &self.shapes;
        let slots = self.slots.iter().take(self.went_forward);
        let [of_first, of_second] = slots
            .map(|slot| slot.passed(first, second))
            .fold([0, 0], |[a, b], [c, d]| [a + c, b + d]);
        let share = |passed: usize, block: &Block| {
            passed as f64 / (self.went_forward * block.features()) as f64
        };
        Some([share(of_first, first), share(of_second, second)])
    }

    /// Takes over the weights, to be called whenever they have changed.
    pub(crate) fn load(&mut self, weights: &Weights) -> Result<(), TchError> {
        let (shapes, packed) = (&self.shapes, &mut self.packed);
        let (kernels, bias) = layer(&weights.convolution_1)?;
        shapes.first.pack_forward(kernels, &mut packed.first);
        packed.first_bias[..bias.len()].copy_from_slice(bias);
        let (kernels, bias) = layer(&weights.convolution_2)?;
        shapes.second.pack_forward(kernels, &mut packed.second);
        packed.second_bias[..bias.len()].copy_from_slice(bias);
        if self.kept == Kept::ForBackward {
            shapes
                .second
                .pack_backward(kernels, &mut packed.second_backward);
        }
        Ok(())
    }

    /// Photographs (N, H, W, 3) to pooled values (N, [`Convolutions::features`]), pixel by pixel.
    pub(crate) fn forward(&mut self, photographs: &[f32], features: &mut [f32]) {
        let Shapes { first, second, .. } = self.shapes;
        self.went_forward = photographs.len() / first.input.len();
        let part = self.part(photographs);
        let slots = match self.kept {
            Kept::Nothing => 1,
            Kept::ForBackward => part,
        };
        let parts = photographs
            .chunks(part * first.input.len())
            .zip(features.chunks_mut(part * second.features()))
            .zip(self.slots.chunks_mut(slots));
        let (shapes, packed) = (&self.shapes, &self.packed);
        in_parallel(
            &mut self.workers,
            parts,
            |worker, ((photographs, features), slots)| {
                let photographs = photographs.chunks_exact(first.input.len());
                let features = features.chunks_exact_mut(second.features());
                for (place, (photograph, features)) in photographs.zip(features).enumerate() {
                    let slot = &mut slots[place % slots.len()];
                    worker.forward(shapes, packed, photograph, slot, features);
                }
            },
        );
    }

    /// The same photographs backward: from the gradients of the pooled values to those of the weights.
    pub(crate) fn backward(
        &mut self,
        photographs: &[f32],
        feature_gradients: &[f32],
        gradients: &mut ConvolutionGradients,
    ) {
        let Shapes { first, second, .. } = self.shapes;
        let part = self.part(photographs);
        let parts = photographs
            .chunks(part * first.input.len())
            .zip(feature_gradients.chunks(part * second.features()))
            .zip(self.slots.chunks(part));
        let (shapes, packed) = (&self.shapes, &self.packed);
        let workers = in_parallel(
            &mut self.workers,
            parts,
            |worker, ((photographs, features), slots)| {
                worker.begin_backward();
                let photographs = photographs.chunks_exact(first.input.len());
                let features = features.chunks_exact(second.features());
                for ((photograph, gradient), slot) in photographs.zip(features).zip(slots) {
                    worker.backward(shapes, packed, photograph, gradient, slot);
                }
            },
        );
        // Always in the same order, so that sums are the same to the bit.
        let (sum, others) = workers.split_at_mut(1);
        if let [sum] = sum {
            for other in others {
                sum.add(other);
            }
            sum.hand_over(shapes, gradients);
        }
    }

    /// Photographs that each worker takes of these.
    fn part(&self, photographs: &[f32]) -> usize {
        let count = photographs.len() / self.shapes.first.input.len();
        count.div_ceil(self.workers.len()).max(1)
    }
}

impl Packed {
    /// The first block's weights.
    pub(super) fn first(&self) -> ForwardWeights<'_> {
        ForwardWeights {
            packed: &self.first,
            bias: &self.first_bias,
        }
    }

    /// The second block's weights.
    pub(super) fn second(&self) -> ForwardWeights<'_> {
        ForwardWeights {
            packed: &self.second,
            bias: &self.second_bias,
        }
    }
}

/// Does each part on its worker, at the same time, and returns the workers that had one.
fn in_parallel<P: Send>(
    workers: &mut [Worker],
    parts: impl Iterator<Item = P>,
    work: impl Fn(&mut Worker, P) + Sync,
) -> &mut [Worker] {
    let parts: Vec<P> = parts.collect();
    let workers = &mut workers[..parts.len()];
    thread::scope(|scope| {
        let mut pairs = workers.iter_mut().zip(parts);
        let own = pairs.next();
        for (worker, part) in pairs {
            scope.spawn(|| work(worker, part));
        }
        // The first part needs no thread of its own.
        if let Some((worker, part)) = own {
            work(worker, part);
        }
    });
    workers
}

/// Kernels of a convolution and their size.
fn shape(layer: &Layer) -> (usize, usize) {
    match layer.kernel.size()[..] {
        [kernels, _, size, _] => (kernels as usize, size as usize),
        _ => (0, 0),
    }
}

/// Kernels and bias of a layer.
fn layer(layer: &Layer) -> Result<(&[f32], &[f32]), TchError> {
    Ok((values(&layer.kernel)?, values(&layer.bias)?))
}
