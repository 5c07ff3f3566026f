//! Backward through a block whose input needs a gradient: the second one.
//!
//! Of four convolved pixels only the one that was pooled has a gradient, and none where ReLU cut it off.
//! So the gradients are lists: of each kernel, from which pixels on it saw the input (for the gradient of the
//! weights), and of each pixel, which kernels were pooled there (for the gradient of the input). Both are sums
//! of a few runs of memory, each times a number: a quarter of the work of the forward pass at most.

use super::block::Block;
use super::forward::NOTHING;
use super::tile::{LANES, Term, add_terms};

/// Rows of pooled pixels whose gradients are added to the weights' at once: many terms for each sum, while the
/// rows of the input that they see stay in the first-level cache.
const BAND: usize = 2;

/// Vectors that are summed in registers at most.
const WIDEST: usize = 12;

/// The lists of one band.
#[derive(Debug)]
pub(crate) struct Lists {
    /// For each kernel, `of_kernel` terms of which `kernel_counts` are in use.
    by_kernel: Vec<Term>,
    of_kernel: usize,
    kernel_counts: Vec<usize>,
    /// For each pixel before pooling, `of_pixel` terms of which `pixel_counts` are in use.
    by_pixel: Vec<Term>,
    of_pixel: usize,
    pixel_counts: Vec<usize>,
}

impl Lists {
    /// Lists for the bands of this block.
    pub(crate) fn new(block: &Block) -> Lists {
        let of_kernel = BAND * block.width;
        let pixels = 4 * of_kernel;
        Lists {
            by_kernel: vec![Term::default(); block.kernels * of_kernel],
            of_kernel,
            kernel_counts: vec![0; block.kernels],
            by_pixel: vec![Term::default(); pixels * block.kernels],
            of_pixel: block.kernels,
            pixel_counts: vec![0; pixels],
        }
    }

    fn kernel(&self, kernel: usize) -> &[Term] {
        let start = kernel * self.of_kernel;
        &self.by_kernel[start..start + self.kernel_counts[kernel]]
    }

    fn pixel(&self, pixel: usize) -> &[Term] {
        let start = pixel * self.of_pixel;
        &self.by_pixel[start..start + self.pixel_counts[pixel]]
    }
}

/// Gradients of a block's weights, to which photographs are added one after the other.
#[derive(Debug)]
pub(crate) struct BlockGradient<'a> {
    /// In the order of [`Block::pack_backward`].
    pub(crate) kernels: &'a mut [f32],
    /// One value for each kernel.
    pub(crate) bias: &'a mut [f32],
}

impl Block {
    /// One photograph backward: from the `gradient` of the pooled values (pixel by pixel, all kernels of a
    /// pixel side by side) to those of the weights, to which it is added, and of the `input`, which replaces
    /// `input_gradient`. `packed` are the weights by [`Block::pack_backward`].
    #[target_feature(enable = "avx2,fma")]
    pub(crate) fn backward(
        &self,
        packed: &[f32],
        input: &[f32],
        (gradient, choices): (&[f32], &[u8]),
        weights: &mut BlockGradient<'_>,
        input_gradient: &mut [f32],
        lists: &mut Lists,
    ) {
        let length = self.weights();
        assert!(packed.len() >= length && weights.kernels.len() >= length);
        assert!(input.len() >= self.input.len() && input_gradient.len() >= self.input.len());
        assert!(lists.kernel_counts.len() == self.kernels && lists.of_kernel == BAND * self.width);
        input_gradient.fill(0.0);
        for first in (0..self.height).step_by(BAND) {
            let rows = BAND.min(self.height - first);
            self.list(first, rows, (gradient, choices), weights.bias, lists);
            for plane in 0..self.input.count {
                for y in 0..self.size {
                    let vectors = self.run() / LANES;
                    let pieces = vectors.div_ceil(WIDEST);
                    for piece in 0..pieces {
                        let start = vectors * piece / pieces;
                        let end = vectors * (piece + 1) / pieces;
                        let piece = Piece {
                            block: self,
                            plane,
                            y,
                            first,
                            rows,
                            start: start * LANES,
                        };
                        // SAFETY: the lengths were checked above.
                        unsafe {
                            piece.add(
                                end - start,
                                (packed, input),
                                weights.kernels,
                                input_gradient,
                                lists,
                            );
                        }
                    }
                }
            }
        }
    }

