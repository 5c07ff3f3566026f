//! What one core does: both blocks for one photograph after the other.

use tch::TchError;

use super::Avx2;
use super::backward::{BlockGradient, Lists};
use super::block::Block;
use super::convolutions::Packed;
use super::first_gradient::{FirstGradient, Tables};
use super::forward::{Forward, NOTHING, Output};
use super::shapes::{Kept, Shapes};
use crate::memory::Floats;

/// What is kept of a photograph that went forward.
#[derive(Debug)]
pub(super) struct Slot {
    /// The first block's output, in planes.
    activations: Floats,
    /// Which pixels the first block chose.
    first_choices: Vec<u8>,
    /// Which pixels the second block chose.
    second_choices: Vec<u8>,
}

impl Slot {
    /// A slot for photographs that go through these blocks.
    pub(super) fn new(shapes: &Shapes) -> Result<Slot, TchError> {
        Ok(Slot {
            activations: Floats::zeros(shapes.planes.len())?,
            first_choices: vec![0; shapes.first.choices()],
            second_choices: vec![0; shapes.second.choices()],
        })
    }

    /// Pooled values of each block that ReLU let through.
    pub(super) fn passed(&self, first: &Block, second: &Block) -> [usize; 2] {
        let count = |choices: &[u8], block: &Block| {
            let cells = choices.chunks_exact(block.padded);
            let passed = |cell: &[u8]| {
                let choices = cell[..block.kernels].iter();
                choices.filter(|choice| **choice != NOTHING).count()
            };
            cells.map(passed).sum()
        };
        [
            count(&self.first_choices, first),
            count(&self.second_choices, second),
        ]
    }
}

/// What one core works with.
#[derive(Debug)]
pub(super) struct Worker {
    scratch: Floats,
    /// Only where photographs go backward too.
    sums: Option<Sums>,
}

/// Gradients of the weights, summed over photographs, and what they are computed with.
#[derive(Debug)]
struct Sums {
    first_kernels: Floats,
    first_bias: Vec<f32>,
    second_kernels: Floats,
    second_bias: Vec<f32>,
    activation_gradient: Floats,
    lists: Lists,
    tables: Tables,
}

/// Gradients of the two blocks' tensors, in the order of their memory in LibTorch.
#[derive(Debug)]
pub(crate) struct ConvolutionGradients {
    /// Of the first block's kernels.
    pub(crate) first_kernels: Vec<f32>,
    /// Of the first block's bias.
    pub(crate) first_bias: Vec<f32>,
    /// Of the second block's kernels.
    pub(crate) second_kernels: Vec<f32>,
    /// Of the second block's bias.
    pub(crate) second_bias: Vec<f32>,
}

impl Worker {
    /// A worker on these blocks.
    pub(super) fn new(shapes: &Shapes, kept: Kept) -> Result<Worker, TchError> {
        let (first, second) = (&shapes.first, &shapes.second);
        let scratch = first.forward_scratch().max(second.forward_scratch());
        let sums = match kept {
            Kept::Nothing => None,
            Kept::ForBackward => Some(Sums {
                first_kernels: Floats::zeros(first.weights())?,
                first_bias: vec![0.0; first.padded],
                second_kernels: Floats::zeros(second.weights())?,
                second_bias: vec![0.0; second.padded],
                activation_gradient: Floats::zeros(shapes.planes.len())?,
                lists: Lists::new(second),
                tables: Tables::new(first),
            }),
        };
        Ok(Worker {
            scratch: Floats::zeros(scratch)?,
            sums,
        })
    }

    /// One photograph forward.
    pub(super) fn forward(
        &mut self,
        shapes: &Shapes,
        packed: &Packed,
        photograph: &[f32],
        slot: &mut Slot,
        features: &mut [f32],
    ) {
        let _instructions: Avx2 = shapes.avx2;
        let Shapes { first, second, .. } = shapes;
        let mut through_first = Forward {
            input: photograph,
            to: Output::Planes(shapes.planes),
            output: &mut slot.activations,
            choices: &mut slot.first_choices,
            scratch: &mut self.scratch,
        };
        // SAFETY: `_instructions` proves that the processor has the instructions.
        unsafe { first.forward(packed.first(), &mut through_first) };
        let mut through_second = Forward {
            input: &slot.activations,
            to: Output::Flat,
            output: features,
            choices: &mut slot.second_choices,
            scratch: &mut self.scratch,
        };
        // SAFETY: likewise.
        unsafe { second.forward(packed.second(), &mut through_second) };
    }

    /// Forgets the sums of the step before.
    pub(super) fn begin_backward(&mut self) {
        if let Some(sums) = &mut self.sums {
            sums.first_kernels.fill(0.0);
            sums.first_bias.fill(0.0);
            sums.second_kernels.fill(0.0);
            sums.second_bias.fill(0.0);
        }
    }

    /// Adds one photograph's gradients to the sums.
    pub(super) fn backward(
        &mut self,
        shapes: &Shapes,
        packed: &Packed,
        photograph: &[f32],
        feature_gradient: &[f32],
        slot: &Slot,
    ) {
        let _instructions: Avx2 = shapes.avx2;
        let Some(sums) = &mut self.sums else { return };
        let mut gradient = BlockGradient {
            kernels: &mut sums.second_kernels,
            bias: &mut sums.second_bias,
        };
        let from = (feature_gradient, slot.second_choices.as_slice());
        // SAFETY: `_instructions` proves that the processor has the instructions.
        unsafe {
            shapes.second.backward(
                &packed.second_backward,
                &slot.activations,
                from,
                &mut gradient,
                &mut sums.activation_gradient,
                &mut sums.lists,
            );
        }
        let mut gradient = FirstGradient {
            kernels: &mut sums.first_kernels,
            bias: &mut sums.first_bias,
        };
        let from = (&*sums.activation_gradient, slot.first_choices.as_slice());
        let (first, planes) = (&shapes.first, shapes.planes);
        // SAFETY: likewise.
        unsafe { first.first_gradient(photograph, planes, from, &mut gradient, &mut sums.tables) };
    }

    /// Adds another worker's sums.
    pub(super) fn add(&mut self, other: &Worker) {
        if let (Some(sums), Some(others)) = (&mut self.sums, &other.sums) {
            add(&mut sums.first_kernels, &others.first_kernels);
            add(&mut sums.first_bias, &others.first_bias);
            add(&mut sums.second_kernels, &others.second_kernels);
            add(&mut sums.second_bias, &others.second_bias);
        }
    }

    /// Writes the sums to where LibTorch's order has them.
    pub(super) fn hand_over(&self, shapes: &Shapes, to: &mut ConvolutionGradients) {
        let Some(sums) = &self.sums else { return };
        let Shapes { first, second, .. } = shapes;
        first.unpack_first(&sums.first_kernels, &mut to.first_kernels);
        to.first_bias
            .copy_from_slice(&sums.first_bias[..first.kernels]);
        second.unpack_backward(&sums.second_kernels, &mut to.second_kernels);
        to.second_bias
            .copy_from_slice(&sums.second_bias[..second.kernels]);
    }
}

fn add(sum: &mut [f32], other: &[f32]) {
    for (sum, other) in sum.iter_mut().zip(other) {
        *sum += other;
    }
}
