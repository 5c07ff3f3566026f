//! Which photographs a task is about, and what their classes are.

use std::collections::{BTreeMap, BTreeSet};

use fitroom_domain::{CLASS_SEPARATOR, Flip, Split, Task};

use crate::dataset::{Column, Dataset};

/// One example of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Row {
    /// The photograph's position in the dataset.
    pub photograph: u32,
    /// The class's position in [`TaskRows::classes`].
    pub class: u16,
    /// Whether the photograph is seen in a mirror (left and right changed).
    pub mirrored: bool,
}

/// One class of a task: a label for each column that the task predicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskClass {
    /// The labels joined by [`CLASS_SEPARATOR`].
    pub name: String,
    /// The labels, in the order of the task's `predicts`.
    pub labels: Vec<String>,
}

/// The rows of a dataset that a task is about. No pixel is copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRows {
    /// The classes that occur in any split, at least two, ordered by the columns' own class orders.
    pub classes: Vec<TaskClass>,
    /// Rows of the train split in the dataset's order; a mirrored copy follows its photograph.
    pub train: Vec<Row>,
    /// Rows of the validation split, likewise.
    pub validation: Vec<Row>,
    /// Rows of the test split, likewise; may be empty.
    pub test: Vec<Row>,
    /// How many photographs belong to the task but lack a label that it predicts.
    pub left_out: usize,
}

/// A task that cannot be asked of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TaskRowsError {
    /// The task predicts no column.
    #[error("task `{task}` predicts no column")]
    PredictsNothing {
        /// The task.
        task: String,
    },
    /// The task names a column that the dataset lacks.
    #[error(
        "task `{task}` names the column `{column}`, which dataset `{dataset}` does not have{hint}"
    )]
    UnknownColumn {
        /// The task.
        task: String,
        /// The dataset.
        dataset: String,
        /// The column that it lacks.
        column: String,
        /// The columns that it has, and which of them may be meant.
        hint: String,
    },
    /// The task's `where` names a label that no photograph has.
    #[error(
        "task `{task}` asks for {column} = `{label}`, a label that dataset `{dataset}` does not \
         have{hint}"
    )]
    UnknownLabel {
        /// The task.
        task: String,
        /// The dataset.
        dataset: String,
        /// The column.
        column: String,
        /// The label that the column lacks.
        label: String,
        /// The labels that it has, and which of them may be meant.
        hint: String,
    },
    /// No photograph belongs to the task, or those that do lack the labels.
    #[error(
        "task `{task}` has no photographs in dataset `{dataset}` \
         ({left_out} belong to it but lack a label that it predicts)"
    )]
    NoRows {
        /// The task.
        task: String,
        /// The dataset.
        dataset: String,
        /// How many photographs were left out for want of a label.
        left_out: usize,
    },
    /// Every photograph has the same answer.
    #[error("task `{task}` has a single class `{class}` in dataset `{dataset}`: nothing to learn")]
    SingleClass {
        /// The task.
        task: String,
        /// The dataset.
        dataset: String,
        /// The class.
        class: String,
    },
    /// More classes than a row can name.
    #[error("task `{task}` has {classes} classes in dataset `{dataset}`, expected at most 65536")]
    TooManyClasses {
        /// The task.
        task: String,
        /// The dataset.
        dataset: String,
        /// How many.
        classes: usize,
    },
    /// A split without which no trial can run.
    #[error("task `{task}` has no {split} photographs in dataset `{dataset}`")]
    EmptySplit {
        /// The task.
        task: String,
        /// The dataset.
        dataset: String,
        /// `train` or `validation`.
        split: Split,
    },
}

