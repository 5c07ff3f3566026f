//! Seeds and photographs as two sources of chance.

use super::paired::PairedDifference;

/// The difference of two configurations, trained with the same seeds and seen on the same photographs, where
/// other seeds and other photographs could have come out differently: Owen's pigeonhole bootstrap (Annals of Applied
/// Statistics 1, 2007), which resamples seeds and photographs independently, with replacement.
///
/// The variance of the resampled means follows exactly from the table of differences: it is what all resamples together
/// have. So nothing is drawn, and nothing depends on luck. Three corrections make it fit for few seeds:
/// - The bootstrap counts the interaction of seed and photograph about three times: once with the seeds, once with the
///   photographs and once by itself. By the expected mean squares of a crossed table with two random factors (Cornfield
///   & Tukey, Annals of Mathematical Statistics 27, 1956), the variance is that by seeds plus that by photographs less
///   one interaction. Each is a sum of squares over its degrees of freedom, so that of k seeds is k/(k − 1) times the
///   bootstrap's.
/// - That estimate can be too small by chance, even negative. So the variance is at least that by seeds and at
///   least that by photographs.
/// - The mean is taken as Student's t, with Satterthwaite's degrees of freedom (Biometrics Bulletin 2, 1946).
///
/// `tests/coverage` measures how often 95 % intervals hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TwoWayBootstrap {
    seeds: usize,
    photographs: usize,
}

/// The mean of a table and what each source adds to its variance.
struct Parts {
    mean: f64,
    /// As if only seeds were drawn, with the interaction that this brings.
    seeds: f64,
    /// As if only photographs were drawn, with the interaction that this brings.
    photographs: f64,
    /// The interaction of both.
    interaction: f64,
}

impl TwoWayBootstrap {
    /// For tables of so many seeds and photographs.
    pub fn new(seeds: usize, photographs: usize) -> TwoWayBootstrap {
        TwoWayBootstrap { seeds, photographs }
    }

    /// The mean difference of two configurations: `differences[seed][photograph]` is the score of one less that of
    /// the other. `None` below two seeds or two photographs, or if there are others than said.
    pub fn difference(&self, differences: &[Vec<f64>]) -> Option<PairedDifference> {
        let complete = differences.len() == self.seeds
            && (differences.iter()).all(|row| row.len() == self.photographs);
        if !complete || self.seeds < 2 || self.photographs < 2 {
            return None;
        }
        let parts = self.parts(differences);
        let variance = (parts.seeds + parts.photographs - parts.interaction)
            .max(parts.seeds)
            .max(parts.photographs);
        Some(PairedDifference {
            mean: parts.mean,
            standard_error: variance.sqrt(),
            degrees_of_freedom: self.degrees_of_freedom(&parts, variance),
        })
    }

    fn parts(&self, differences: &[Vec<f64>]) -> Parts {
        let (seeds, photographs) = (self.seeds as f64, self.photographs as f64);
        let by_seed: Vec<f64> = (differences.iter())
            .map(|row| row.iter().sum::<f64>() / photographs)
            .collect();
        let mut by_photograph = vec![0.0; self.photographs];
        for row in differences {
            for (sum, difference) in by_photograph.iter_mut().zip(row) {
                *sum += difference;
            }
        }
        by_photograph.iter_mut().for_each(|sum| *sum /= seeds);
        let mean = by_seed.iter().sum::<f64>() / seeds;
        let square = |effect: f64| effect * effect;
        let seed_squares: f64 = by_seed.iter().map(|it| square(it - mean)).sum();
        let photograph_squares: f64 = by_photograph.iter().map(|it| square(it - mean)).sum();
        let mut interaction_squares = 0.0;
        for (row, by_seed) in differences.iter().zip(&by_seed) {
            for (difference, by_photograph) in row.iter().zip(&by_photograph) {
                interaction_squares += square(difference - by_seed - by_photograph + mean);
            }
        }
        let cells = seeds * photographs;
        Parts {
            mean,
            seeds: seed_squares / (seeds - 1.0) / seeds,
            photographs: photograph_squares / (photographs - 1.0) / photographs,
            interaction: interaction_squares / ((seeds - 1.0) * (photographs - 1.0)) / cells,
        }
    }

