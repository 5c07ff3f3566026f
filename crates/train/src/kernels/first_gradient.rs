//! Gradient of the first block's weights. Its input, the photograph, needs none.
//!
//! Each kernel sees few channels, so lists of places would be long and their sums short. Instead the four
//! pixels of every cell lie side by side in a table, from which one permutation picks for eight kernels.

use super::block::{Block, SIDE_BY_SIDE};
use super::forward::NOTHING;
use super::planes::Planes;
use super::tile::{LANES, add_chosen};

/// Taps that are summed at once: with two vectors of kernels as many sums as the processor takes to be busy.
const TAPS: usize = 4;

/// What the gradient of the first block's weights is computed with.
#[derive(Debug)]
pub(crate) struct Tables {
    /// Of as many rows as a kernel has, for each value of a row: it, the same channel of its right neighbour,
    /// and both of the next row.
    fours: Vec<f32>,
    /// A row of pooled gradients, zero where ReLU cut them off: (cell, padded kernel).
    gradients: Vec<f32>,
    /// Which of the four pixels each of them belongs to.
    choices: Vec<i32>,
}

impl Tables {
    /// Tables for this block.
    pub(crate) fn new(block: &Block) -> Tables {
        let row = block.width * block.padded;
        Tables {
            fours: vec![0.0; block.size * 4 * block.input.row()],
            gradients: vec![0.0; row],
            choices: vec![0; row],
        }
    }
}

/// Gradients of the first block's weights, to which photographs are added one after the other.
#[derive(Debug)]
pub(crate) struct FirstGradient<'a> {
    /// Kernels by sixteen (the last may be eight); in these taps; and for each tap the kernels side by side.
    pub(crate) kernels: &'a mut [f32],
    /// One value for each kernel, padding included.
    pub(crate) bias: &'a mut [f32],
}

impl Block {
    /// Adds one photograph to the gradients of the weights. `gradient` is that of the pooled values, in
    /// `planes`.
    #[target_feature(enable = "avx2,fma")]
    pub(crate) fn first_gradient(
        &self,
        input: &[f32],
        planes: Planes,
        (gradient, choices): (&[f32], &[u8]),
        weights: &mut FirstGradient<'_>,
        tables: &mut Tables,
    ) {
        assert_eq!(self.input.count, 1);
        assert!(weights.kernels.len() >= self.weights());
        let row = self.width * self.padded;
        assert!(tables.gradients.len() >= row && tables.choices.len() >= row);
        assert!(tables.fours.len() >= self.size * 4 * self.input.row());
        for y in 0..self.height {
            // The first row of cells needs all rows of the table; each other one two new ones.
            let new = if y == 0 {
                0
            } else {
                self.size.saturating_sub(2)
            };
            for line in 2 * y + new..2 * y + self.size {
                self.fill_fours(line, input, &mut tables.fours);
            }
            self.fill_gradients(y, planes, (gradient, choices), weights.bias, tables);
            for first in (0..self.padded).step_by(SIDE_BY_SIDE) {
                for tap in (0..self.taps()).step_by(TAPS) {
                    // SAFETY: the lengths were checked above.
                    unsafe { self.add_taps(y, first, tap, weights.kernels, tables) };
                }
            }
        }
    }

    /// Line `y` of the table.
    #[target_feature(enable = "avx2,fma")]
    fn fill_fours(&self, y: usize, input: &[f32], fours: &mut [f32]) {
        let (row, pixel) = (self.input.row(), self.input.channels);
        let upper = &input[y * row..(y + 1) * row];
        let lower = &input[(y + 1) * row..(y + 2) * row];
        let fours = &mut fours[y % self.size * 4 * row..][..4 * row];
        let left = upper.iter().zip(lower);
        let right = upper[pixel..].iter().zip(&lower[pixel..]);
        for (four, (left, right)) in fours.chunks_exact_mut(4).zip(left.zip(right)) {
            four.copy_from_slice(&[*left.0, *right.0, *left.1, *right.1]);
        }
    }

