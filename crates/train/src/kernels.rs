//! The two blocks of the network, forward and backward, on one or several cores with AVX2.
//!
//! Nearly all the time of a sweep goes here. Four things make it quick:
//!
//! - Convolution, bias, ReLU and pooling are one pass: what is not pooled is never written ([`forward`]).
//! - Only one of four convolved pixels has a gradient: the others are not multiplied with ([`backward`],
//!   [`first_gradient`]), nor are, in the second block, those that ReLU cut off.
//! - Activations lie so that every innermost loop reads one short run of memory after the other
//!   ([`planes`]).
//! - Memory is taken once for a trial ([`convolutions`]), so that no step waits for the system to map pages.
//!
//! Everything follows LibTorch's operators, which tests compare it with; only the order of sums differs.
//! It is the same for every photograph, whatever else runs.

#![allow(
    unsafe_code,
    reason = "vector instructions read and write through pointers"
)]

mod backward;
mod block;
mod convolutions;
mod first_gradient;
mod forward;
mod planes;
mod shapes;
mod tile;
mod worker;

pub(crate) use convolutions::Convolutions;
pub(crate) use shapes::{Kept, Shapes};
pub(crate) use worker::ConvolutionGradients;

/// Counts changes of the order of sums, or of what is rounded to zero: with another version, bits differ.
pub(crate) const VERSION: u32 = 2;

/// Proof that the processor has AVX2 and fused multiply-add.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx2(());

impl Avx2 {
    /// The proof, if it can be had.
    pub(crate) fn detect() -> Option<Avx2> {
        (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")).then_some(Avx2(()))
    }
}
