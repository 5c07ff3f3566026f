//! Forward through a block.

use std::arch::x86_64::{
    __m128i, __m256, _CMP_GT_OQ, _CMP_UNORD_Q, _mm_packs_epi32, _mm_packus_epi16, _mm_storel_epi64,
    _mm256_blendv_ps, _mm256_castps_si256, _mm256_castsi256_ps, _mm256_castsi256_si128,
    _mm256_cmp_ps, _mm256_extracti128_si256, _mm256_loadu_ps, _mm256_max_ps, _mm256_or_ps,
    _mm256_set1_epi32, _mm256_setzero_ps, _mm256_storeu_ps,
};

use super::block::{Block, SIDE_BY_SIDE};
use super::planes::Planes;
use super::tile::{LANES, Tile, convolve};

/// Weights of one vector of kernels that a pass reads: so many that they stay in the first-level cache from
/// one cell of a row to the next.
const PASS: usize = 288;

/// The choice of a cell whose maximum is not above zero: ReLU lets no gradient through.
pub(crate) const NOTHING: u8 = 4;

/// Where the pooled values go.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Output {
    /// Into planes.
    Planes(Planes),
    /// Pixel by pixel, all kernels of a pixel side by side and nothing between: what a dense layer takes.
    Flat,
}

/// A block's weights as the forward pass reads them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ForwardWeights<'a> {
    /// By [`Block::pack_forward`].
    pub(crate) packed: &'a [f32],
    /// One value for each kernel, padding included.
    pub(crate) bias: &'a [f32],
}

/// One photograph on its way through a block.
#[derive(Debug)]
pub(crate) struct Forward<'a> {
    /// What goes in.
    pub(crate) input: &'a [f32],
    /// How `output` lies in memory.
    pub(crate) to: Output,
    /// The pooled values.
    pub(crate) output: &'a mut [f32],
    /// For each pooled value, pixel by pixel and `padded` kernels for each, which of its four pixels was the
    /// largest (row by row; the first of equals), or [`NOTHING`].
    pub(crate) choices: &'a mut [u8],
    /// At least [`Block::forward_scratch`] values to work with.
    pub(crate) scratch: &'a mut [f32],
}

impl Block {
    /// Values that [`Block::forward`] needs to work with.
    pub(crate) fn forward_scratch(&self) -> usize {
        self.width * 4 * SIDE_BY_SIDE
    }

    /// One photograph forward. Undefined values stay undefined.
    #[target_feature(enable = "avx2,fma")]
    pub(crate) fn forward(&self, weights: ForwardWeights<'_>, photograph: &mut Forward<'_>) {
        assert!(photograph.input.len() >= self.input.len());
        assert!(weights.packed.len() >= self.weights());
        assert!(weights.bias.len() >= self.padded);
        assert!(photograph.choices.len() >= self.choices());
        assert!(photograph.scratch.len() >= self.forward_scratch());
        assert!(
            photograph.output.len()
                >= match photograph.to {
                    Output::Planes(planes) => {
                        assert_eq!(planes.all_channels(), self.padded);
                        assert_eq!((planes.height, planes.width), (self.height, self.width));
                        planes.len()
                    }
                    Output::Flat => self.features(),
                }
        );
        for first in (0..self.padded).step_by(SIDE_BY_SIDE) {
            // SAFETY: the lengths that it reads and writes were checked above.
            unsafe {
                match self.padded - first {
                    LANES => self.forward_kernels::<1>(first, weights, photograph),
                    _ => self.forward_kernels::<2>(first, weights, photograph),
                }
            }
        }
    }

    /// `V` · 8 kernels from `first` on.
    ///
    /// # Safety
    /// As [`Block::forward`] checks.
    #[target_feature(enable = "avx2,fma")]
    unsafe fn forward_kernels<const V: usize>(
        &self,
        first: usize,
        weights: ForwardWeights<'_>,
        photograph: &mut Forward<'_>,
    ) {
        let (row, pixel, run) = (self.input.row(), self.input.channels, self.run());
        let rows_of_pass = (PASS / run).clamp(1, self.size);
        let passes = self.size.div_ceil(rows_of_pass);
        let last = self.input.count * passes - 1;
        let packed = &weights.packed[first * self.taps()..];
        for y in 0..self.height {
            for pass in 0..=last {
                let (plane, from) = (pass / passes, pass % passes * rows_of_pass);
                let rows = rows_of_pass.min(self.size - from);
                let pixels = plane * self.input.plane() + (2 * y + from) * row;
                let kernels = (plane * self.size + from) * run * V * LANES;
                for x in 0..self.width {
                    // SAFETY: a cell's pixels and those that the kernels see from them lie in the input,
                    // for it is not narrower or lower than 2 · cells + size − 1; the scratch has four
                    // pixels of `V` vectors for each cell of a row.
                    unsafe {
                        let place = photograph.scratch.as_mut_ptr().add(x * 4 * V * LANES);
                        let mut tile = match pass {
                            0 => [load::<V>(weights.bias.as_ptr().add(first)); 4],
                            _ => load_tile(place),
                        };
                        convolve(
                            &mut tile,
                            photograph.input.as_ptr().add(pixels + 2 * x * pixel),
                            (row, pixel),
                            (rows, run),
                            packed.as_ptr().add(kernels),
                        );
                        if pass == last {
                            self.pool(&tile, first, y * self.width + x, photograph);
                        } else {
                            store_tile(place, &tile);
                        }
                    }
                }
            }
        }
    }

