//! The innermost loops, in AVX2 with fused multiply-add. Everything that is hot ends here.

use std::arch::x86_64::{
    __m256, __m256i, _mm_loadu_ps, _mm256_broadcast_ss, _mm256_fmadd_ps, _mm256_loadu_ps,
    _mm256_loadu_si256, _mm256_permutevar_ps, _mm256_set_m128, _mm256_setzero_ps,
    _mm256_setzero_si256, _mm256_storeu_ps,
};

/// Values of a vector register.
pub(crate) const LANES: usize = 8;

/// The convolution of 2×2 pixels, which one pooled value comes from, with `V` · 8 kernels.
pub(crate) type Tile<const V: usize> = [[__m256; V]; 4];

/// Adds to each of the four pixels what some rows of the kernels see: for each of `rows` rows `run` values
/// from the pixel on (kernel width × channels, which lie side by side), each times its `V` · 8 weights.
///
/// Two vectors of kernels for four pixels keep eight sums apart, as many as the two units with a latency of
/// four cycles take, and need six loads for eight multiply-adds.
///
/// # Safety
/// `pixels` points to the upper left pixel; from it `rows` + 1 rows of `row` values, of which the first
/// `pixel` + `run` are read, and from `weights` on `rows` · `run` · `V` · 8 values can be read.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) unsafe fn convolve<const V: usize>(
    tile: &mut Tile<V>,
    mut pixels: *const f32,
    (row, pixel): (usize, usize),
    (rows, run): (usize, usize),
    mut weights: *const f32,
) {
    for _ in 0..rows {
        // SAFETY: as the caller promises.
        unsafe {
            let corners = [
                pixels,
                pixels.add(pixel),
                pixels.add(row),
                pixels.add(row + pixel),
            ];
            for value in 0..run {
                let mut kernels = [_mm256_setzero_ps(); V];
                for (v, kernels) in kernels.iter_mut().enumerate() {
                    *kernels = _mm256_loadu_ps(weights.add(v * LANES));
                }
                for (sums, corner) in tile.iter_mut().zip(corners) {
                    let value = _mm256_broadcast_ss(&*corner.add(value));
                    for (sum, kernels) in sums.iter_mut().zip(kernels) {
                        *sum = _mm256_fmadd_ps(value, kernels, *sum);
                    }
                }
                weights = weights.add(V * LANES);
            }
            pixels = pixels.add(row);
        }
    }
}

/// A value and the place of what it is multiplied with.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Term {
    /// Values from the source's start.
    pub(crate) offset: u32,
    /// The factor.
    pub(crate) factor: f32,
}

/// Adds to the `V` · 8 values at `target`, for each term, its factor times as many values of `source` from
/// its offset on.
///
/// # Safety
/// `V` · 8 values can be written at `target`, and read from `source` on at every term's offset.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) unsafe fn add_terms<const V: usize>(
    target: *mut f32,
    terms: &[Term],
    source: *const f32,
) {
    let mut sums = [_mm256_setzero_ps(); V];
    // SAFETY: as the caller promises.
    unsafe {
        for (v, sum) in sums.iter_mut().enumerate() {
            *sum = _mm256_loadu_ps(target.add(v * LANES));
        }
        for term in terms {
            let factor = _mm256_broadcast_ss(&term.factor);
            let source = source.add(term.offset as usize);
            for (v, sum) in sums.iter_mut().enumerate() {
                *sum = _mm256_fmadd_ps(factor, _mm256_loadu_ps(source.add(v * LANES)), *sum);
            }
        }
        for (v, sum) in sums.iter().enumerate() {
            _mm256_storeu_ps(target.add(v * LANES), *sum);
        }
    }
}

/// Adds to `T` rows of `V` · 8 values at `target`, for each of `cells` cells, its gradients times those of
/// the four pixels that its choices name. The `T` pointers of `fours` lead to the first cell's pixels, four
/// of them side by side; the next cell's are `stride` values further.
///
/// One permutation picks for eight kernels at once, each of which may have chosen another pixel: a
/// multiplication of all four with three zeros among the gradients would take four times the work.
///
/// # Safety
/// `T` · `V` · 8 values can be written at `target`. From `gradients` and `choices` on `cells` rows of `width`
/// values can be read, `V` · 8 of the last; from each of `fours` 4 values at each of `cells` steps.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) unsafe fn add_chosen<const T: usize, const V: usize>(
    target: *mut f32,
    fours: [*const f32; T],
    stride: usize,
    (gradients, choices): (*const f32, *const i32),
    width: usize,
    cells: usize,
) {
    let mut sums = [[_mm256_setzero_ps(); V]; T];
    // SAFETY: as the caller promises.
    unsafe {
        for (t, sums) in sums.iter_mut().enumerate() {
            for (v, sum) in sums.iter_mut().enumerate() {
                *sum = _mm256_loadu_ps(target.add((t * V + v) * LANES));
            }
        }
        for cell in 0..cells {
            let mut gradient: [__m256; V] = [_mm256_setzero_ps(); V];
            let mut choice: [__m256i; V] = [_mm256_setzero_si256(); V];
            for v in 0..V {
                let place = cell * width + v * LANES;
                gradient[v] = _mm256_loadu_ps(gradients.add(place));
                choice[v] = _mm256_loadu_si256(choices.add(place).cast());
            }
            for (sums, four) in sums.iter_mut().zip(fours) {
                let four = _mm_loadu_ps(four.add(cell * stride));
                let four = _mm256_set_m128(four, four);
                for v in 0..V {
                    let chosen = _mm256_permutevar_ps(four, choice[v]);
                    sums[v] = _mm256_fmadd_ps(gradient[v], chosen, sums[v]);
                }
            }
        }
        for (t, sums) in sums.iter().enumerate() {
            for (v, sum) in sums.iter().enumerate() {
                _mm256_storeu_ps(target.add((t * V + v) * LANES), *sum);
            }
        }
    }
}
