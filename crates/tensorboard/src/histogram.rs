//! Histograms: how the values of a tensor are spread, for each tag and step.
//!
//! The buckets are those of TensorFlow's `histogram_summary` (`core/lib/histogram/histogram.cc`), so that
//! histograms of both look the same: from 1e-12 on each is 1.1 times as wide as the one before, below 0
//! likewise, and a run of empty ones is written as one.

use std::sync::LazyLock;

use tensorboard_rs::summary;

use crate::event_writer::{EventWriter, WriteEventError};

/// Where buckets end, ascending: the value itself belongs to the next bucket.
static LIMITS: LazyLock<Vec<f64>> = LazyLock::new(|| {
    let mut positive = Vec::new();
    let mut limit = 1e-12;
    while limit < 1e20 {
        positive.push(limit);
        limit *= 1.1;
    }
    positive.push(f64::MAX);
    let negative = positive.iter().rev().map(|limit| -limit);
    negative
        .chain([0.0])
        .chain(positive.iter().copied())
        .collect()
});

/// For the upper half of a value's bits (sign, exponent and seven bits of its fraction: a range of less than a
/// hundredth of the value) the bucket of the smallest value that begins so. Others are in it or the next.
static FIRST_BUCKETS: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let bucket = |value: f32| LIMITS.partition_point(|limit| *limit <= f64::from(value)) as u16;
    let bits = (0..=u16::MAX).map(|upper| u32::from(upper) << 16);
    // The more bits of a negative value are set, the smaller it is.
    let smallest =
        bits.map(|bits| f32::from_bits(if bits >> 31 == 1 { bits | 0xffff } else { bits }));
    smallest
        .map(|value| if value.is_finite() { bucket(value) } else { 0 })
        .collect()
});

/// How values are spread.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// One for each limit.
    counts: Vec<u64>,
    min: f64,
    max: f64,
    number: u64,
    sum: f64,
    sum_of_squares: f64,
}

impl Histogram {
    /// How these values are spread; those that are not finite are left out.
    pub fn of(values: &[f32]) -> Histogram {
        let mut histogram = Histogram {
            counts: vec![0; LIMITS.len()],
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            number: 0,
            sum: 0.0,
            sum_of_squares: 0.0,
        };
        // A piece at a time, so that its second reading finds it in the processor's cache.
        values.chunks(2048).for_each(|piece| histogram.add(piece));
        histogram
    }

    fn add(&mut self, values: &[f32]) {
        const LANES: usize = 8;
        let (limits, first_buckets) = (LIMITS.as_slice(), FIRST_BUCKETS.as_slice());
        let pieces = values.chunks_exact(LANES);
        let rest = pieces.remainder();
        // Sums of their own, added at the end: the processor works on all of them at once.
        let (mut min, mut max) = ([f32::INFINITY; LANES], [f32::NEG_INFINITY; LANES]);
        let (mut sum, mut squares) = ([0.0_f64; LANES], [0.0_f64; LANES]);
        let mut is_finite = true;
        for piece in pieces.chain([rest]) {
            for (lane, &value) in piece.iter().enumerate() {
                is_finite &= value.is_finite();
                min[lane] = min[lane].min(value);
                max[lane] = max[lane].max(value);
                sum[lane] += f64::from(value);
                squares[lane] += f64::from(value) * f64::from(value);
            }
        }
        if !is_finite {
            let finite = values.iter().copied().filter(|value| value.is_finite());
            return self.add(&finite.collect::<Vec<f32>>());
        }
        for &value in values {
            let first = usize::from(first_buckets[(value.to_bits() >> 16) as usize]);
            let bucket = first + usize::from(f64::from(value) >= limits[first]);
            self.counts[bucket] += 1;
        }
        self.number += values.len() as u64;
        self.sum += sum.iter().sum::<f64>();
        self.sum_of_squares += squares.iter().sum::<f64>();
        for (min, max) in min.into_iter().zip(max) {
            self.min = self.min.min(f64::from(min));
            self.max = self.max.max(f64::from(max));
        }
    }

