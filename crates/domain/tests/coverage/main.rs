//! How often the 95 % intervals of [`TwoWayBootstrap`] hold the true difference, on made-up models that are right and
//! wrong by chance; beside them the plain percentile interval of the pigeonhole bootstrap.
//!
//! `FITROOM_COVERAGE_ROUNDS=4000 cargo test --release -p fitroom-domain --test coverage -- --nocapture` writes the
//! table; without the variable there are fewer rounds and no percentile intervals.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod band;
mod chance;
mod percentile;
mod review;
mod world;

use chance::Chance;
use fitroom_domain::statistics::{PairedDifference, TwoWayBootstrap};
use world::{WORLDS, World};

const FEW_ROUNDS: usize = 300;

/// How often each kind of interval held the truth, shares of rounds.
#[derive(Default)]
struct Coverage {
    two_way: f64,
    two_way_999: f64,
    percentile: f64,
}

#[test]
fn intervals_hold_as_often_as_they_say() {
    let many = std::env::var("FITROOM_COVERAGE_ROUNDS").ok();
    let rounds = many.as_ref().map_or(FEW_ROUNDS, |it| it.parse().unwrap());
    println!(
        "dominated by | seeds | photographs | two-way 95 % | two-way 99.9 % | percentile 95 %"
    );
    for world in WORLDS {
        for seeds in [5, 10] {
            for photographs in [94, 167, 600] {
                let found = coverage(&world, (seeds, photographs), rounds, many.is_some());
                println!(
                    "{} | {seeds} | {photographs} | {:.4} | {:.4} | {:.4}",
                    world.name, found.two_way, found.two_way_999, found.percentile
                );
                // What is asked for, and three standard errors of so many rounds.
                let slack = |share: f64| 3.0 * (share * (1.0 - share) / rounds as f64).sqrt();
                let range = 0.93 - slack(0.93)..=0.995 + slack(0.995);
                assert!(range.contains(&found.two_way), "{}", found.two_way);
            }
        }
    }
}

fn coverage(world: &World, shape: (usize, usize), rounds: usize, percentile: bool) -> Coverage {
    let (seeds, photographs) = shape;
    let mut chance = Chance::new(seeds as u64 * 1000 + photographs as u64);
    let bootstrap = TwoWayBootstrap::new(seeds, photographs);
    let truth = world.true_difference();
    let mut held = Coverage::default();
    let each = 1.0 / rounds as f64;
    for _ in 0..rounds {
        let differences = world.draw(seeds, photographs, &mut chance);
        let found = bootstrap.difference(&differences).unwrap();
        // The interval holds the truth if the distance to it is not significant.
        let p_value = PairedDifference {
            mean: found.mean - truth,
            ..found
        }
        .p_value();
        held.two_way += if p_value >= 0.05 { each } else { 0.0 };
        held.two_way_999 += if p_value >= 0.001 { each } else { 0.0 };
        if percentile {
            let (low, high) = percentile::interval(&differences, &mut chance);
            held.percentile += if (low..=high).contains(&truth) {
                each
            } else {
                0.0
            };
        }
    }
    held
}
