//! Histograms as they are read: buckets, whichever way they were stored.

use crate::messages::{HistogramProto, TensorProto};

/// A part of a histogram.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    /// Where it begins; this value belongs to it.
    pub left: f64,
    /// Where it ends; this value belongs to the next one, or to this one if it is the last.
    pub right: f64,
    /// How many values it holds. Not a whole number where a writer interpolated.
    pub count: f64,
}

/// The buckets of a message of TensorFlow 1, as TensorBoard shows them: empty ones on both sides are left out,
/// and the others end at the least and the greatest value instead of at plus or minus 1.8e308. `None` where there
/// is a count without a limit.
pub(crate) fn of_histogram(histogram: &HistogramProto) -> Option<Vec<Bucket>> {
    let counts = &histogram.bucket;
    let is_used = |count: &f64| *count > 0.0;
    let (Some(start), Some(end)) = (
        counts.iter().position(is_used),
        counts.iter().rposition(is_used),
    ) else {
        return Some(Vec::new());
    };
    let inner = histogram.bucket_limit.get(start..end)?;
    let lefts = [histogram.min].into_iter().chain(inner.iter().copied());
    let rights = inner.iter().copied().chain([histogram.max]);
    let counts = counts.get(start..=end)?.iter().copied();
    let buckets = lefts.zip(rights).zip(counts);
    Some(
        buckets
            .map(|((left, right), count)| Bucket { left, right, count })
            .collect(),
    )
}

/// The buckets of a tensor of TensorFlow 2: one row each of left end, right end and count. `None` where it has
/// another shape.
pub(crate) fn of_tensor(tensor: &TensorProto) -> Option<Vec<Bucket>> {
    let [_, 3] = tensor.sizes()?.as_slice() else {
        return None;
    };
    let numbers = tensor.numbers()?;
    let (rows, _) = numbers.as_chunks();
    let bucket = |&[left, right, count]: &[f64; 3]| Bucket { left, right, count };
    Some(rows.iter().map(bucket).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn histogram(limits: &[f64], counts: &[f64]) -> Option<Vec<(f64, f64, f64)>> {
        let buckets = of_histogram(&HistogramProto {
            min: -0.5,
            max: 7.5,
            bucket_limit: limits.to_vec(),
            bucket: counts.to_vec(),
        })?;
        let parts = |bucket: &Bucket| (bucket.left, bucket.right, bucket.count);
        Some(buckets.iter().map(parts).collect())
    }

    #[test]
    fn empty_buckets_on_both_sides_are_left_out() {
        let limits = [-1.0, 0.0, 1.0, 2.0, f64::MAX];
        assert_eq!(
            histogram(&limits, &[0.0, 2.0, 0.0, 3.0, 0.0]),
            Some(vec![(-0.5, 0.0, 2.0), (0.0, 1.0, 0.0), (1.0, 7.5, 3.0)])
        );
        assert_eq!(
            histogram(&limits, &[0.0, 0.0, 0.0, 0.0, 3.0]),
            Some(vec![(-0.5, 7.5, 3.0)])
        );
        assert_eq!(histogram(&limits, &[0.0; 5]), Some(vec![]));
        assert_eq!(histogram(&[], &[]), Some(vec![]));
    }

    #[test]
    fn a_count_without_a_limit_is_no_histogram() {
        assert_eq!(histogram(&[1.0], &[1.0, 1.0, 1.0]), None);
        assert_eq!(histogram(&[], &[f64::NAN]), Some(vec![]));
    }
}
