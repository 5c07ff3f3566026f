//! The tasks file: what can be asked of a catalogue.

use std::path::{Path, PathBuf};

use fitroom_domain::{Flip, Task, TaskDefinition};

use crate::document::{self, Entry, Place, Source, SyntaxError, ValueError, Written};
use crate::sweep_file::is_plain_name;
use crate::unknown_key::{self, Known, UnknownKey};

/// All tasks of a tasks file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TasksFile {
    path: PathBuf,
    /// Each task with the place where it begins.
    tasks: Vec<(Task, Place)>,
}

/// A tasks file that cannot be used; its author has to change it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TasksFileError {
    /// It is not TOML.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    /// A task has a key that tasks do not have.
    #[error(transparent)]
    UnknownKey(#[from] UnknownKey),
    /// A value has the wrong type.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// A name that cannot become part of a path.
    #[error("{place}: `{name}` names no task, expected letters, digits, `_` and `-`")]
    Name {
        /// Where it is.
        place: Place,
        /// The name.
        name: String,
    },
    /// A task that does not say what it predicts.
    #[error("{place}: `{task}.predicts` is missing, expected {PREDICTS}")]
    NoPredicts {
        /// Where the task begins.
        place: Place,
        /// The task.
        task: String,
    },
    /// A task that predicts a column twice.
    #[error("{place}: `{task}.predicts` has `{column}` twice")]
    PredictsTwice {
        /// Where the second is.
        place: Place,
        /// The task.
        task: String,
        /// The column.
        column: String,
    },
    /// A task that predicts what its rows have in common.
    #[error("{place}: `{task}` predicts `{column}` but its `where` ({fixed}) fixes it")]
    PredictsFixed {
        /// Where it is predicted.
        place: Place,
        /// The task.
        task: String,
        /// The column.
        column: String,
        /// Where it is fixed.
        fixed: Place,
    },
}

/// A name that a tasks file does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: unknown task `{name}`{hint}\n(known: {})", or_none(.known))]
pub struct UnknownTask {
    /// The file.
    pub path: PathBuf,
    /// The name.
    pub name: String,
    /// `, did you mean …?`, or nothing.
    pub hint: String,
    /// The names of all its tasks.
    pub known: Vec<String>,
}

fn or_none(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        [..] => names.join(", "),
    }
}

const PREDICTS: &str = "a list of at least one column name";
const WHERE: &str = "a table of labels, such as `{ category = \"shoes\" }`";
const FLIP: &str = "`\"none\"`, `\"train\"` or `\"all\"`";

impl TasksFile {
    /// Reads the text of the file at `path`. Only reads what it is given; the first mistake is reported.
    /// Whether a dataset has the columns and labels is not known here.
    pub fn parse(text: &str, path: &Path) -> Result<TasksFile, TasksFileError> {
        let root = document::parse(text, path)?;
        let tasks = document::entries(Source::File { path, text }, root.get_ref())
            .iter()
            .map(|entry| Ok((task(entry)?, entry.place.clone())))
            .collect::<Result<_, TasksFileError>>()?;
        Ok(TasksFile {
            path: path.to_owned(),
            tasks,
        })
    }

    /// Every task, in the order of the file.
    pub fn tasks(&self) -> impl Iterator<Item = &Task> + Clone {
        self.tasks.iter().map(|(task, _)| task)
    }

    /// Where the task of this name begins.
    pub fn place(&self, name: &str) -> Option<Place> {
        let found = self.tasks.iter().find(|(task, _)| task.name == name);
        found.map(|(_, place)| place.clone())
    }

    /// The task of this name.
    pub fn task(&self, name: &str) -> Result<&Task, UnknownTask> {
        let found = self.tasks().find(|task| task.name == name);
        found.ok_or_else(|| {
            let names = self.tasks().map(|task| task.name.as_str());
            let known: Vec<Known> = names.clone().map(Known::here).collect();
            UnknownTask {
                path: self.path.clone(),
                name: name.to_owned(),
                hint: unknown_key::nearest(name, &known)
                    .map(|nearest| format!(", did you mean {}?", nearest.shown))
                    .unwrap_or_default(),
                known: names.map(str::to_owned).collect(),
            }
        })
    }
}

