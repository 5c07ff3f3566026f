//! The labels file: a CSV with one row for each photograph.

use std::collections::HashSet;

use csv::{ReaderBuilder, StringRecord, Trim};
use fitroom_domain::{Split, UnknownSplit};

use crate::class_names::why_no_label;

use crate::dataset::{Column, why_no_column_name};

/// Headers under which a photograph's path is looked for, in this order.
const PATH_COLUMNS: [&str; 5] = ["image", "path", "file", "filename", "photograph"];

/// The header of the column that names each photograph's split.
const SPLIT_COLUMN: &str = "split";

/// What is wrong with a labels file.
#[derive(Debug, thiserror::Error)]
pub enum LabelsError {
    /// The file is no CSV.
    #[error("`{file}` is no table of comma-separated values: {problem}")]
    Csv {
        /// The labels file.
        file: String,
        /// What is wrong, with the line.
        problem: String,
    },
    /// Two columns of the same name.
    #[error("`{file}`, line 1: the column `{column}` stands there twice")]
    ColumnTwice {
        /// The labels file.
        file: String,
        /// The column.
        column: String,
    },
    /// A column that was asked for, or that holds the paths, is missing.
    #[error("`{file}`, line 1: no column {expected}; its columns: {found}")]
    NoColumn {
        /// The labels file.
        file: String,
        /// The names that would do.
        expected: String,
        /// The names that are there.
        found: String,
    },
    /// There is nothing to predict.
    #[error(
        "`{file}`, line 1: no label column beside the paths and the split; its columns: {found}"
    )]
    NoLabelColumn {
        /// The labels file.
        file: String,
        /// The names that are there.
        found: String,
    },
    /// A label column whose name is taken.
    #[error("`{file}`, line 1: a label column cannot be called `{column}`: {reason}")]
    ColumnName {
        /// The labels file.
        file: String,
        /// The column.
        column: String,
        /// Why not.
        reason: &'static str,
    },
    /// A row without a photograph.
    #[error("`{file}`, line {line}: the path in column `{column}` is empty")]
    NoPath {
        /// The labels file.
        file: String,
        /// The line, from 1.
        line: u64,
        /// The column.
        column: String,
    },
    /// A row without a split, in a file that has splits.
    #[error("`{file}`, line {line}: the split is empty, but other rows have one")]
    NoSplit {
        /// The labels file.
        file: String,
        /// The line, from 1.
        line: u64,
    },
    /// A row with a split that does not exist.
    #[error("`{file}`, line {line}: {problem}")]
    Split {
        /// The labels file.
        file: String,
        /// The line, from 1.
        line: u64,
        /// What stands there.
        problem: UnknownSplit,
    },
    /// A label that could not be told apart from two.
    #[error("`{file}`, line {line}: {label:?} is no label: {reason}")]
    Label {
        /// The labels file.
        file: String,
        /// The line, from 1.
        line: u64,
        /// The label.
        label: String,
        /// Why not.
        reason: &'static str,
    },
    /// Only a header, or nothing at all.
    #[error("`{file}` has no rows")]
    NoRows {
        /// The labels file.
        file: String,
    },
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LabelsRow {
    /// Its line in the file, from 1.
    pub(crate) line: u64,
    /// The photograph's path as it stands there.
    pub(crate) path: String,
    /// For each label column the label, if there is one.
    pub(crate) labels: Vec<Option<String>>,
    /// The split, in all rows or in none.
    pub(crate) split: Option<Split>,
}

/// The content of a labels file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Labels {
    /// The names of the label columns.
    pub(crate) columns: Vec<String>,
    /// At least one row.
    pub(crate) rows: Vec<LabelsRow>,
}

/// Reads a labels file. `file` is its name in messages; `path_column` and `columns` are what was asked
/// for, otherwise the path is in the first of the usual columns, and all others hold labels.
pub(crate) fn parse_labels(
    bytes: &[u8],
    file: &str,
    path_column: Option<&str>,
    columns: Option<&[String]>,
) -> Result<Labels, LabelsError> {
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(bytes);
    let headers = reader.headers().map_err(|error| csv_error(file, &error))?;
    let header = Header::find(headers, file, path_column, columns)?;

    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| csv_error(file, &error))?;
        rows.push(header.read_row(&record, line_of(&record, bytes), file)?);
    }
    if rows.is_empty() {
        return Err(LabelsError::NoRows {
            file: file.to_owned(),
        });
    }
    let columns = header.labels.into_iter().map(|(_, name)| name).collect();
    Ok(Labels { columns, rows })
}

/// The line of a record, from 1. Its position is where the one before ended, which may be in the middle of
/// Windows' line break or before empty lines.
fn line_of(record: &StringRecord, bytes: &[u8]) -> u64 {
    let Some(position) = record.position() else {
        return 0;
    };
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let breaks = bytes.get(start..).unwrap_or_default().iter();
    let breaks = breaks.take_while(|byte| matches!(byte, b'\r' | b'\n'));
    position.line() + breaks.filter(|byte| **byte == b'\n').count() as u64
}

