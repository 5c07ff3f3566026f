//! Numbers by chance, the same on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    pub(crate) fn new(seed: u64) -> Chance {
        Chance(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.0.next_u64()) * end as u128) >> 64) as usize
    }

    /// In (0, 1).
    pub(crate) fn share(&mut self) -> f64 {
        ((self.0.next_u64() >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }

    /// Normal with mean 0, by Box and Muller's method.
    pub(crate) fn normal(&mut self, standard_deviation: f64) -> f64 {
        if standard_deviation == 0.0 {
            return 0.0;
        }
        let radius = (-2.0 * self.share().ln()).sqrt();
        standard_deviation * radius * (std::f64::consts::TAU * self.share()).cos()
    }
}
