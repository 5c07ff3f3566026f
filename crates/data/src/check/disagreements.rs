//! Labels that differ where the photographs do not.

use std::collections::{BTreeMap, BTreeSet};

use super::alike::{AlikeGroup, AlikeMember};
use crate::dataset::{Column, Dataset};

/// Photographs that look alike and have different labels in one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// The label column.
    pub column: String,
    /// Whether the photographs have the same pixels. Otherwise they are nearly identical, and no
    /// identical ones among them disagree.
    pub identical: bool,
    /// The photographs with a label in this column, in the dataset's order; at least two labels occur.
    pub photographs: Vec<usize>,
}

/// All disagreements, those on identical photographs first. A missing label disagrees with none.
pub(super) fn disagreements(dataset: &Dataset, groups: &[AlikeGroup]) -> Vec<Disagreement> {
    let mut identical = Vec::new();
    let mut near_identical = Vec::new();
    for group in groups {
        let mut by_picture: BTreeMap<usize, Vec<&AlikeMember>> = BTreeMap::new();
        for member in &group.members {
            by_picture.entry(member.picture).or_default().push(member);
        }
        for column in &dataset.columns {
            let found = by_picture.values().filter_map(|members| {
                let photographs = members.iter().map(|member| member.photograph);
                disagreement(column, true, photographs)
            });
            let before = identical.len();
            identical.extend(found);
            if identical.len() == before {
                let photographs = group.members.iter().map(|member| member.photograph);
                near_identical.extend(disagreement(column, false, photographs));
            }
        }
    }
    identical.append(&mut near_identical);
    identical
}

fn disagreement(
    column: &Column,
    identical: bool,
    photographs: impl Iterator<Item = usize>,
) -> Option<Disagreement> {
    let labelled: Vec<(usize, &str)> = photographs
        .filter_map(|photograph| Some((photograph, column.label(photograph)?)))
        .collect();
    let labels: BTreeSet<&str> = labelled.iter().map(|(_, label)| *label).collect();
    (labels.len() > 1).then(|| Disagreement {
        column: column.name.clone(),
        identical,
        photographs: labelled
            .into_iter()
            .map(|(photograph, _)| photograph)
            .collect(),
    })
}