/// Which column of the file holds what.
struct Header {
    path: (usize, String),
    split: Option<usize>,
    labels: Vec<(usize, String)>,
}

impl Header {
    fn find(
        headers: &StringRecord,
        file: &str,
        path_column: Option<&str>,
        columns: Option<&[String]>,
    ) -> Result<Header, LabelsError> {
        let mut names = HashSet::new();
        if let Some(column) = headers.iter().find(|name| !names.insert(*name)) {
            return Err(LabelsError::ColumnTwice {
                file: file.to_owned(),
                column: column.to_owned(),
            });
        }
        let position = |wanted: &str| {
            headers.iter().position(|name| name == wanted).or_else(|| {
                headers
                    .iter()
                    .position(|name| name.eq_ignore_ascii_case(wanted))
            })
        };
        let no_column = |expected: &[&str]| LabelsError::NoColumn {
            file: file.to_owned(),
            expected: list(expected, " or "),
            found: list(&headers.iter().collect::<Vec<_>>(), ", "),
        };
        let path_columns = path_column.map_or(PATH_COLUMNS.to_vec(), |column| vec![column]);
        let path = path_columns
            .iter()
            .find_map(|column| position(column))
            .ok_or_else(|| no_column(&path_columns))?;
        let split = position(SPLIT_COLUMN).filter(|split| *split != path);

        let is_label = |position: &usize| *position != path && Some(*position) != split;
        let labels: Vec<usize> = match columns {
            None => (0..headers.len()).filter(is_label).collect(),
            Some(columns) => columns
                .iter()
                .map(|column| {
                    position(column)
                        .filter(is_label)
                        .ok_or_else(|| no_column(&[column]))
                })
                .collect::<Result<_, _>>()?,
        };
        if labels.is_empty() {
            return Err(LabelsError::NoLabelColumn {
                file: file.to_owned(),
                found: list(&headers.iter().collect::<Vec<_>>(), ", "),
            });
        }
        let name = |position: usize| headers.get(position).unwrap_or_default().to_owned();
        let labels: Vec<(usize, String)> = labels
            .into_iter()
            .map(|position| (position, name(position)))
            .collect();
        let mut chosen = HashSet::new();
        for (position, column) in &labels {
            let twice = (!chosen.insert(position)).then_some("it was asked for twice");
            if let Some(reason) = twice.or(why_no_column_name(column)) {
                return Err(LabelsError::ColumnName {
                    file: file.to_owned(),
                    column: column.clone(),
                    reason,
                });
            }
        }
        Ok(Header {
            path: (path, name(path)),
            split,
            labels,
        })
    }

    fn read_row(
        &self,
        record: &StringRecord,
        line: u64,
        file: &str,
    ) -> Result<LabelsRow, LabelsError> {
        let file = || file.to_owned();
        let cell = |position: usize| record.get(position).unwrap_or_default();
        let (path, path_column) = &self.path;
        if cell(*path).is_empty() {
            return Err(LabelsError::NoPath {
                file: file(),
                line,
                column: path_column.clone(),
            });
        }
        let split = match self.split.map(cell) {
            None => None,
            Some("") => return Err(LabelsError::NoSplit { file: file(), line }),
            Some(word) => {
                Some(
                    word.to_lowercase()
                        .parse()
                        .map_err(|problem| LabelsError::Split {
                            file: file(),
                            line,
                            problem,
                        })?,
                )
            }
        };
        let label = |(position, _): &(usize, String)| match cell(*position) {
            "" => Ok(None),
            label => match why_no_label(label) {
                None => Ok(Some(label.to_owned())),
                Some(reason) => Err(LabelsError::Label {
                    file: file(),
                    line,
                    label: label.to_owned(),
                    reason,
                }),
            },
        };
        Ok(LabelsRow {
            line,
            path: cell(*path).to_owned(),
            labels: self.labels.iter().map(label).collect::<Result<_, _>>()?,
            split,
        })
    }
}

/// The label columns of these rows, classes in alphabetical order.
pub(crate) fn encode(names: &[String], rows: &[LabelsRow]) -> Vec<Column> {
    let column = |(position, name): (usize, &String)| {
        let labels: Vec<Option<&str>> = rows
            .iter()
            .map(|row| row.labels.get(position)?.as_deref())
            .collect();
        Column::of_labels(name, &labels)
    };
    names.iter().enumerate().map(column).collect()
}

fn csv_error(file: &str, error: &csv::Error) -> LabelsError {
    LabelsError::Csv {
        file: file.to_owned(),
        problem: error.to_string(),
    }
}

fn list(names: &[&str], between: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(between)
}

#[cfg(test)]
mod tests;
