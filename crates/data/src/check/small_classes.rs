//! Classes that are too small to learn or to measure.

use fitroom_domain::Split;

use crate::dataset::Dataset;
use crate::manifest::Manifest;

/// The number of photographs of a class, for each split, below which it is called small. Fewer than 20
/// are hardly learned by a network that starts from nothing; with fewer than 5, one photograph is worth
/// more than 20 percentage points of the class's accuracy.
pub const TOO_FEW: [(Split, usize); 3] =
    [(Split::Train, 20), (Split::Validation, 5), (Split::Test, 5)];

/// A class with few photographs in one split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmallClass {
    /// The label column.
    pub column: String,
    /// The class.
    pub class: String,
    /// The split.
    pub split: Split,
    /// How many photographs of the class the split has.
    pub photographs: usize,
    /// How many it should have, at least.
    pub expected: usize,
}

/// Small classes, by column, class and split. A dataset without any test photographs has no test split
/// in which a class could be small.
pub(super) fn small_classes(dataset: &Dataset) -> Vec<SmallClass> {
    let manifest = Manifest::of(dataset);
    let mut small = Vec::new();
    for column in &manifest.columns {
        for (code, class) in column.classes.iter().enumerate() {
            for (split, expected) in TOO_FEW {
                let counts = match split {
                    Split::Train => &column.train,
                    Split::Validation => &column.validation,
                    Split::Test => &column.test,
                };
                let photographs = counts.get(code).copied().unwrap_or_default();
                let is_there = split != Split::Test || manifest.splits.test > 0;
                if is_there && photographs < expected {
                    small.push(SmallClass {
                        column: column.name.clone(),
                        class: class.clone(),
                        split,
                        photographs,
                        expected,
                    });
                }
            }
        }
    }
    small
}
