//! The pigeonhole bootstrap as it is without any correction.

use crate::chance::Chance;

const RESAMPLES: usize = 2000;

/// Between which 95 % of the means of resampled seeds and photographs lie.
pub(crate) fn interval(differences: &[Vec<f64>], chance: &mut Chance) -> (f64, f64) {
    let (seeds, photographs) = (differences.len(), differences[0].len());
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let mut times = vec![0.0; seeds];
            (0..seeds).for_each(|_| times[chance.below(seeds)] += 1.0);
            let mut by_photograph = vec![0.0; photographs];
            for (row, times) in differences
                .iter()
                .zip(times)
                .filter(|(_, times)| *times > 0.0)
            {
                for (sum, difference) in by_photograph.iter_mut().zip(row) {
                    *sum += times * difference;
                }
            }
            let drawn = (0..photographs).map(|_| by_photograph[chance.below(photographs)]);
            drawn.sum::<f64>() / (seeds * photographs) as f64
        })
        .collect();
    means.sort_by(f64::total_cmp);
    (means[RESAMPLES / 40], means[RESAMPLES - 1 - RESAMPLES / 40])
}
