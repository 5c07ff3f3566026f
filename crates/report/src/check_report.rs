//! What the page of a dataset's check is made of.

use fitroom_domain::{DatasetKey, Split};

/// What a check found, with pictures.
#[derive(Debug, Clone)]
pub struct CheckReport {
    /// The dataset.
    pub dataset: DatasetKey,
    /// How many photographs it has.
    pub photographs: usize,
    /// When the page was made, as it will be shown; UTC.
    pub generated_at: String,
    /// Version of Fitting Room.
    pub version: String,
    /// What to know before trusting an accuracy: one sentence each.
    pub warnings: Vec<String>,
    /// How many pairs of photographs are alike.
    pub pairs: Vec<CheckPairs>,
    /// What was looked for, with pictures of what was found.
    pub sections: Vec<CheckSection>,
    /// Classes with few photographs.
    pub small_classes: Vec<CheckSmallClass>,
    /// Photographs that the import could not use: path and reason of those that are listed.
    pub skipped: Vec<(String, String)>,
    /// How many more there are.
    pub more_skipped: usize,
}

/// A number of pairs.
#[derive(Debug, Clone)]
pub struct CheckPairs {
    /// What kind.
    pub kind: String,
    /// Both photographs in one split.
    pub within: u64,
    /// The two in different splits.
    pub across: u64,
}

/// Something that was looked for.
#[derive(Debug, Clone)]
pub struct CheckSection {
    /// Its heading.
    pub title: String,
    /// What is found by which rule.
    pub rule: String,
    /// What was found, in the order in which it is shown.
    pub groups: Vec<CheckGroup>,
    /// How many more groups were found.
    pub more_groups: usize,
}

/// Photographs that are to be looked at together.
#[derive(Debug, Clone)]
pub struct CheckGroup {
    /// What they have in common.
    pub title: String,
    /// Whether they matter more than others.
    pub urgent: bool,
    /// The photographs.
    pub pictures: Vec<CheckPicture>,
    /// How many more the group has.
    pub more_pictures: usize,
}

/// One photograph.
#[derive(Debug, Clone)]
pub struct CheckPicture {
    /// A PNG file, at most 120 × 160 pixels (width × height).
    pub png: Vec<u8>,
    /// The photograph's path in its source.
    pub path: String,
    /// Its split.
    pub split: Split,
    /// Its labels, in the order of the columns.
    pub labels: Vec<String>,
    /// What else to say of it; may be empty.
    pub note: String,
}

/// A class with few photographs in a split.
#[derive(Debug, Clone)]
pub struct CheckSmallClass {
    /// The label column.
    pub column: String,
    /// The class.
    pub class: String,
    /// The split.
    pub split: Split,
    /// How many photographs of the class it has.
    pub photographs: usize,
    /// How many it should have, at least.
    pub expected: usize,
}
