//! The names file: which label columns an `.npz` has, and what the codes in its arrays mean.
//!
//! ```toml
//! [columns.gender]                # a label column of the dataset
//! array = "genders"               # the array with its codes
//! classes = ["male", "female"]    # the labels of the codes 0, 1, …
//!
//! [columns.type]
//! array = "labels"
//! by = "gender"                   # a code's label depends on the label in this column, which stands above
//! [columns.type.classes]
//! male = ["boots", "trainers"]
//! female = ["boots", "ballerina", "trainers"]
//! ```

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use fitroom_domain::CLASS_SEPARATOR;
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

use crate::dataset::why_no_column_name;

/// What is wrong with a names file.
#[derive(Debug, thiserror::Error)]
pub enum ClassNamesError {
    /// The file cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A key that does not exist, or a value that is no value of its key.
    #[error("`{}` gives no names to codes", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, the key and what is wrong with it.
        source: Box<toml::de::Error>,
    },
    /// No column at all.
    #[error("`{}` names no column, expected a table such as `[columns.type]`", path.display())]
    NoColumns {
        /// The file.
        path: PathBuf,
    },
    /// A column that cannot be called so.
    #[error("`{}`, line {line}: a label column cannot be called `{column}`: {reason}", path.display())]
    ColumnName {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column.
        column: String,
        /// Why not.
        reason: &'static str,
    },
    /// Labels that cannot be told apart, that no task could name, or whose circumstance never occurs.
    #[error("`{}`, line {line}: the classes of `{column}` {problem}", path.display())]
    Classes {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column.
        column: String,
        /// What is wrong with them.
        problem: String,
    },
    /// `by` names no column.
    #[error(
        "`{}`, line {line}: `by = \"{by}\"` names no column that stands above `{column}` and no \
         constant; there {known}",
        path.display()
    )]
    UnknownBy {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column.
        column: String,
        /// What `by` says.
        by: String,
        /// The columns that it could name.
        known: String,
    },
}

/// One `[columns.NAME]` of a names file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedColumn {
    /// What the label column is called.
    pub(crate) name: String,
    /// The line where it stands, from 1.
    pub(crate) line: usize,
    /// The array with its codes.
    pub(crate) array: String,
    /// The labels of the codes.
    pub(crate) classes: ClassNames,
}

/// The labels of the codes 0, 1, and so on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ClassNames {
    /// The same for every photograph.
    Same(Vec<String>),
    /// Different ones for each label that the photograph has in the column `by`.
    By {
        by: String,
        /// The line where it says so, from 1.
        line: usize,
        /// Each of these labels with the line where it stands and its list.
        lists: Vec<(String, usize, Vec<String>)>,
    },
}

/// Reads a names file: its columns in the order in which they stand there, at least one.
pub(crate) fn read_class_names(path: &Path) -> Result<Vec<NamedColumn>, ClassNamesError> {
    let text = fs::read_to_string(path).map_err(|source| ClassNamesError::Read {
        path: path.to_owned(),
        source,
    })?;
    parse_class_names(&text, path)
}

fn parse_class_names(text: &str, path: &Path) -> Result<Vec<NamedColumn>, ClassNamesError> {
    let file: NamesFile = toml::from_str(text).map_err(|source| ClassNamesError::Syntax {
        path: path.to_owned(),
        source: Box::new(source),
    })?;
    let mut columns: Vec<(Spanned<String>, ColumnTable)> = file.columns.into_iter().collect();
    columns.sort_by_key(|(name, _)| name.span().start);
    if columns.is_empty() {
        return Err(ClassNamesError::NoColumns {
            path: path.to_owned(),
        });
    }
    columns
        .into_iter()
        .map(|(name, table)| named_column(name, table, text, path))
        .collect()
}

