//! A convolution with valid padding and stride 1, ReLU, and the maximum of every 2×2 pixels, in one pass.

use super::planes::Planes;
use super::tile::LANES;

/// Kernels that are computed side by side: two vectors.
pub(crate) const SIDE_BY_SIDE: usize = 2 * LANES;

/// Shapes of one block of convolution, ReLU and pooling.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    /// What goes in.
    pub(crate) input: Planes,
    /// Height and width of the kernels.
    pub(crate) size: usize,
    /// Channels that go in; those of `input` beyond it are zero.
    pub(crate) channels: usize,
    /// Kernels.
    pub(crate) kernels: usize,
    /// Kernels and as many of zeros as make whole vectors, or whole planes of the output.
    pub(crate) padded: usize,
    /// Pooled pixels from top to bottom; a row of the convolution that is left over is never computed.
    pub(crate) height: usize,
    /// Pooled pixels from left to right.
    pub(crate) width: usize,
}

impl Block {
    /// The block of `kernels` kernels of `size` × `size` pixels over `channels` channels in `input`. Where
    /// they do not fit into it, nothing is pooled.
    pub(crate) fn new(input: Planes, channels: usize, size: usize, kernels: usize) -> Block {
        Block {
            input,
            size,
            channels,
            kernels,
            padded: kernels.next_multiple_of(LANES),
            height: (input.height + 1).saturating_sub(size) / 2,
            width: (input.width + 1).saturating_sub(size) / 2,
        }
    }

    /// The same with its output in planes, which are returned.
    pub(crate) fn into_planes(self) -> (Block, Planes) {
        let planes = Planes::of_kernels(self.height, self.width, self.kernels);
        let block = Block {
            padded: planes.all_channels(),
            ..self
        };
        (block, planes)
    }

    /// Pooled pixels.
    pub(crate) fn cells(&self) -> usize {
        self.height * self.width
    }

    /// Pooled values of all kernels.
    pub(crate) fn features(&self) -> usize {
        self.cells() * self.kernels
    }

    /// Choices of all cells.
    pub(crate) fn choices(&self) -> usize {
        self.cells() * self.padded
    }

    /// Values that one row of a kernel sees of one plane: they lie side by side.
    pub(crate) fn run(&self) -> usize {
        self.size * self.input.channels
    }

    /// Weights of one kernel over all planes, those of zero channels included.
    pub(crate) fn taps(&self) -> usize {
        self.size * self.run() * self.input.count
    }

    /// Weights of all kernels, with what is zero.
    pub(crate) fn weights(&self) -> usize {
        self.padded * self.taps()
    }

    /// Calls `each` with every weight of the `kernels` kernels: the kernel, the plane, the row of the kernel,
    /// the place in that row's run, and the place of the weight in LibTorch's memory (kernel, height, width,
    /// channel).
    fn each_run(&self, mut each: impl FnMut(usize, usize, usize, usize, std::ops::Range<usize>)) {
        for kernel in 0..self.kernels {
            for y in 0..self.size {
                for x in 0..self.size {
                    for plane in 0..self.input.count {
                        let first = plane * self.input.channels;
                        let last = (first + self.input.channels).min(self.channels);
                        let pixel = ((kernel * self.size + y) * self.size + x) * self.channels;
                        if first < last {
                            let place = x * self.input.channels;
                            each(kernel, plane, y, place, pixel + first..pixel + last);
                        }
                    }
                }
            }
        }
    }

    /// Weights in the order in which the forward pass reads them: kernels by sixteen (the last may be eight);
    /// in these planes, rows of the kernel, the run; and for each of its values the kernels side by side.
    pub(crate) fn pack_forward(&self, weights: &[f32], packed: &mut [f32]) {
        let (taps, run) = (self.taps(), self.run());
        self.each_run(|kernel, plane, y, place, range| {
            let first = kernel - kernel % SIDE_BY_SIDE;
            let width = SIDE_BY_SIDE.min(self.padded - first);
            let start =
                first * taps + ((plane * self.size + y) * run + place) * width + (kernel - first);
            for (value, weight) in weights[range].iter().enumerate() {
                packed[start + value * width] = *weight;
            }
        });
    }

    /// Weights as the backward pass reads them, which is also how it writes their gradients: planes, rows of
    /// the kernel, kernels, the run.
    pub(crate) fn pack_backward(&self, weights: &[f32], packed: &mut [f32]) {
        self.each_run(|kernel, plane, y, place, range| {
            let start = self.backward_run(plane, y, kernel) + place;
            packed[start..start + range.len()].copy_from_slice(&weights[range]);
        });
    }

    /// The gradients of the backward pass in the order of LibTorch's memory.
    pub(crate) fn unpack_backward(&self, packed: &[f32], gradient: &mut [f32]) {
        self.each_run(|kernel, plane, y, place, range| {
            let start = self.backward_run(plane, y, kernel) + place;
            let length = range.len();
            gradient[range].copy_from_slice(&packed[start..start + length]);
        });
    }

    /// Where a run begins in the order of the backward pass.
    pub(crate) fn backward_run(&self, plane: usize, y: usize, kernel: usize) -> usize {
        ((plane * self.size + y) * self.padded + kernel) * self.run()
    }
}