    /// The gradients of one row of cells, which are also added to the bias's.
    #[target_feature(enable = "avx2,fma")]
    fn fill_gradients(
        &self,
        y: usize,
        planes: Planes,
        (gradient, choices): (&[f32], &[u8]),
        bias: &mut [f32],
        tables: &mut Tables,
    ) {
        for x in 0..self.width {
            let cell = y * self.width + x;
            let place = x * self.padded;
            let choices = &choices[cell * self.padded..][..self.padded];
            let gradients = &mut tables.gradients[place..place + self.padded];
            for plane in 0..planes.count {
                let first = plane * planes.channels;
                let start = plane * planes.plane() + cell * planes.channels;
                let gradient = &gradient[start..start + planes.channels];
                let choices = &choices[first..first + planes.channels];
                let masked = &mut gradients[first..first + planes.channels];
                let codes = &mut tables.choices[place + first..][..planes.channels];
                let bias = &mut bias[first..first + planes.channels];
                for kernel in 0..planes.channels {
                    let counts = choices[kernel] != NOTHING;
                    masked[kernel] = if counts { gradient[kernel] } else { 0.0 };
                    codes[kernel] = i32::from(choices[kernel]);
                    bias[kernel] += masked[kernel];
                }
            }
        }
    }

    /// Adds row `y` of cells to [`TAPS`] taps from `tap` on, or as many as are left, of sixteen kernels from
    /// `first` on, or eight.
    ///
    /// # Safety
    /// As [`Block::first_gradient`] checks.
    #[target_feature(enable = "avx2,fma")]
    unsafe fn add_taps(
        &self,
        y: usize,
        first: usize,
        tap: usize,
        kernels: &mut [f32],
        tables: &Tables,
    ) {
        let width = SIDE_BY_SIDE.min(self.padded - first);
        let count = TAPS.min(self.taps() - tap);
        let run = self.run();
        // Taps that are too many lead where the last one does, and are not used.
        let fours: [*const f32; TAPS] = std::array::from_fn(|t| {
            let tap = tap + t.min(count - 1);
            let line = (2 * y + tap / run) % self.size;
            tables.fours[4 * (line * self.input.row() + tap % run)..].as_ptr()
        });
        let place = kernels[first * self.taps() + tap * width..].as_mut_ptr();
        let rows = (
            tables.gradients[first..].as_ptr(),
            tables.choices[first..].as_ptr(),
        );
        // From one cell to the next: two pixels of fours.
        let stride = 2 * self.input.channels * 4;
        macro_rules! with_shape {
            ($($taps:literal)*) => {
                // SAFETY: as the caller promises; a cell's pixels and those that a kernel sees from them have
                // right and lower neighbours in the photograph.
                unsafe {
                    match (count, width) {
                        $(($taps, LANES) => add_chosen::<$taps, 1>(
                            place, first_of(fours), stride, rows, self.padded, self.width),)*
                        $(($taps, _) => add_chosen::<$taps, 2>(
                            place, first_of(fours), stride, rows, self.padded, self.width),)*
                        _ => unreachable!("there are 1 to {TAPS} taps"),
                    }
                }
            };
        }
        with_shape!(1 2 3 4);
    }

    /// The gradients of [`Block::first_gradient`] in the order of LibTorch's memory: kernel, tap.
    pub(crate) fn unpack_first(&self, packed: &[f32], gradient: &mut [f32]) {
        let taps = self.taps();
        for (kernel, gradient) in gradient.chunks_exact_mut(taps).enumerate() {
            let first = kernel - kernel % SIDE_BY_SIDE;
            let width = SIDE_BY_SIDE.min(self.padded - first);
            for (tap, value) in gradient.iter_mut().enumerate() {
                *value = packed[first * taps + tap * width + (kernel - first)];
            }
        }
    }
}

/// The first `T` pointers.
fn first_of<const T: usize>(pointers: [*const f32; TAPS]) -> [*const f32; T] {
    std::array::from_fn(|t| pointers[t])
}
