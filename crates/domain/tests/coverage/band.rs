//! How often the band of those not shown worse holds the truly best configuration.

use fitroom_domain::statistics::{Candidate, Verdict, compare};

use crate::chance::Chance;

const CONFIGURATIONS: usize = 40;
const PHOTOGRAPHS: usize = 250;
const ROUNDS: usize = 400;

/// Right and wrong answers of one trained model to photographs of which some are harder.
fn scores(accuracy: f64, hardness: &[f64], chance: &mut Chance) -> Vec<f64> {
    let right = |hardness: &f64| chance.share() > (1.0 - accuracy) * 2.0 * hardness;
    hardness
        .iter()
        .map(right)
        .map(|right| f64::from(u8::from(right)))
        .collect()
}

#[test]
fn the_band_holds_the_truly_best_configuration() {
    // By how much each of the others is truly less accurate: all equal, a little, much.
    for lack in [0.0, 0.02, 0.1] {
        let mut chance = Chance::new(7);
        let mut lost = 0;
        for _ in 0..ROUNDS {
            let hardness: Vec<f64> = (0..PHOTOGRAPHS).map(|_| chance.share()).collect();
            let models: Vec<Vec<f64>> = (0..CONFIGURATIONS)
                .map(|it| {
                    scores(
                        if it == 0 { 0.85 } else { 0.85 - lack },
                        &hardness,
                        &mut chance,
                    )
                })
                .collect();
            let candidate = |(id, scores): (usize, &'_ Vec<f64>)| (id, scores.iter().sum::<f64>());
            let first = (models.iter().enumerate().map(candidate))
                .max_by(|one, other| one.1.total_cmp(&other.1))
                .map_or(0, |(id, _)| id);
            let candidates: Vec<Candidate> = (models.iter().enumerate())
                .map(|(id, scores)| Candidate {
                    id,
                    trials: vec![(0, scores)],
                    multiply_adds: None,
                    parameters: None,
                })
                .collect();
            let found = compare(&candidates, first, 0.01).unwrap();
            lost += usize::from(found.entries[0].verdict == Verdict::ShownWorse);
        }
        let share = lost as f64 / ROUNDS as f64;
        println!("others lack {lack}: the truly best is outside the band in {share:.4}");
        // Three standard errors above what is promised.
        assert!(
            share < 0.05 + 3.0 * (0.05 * 0.95 / ROUNDS as f64).sqrt(),
            "{lack}: {share}"
        );
    }
}
