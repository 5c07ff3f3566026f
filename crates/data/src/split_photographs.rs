//! Which split each imported photograph goes to, and which are left out for the sake of the others.

use std::collections::BTreeSet;

use fitroom_domain::Split;
use ndarray::{Array4, Axis};

use crate::assign_split::{SplitFractions, assign_split, strata};
use crate::duplicates::Duplicates;
use crate::import::{ImportError, ImportRequest};
use crate::labels::{LabelsRow, encode};
use crate::near_identical::near_identical_groups;

/// Photographs with their rows and splits, and how these came about.
pub(crate) struct SplitPhotographs {
    /// Number × height × width × 3.
    pub(crate) images: Array4<u8>,
    /// The row of each.
    pub(crate) rows: Vec<LabelsRow>,
    /// The split of each.
    pub(crate) splits: Vec<Split>,
    /// How they were split.
    pub(crate) words: String,
    /// Which are nearly identical, if that is known already.
    pub(crate) duplicates: Option<Duplicates>,
}

impl SplitPhotographs {
    /// Splits as the labels file says, unless the request wants another split or it says nothing.
    ///
    /// # Errors
    /// When a split that is made would leave one empty that has a share.
    pub(crate) fn new(
        images: Array4<u8>,
        rows: Vec<LabelsRow>,
        columns: &[String],
        request: &ImportRequest,
    ) -> Result<SplitPhotographs, ImportError> {
        let given: Option<Vec<Split>> = rows.iter().map(|row| row.split).collect();
        match given.filter(|_| request.split.is_none()) {
            Some(splits) => Ok(SplitPhotographs {
                images,
                rows,
                splits,
                words: "as the labels file says".to_owned(),
                duplicates: None,
            }),
            None => {
                let fractions = request.split.unwrap_or_default();
                made(images, rows, columns, fractions, request.seed)
            }
        }
    }

    /// Leaves out the photographs of train that nearly equal one of validation or test, and counts them.
    ///
    /// # Errors
    /// When none would be left to train on.
    pub(crate) fn drop_leaks(&mut self) -> Result<usize, ImportError> {
        let duplicates = self
            .duplicates
            .get_or_insert_with(|| Duplicates::find(&self.images));
        let leaking: BTreeSet<usize> = leaking(duplicates, &self.splits).collect();
        if leaking.is_empty() {
            return Ok(0);
        }
        let train = self.splits.iter().filter(|split| **split == Split::Train);
        if train.count() == leaking.len() {
            return Err(ImportError::AllLeak {
                train: leaking.len(),
            });
        }
        let kept: Vec<usize> = (0..self.rows.len())
            .filter(|photograph| !leaking.contains(photograph))
            .collect();
        self.images = self.images.select(Axis(0), &kept);
        self.splits = kept.iter().map(|kept| self.splits[*kept]).collect();
        let mut photograph = 0..;
        self.rows.retain(|_| {
            photograph
                .next()
                .is_some_and(|photograph| !leaking.contains(&photograph))
        });
        // Positions have changed, and groups may have fallen apart.
        self.duplicates = None;
        self.words.push_str(&format!(
            "; {} photographs of train that nearly equal one of validation or test were left out",
            leaking.len()
        ));
        Ok(leaking.len())
    }
}

/// Photographs of train in a group that has some in validation or test.
fn leaking<'a>(
    duplicates: &'a Duplicates,
    splits: &'a [Split],
) -> impl Iterator<Item = usize> + 'a {
    let is_trained = |photograph: &usize| splits.get(*photograph) == Some(&Split::Train);
    duplicates
        .groups()
        .iter()
        .filter(move |group| !group.iter().all(is_trained))
        .flat_map(move |group| group.iter().copied().filter(move |one| is_trained(one)))
}

/// A split of our own, which keeps near-identical photographs on one side.
fn made(
    images: Array4<u8>,
    rows: Vec<LabelsRow>,
    columns: &[String],
    fractions: SplitFractions,
    seed: u64,
) -> Result<SplitPhotographs, ImportError> {
    let groups = near_identical_groups(&images);
    let strata = strata(&encode(columns, &rows), rows.len());
    let splits = assign_split(&strata, &groups, fractions, seed);
    let is_empty = |split: &Split| fractions.of(*split) > 0.0 && !splits.contains(split);
    if let Some(empty) = Split::ALL.into_iter().find(is_empty) {
        return Err(ImportError::TooFew {
            photographs: rows.len(),
            fractions,
            empty,
        });
    }
    let looking_alike = rows.len() - groups.iter().collect::<BTreeSet<_>>().len();
    let words = format!(
        "made with seed {seed}: {fractions}, stratified by all labels; {looking_alike} photographs \
         that nearly equal another are on its side"
    );
    Ok(SplitPhotographs {
        images,
        rows,
        splits,
        words,
        duplicates: Some(Duplicates::of(&groups)),
    })
}