    /// Fills the lists with the band of `rows` rows from `first` on, and adds its gradients to the bias's.
    #[target_feature(enable = "avx2,fma")]
    fn list(
        &self,
        first: usize,
        rows: usize,
        (gradient, choices): (&[f32], &[u8]),
        bias: &mut [f32],
        lists: &mut Lists,
    ) {
        let (row, pixel, run) = (self.input.row(), self.input.channels, self.run());
        lists.kernel_counts.fill(0);
        lists.pixel_counts.fill(0);
        let bias = &mut bias[..self.kernels];
        let kernel_counts = &mut lists.kernel_counts[..self.kernels];
        for y in 0..rows {
            for x in 0..self.width {
                let cell = (first + y) * self.width + x;
                let gradients = &gradient[cell * self.kernels..][..self.kernels];
                let choices = &choices[cell * self.padded..][..self.kernels];
                // Where the four pixels lie in the input and in the lists.
                let pixels = [0, 1, 2, 3].map(|choice| {
                    let (down, right) = (2 * y + choice / 2, 2 * x + choice % 2);
                    let offset = (down * row + right * pixel) as u32;
                    (offset, down * 2 * self.width + right)
                });
                for (kernel, (gradient, choice)) in gradients.iter().zip(choices).enumerate() {
                    // Written in any case and counted where it counts: there is no branch to mispredict.
                    let counts = usize::from(*choice != NOTHING);
                    let (offset, place) = pixels[usize::from(choice % 4)];
                    let factor = if *choice == NOTHING { 0.0 } else { *gradient };
                    bias[kernel] += factor;
                    let count = &mut kernel_counts[kernel];
                    let free = (*count).min(lists.of_kernel - 1);
                    lists.by_kernel[kernel * lists.of_kernel + free] = Term { offset, factor };
                    *count += counts;
                    let count = &mut lists.pixel_counts[place];
                    let free = (*count).min(lists.of_pixel - 1);
                    let offset = (kernel * run) as u32;
                    lists.by_pixel[place * lists.of_pixel + free] = Term { offset, factor };
                    *count += counts;
                }
            }
        }
    }
}

/// The part of a band's work that sums one piece of the runs of one row of the kernels over one plane.
struct Piece<'a> {
    block: &'a Block,
    plane: usize,
    /// Row of the kernels.
    y: usize,
    /// The band.
    first: usize,
    rows: usize,
    /// Where in the run the piece begins.
    start: usize,
}

impl Piece<'_> {
    /// Adds `vectors` vectors from the piece's start on.
    ///
    /// # Safety
    /// As [`Block::backward`] checks.
    #[target_feature(enable = "avx2,fma")]
    unsafe fn add(
        &self,
        vectors: usize,
        sources: (&[f32], &[f32]),
        kernels: &mut [f32],
        input_gradient: &mut [f32],
        lists: &Lists,
    ) {
        macro_rules! with_width {
            ($($width:literal)*) => {
                match vectors {
                    $($width => self.add_vectors::<$width>(sources, kernels, input_gradient, lists),)*
                    _ => unreachable!("a piece has {WIDEST} vectors at most"),
                }
            };
        }
        // SAFETY: as the caller promises.
        unsafe { with_width!(1 2 3 4 5 6 7 8 9 10 11 12) }
    }

    /// # Safety
    /// As [`Block::backward`] checks.
    #[target_feature(enable = "avx2,fma")]
    unsafe fn add_vectors<const V: usize>(
        &self,
        (packed, input): (&[f32], &[f32]),
        kernels: &mut [f32],
        input_gradient: &mut [f32],
        lists: &Lists,
    ) {
        let block = self.block;
        let row = block.input.row();
        let weights = block.backward_run(self.plane, self.y, 0) + self.start;
        let top = self.plane * block.input.plane() + (2 * self.first + self.y) * row + self.start;
        for kernel in 0..block.kernels {
            // SAFETY: what a kernel sees from a pixel of the band on lies in the input.
            unsafe {
                add_terms::<V>(
                    kernels.as_mut_ptr().add(weights + kernel * block.run()),
                    lists.kernel(kernel),
                    input.as_ptr().add(top),
                );
            }
        }
        for y in 0..2 * self.rows {
            for x in 0..2 * block.width {
                // SAFETY: likewise; each term leads to a kernel's run.
                unsafe {
                    let place = top + y * row + x * block.input.channels;
                    add_terms::<V>(
                        input_gradient.as_mut_ptr().add(place),
                        lists.pixel(y * 2 * block.width + x),
                        packed.as_ptr().add(weights),
                    );
                }
            }
        }
    }
}
