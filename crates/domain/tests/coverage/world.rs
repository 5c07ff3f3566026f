//! Two configurations whose models are right by chance.

use crate::chance::Chance;

/// The log-odds that a model is right on a photograph are the sum of its configuration's, of how easy the photograph is
/// for any model, of how easy it is for this configuration, of how well training went with this seed, and of
/// how both fit; all but the first are normal with mean 0.
pub(crate) struct World {
    /// What most of the variance of a difference comes from.
    pub(crate) name: &'static str,
    log_odds: [f64; 2],
    /// Standard deviations.
    photograph: f64,
    photograph_for_one: f64,
    seed: f64,
    seed_on_photograph: f64,
}

pub(crate) const WORLDS: [World; 6] = [
    World {
        name: "seeds",
        log_odds: [1.5, 1.2],
        photograph: 1.5,
        photograph_for_one: 0.3,
        seed: 1.0,
        seed_on_photograph: 0.3,
    },
    World {
        name: "photographs",
        log_odds: [1.5, 1.2],
        photograph: 1.0,
        photograph_for_one: 6.0,
        seed: 0.05,
        seed_on_photograph: 0.1,
    },
    World {
        name: "interaction",
        log_odds: [1.5, 1.2],
        photograph: 1.5,
        photograph_for_one: 0.0,
        seed: 0.0,
        seed_on_photograph: 0.5,
    },
    World {
        name: "interaction, accurate",
        log_odds: [3.0, 2.9],
        photograph: 1.0,
        photograph_for_one: 0.0,
        seed: 0.0,
        seed_on_photograph: 0.0,
    },
    World {
        name: "all three",
        log_odds: [1.8, 1.6],
        photograph: 2.0,
        photograph_for_one: 1.0,
        seed: 0.3,
        seed_on_photograph: 1.0,
    },
    World {
        name: "no difference, accurate",
        log_odds: [4.0, 4.0],
        photograph: 2.0,
        photograph_for_one: 0.5,
        seed: 0.3,
        seed_on_photograph: 0.5,
    },
];

impl World {
    /// The difference of accuracies over all seeds and photographs there could be.
    pub(crate) fn true_difference(&self) -> f64 {
        let spread = [
            self.photograph,
            self.photograph_for_one,
            self.seed,
            self.seed_on_photograph,
        ];
        let spread = spread.iter().map(|it| it * it).sum::<f64>().sqrt();
        // Sums over a grid of normal densities are as good as exact.
        let grid = || (-1000..=1000).map(|step| f64::from(step) / 100.0);
        let density = |z: f64| (-z * z / 2.0).exp();
        let accuracy = |log_odds: f64| {
            let sum: f64 = grid()
                .map(|z| density(z) * logistic(log_odds + spread * z))
                .sum();
            sum / grid().map(density).sum::<f64>()
        };
        accuracy(self.log_odds[0]) - accuracy(self.log_odds[1])
    }

    /// Differences by seed and photograph of models that were trained and seen.
    pub(crate) fn draw(
        &self,
        seeds: usize,
        photographs: usize,
        chance: &mut Chance,
    ) -> Vec<Vec<f64>> {
        let easy: Vec<f64> = (0..photographs)
            .map(|_| chance.normal(self.photograph))
            .collect();
        let mut differences = vec![vec![0.0; photographs]; seeds];
        for (log_odds, sign) in self.log_odds.into_iter().zip([1.0, -1.0]) {
            let easy: Vec<f64> = (easy.iter())
                .map(|it| it + log_odds + chance.normal(self.photograph_for_one))
                .collect();
            for row in &mut differences {
                let seed = chance.normal(self.seed);
                for (difference, easy) in row.iter_mut().zip(&easy) {
                    let odds = easy + seed + chance.normal(self.seed_on_photograph);
                    if chance.share() < logistic(odds) {
                        *difference += sign;
                    }
                }
            }
        }
        differences
    }
}

fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}
