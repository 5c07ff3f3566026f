//! Photographs that look like one of a split that must not know them.

use fitroom_domain::Split;

use crate::duplicates::Duplicates;

/// How many photographs are in a group of duplicates with one of another split. Those of one task are
/// counted by [`crate::leaks()`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SplitLeaks {
    /// Validation photographs that nearly equal one of train.
    pub validation_in_train: usize,
    /// Test photographs that nearly equal one of train.
    pub test_in_train: usize,
    /// Test photographs that nearly equal one of validation.
    pub test_in_validation: usize,
}

pub(super) fn split_leaks(duplicates: &Duplicates, splits: &[Split]) -> SplitLeaks {
    let mut leaks = SplitLeaks::default();
    for group in duplicates.groups() {
        let count = |split| {
            let of_split = group.iter().filter(|one| splits.get(**one) == Some(&split));
            of_split.count()
        };
        let [train, validation, test] = Split::ALL.map(count);
        if train > 0 {
            leaks.validation_in_train += validation;
            leaks.test_in_train += test;
        }
        if validation > 0 {
            leaks.test_in_validation += test;
        }
    }
    leaks
}
