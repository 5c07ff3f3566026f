//! What a set of photographs can show at all.

use super::mcnemar::mcnemar;

/// The smallest difference of accuracy, in (0, 1], for which McNemar's exact test is significant at `level`, given
/// that two models disagree on `discordant` of so many `photographs`, each a whole one. Where no split of
/// that few is significant: the smallest number of photographs that is, all in one direction, as a share. `None`
/// without photographs, or where even all of them would not suffice.
pub fn smallest_significant_difference(
    discordant: u64,
    photographs: u64,
    level: f64,
) -> Option<f64> {
    let significant = |count: u64, fewer: u64| mcnemar(count - fewer, fewer) <= level;
    let discordant = discordant.min(photographs);
    let difference = if significant(discordant, 0) {
        // The p-value rises with the smaller part.
        let (mut fewer, mut too_many) = (0, discordant / 2 + 1);
        while too_many - fewer > 1 {
            let middle = fewer + (too_many - fewer) / 2;
            if significant(discordant, middle) {
                fewer = middle;
            } else {
                too_many = middle;
            }
        }
        discordant - 2 * fewer
    } else {
        (discordant + 1..=photographs).find(|count| significant(*count, 0))?
    };
    (photographs > 0).then(|| difference as f64 / photographs as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_smaller_difference_is_significant() {
        for discordant in 6..200 {
            let difference = smallest_significant_difference(discordant, 200, 0.05).unwrap();
            let difference = (difference * 200.0).round() as u64;
            let fewer = (discordant - difference) / 2;
            assert!(mcnemar(fewer + difference, fewer) <= 0.05);
            assert!(mcnemar((fewer + difference).saturating_sub(1), fewer + 1) > 0.05);
        }
    }

    #[test]
    fn too_few_disagreements_need_more_of_them() {
        // 2 · 2⁻⁶ = 0.03125, and 2 · 2⁻⁵ = 0.0625.
        assert_eq!(smallest_significant_difference(0, 100, 0.05), Some(0.06));
        assert_eq!(smallest_significant_difference(5, 100, 0.05), Some(0.06));
        assert_eq!(smallest_significant_difference(6, 100, 0.05), Some(0.06));
        // 8 to 1: 2 · 10 · 2⁻⁹ = 0.039.
        assert_eq!(smallest_significant_difference(9, 100, 0.05), Some(0.07));
    }

    #[test]
    fn too_few_photographs_show_nothing() {
        assert_eq!(smallest_significant_difference(0, 0, 0.05), None);
        assert_eq!(smallest_significant_difference(5, 5, 0.05), None);
        assert_eq!(smallest_significant_difference(2, 6, 0.05), Some(1.0));
        assert_eq!(smallest_significant_difference(2, 100, 0.0), None);
    }
}
