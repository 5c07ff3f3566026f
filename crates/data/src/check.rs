//! What should make somebody look again before a dataset is trained on.
//!
//! Nothing here changes a dataset, and nothing is sure to be a mistake: it is for people to look at.

mod alike;
mod disagreements;
mod poor_pictures;
mod small_classes;
mod split_leaks;

pub use alike::{AlikeGroup, AlikeMember, PairCounts, WithinAndAcross};
pub use disagreements::Disagreement;
pub use poor_pictures::{PoorPicture, Problem};
pub use small_classes::{SmallClass, TOO_FEW};
pub use split_leaks::SplitLeaks;

use crate::dataset::Dataset;

/// What [`check()`] found. Photographs are positions in the dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct Findings {
    /// Identical and near-identical photographs, those across splits first.
    pub alike: Vec<AlikeGroup>,
    /// How many pairs these groups have.
    pub pairs: PairCounts,
    /// How many photographs nearly equal one of another split.
    pub leaks: SplitLeaks,
    /// Labels that differ on identical or near-identical photographs, identical ones first.
    pub disagreements: Vec<Disagreement>,
    /// Classes with too few photographs.
    pub small_classes: Vec<SmallClass>,
    /// Photographs that show nearly nothing.
    pub poor_pictures: Vec<PoorPicture>,
    /// How many photographs the import could not use.
    pub skipped: usize,
}

impl Findings {
    /// Whether there is nothing to look at.
    pub fn is_empty(&self) -> bool {
        self.alike.is_empty()
            && self.disagreements.is_empty()
            && self.small_classes.is_empty()
            && self.poor_pictures.is_empty()
            && self.skipped == 0
    }
}

/// Looks at every photograph and every label of a dataset.
pub fn check(dataset: &Dataset) -> Findings {
    let (alike, pairs) = alike::alike(dataset);
    Findings {
        leaks: split_leaks::split_leaks(dataset.duplicates(), &dataset.splits),
        disagreements: disagreements::disagreements(dataset, &alike),
        small_classes: small_classes::small_classes(dataset),
        poor_pictures: poor_pictures::poor_pictures(dataset),
        skipped: dataset.skipped.count,
        alike,
        pairs,
    }
}
