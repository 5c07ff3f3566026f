//! Which photographs of a dataset are identical or nearly so.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use ndarray::Array4;
use serde::{Deserialize, Serialize};

use crate::near_identical::{HASH_DISTANCE, PIXEL_DISTANCE, near_identical_groups};

/// Groups of photographs that are identical or nearly so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Duplicates {
    /// At least two positions in each, rising; groups are in the order of their first, and disjoint.
    groups: Vec<Vec<usize>>,
}

impl Duplicates {
    /// Compares all photographs: number × height × width × 3. It takes time with the square of their number.
    pub(crate) fn find(images: &Array4<u8>) -> Duplicates {
        Duplicates::of(&near_identical_groups(images))
    }

    /// From the group's number of each photograph.
    pub(crate) fn of(group_of_each: &[usize]) -> Duplicates {
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (photograph, group) in group_of_each.iter().enumerate() {
            members.entry(*group).or_default().push(photograph);
        }
        let mut groups: Vec<Vec<usize>> = members.into_values().collect();
        groups.retain(|group| group.len() > 1);
        groups.sort();
        Duplicates { groups }
    }

    /// The groups: rising positions in the dataset, at least two in each, in the order of the first.
    pub fn groups(&self) -> &[Vec<usize>] {
        &self.groups
    }
}

/// What `dataset.toml` says of duplicates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredDuplicates {
    /// The most bits in which the hashes of a pair differ.
    hash_distance: u32,
    /// The most by which the pixels of a pair differ on average, of 255.
    pixel_distance: u64,
    /// The positions of each group's photographs in the dataset, from 0.
    groups: Vec<Vec<usize>>,
}

impl StoredDuplicates {
    pub(crate) fn of(duplicates: &Duplicates) -> StoredDuplicates {
        StoredDuplicates {
            hash_distance: HASH_DISTANCE,
            pixel_distance: PIXEL_DISTANCE,
            groups: duplicates.groups.clone(),
        }
    }

    /// The groups of a dataset of so many photographs, or `None` if they were found by other limits.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(crate) fn read(&self, photographs: usize) -> Result<Option<Duplicates>, String> {
        if (self.hash_distance, self.pixel_distance) != (HASH_DISTANCE, PIXEL_DISTANCE) {
            return Ok(None);
        }
        let mut seen = BTreeSet::new();
        for group in &self.groups {
            if group.len() < 2 {
                return Err(format!("the group {group:?} has no two photographs"));
            }
            for photograph in group {
                if *photograph >= photographs {
                    return Err(format!(
                        "photograph {photograph} in a dataset of {photographs}"
                    ));
                }
                if !seen.insert(photograph) {
                    return Err(format!("photograph {photograph} stands there twice"));
                }
            }
        }
        let mut groups = self.groups.clone();
        groups.iter_mut().for_each(|group| group.sort_unstable());
        groups.sort();
        Ok(Some(Duplicates { groups }))
    }
}

/// A dataset's duplicates once they are known. They follow from its photographs, which are compared when
/// datasets are; so this is always equal.
#[derive(Debug, Clone, Default)]
pub(crate) struct KnownDuplicates(pub(crate) OnceLock<Duplicates>);

impl PartialEq for KnownDuplicates {
    fn eq(&self, _: &KnownDuplicates) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_groups_of_several_are_kept() {
        let duplicates = Duplicates::of(&[0, 1, 0, 3, 1, 0]);
        assert_eq!(duplicates.groups(), [vec![0, 2, 5], vec![1, 4]]);
    }

    #[test]
    fn what_was_stored_is_read_unless_the_limits_have_changed() {
        let duplicates = Duplicates::of(&[0, 0, 2, 2]);
        let mut stored = StoredDuplicates::of(&duplicates);
        assert_eq!(stored.read(4), Ok(Some(duplicates)));
        stored.pixel_distance += 1;
        assert_eq!(stored.read(4), Ok(None));
    }

    #[test]
    fn groups_that_cannot_be_are_refused() {
        for (groups, problem) in [
            (vec![vec![0, 4]], "photograph 4 in a dataset of 4"),
            (vec![vec![3]], "the group [3] has no two photographs"),
            (
                vec![vec![0, 1], vec![2, 1]],
                "photograph 1 stands there twice",
            ),
        ] {
            let stored = StoredDuplicates {
                groups,
                ..StoredDuplicates::of(&Duplicates::default())
            };
            assert_eq!(stored.read(4).unwrap_err(), problem);
        }
    }
}
