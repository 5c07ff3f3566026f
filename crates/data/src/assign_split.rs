//! Splits photographs by chance, but stratified, and without parting what belongs together.

use std::collections::BTreeMap;
use std::fmt;

use crate::dataset::Column;
use fitroom_domain::Split;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Which fraction of the photographs each split gets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SplitFractions {
    train: f64,
    validation: f64,
    test: f64,
}

/// Fractions that make no split.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error(
    "fractions of {train} for train, {validation} for validation and {test} for test, expected numbers \
     from 0 to 1 that add up to 1, the first two above 0"
)]
pub struct SplitFractionsError {
    train: f64,
    validation: f64,
    test: f64,
}

impl SplitFractions {
    /// Fractions from 0 to 1 that add up to 1; train and validation need something.
    ///
    /// # Errors
    /// When they do not.
    pub fn new(
        train: f64,
        validation: f64,
        test: f64,
    ) -> Result<SplitFractions, SplitFractionsError> {
        let sum = train + validation + test;
        if train > 0.0 && validation > 0.0 && test >= 0.0 && (sum - 1.0).abs() < 1e-9 {
            Ok(SplitFractions {
                train,
                validation,
                test,
            })
        } else {
            Err(SplitFractionsError {
                train,
                validation,
                test,
            })
        }
    }

    pub(crate) fn of(self, split: Split) -> f64 {
        match split {
            Split::Train => self.train,
            Split::Validation => self.validation,
            Split::Test => self.test,
        }
    }
}

impl Default for SplitFractions {
    /// 80 % train, 10 % validation, 10 % test.
    fn default() -> SplitFractions {
        SplitFractions {
            train: 0.8,
            validation: 0.1,
            test: 0.1,
        }
    }
}

impl fmt::Display for SplitFractions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |fraction: f64| (fraction * 1e6).round() / 1e4;
        write!(
            formatter,
            "{} % train, {} % validation, {} % test",
            percent(self.train),
            percent(self.validation),
            percent(self.test)
        )
    }
}

/// What is to be spread evenly: for each photograph its codes in all label columns.
pub(crate) fn strata(columns: &[Column], photographs: usize) -> Vec<Vec<i32>> {
    let code = |photograph| move |column: &Column| column.codes.get(photograph).copied();
    (0..photographs)
        .map(|photograph| columns.iter().filter_map(code(photograph)).collect())
        .collect()
}

/// The split of each photograph. Photographs with equal `groups` get the same; `strata` are what should
/// be spread evenly. Both have one entry for each photograph.
///
/// Groups are put in order of their strata (the one of their first photograph), by chance within each,
/// and each in turn goes to the split that is furthest below its share of all so far. As each stratum is
/// one run of this order, no split is more than about one group off its share, in any stratum or in all.
pub(crate) fn assign_split(
    strata: &[Vec<i32>],
    groups: &[usize],
    fractions: SplitFractions,
    seed: u64,
) -> Vec<Split> {
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (photograph, group) in groups.iter().enumerate() {
        members.entry(*group).or_default().push(photograph);
    }
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut order: Vec<_> = members
        .into_values()
        .map(|members| {
            let stratum = members.first().and_then(|first| strata.get(*first));
            (stratum, random.next_u64(), members)
        })
        .collect();
    order.sort();

    let mut splits = vec![Split::Train; groups.len()];
    // How many photographs each split lacks to its share. Together it is as many as are being assigned,
    // and so a split without a share never lacks the most.
    let mut missing = Split::ALL.map(|split| (split, 0.0));
    for (_, _, members) in order {
        let photographs = members.len() as f64;
        for (split, lacking) in &mut missing {
            *lacking += fractions.of(*split) * photographs;
        }
        // `max_by` takes the last of equals, which in this direction is the earliest split.
        let neediest = missing.iter_mut().rev().max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((split, lacking)) = neediest {
            *lacking -= photographs;
            for photograph in members {
                splits[photograph] = *split;
            }
        }
    }
    splits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(splits: &[Split]) -> [usize; 3] {
        Split::ALL.map(|split| splits.iter().filter(|found| **found == split).count())
    }

    #[test]
    fn every_stratum_gets_its_share() {
        let strata: Vec<Vec<i32>> = (0..1000)
            .map(|photograph| vec![photograph % 7, -1])
            .collect();
        let groups: Vec<usize> = (0..1000).collect();
        let splits = assign_split(&strata, &groups, SplitFractions::default(), 0);
        assert_eq!(count(&splits), [800, 100, 100]);
        for stratum in 0..7 {
            let of_stratum: Vec<Split> = (0..1000)
                .filter(|photograph| photograph % 7 == stratum)
                .map(|photograph| splits[photograph])
                .collect();
            let [train, validation, test] = count(&of_stratum);
            assert!((113..=116).contains(&train), "{train}");
            assert!((13..=16).contains(&validation), "{validation}");
            assert!((13..=16).contains(&test), "{test}");
        }
    }

    #[test]
    fn the_seed_alone_decides() {
        let strata = vec![vec![0]; 100];
        let groups: Vec<usize> = (0..100).collect();
        let split = |seed| assign_split(&strata, &groups, SplitFractions::default(), seed);
        assert_eq!(split(3), split(3));
        assert_ne!(split(3), split(4));
    }

    #[test]
    fn a_group_is_never_parted_even_across_strata() {
        let strata: Vec<Vec<i32>> = (0..300).map(|photograph| vec![photograph % 2]).collect();
        let groups: Vec<usize> = (0..300).map(|photograph| photograph / 5 * 5).collect();
        let splits = assign_split(&strata, &groups, SplitFractions::default(), 0);
        for group in splits.chunks(5) {
            assert!(group.iter().all(|split| *split == group[0]));
        }
        assert_eq!(count(&splits), [240, 30, 30]);
    }

    #[test]
    fn a_split_without_a_share_stays_empty() {
        let fractions = SplitFractions::new(0.5, 0.5, 0.0).unwrap();
        let groups: Vec<usize> = (0..11).collect();
        let splits = assign_split(&vec![vec![]; 11], &groups, fractions, 0);
        assert_eq!(count(&splits)[2], 0);
    }

    #[test]
    fn fractions_that_do_not_add_up_are_refused() {
        for (train, validation, test) in [
            (0.8, 0.1, 0.2),
            (0.0, 0.5, 0.5),
            (1.2, -0.1, -0.1),
            (f64::NAN, 0.1, 0.1),
        ] {
            assert!(SplitFractions::new(train, validation, test).is_err());
        }
        assert_eq!(
            SplitFractions::default().to_string(),
            "80 % train, 10 % validation, 10 % test"
        );
    }
}