    /// Writes the largest of a cell's four pixels, or zero, and which it was.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn pool<const V: usize>(
        &self,
        tile: &Tile<V>,
        first: usize,
        cell: usize,
        photograph: &mut Forward<'_>,
    ) {
        let Forward {
            to,
            output,
            choices,
            ..
        } = photograph;
        let [a, b, c, d] = tile;
        for (v, (((a, b), c), d)) in a.iter().zip(b).zip(c).zip(d).enumerate() {
            let kernel = first + v * LANES;
            let (value, choice) = largest([*a, *b, *c, *d]);
            let place = &mut choices[cell * self.padded + kernel..][..LANES];
            // SAFETY: eight bytes, as the slice has.
            unsafe { _mm_storel_epi64(place.as_mut_ptr().cast(), choice) };
            match *to {
                Output::Planes(planes) => {
                    let plane = kernel / planes.channels * planes.plane();
                    let place = plane + cell * planes.channels + kernel % planes.channels;
                    store(&mut output[place..][..LANES], value);
                }
                Output::Flat => {
                    let count = LANES.min(self.kernels - kernel);
                    let place = cell * self.kernels + kernel;
                    let place = &mut output[place..][..count];
                    if count == LANES {
                        store(place, value);
                    } else {
                        let mut values = [0.0; LANES];
                        store(&mut values, value);
                        place.copy_from_slice(&values[..count]);
                    }
                }
            }
        }
    }
}

/// The largest of four values or zero, and which of them it is: the first of equals, [`NOTHING`] when none is
/// above zero. Undefined where one of them is.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn largest([a, b, c, d]: [__m256; 4]) -> (__m256, __m128i) {
    let name = |choice: u8| _mm256_castsi256_ps(_mm256_set1_epi32(i32::from(choice)));
    let (mut value, mut choice) = (a, name(0));
    for (other, position) in [(b, 1), (c, 2), (d, 3)] {
        let larger = _mm256_cmp_ps::<_CMP_GT_OQ>(other, value);
        value = _mm256_blendv_ps(value, other, larger);
        choice = _mm256_blendv_ps(choice, name(position), larger);
    }
    let above = _mm256_cmp_ps::<_CMP_GT_OQ>(value, _mm256_setzero_ps());
    choice = _mm256_blendv_ps(name(NOTHING), choice, above);
    // Comparisons lose what is undefined; all bits set is undefined again.
    let undefined = _mm256_or_ps(
        _mm256_cmp_ps::<_CMP_UNORD_Q>(a, b),
        _mm256_cmp_ps::<_CMP_UNORD_Q>(c, d),
    );
    // Not `max(value, 0)`, which gives 0 for what is undefined.
    let value = _mm256_or_ps(_mm256_max_ps(_mm256_setzero_ps(), value), undefined);
    let choice = _mm256_castps_si256(choice);
    let choice = _mm_packs_epi32(
        _mm256_castsi256_si128(choice),
        _mm256_extracti128_si256::<1>(choice),
    );
    (value, _mm_packus_epi16(choice, choice))
}

/// # Safety
/// `V` · 8 values can be read.
#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn load<const V: usize>(from: *const f32) -> [__m256; V] {
    let mut values = [_mm256_setzero_ps(); V];
    for (v, values) in values.iter_mut().enumerate() {
        // SAFETY: as the caller promises.
        *values = unsafe { _mm256_loadu_ps(from.add(v * LANES)) };
    }
    values
}

/// # Safety
/// 4 · `V` · 8 values can be read.
#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn load_tile<const V: usize>(from: *const f32) -> Tile<V> {
    let mut tile = [[_mm256_setzero_ps(); V]; 4];
    for (corner, sums) in tile.iter_mut().enumerate() {
        // SAFETY: as the caller promises.
        *sums = unsafe { load(from.add(corner * V * LANES)) };
    }
    tile
}

/// # Safety
/// 4 · `V` · 8 values can be written.
#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn store_tile<const V: usize>(to: *mut f32, tile: &Tile<V>) {
    for (place, sums) in tile.as_flattened().iter().enumerate() {
        // SAFETY: as the caller promises.
        unsafe { _mm256_storeu_ps(to.add(place * LANES), *sums) };
    }
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn store(to: &mut [f32], value: __m256) {
    assert_eq!(to.len(), LANES);
    // SAFETY: eight values, as the slice has.
    unsafe { _mm256_storeu_ps(to.as_mut_ptr(), value) };
}