/// The rows of `dataset` that `task` is about: those whose labels match its `where` and that have every
/// label it predicts. A photograph that lacks a label which `where` names does not match.
///
/// # Errors
/// When the task names what the dataset does not have, or leaves nothing to learn; see [`TaskRowsError`].
pub fn task_rows(dataset: &Dataset, task: &Task) -> Result<TaskRows, TaskRowsError> {
    let definition = &task.definition;
    if definition.predicts.is_empty() {
        return Err(TaskRowsError::PredictsNothing {
            task: task.name.clone(),
        });
    }
    let conditions = definition
        .where_
        .iter()
        .map(|(column, label)| condition(dataset, task, column, label))
        .collect::<Result<Vec<_>, _>>()?;
    let predicted = definition
        .predicts
        .iter()
        .map(|column| find_column(dataset, task, column))
        .collect::<Result<Vec<_>, _>>()?;

    let (labelled, left_out) = labelled_photographs(dataset.len(), &conditions, &predicted);
    let classes: BTreeSet<&[i32]> = labelled.iter().map(|(_, codes)| &codes[..]).collect();
    let class_count = classes.len();
    let named: Vec<TaskClass> = classes
        .iter()
        .map(|codes| name_class(codes, &predicted))
        .collect();
    match &named[..] {
        [] => {
            return Err(TaskRowsError::NoRows {
                task: task.name.clone(),
                dataset: dataset.name.clone(),
                left_out,
            });
        }
        [single] => {
            return Err(TaskRowsError::SingleClass {
                task: task.name.clone(),
                dataset: dataset.name.clone(),
                class: single.name.clone(),
            });
        }
        _ => {}
    }
    // `zip` ends with the last number that a row can hold, and the lengths then differ.
    let numbers: BTreeMap<&[i32], u16> = classes.into_iter().zip(0..=u16::MAX).collect();
    if numbers.len() < class_count {
        return Err(TaskRowsError::TooManyClasses {
            task: task.name.clone(),
            dataset: dataset.name.clone(),
            classes: class_count,
        });
    }

    let mut rows = TaskRows {
        classes: named,
        train: Vec::new(),
        validation: Vec::new(),
        test: Vec::new(),
        left_out,
    };
    for (photograph, codes) in &labelled {
        let (Some(split), Some(class), Ok(number)) = (
            dataset.splits.get(*photograph),
            numbers.get(&codes[..]),
            u32::try_from(*photograph),
        ) else {
            continue;
        };
        let (side, flipped) = match split {
            Split::Train => (&mut rows.train, definition.flip != Flip::None),
            Split::Validation => (&mut rows.validation, definition.flip == Flip::All),
            Split::Test => (&mut rows.test, definition.flip == Flip::All),
        };
        let row = Row {
            photograph: number,
            class: *class,
            mirrored: false,
        };
        side.push(row);
        if flipped {
            side.push(Row {
                mirrored: true,
                ..row
            });
        }
    }
    for (split, side) in [
        (Split::Train, &rows.train),
        (Split::Validation, &rows.validation),
    ] {
        if side.is_empty() {
            return Err(TaskRowsError::EmptySplit {
                task: task.name.clone(),
                dataset: dataset.name.clone(),
                split,
            });
        }
    }
    Ok(rows)
}

/// The photographs that match all conditions, each with its codes in the predicted columns, and how many
/// more match but lack one of these.
fn labelled_photographs(
    photographs: usize,
    conditions: &[(&Column, i32)],
    predicted: &[&Column],
) -> (Vec<(usize, Vec<i32>)>, usize) {
    let mut labelled = Vec::new();
    let mut left_out = 0;
    for photograph in 0..photographs {
        let matches = conditions
            .iter()
            .all(|(column, wanted)| column.codes.get(photograph) == Some(wanted));
        if !matches {
            continue;
        }
        let codes: Option<Vec<i32>> = predicted
            .iter()
            .map(|column| {
                column
                    .codes
                    .get(photograph)
                    .copied()
                    .filter(|code| *code >= 0)
            })
            .collect();
        match codes {
            Some(codes) => labelled.push((photograph, codes)),
            None => left_out += 1,
        }
    }
    (labelled, left_out)
}

/// The labels behind the codes.
fn name_class(codes: &[i32], predicted: &[&Column]) -> TaskClass {
    let labels: Vec<String> = codes
        .iter()
        .zip(predicted)
        .filter_map(|(code, column)| column.classes.get(usize::try_from(*code).ok()?).cloned())
        .collect();
    TaskClass {
        name: labels.join(CLASS_SEPARATOR),
        labels,
    }
}

/// One entry of `where`: the column, and the code that a photograph must have there.
fn condition<'a>(
    dataset: &'a Dataset,
    task: &Task,
    column: &str,
    label: &str,
) -> Result<(&'a Column, i32), TaskRowsError> {
    let column = find_column(dataset, task, column)?;
    match column
        .classes
        .iter()
        .zip(0..)
        .find(|(class, _)| *class == label)
    {
        Some((_, code)) => Ok((column, code)),
        None => Err(TaskRowsError::UnknownLabel {
            task: task.name.clone(),
            dataset: dataset.name.clone(),
            column: column.name.clone(),
            label: label.to_owned(),
            hint: hint(label, &column.classes, "labels"),
        }),
    }
}

/// The dataset's column of this name.
fn find_column<'a>(
    dataset: &'a Dataset,
    task: &Task,
    name: &str,
) -> Result<&'a Column, TaskRowsError> {
    dataset.column(name).ok_or_else(|| {
        let known: Vec<String> = dataset
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect();
        TaskRowsError::UnknownColumn {
            task: task.name.clone(),
            dataset: dataset.name.clone(),
            column: name.to_owned(),
            hint: hint(name, &known, "columns"),
        }
    })
}

/// What may be meant by a misspelt name, and all that could be.
fn hint(name: &str, known: &[String], what: &str) -> String {
    let quoted: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    let meant = known
        .iter()
        .map(|known| (strsim::normalized_damerau_levenshtein(name, known), known))
        // Less than half is a chance resemblance.
        .filter(|(similarity, _)| *similarity >= 0.5)
        .max_by(|(first, _), (second, _)| first.total_cmp(second))
        .map_or(String::new(), |(_, known)| {
            format!(" (did you mean `{known}`?)")
        });
    format!("{meant}; its {what}: {}", quoted.join(", "))
}
