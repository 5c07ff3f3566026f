//! Random numbers that depend on their purpose alone.
//!
//! LibTorch's global generator is shared by all threads and is never used. Each purpose has a stream of
//! its own: ChaCha8, a counter-based generator whose output is specified, keyed with (seed, purpose,
//! epoch). So what one trial draws depends neither on other trials nor on how much was drawn before.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What random numbers are for. The numbers are part of every stream's key: never reuse one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Initial weights; one stream for each layer, so that layers do not shift each other.
    InitialWeights {
        /// Position of the layer in the network.
        layer: u32,
    },
    /// The order of photographs in an epoch.
    Order,
    /// The dropout masks of an epoch.
    Dropout,
}

impl Purpose {
    fn code(self) -> u64 {
        match self {
            Purpose::InitialWeights { layer } => 1 << 32 | u64::from(layer),
            Purpose::Order => 2 << 32,
            Purpose::Dropout => 3 << 32,
        }
    }
}

/// One stream of random numbers.
pub(crate) struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream for this purpose in this epoch (0 where epochs do not matter).
    pub(crate) fn new(seed: u64, purpose: Purpose, epoch: u32) -> Stream {
        let mut key = [0; 32];
        for (part, value) in key
            .chunks_exact_mut(8)
            .zip([seed, purpose.code(), u64::from(epoch)])
        {
            part.copy_from_slice(&value.to_le_bytes());
        }
        Stream(ChaCha8Rng::from_seed(key))
    }

    /// Uniform in [0, 1): one of the 2^24 multiples of 2^-24.
    pub(crate) fn uniform(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 / (1u32 << 24) as f32
    }

    /// Uniform among the whole numbers below `bound`, which is at least 1; numbers that would favour
    /// some remainders are drawn again.
    fn below(&mut self, bound: u64) -> u64 {
        let usable = u64::MAX - u64::MAX % bound;
        loop {
            let drawn = self.0.next_u64();
            if drawn < usable {
                return drawn % bound;
            }
        }
    }

    /// A uniformly drawn order of the numbers below `count`: the shuffle of Fisher and Yates.
    pub(crate) fn order(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for last in (1..count).rev() {
            let other = self.below(last as u64 + 1) as usize;
            order.swap(last, other);
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_never_changes_between_versions() {
        // If this fails, every trial's result changes.
        let mut stream = Stream::new(7, Purpose::Order, 1);
        assert_eq!(stream.order(8), [0, 3, 6, 4, 7, 2, 5, 1]);
        let mut stream = Stream::new(7, Purpose::Dropout, 1);
        assert_eq!(
            [stream.uniform(), stream.uniform()],
            [0.071_016_91, 0.824_248_43]
        );
    }

    #[test]
    fn seed_purpose_and_epoch_each_give_another_stream() {
        let order = |seed, purpose, epoch| Stream::new(seed, purpose, epoch).order(50);
        let base = order(0, Purpose::Order, 1);
        assert_eq!(order(0, Purpose::Order, 1), base);
        assert_ne!(order(1, Purpose::Order, 1), base);
        assert_ne!(order(0, Purpose::Dropout, 1), base);
        assert_ne!(order(0, Purpose::Order, 2), base);
        assert_ne!(
            order(0, Purpose::InitialWeights { layer: 0 }, 0),
            order(0, Purpose::InitialWeights { layer: 1 }, 0)
        );
    }

    #[test]
    fn an_order_holds_every_number_once() {
        let mut order = Stream::new(3, Purpose::Order, 2).order(1000);
        assert_ne!(order, (0..1000).collect::<Vec<_>>());
        order.sort_unstable();
        assert_eq!(order, (0..1000).collect::<Vec<_>>());
    }

    #[test]
    fn uniform_numbers_have_the_mean_and_range_of_their_distribution() {
        let mut stream = Stream::new(1, Purpose::Dropout, 1);
        let drawn: Vec<f32> = (0..100_000).map(|_| stream.uniform()).collect();
        assert!(drawn.iter().all(|value| (0.0..1.0).contains(value)));
        let mean = drawn.iter().sum::<f32>() / drawn.len() as f32;
        assert!((mean - 0.5).abs() < 0.005, "mean {mean}");
    }
}