fn named_column(
    name: Spanned<String>,
    table: ColumnTable,
    text: &str,
    path: &Path,
) -> Result<NamedColumn, ClassNamesError> {
    let line = line_of(text, name.span().start);
    let name = name.into_inner();
    if let Some(reason) = why_no_column_name(&name) {
        return Err(ClassNamesError::ColumnName {
            path: path.to_owned(),
            line,
            column: name,
            reason,
        });
    }
    let classes_line = line_of(text, table.classes.span().start);
    let problem = |line: usize, problem: String| ClassNamesError::Classes {
        path: path.to_owned(),
        line,
        column: name.clone(),
        problem,
    };
    let classes = match (table.by, table.classes.into_inner()) {
        (None, ClassesValue::List(list)) => {
            check_list(&list).map_err(|words| problem(classes_line, words))?;
            ClassNames::Same(list)
        }
        (Some(by), ClassesValue::Lists(lists)) => {
            let mut lists: Vec<_> = lists.into_iter().collect();
            lists.sort_by_key(|(label, _)| label.span().start);
            let lists = lists
                .into_iter()
                .map(|(label, list)| {
                    let line = line_of(text, label.span().start);
                    check_list(&list).map_err(|words| problem(line, words))?;
                    Ok((label.into_inner(), line, list))
                })
                .collect::<Result<_, ClassNamesError>>()?;
            ClassNames::By {
                line: line_of(text, by.span().start),
                by: by.into_inner(),
                lists,
            }
        }
        (None, ClassesValue::Lists(_)) => {
            let words = "have a list for each label of another column, expected `by` to name it";
            return Err(problem(classes_line, words.to_owned()));
        }
        (Some(by), ClassesValue::List(_)) => {
            let words = format!(
                "are one list, expected one for each label of `{}` as `by` says",
                by.as_ref()
            );
            return Err(problem(classes_line, words));
        }
    };
    Ok(NamedColumn {
        name,
        line,
        array: table.array,
        classes,
    })
}

/// What is wrong with the labels of a column, in words that continue "the classes".
fn check_list(list: &[String]) -> Result<(), String> {
    let mut labels = HashSet::new();
    for label in list {
        if let Some(reason) = why_no_label(label) {
            return Err(format!("have the label `{label}`: {reason}"));
        }
        if !labels.insert(label) {
            return Err(format!("have the label `{label}` twice"));
        }
    }
    Ok(())
}

/// Why nothing can be labelled so, or `None` if it can.
pub(crate) fn why_no_label(label: &str) -> Option<&'static str> {
    if label.trim() != label || label.is_empty() {
        Some("it is empty, or has spaces around it")
    } else if label.contains(CLASS_SEPARATOR) {
        Some("` · ` separates the labels of a class")
    } else if label.contains(char::is_control) {
        Some("it has a line break or another control character")
    } else {
        None
    }
}

/// The line of a byte of the text, from 1.
fn line_of(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}

/// The whole file, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamesFile {
    #[serde(default)]
    columns: BTreeMap<Spanned<String>, ColumnTable>,
}

/// One of its tables.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnTable {
    array: String,
    by: Option<Spanned<String>>,
    classes: Spanned<ClassesValue>,
}

/// One list, or a list for each label of another column.
enum ClassesValue {
    List(Vec<String>),
    Lists(BTreeMap<Spanned<String>, Vec<String>>),
}

// Written out because serde's own untagged enums lose the line and the reason of a mistake.
impl<'de> Deserialize<'de> for ClassesValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ClassesValue, D::Error> {
        struct ListOrLists;

        impl<'de> Visitor<'de> for ListOrLists {
            type Value = ClassesValue;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter
                    .write_str("a list of labels, or a table with a list for each label of `by`")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<ClassesValue, A::Error> {
                let list = de::value::SeqAccessDeserializer::new(list);
                Vec::deserialize(list).map(ClassesValue::List)
            }

            fn visit_map<A: MapAccess<'de>>(self, lists: A) -> Result<ClassesValue, A::Error> {
                let lists = de::value::MapAccessDeserializer::new(lists);
                BTreeMap::deserialize(lists).map(ClassesValue::Lists)
            }
        }

        deserializer.deserialize_any(ListOrLists)
    }
}

#[cfg(test)]
mod tests;
