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
                    return Err(ClassNamesError::Classes {
                        path: path.to_owned(),
                        line,
                        column: column.name,
                        problem: format!(
                            "have a list for `{label}`, which is no label of `{by}`; its labels: {}",
                            quoted(labels)
                        ),
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
