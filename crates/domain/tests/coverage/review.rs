//! How often the labels that a review rule accepts are truly less precise than it was asked for. Its threshold is chosen
//! among many by the same photographs, which its bound knows nothing of.

use fitroom_domain::route::review_rule;

use crate::chance::Chance;

const PHOTOGRAPHS: usize = 1000;
const FEW_ROUNDS: usize = 150;
const PRECISION: f64 = 0.95;
const CONFIDENCE: f64 = 0.95;

/// Photographs whose labels are right with log-odds that are normal, and models that more or less know these.
struct Catalogue {
    name: &'static str,
    /// The mean and the standard deviation of the log-odds.
    log_odds: (f64, f64),
    /// What the models say: the log-odds and a normal error with this standard deviation, times a factor.
    error: f64,
    factor: f64,
    /// By how much a threshold may fail more often than in 5 % of rounds.
    excess: f64,
}

const CATALOGUES: [Catalogue; 4] = [
    Catalogue {
        name: "calibrated",
        log_odds: (3.0, 2.0),
        error: 0.0,
        factor: 1.0,
        excess: 0.0,
    },
    Catalogue {
        name: "calibrated, alike",
        log_odds: (3.0, 1.0),
        error: 0.0,
        factor: 1.0,
        excess: 0.0,
    },
    Catalogue {
        name: "overconfident",
        log_odds: (3.0, 2.0),
        error: 1.0,
        factor: 1.5,
        excess: 0.0,
    },
    // All labels are right with the same chance, just less than is asked for.
    Catalogue {
        name: "guessed",
        log_odds: (2.924, 0.0),
        error: 2.0,
        factor: 1.0,
        excess: 0.17,
    },
];

fn share_of(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

impl Catalogue {
    /// What the models say of a photograph, and the chance that this is right.
    fn draw(&self, chance: &mut Chance) -> (f64, f64) {
        let log_odds = self.log_odds.0 + chance.normal(self.log_odds.1);
        let said = self.factor * (log_odds + chance.normal(self.error));
        (share_of(said), share_of(log_odds))
    }
}

/// Shares of rounds.
struct Found {
    /// With a rule whose labels are truly less precise.
    failed: f64,
    /// Without a rule.
    none: f64,
    /// Photographs that rules accept, of those that they were chosen on.
    accepted: f64,
    /// The precision that the rules of 99 % of rounds have at least.
    least: f64,
}

fn found(catalogue: &Catalogue, rounds: usize) -> Found {
    let mut chance = Chance::new(11);
    // With many rounds the true precision must be known better, too.
    let population = 1000 * rounds.min(4000);
    let mut population: Vec<(f64, f64)> = (0..population)
        .map(|_| catalogue.draw(&mut chance))
        .collect();
    population.sort_by(|one, other| other.0.total_cmp(&one.0));
    let mut sum = 0.0;
    // The true precision of all that lie at or above each photograph.
    let precisions: Vec<f64> = (population.iter().enumerate())
        .map(|(place, (_, share))| {
            sum += share;
            sum / (place + 1) as f64
        })
        .collect();
    let (mut reached, mut accepted) = (Vec::new(), 0);
    for _ in 0..rounds {
        let validation: Vec<(f64, bool)> = (0..PHOTOGRAPHS)
            .map(|_| {
                let (said, share) = catalogue.draw(&mut chance);
                (said, chance.share() < share)
            })
            .collect();
        if let Some(rule) = review_rule(&validation, PRECISION, CONFIDENCE) {
            let above = population.partition_point(|(said, _)| *said >= rule.threshold);
            reached.push(precisions[above.max(1) - 1]);
            accepted += rule.accepted;
        }
    }
    let failed = reached.iter().filter(|it| **it < PRECISION).count();
    let none = rounds - reached.len();
    let accepted = accepted as f64 / (reached.len().max(1) * PHOTOGRAPHS) as f64;
    // Nothing is wrong with what nobody accepts.
    reached.resize(rounds, 1.0);
    reached.sort_by(f64::total_cmp);
    Found {
        failed: failed as f64 / rounds as f64,
        none: none as f64 / rounds as f64,
        accepted,
        least: reached[rounds / 100],
    }
}

#[test]
fn accepted_labels_are_seldom_less_precise_than_asked_for() {
    let many = std::env::var("FITROOM_COVERAGE_ROUNDS").ok();
    let rounds = many.map_or(FEW_ROUNDS, |it| it.parse().unwrap());
    println!("models | less precise | no rule | accepted | 99 % reach");
    for catalogue in CATALOGUES {
        let found = found(&catalogue, rounds);
        println!(
            "{} | {:.4} | {:.4} | {:.3} | {:.4}",
            catalogue.name, found.failed, found.none, found.accepted, found.least
        );
        let expected = 1.0 - CONFIDENCE + catalogue.excess;
        // Three standard errors of so many rounds.
        let slack = 3.0 * (expected * (1.0 - expected) / rounds as f64).sqrt();
        assert!(
            found.failed < expected + slack,
            "{}: {}",
            catalogue.name,
            found.failed
        );
        // Where it fails, it does not fail by much.
        assert!(
            found.least > PRECISION - 0.02,
            "{}: {}",
            catalogue.name,
            found.least
        );
    }
}
