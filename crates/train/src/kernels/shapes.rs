//! The shapes of both blocks, and the memory that they take.

use super::Avx2;
use super::block::Block;
use super::planes::Planes;

/// What is kept of the photographs that went forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// Nothing: it is only for predictions.
    Nothing,
    /// All that going backward needs.
    ForBackward,
}

/// The two blocks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shapes {
    /// Proof that they can be computed.
    pub(super) avx2: Avx2,
    pub(super) first: Block,
    /// What the first gives the second.
    pub(super) planes: Planes,
    pub(super) second: Block,
}

impl Shapes {
    /// Blocks of `kernels` kernels each, of these sizes, for photographs of (height, width).
    pub(crate) fn new(
        avx2: Avx2,
        (height, width): (usize, usize),
        kernels: usize,
        sizes: [usize; 2],
    ) -> Shapes {
        let photograph = Planes::of_photograph(height, width);
        let first = Block::new(photograph, photograph.channels, sizes[0], kernels);
        let (first, planes) = first.into_planes();
        Shapes {
            avx2,
            first,
            planes,
            second: Block::new(planes, kernels, sizes[1], kernels),
        }
    }

    /// Bytes that [`Convolutions::new`] takes.
    pub(crate) fn bytes(&self, photographs: usize, threads: usize, kept: Kept) -> usize {
        let Shapes { first, second, .. } = self;
        let (float, threads) = (size_of::<f32>(), threads_for(photographs, threads));
        let planes = self.planes.len();
        let slot = planes * float + first.choices() + second.choices();
        let weights = (first.weights() + second.weights()) * float;
        match kept {
            Kept::Nothing => threads * slot + weights,
            // Packed once more for going backward; one sum for each worker and one in LibTorch's order.
            Kept::ForBackward => {
                photographs * slot + threads * (planes * float + weights) + 3 * weights
            }
        }
    }
}

/// Threads that have something to do, of those that there are.
pub(super) fn threads_for(photographs: usize, threads: usize) -> usize {
    threads.clamp(1, photographs.max(1))
}
