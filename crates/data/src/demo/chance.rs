//! The chance behind every photograph: shapes, colours, poses.
//!
//! A stream depends on the seed and on the photograph's number alone, so photographs can be drawn in any
//! order, on any number of threads. Only additions and multiplications, whose results are the same on every
//! machine, make the numbers.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// One stream of random numbers.
pub(super) struct Chance(ChaCha8Rng);

impl Chance {
    /// The stream of one photograph.
    pub(super) fn new(seed: u64, photograph: u64) -> Chance {
        let mut key = [0; 32];
        for (part, value) in key.chunks_exact_mut(8).zip([seed, photograph]) {
            part.copy_from_slice(&value.to_le_bytes());
        }
        Chance(ChaCha8Rng::from_seed(key))
    }

    /// Uniform in [0, 1).
    pub(super) fn uniform(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 / (1u32 << 24) as f32
    }

    /// Uniform in [`low`, `high`).
    pub(super) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.uniform()
    }

    /// Bell-shaped, with this mean and standard deviation, and at most 3.5 deviations from the mean: the
    /// sum of four uniform numbers, whose variance is 4/12.
    pub(super) fn around(&mut self, mean: f32, deviation: f32) -> f32 {
        const DEVIATIONS: f32 = 1.732_050_8;
        let sum = self.uniform() + self.uniform() + self.uniform() + self.uniform();
        mean + deviation * DEVIATIONS * (sum - 2.0)
    }

    /// True with this probability.
    pub(super) fn happens(&mut self, probability: f32) -> bool {
        self.uniform() < probability
    }

    /// One of the choices, at least one, each with its weight; weights add up to more than 0.
    pub(super) fn weighted<T: Copy, const N: usize>(&mut self, choices: [(f32, T); N]) -> T {
        const { assert!(N > 0) };
        let total: f32 = choices.iter().map(|(weight, _)| weight).sum();
        let mut left = self.uniform() * total;
        for (weight, choice) in choices {
            if left < weight {
                return choice;
            }
            left -= weight;
        }
        // Rounding can leave a little of the last weight.
        choices[N - 1].1
    }
}