    fn degrees_of_freedom(&self, parts: &Parts, variance: f64) -> f64 {
        let (seeds, photographs) = (self.seeds as f64 - 1.0, self.photographs as f64 - 1.0);
        let fewest = seeds.min(photographs);
        let spread = parts.seeds.powi(2) / seeds
            + parts.photographs.powi(2) / photographs
            + parts.interaction.powi(2) / (seeds * photographs);
        if spread > 0.0 {
            (variance * variance / spread).max(fewest)
        } else {
            fewest
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::random::Draws;

    fn table(seeds: usize, photographs: usize) -> Vec<Vec<f64>> {
        let mut draws = Draws::new(1);
        let mut difference = || draws.below(3) as f64 / 2.0 - 0.5;
        let mut row = |_| (0..photographs).map(|_| difference()).collect();
        (0..seeds).map(&mut row).collect()
    }

    #[test]
    fn drawn_resamples_vary_as_the_formula_says() {
        let (seeds, photographs) = (5, 40);
        let table = table(seeds, photographs);
        let parts = TwoWayBootstrap::new(seeds, photographs).parts(&table);
        let (k, n) = (seeds as f64, photographs as f64);
        let expected = parts.seeds * (k - 1.0) / k
            + parts.photographs * (n - 1.0) / n
            + parts.interaction * (k - 1.0) * (n - 1.0) / (k * n);
        let mut draws = Draws::new(2);
        let rounds = 20_000;
        let mut squares = 0.0;
        for _ in 0..rounds {
            let columns: Vec<usize> = (0..photographs).map(|_| draws.below(photographs)).collect();
            let rows: Vec<usize> = (0..seeds).map(|_| draws.below(seeds)).collect();
            let of_row = |row: &usize| columns.iter().map(|it| table[*row][*it]).sum::<f64>();
            squares += (rows.iter().map(of_row).sum::<f64>() / (k * n) - parts.mean).powi(2);
        }
        // Four standard errors of a variance from so many rounds.
        let found = squares / f64::from(rounds);
        assert!((found / expected - 1.0).abs() < 4.0 * (2.0 / f64::from(rounds)).sqrt());
    }

    #[test]
    fn seeds_that_change_nothing_leave_students_t_over_photographs() {
        let row: Vec<f64> = table(1, 50).remove(0);
        let expected = crate::statistics::paired_t(&row).unwrap();
        let found = TwoWayBootstrap::new(4, 50)
            .difference(&vec![row; 4])
            .unwrap();
        assert!((found.mean - expected.mean).abs() < 1e-12);
        assert!((found.standard_error - expected.standard_error).abs() < 1e-12);
        assert!((found.degrees_of_freedom - 49.0).abs() < 1e-6);
    }

    #[test]
    fn photographs_that_change_nothing_leave_students_t_over_seeds() {
        let column = [0.1, 0.3, -0.2];
        let expected = crate::statistics::paired_t(&column).unwrap();
        let table: Vec<Vec<f64>> = column.iter().map(|it| vec![*it; 60]).collect();
        let found = TwoWayBootstrap::new(3, 60).difference(&table).unwrap();
        assert!((found.standard_error - expected.standard_error).abs() < 1e-12);
        assert!((found.degrees_of_freedom - 2.0).abs() < 1e-6);
    }

    #[test]
    fn identical_configurations_do_not_differ() {
        let found = TwoWayBootstrap::new(5, 9).difference(&vec![vec![0.0; 9]; 5]);
        assert_eq!(found.unwrap().p_value(), 1.0);
    }

    #[test]
    fn a_table_of_another_shape_has_no_difference() {
        let bootstrap = TwoWayBootstrap::new(2, 3);
        assert_eq!(bootstrap.difference(&[]), None);
        assert_eq!(bootstrap.difference(&[vec![0.0; 3], vec![0.0; 2]]), None);
        assert_eq!(TwoWayBootstrap::new(1, 3).difference(&[vec![0.0; 3]]), None);
        assert_eq!(
            TwoWayBootstrap::new(2, 1).difference(&vec![vec![0.0]; 2]),
            None
        );
    }
}
