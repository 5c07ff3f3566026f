//! What the codes of a set of `.npz` files mean: a names file together with constants.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::class_names::{ClassNames, ClassNamesError, NamedColumn, why_no_label};
use crate::dataset::why_no_column_name;

/// One label for all photographs of a set, in a column that its files lack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constant {
    /// The label column.
    pub column: String,
    /// The label.
    pub label: String,
}

/// A constant that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConstantError {
    /// A column that cannot be called so.
    #[error(
        "the constant `{column}={label}`: a label column cannot be called `{column}`: {reason}"
    )]
    Column {
        /// The column.
        column: String,
        /// The label.
        label: String,
        /// Why not.
        reason: &'static str,
    },
    /// A label that cannot be one.
    #[error("the constant `{column}={label}`: nothing can be labelled `{label}`: {reason}")]
    Label {
        /// The column.
        column: String,
        /// The label.
        label: String,
        /// Why not.
        reason: &'static str,
    },
    /// Two labels for one column.
    #[error("the constant `{column}` is given twice")]
    Twice {
        /// The column.
        column: String,
    },
    /// The files have the column after all.
    #[error("`{column}` is a constant and, in `{}`, line {line}, a column of the files: expected one of the two", names.display())]
    NotConstant {
        /// The column.
        column: String,
        /// The names file.
        names: PathBuf,
        /// The line, from 1.
        line: usize,
    },
}

/// Constants and names that do not fit together.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CodingError {
    #[error(transparent)]
    Constant(#[from] ConstantError),
    #[error(transparent)]
    ClassNames(#[from] ClassNamesError),
}

/// A label column, and how its labels are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CodedColumn {
    pub(crate) name: String,
    /// All labels that it can have, in the order in which they are written.
    pub(crate) classes: Vec<String>,
    pub(crate) origin: LabelOrigin,
}

/// Where the labels of a column come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LabelOrigin {
    /// Every photograph has the only class.
    Constant,
    /// From the codes in an array.
    Array {
        array: String,
        /// The column, an earlier one, whose label says which of the meanings holds. `None`: the only one.
        by: Option<usize>,
        /// For each class of that column: what the codes 0, 1, … mean, as positions in `classes`.
        meanings: Vec<Vec<i32>>,
    },
}

/// The columns of a set: first the constants, then those of the names file `path`.
pub(crate) fn coding(
    constants: &[Constant],
    named: Vec<NamedColumn>,
    path: &Path,
) -> Result<Vec<CodedColumn>, CodingError> {
    let mut columns = constant_columns(constants)?;
    for column in named {
        if columns.iter().any(|earlier| earlier.name == column.name) {
            return Err(ConstantError::NotConstant {
                column: column.name,
                names: path.to_owned(),
                line: column.line,
            }
            .into());
        }
        let column = coded_column(column, &columns, path)?;
        columns.push(column);
    }
    Ok(columns)
}

fn constant_columns(constants: &[Constant]) -> Result<Vec<CodedColumn>, ConstantError> {
    let mut names = BTreeSet::new();
    constants
        .iter()
        .map(|Constant { column, label }| {
            if let Some(reason) = why_no_column_name(column) {
                return Err(ConstantError::Column {
                    column: column.clone(),
                    label: label.clone(),
                    reason,
                });
            }
            if let Some(reason) = why_no_label(label) {
                return Err(ConstantError::Label {
                    column: column.clone(),
                    label: label.clone(),
                    reason,
                });
            }
            if !names.insert(column) {
                return Err(ConstantError::Twice {
                    column: column.clone(),
                });
            }
            Ok(CodedColumn {
                name: column.clone(),
                classes: vec![label.clone()],
                origin: LabelOrigin::Constant,
            })
        })
        .collect()
}

fn coded_column(
    column: NamedColumn,
    earlier: &[CodedColumn],
    path: &Path,
) -> Result<CodedColumn, ClassNamesError> {
    let mut classes = Vec::new();
    let (by, meanings) = match column.classes {
        ClassNames::Same(list) => (None, vec![positions(&mut classes, &list)]),
        ClassNames::By { by, line, lists } => {
            let Some(position) = earlier.iter().position(|column| column.name == by) else {
                let known: Vec<&str> = earlier.iter().map(|column| &column.name[..]).collect();
                return Err(ClassNamesError::UnknownBy {
                    path: path.to_owned(),
                    line,
                    column: column.name,
                    by,
                    known: match known.is_empty() {
                        true => "is none".to_owned(),
                        false => format!("are: {}", quoted(&known)),
                    },
                });
            };
            let labels = &earlier[position].classes;
            let mut meanings = vec![Vec::new(); labels.len()];
            for (label, line, list) in lists {
                let Some(code) = labels.iter().position(|known| *known == label) else {
                    return Err(ClassNamesError::UnknownLabel {
                        path: path.to_owned(),
                        line,
                        column: column.name,
                        by,
                        label,
                        known: quoted(labels),
                    });
                };
                meanings[code] = positions(&mut classes, &list);
            }
            (Some(position), meanings)
        }
    };
    Ok(CodedColumn {
        name: column.name,
        classes,
        origin: LabelOrigin::Array {
            array: column.array,
            by,
            meanings,
        },
    })
}

/// The position of each label among all classes, to which it is added if it is new.
pub(crate) fn positions(classes: &mut Vec<String>, labels: &[String]) -> Vec<i32> {
    let mut position = |label: &String| {
        let known = classes.iter().position(|class| class == label);
        known.unwrap_or_else(|| {
            classes.push(label.clone());
            classes.len() - 1
        })
    };
    labels
        .iter()
        // Nobody writes down more labels than 32 bits count.
        .map(|label| i32::try_from(position(label)).unwrap_or(i32::MAX))
        .collect()
}

fn quoted(names: &[impl AsRef<str>]) -> String {
    let quoted: Vec<String> = names
        .iter()
        .map(|name| format!("`{}`", name.as_ref()))
        .collect();
    quoted.join(", ")
}

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
