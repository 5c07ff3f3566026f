//! How lucky the best of many models was.

use super::random::Draws;
use super::scores::mean;

/// How often the choice of the best is repeated.
const RESAMPLES: usize = 1000;

/// How much of the accuracy of the best of these trained models is luck, because it was chosen on the same photographs
/// that its accuracy is of: a share, at least 0. `scores` holds each model's scores of the same photographs; models
/// with another number of photographs than the first are left out. 0 below two models or two photographs.
///
/// This is the optimism of the bootstrap (Efron, JASA 78, 1983; for choices Tibshirani & Tibshirani, Annals of Applied
/// Statistics 3, 2009). 1000 times, photographs are drawn with replacement and the best model on these is chosen.
/// The answer is how much higher its accuracy on these is than its true one, on average.
///
/// The true accuracies of these draws are not those that were seen. Seen accuracies lie further apart than true ones,
/// since luck spreads them, and a choice among them looks too easy: of 50 equal models, only 0.6 to 0.7 of the optimism
/// would be found. So they are pulled towards their mean until only the variance without luck is left (Louis,
/// JASA 79, 1984).
pub fn optimism(scores: &[&[f64]]) -> f64 {
    let photographs = scores.first().map_or(0, |first| first.len());
    let scores: Vec<&[f64]> = (scores.iter().copied())
        .filter(|scores| scores.len() == photographs)
        .collect();
    if scores.len() < 2 || photographs < 2 {
        return 0.0;
    }
    // Row after row the scores of one photograph by all models, so that a resample adds rows.
    let rows: Vec<f64> = (0..photographs)
        .flat_map(|photograph| scores.iter().map(move |scores| scores[photograph]))
        .collect();
    let rows: Vec<&[f64]> = rows.chunks(scores.len()).collect();
    let accuracies: Vec<f64> = scores.iter().filter_map(|scores| mean(scores)).collect();
    let truths = without_luck(&rows, &accuracies);

    let mut draws = Draws::new(0);
    let mut sum = 0.0;
    for _ in 0..RESAMPLES {
        let mut right = vec![0.0; scores.len()];
        for _ in 0..photographs {
            for (right, score) in right.iter_mut().zip(rows[draws.below(photographs)]) {
                *right += score;
            }
        }
        let (mut best, mut luck_of_best) = (f64::NEG_INFINITY, 0.0);
        for ((right, accuracy), truth) in right.into_iter().zip(&accuracies).zip(&truths) {
            let luck = right / photographs as f64 - accuracy;
            if truth + luck > best {
                (best, luck_of_best) = (truth + luck, luck);
            }
        }
        sum += luck_of_best;
    }
    (sum / RESAMPLES as f64).max(0.0)
}

/// The accuracies, pulled towards their mean until their variance is the seen one less what the choice of
/// photographs alone adds to it.
fn without_luck(rows: &[&[f64]], accuracies: &[f64]) -> Vec<f64> {
    let (photographs, models) = (rows.len() as f64, accuracies.len() as f64);
    let centre = accuracies.iter().sum::<f64>() / models;
    let seen: f64 = (accuracies.iter().map(|it| (it - centre).powi(2))).sum::<f64>() / models;
    let mut luck = 0.0;
    for row in rows {
        let row_centre = row.iter().sum::<f64>() / models;
        for (score, accuracy) in row.iter().zip(accuracies) {
            luck += (score - row_centre - (accuracy - centre)).powi(2);
        }
    }
    let luck = luck / models / (photographs - 1.0) / photographs;
    let kept = if seen > luck {
        (1.0 - luck / seen).sqrt()
    } else {
        0.0
    };
    (accuracies.iter())
        .map(|accuracy| centre + kept * (accuracy - centre))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Models that are right with chance `accuracy`, independently of each other.
    fn models(count: usize, photographs: usize, accuracy: f64, draws: &mut Draws) -> Vec<Vec<f64>> {
        let limit = (accuracy * 1e6) as usize;
        let mut score = || f64::from(u8::from(draws.below(1_000_000) < limit));
        let mut model = |_| (0..photographs).map(|_| score()).collect();
        (0..count).map(&mut model).collect()
    }

    #[test]
    fn the_best_of_equal_models_was_as_lucky_as_estimated() {
        let mut draws = Draws::new(5);
        let (mut estimated, mut real) = (0.0, 0.0);
        for _ in 0..20 {
            let models = models(50, 300, 0.8, &mut draws);
            let models: Vec<&[f64]> = models.iter().map(Vec::as_slice).collect();
            let accuracies = models.iter().filter_map(|scores| mean(scores));
            real += accuracies.fold(0.0, f64::max) - 0.8;
            estimated += optimism(&models);
        }
        let ratio = estimated / real;
        assert!((0.85..1.15).contains(&ratio), "{ratio}");
    }

    #[test]
    fn a_model_far_better_than_the_others_needed_no_luck() {
        let mut draws = Draws::new(6);
        let mut models: Vec<Vec<f64>> = models(49, 300, 0.5, &mut draws);
        models.push(vec![1.0; 300]);
        let models: Vec<&[f64]> = models.iter().map(Vec::as_slice).collect();
        assert_eq!(optimism(&models), 0.0);
    }

    #[test]
    fn without_a_choice_there_is_no_optimism() {
        assert_eq!(optimism(&[]), 0.0);
        assert_eq!(optimism(&[&[1.0, 0.0, 1.0]]), 0.0);
        assert_eq!(optimism(&[&[1.0, 0.0], &[1.0]]), 0.0);
        assert_eq!(optimism(&[&[0.0; 50], &[0.0; 50]]), 0.0);
        let same: Vec<f64> = (0..100).map(|it| f64::from(it % 2)).collect();
        assert!(optimism(&[&same, &same]) < 0.01);
    }
}
