//! From the codes of one file to labels.

use crate::coding::{CodedColumn, LabelOrigin};

/// A code that has no meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meaningless {
    /// The photograph's position in its file, from 0.
    pub(crate) row: usize,
    /// The code.
    pub(crate) code: i128,
    /// The codes that have one there, in words.
    pub(crate) expected: String,
}

/// What the codes of a column mean for the photographs of one file: positions in its classes, or −1.
/// `labels` are those of the earlier columns.
pub(crate) fn decode(
    column: &CodedColumn,
    codes: &[i128],
    earlier: &[CodedColumn],
    labels: &[Vec<i32>],
) -> Result<Vec<i32>, Meaningless> {
    let LabelOrigin::Array { by, meanings, .. } = &column.origin else {
        return Ok(vec![0; codes.len()]);
    };
    let meaning_of_row = |row: usize| {
        let label = match by {
            None => Some(0),
            Some(by) => usize::try_from(*labels.get(*by)?.get(row)?).ok(),
        };
        meanings.get(label?)
    };
    let decode_row = |(row, code): (usize, &i128)| {
        if *code == -1 {
            return Ok(-1);
        }
        let meaning = meaning_of_row(row);
        let label = usize::try_from(*code)
            .ok()
            .and_then(|code| meaning?.get(code).copied());
        label.ok_or_else(|| Meaningless {
            row,
            code: *code,
            expected: expected(column, row, meaning, earlier, labels),
        })
    };
    codes.iter().enumerate().map(decode_row).collect()
}

/// The codes that a photograph can have, in words.
fn expected(
    column: &CodedColumn,
    row: usize,
    meaning: Option<&Vec<i32>>,
    earlier: &[CodedColumn],
    labels: &[Vec<i32>],
) -> String {
    let by = match &column.origin {
        LabelOrigin::Array { by: Some(by), .. } => earlier.get(*by).zip(labels.get(*by)),
        _ => None,
    };
    let circumstance = by.map(|(by, labels)| {
        let label = labels
            .get(row)
            .and_then(|label| usize::try_from(*label).ok());
        match label.and_then(|label| by.classes.get(label)) {
            Some(label) => format!(" where `{}` is `{label}`", by.name),
            None => format!(" where there is no `{}`", by.name),
        }
    });
    let circumstance = circumstance.unwrap_or_default();
    match meaning.map_or(0, Vec::len) {
        0 => format!("−1, for `{}` has no classes{circumstance}", column.name),
        count => format!(
            "−1 (no label) to {}, the classes of `{}`{circumstance}",
            count - 1,
            column.name
        ),
    }
}