    /// The least and the highest value, how many there are, their sum and the sum of their squares. Of no value
    /// the least is infinite, and the highest is its negative.
    pub fn figures(&self) -> [f64; 5] {
        let number = self.number as f64;
        [self.min, self.max, number, self.sum, self.sum_of_squares]
    }

    /// Ends of buckets and their counts, as they are written: of empty buckets side by side only the last.
    pub fn buckets(&self) -> (Vec<f64>, Vec<f64>) {
        let all = LIMITS.iter().zip(&self.counts).enumerate();
        all.filter(|(index, (_, count))| {
            let next = self.counts.get(index + 1);
            **count > 0 || next.is_none_or(|next| *next > 0)
        })
        .map(|(_, (limit, count))| (*limit, *count as f64))
        .unzip()
    }
}

impl EventWriter {
    /// Adds one event with a histogram under `tag` at `step`, unless it holds no value.
    ///
    /// `wall_time` is in seconds since 1970, UTC.
    ///
    /// # Errors
    /// When the event cannot be written. The file is then not to be written any further.
    pub fn histogram(
        &mut self,
        step: i64,
        wall_time: f64,
        tag: &str,
        histogram: &Histogram,
    ) -> Result<(), WriteEventError> {
        if histogram.number == 0 {
            return Ok(());
        }
        let (limits, counts) = histogram.buckets();
        let [min, max, number, sum, squares] = histogram.figures();
        let summary = summary::histogram_raw(tag, min, max, number, sum, squares, &limits, &counts);
        self.add_summary(step, wall_time, summary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bucket of each value by the definition, one search each.
    fn counted(values: &[f32]) -> Vec<u64> {
        let mut counts = vec![0; LIMITS.len()];
        for value in values {
            counts[LIMITS.partition_point(|limit| *limit <= f64::from(*value))] += 1;
        }
        counts
    }

    #[test]
    fn every_kind_of_value_falls_into_its_bucket() {
        // Every 997th single: zeros, denormal, tiny, huge ones, of both signs.
        let singles = (0..=u32::MAX).step_by(997).map(f32::from_bits);
        let mut values: Vec<f32> = singles.filter(|value| value.is_finite()).collect();
        // And those nearest to where buckets end.
        for limit in LIMITS.iter().map(|limit| *limit as f32) {
            values.extend(
                [limit.next_down(), limit, limit.next_up()]
                    .iter()
                    .filter(|it| it.is_finite()),
            );
        }
        values.extend([0.0, -0.0, f32::MAX, f32::MIN]);
        assert!(values.len() > 4_000_000);
        assert_eq!(Histogram::of(&values).counts, counted(&values));
    }

    #[test]
    fn figures_are_those_of_the_values() {
        let values: Vec<f32> = (0..5003)
            .map(|index| (index as f32 - 2000.0) / 8.0)
            .collect();
        let histogram = Histogram::of(&values);
        assert_eq!((histogram.min, histogram.max), (-250.0, 375.25));
        assert_eq!(histogram.number, 5003);
        // Eighths: sums of them are exact.
        let sum: f64 = values.iter().map(|value| f64::from(*value)).sum();
        let squares: f64 = values.iter().map(|value| f64::from(*value).powi(2)).sum();
        assert_eq!((histogram.sum, histogram.sum_of_squares), (sum, squares));
    }

    #[test]
    fn values_that_are_not_finite_are_left_out() {
        let mut values = vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY];
        assert_eq!(Histogram::of(&values).number, 0);
        values.extend([1.0, 2.0]);
        assert_eq!(Histogram::of(&values), Histogram::of(&[1.0, 2.0]));
    }

    #[test]
    fn empty_buckets_side_by_side_are_written_as_one() {
        let (limits, counts) = Histogram::of(&[0.0, 1e30, 1e30]).buckets();
        assert_eq!(counts, [0.0, 1.0, 0.0, 2.0]);
        assert_eq!((limits[0], limits[1]), (0.0, 1e-12));
        assert!(
            limits[2] > 0.9e20 && limits[2] < 1e20 && limits[3] == f64::MAX,
            "{limits:?}"
        );
    }
}