/// The task that one table of the file defines.
fn task(entry: &Entry<'_>) -> Result<Task, TasksFileError> {
    let name = entry.key;
    if !is_plain_name(name) {
        return Err(TasksFileError::Name {
            place: entry.place.clone(),
            name: name.to_owned(),
        });
    }
    let Some(settings) = entry.value.table() else {
        let error = entry.value.unexpected(name, "a table that defines a task");
        return Err(error.into());
    };
    let mut predicts = None;
    let mut fixed = Vec::new();
    let mut flip = Flip::None;
    for setting in settings {
        let (key, value) = (setting.key, setting.value);
        let unexpected = |expected| value.unexpected(&format!("{name}.{key}"), expected);
        match key {
            "where" => fixed = labels(value).ok_or_else(|| unexpected(WHERE))?,
            "predicts" => predicts = Some(columns(value).ok_or_else(|| unexpected(PREDICTS))?),
            "flip" => flip = read_flip(value).ok_or_else(|| unexpected(FLIP))?,
            _ => {
                let known = ["where", "predicts", "flip"].map(Known::here);
                return Err(TasksFileError::UnknownKey(UnknownKey {
                    hint: unknown_key::hint(key, &known),
                    key: key.to_owned(),
                    place: setting.place,
                }));
            }
        }
    }
    let predicts = predicts.ok_or_else(|| TasksFileError::NoPredicts {
        place: entry.place.clone(),
        task: name.to_owned(),
    })?;
    check_columns(name, &predicts, &fixed)?;
    Ok(Task {
        name: name.to_owned(),
        definition: TaskDefinition {
            where_: fixed
                .into_iter()
                .map(|(column, label, _)| (column.to_owned(), label.to_owned()))
                .collect(),
            predicts: predicts
                .into_iter()
                .map(|(column, _)| column.to_owned())
                .collect(),
            flip,
        },
    })
}

/// Columns, each with its place.
type Columns<'a> = Vec<(&'a str, Place)>;
/// Columns and the labels that they are fixed to, each with its place.
type Labels<'a> = Vec<(&'a str, &'a str, Place)>;

fn columns(value: Written<'_>) -> Option<Columns<'_>> {
    let columns: Columns<'_> = value
        .list()?
        .into_iter()
        .map(|item| Some((filled(item)?, item.place())))
        .collect::<Option<_>>()?;
    Some(columns).filter(|columns| !columns.is_empty())
}

fn labels(value: Written<'_>) -> Option<Labels<'_>> {
    let entries = value.table()?.into_iter();
    entries
        .map(|entry| Some((entry.key, filled(entry.value)?, entry.place)))
        .collect()
}

/// A text that is not empty.
fn filled(value: Written<'_>) -> Option<&str> {
    value.text().filter(|text| !text.is_empty())
}

fn read_flip(value: Written<'_>) -> Option<Flip> {
    match value.text()? {
        "none" => Some(Flip::None),
        "train" => Some(Flip::Train),
        "all" => Some(Flip::All),
        _ => None,
    }
}

fn check_columns(
    task: &str,
    predicts: &Columns<'_>,
    fixed: &Labels<'_>,
) -> Result<(), TasksFileError> {
    for (index, (column, place)) in predicts.iter().enumerate() {
        if predicts
            .iter()
            .take(index)
            .any(|(other, _)| other == column)
        {
            return Err(TasksFileError::PredictsTwice {
                place: place.clone(),
                task: task.to_owned(),
                column: (*column).to_owned(),
            });
        }
        if let Some((_, _, fixed)) = fixed.iter().find(|(other, ..)| other == column) {
            return Err(TasksFileError::PredictsFixed {
                place: place.clone(),
                task: task.to_owned(),
                column: (*column).to_owned(),
                fixed: fixed.clone(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
