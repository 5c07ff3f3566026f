//! Every key of a sweep file, as one ordered table.

use std::fmt;

use crate::unknown_key::{self, Known};

/// A key of a sweep file.
#[derive(Debug, PartialEq, Eq)]
pub struct Key {
    /// Its table; `None`: it stands before the first one.
    pub table: Option<&'static str>,
    /// Its name, unique in its table.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// Whether its value may be a list of such values.
    pub list: bool,
    /// The values that it may have, as messages say it after "expected".
    pub expected: &'static str,
    /// Its value where the file is silent, as in TOML; `None`: there is none.
    pub default: Option<&'static str>,
    /// What it decides, in one sentence.
    pub doc: &'static str,
}

/// What the value of a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text in quotes.
    Text,
    /// A number without a decimal point.
    Whole,
    /// A number, with or without a decimal point.
    Number,
}

impl Key {
    /// The name with its table, `train.epochs`; `None` for a key without a table.
    pub fn qualified(&self) -> Option<String> {
        self.table.map(|table| format!("{table}.{}", self.name))
    }

    /// The values that it may have, lists included.
    pub(crate) fn expected_or_list(&self) -> String {
        match self.list {
            true => format!("{}, or a list of them", self.expected),
            false => self.expected.to_owned(),
        }
    }
}

/// Shown with its table only where the name alone is ambiguous: `epochs`, `prune.method`.
impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.qualified() {
            Some(qualified) if named(self.name).count() > 1 => formatter.write_str(&qualified),
            _ => formatter.write_str(self.name),
        }
    }
}

pub(crate) static TASK: Key = Key {
    table: None,
    name: "task",
    kind: Kind::Text,
    list: false,
    expected: "the name of a task in quotes",
    default: None,
    doc: "The question, one of those in the tasks file.",
};

pub(crate) static KERNEL_SIZE: Key = hyperparameter(
    "kernel_size",
    Kind::Whole,
    "a whole number from 1 to 1024",
    None,
    "Sides of both convolutions' square kernels, in place of `kernel_size_1` and `kernel_size_2`.",
);

pub(crate) static KERNEL_SIZE_1: Key = hyperparameter(
    "kernel_size_1",
    Kind::Whole,
    "a whole number from 1 to 1024",
    None,
    "Side of the first convolution's square kernel, in pixels.",
);

pub(crate) static KERNEL_SIZE_2: Key = hyperparameter(
    "kernel_size_2",
    Kind::Whole,
    "a whole number from 1 to 1024",
    None,
    "Side of the second convolution's square kernel, in pixels of the first pooling's output.",
);

pub(crate) static KERNEL_NUM: Key = hyperparameter(
    "kernel_num",
    Kind::Whole,
    "a whole number from 1 to 1024",
    None,
    "Kernels of each convolution.",
);

pub(crate) static DENSE_SIZE: Key = hyperparameter(
    "dense_size",
    Kind::Whole,
    "a whole number from 0 to 65536",
    Some("0"),
    "Units of the hidden dense layer; 0: there is none.",
);

pub(crate) static DROPOUT_RATE: Key = hyperparameter(
    "dropout_rate",
    Kind::Number,
    "a number from 0 to below 1",
    Some("0"),
    "Share of the hidden dense layer's outputs that a training step drops.",
);

pub(crate) static LAMBDA: Key = hyperparameter(
    "lambda",
    Kind::Number,
    "a finite number of at least 0",
    Some("0"),
    "Weight of the L2 penalty on the kernels of all layers but the last.",
);

pub(crate) static EPOCHS: Key = train(
    "epochs",
    Kind::Whole,
    "a whole number from 1 to 100000",
    "15",
    "Most epochs that are trained.",
);

pub(crate) static BATCH_SIZE: Key = train(
    "batch_size",
    Kind::Whole,
    "a whole number from 1 to 65536",
    "64",
    "Photographs in one step.",
);

pub(crate) static LEARNING_RATE: Key = train(
    "learning_rate",
    Kind::Number,
    "a finite number above 0",
    "1e-3",
    "Adam's step size.",
);

pub(crate) static PATIENCE: Key = train(
    "patience",
    Kind::Whole,
    "a whole number from 0 to 4294967295",
    "2",
    "Epochs without a lower validation loss after which training stops.",
);

pub(crate) static SEEDS: Key = Key {
    list: true,
    ..train(
        "seeds",
        Kind::Whole,
        // The largest whole number of TOML, and of the database.
        "a whole number from 0 to 9223372036854775807",
        "[0]",
        "Each configuration is trained once for each.",
    )
};

pub(crate) static THREADS: Key = train(
    "threads",
    Kind::Whole,
    "a whole number from 1 to 1024",
    "1",
    "Threads of one trial, part of its identity.",
);

pub(crate) static KEEP: Key = train(
    "keep",
    Kind::Text,
    "`\"top\"` or `\"all\"`",
    "\"top\"",
    "Whose weights are kept: those of the five best trials, or of all.",
);

pub(crate) static SEARCH_METHOD: Key = Key {
    table: Some("search"),
    name: "method",
    kind: Kind::Text,
    list: false,
    expected: "`\"grid\"`",
    default: Some("\"grid\""),
    doc: "How configurations are chosen: every combination.",
};

pub(crate) static ATTEMPTS: Key = Key {
    table: Some("search"),
    name: "attempts",
    kind: Kind::Whole,
    list: false,
    expected: "a whole number from 1 to 1000",
    default: Some("3"),
    doc: "A trial that failed this often stays failed until it is asked for by name.",
};

pub(crate) static PRUNE_METHOD: Key = Key {
    table: Some("prune"),
    name: "method",
    kind: Kind::Text,
    list: false,
    expected: "`\"halving\"`",
    default: None,
    doc: "How trials that cannot win are stopped early; without the table none is.",
};

pub(crate) static PRUNE_REDUCTION_FACTOR: Key = Key {
    table: Some("prune"),
    name: "reduction_factor",
    kind: Kind::Whole,
    list: false,
    expected: "a whole number from 2 to 1000",
    default: Some("3"),
    doc: "One trial in so many goes on from each rung, and the next rung has so many times the epochs.",
};

pub(crate) static PRUNE_GRACE_EPOCHS: Key = Key {
    table: Some("prune"),
    name: "grace_epochs",
    kind: Kind::Whole,
    list: false,
    expected: "a whole number of at least 1, below `train.epochs`",
    default: Some("3"),
    doc: "Epochs of the first rung: nothing is stopped before. Fewer than 3 where `epochs` is not above 3.",
};

pub(crate) static HISTOGRAMS_EVERY: Key = tensorboard(
    "histograms_every",
    "a whole number from 0 to 100000",
    "1",
    "Epochs from one histogram of each layer's weights to the next; 0: there are none.",
);

pub(crate) static CONFUSION_MATRICES_EVERY: Key = tensorboard(
    "confusion_matrices_every",
    "a whole number from 0 to 100000",
    "1",
    "Epochs from one picture of the confusion matrix to the next; 0: only that of the best weights.",
);

pub(crate) static MISTAKES: Key = tensorboard(
    "mistakes",
    "a whole number from 0 to 100",
    "18",
    "Most photographs on the picture of the best weights' most confident mistakes; 0: there is none.",
);

pub(crate) static MARGIN: Key = Key {
    table: Some("report"),
    name: "margin",
    kind: Kind::Number,
    list: false,
    expected: "a number from 0 to below 1",
    default: Some("0.01"),
    doc: "Accuracy that a cheaper network may lack against the best and still be good enough to ship, as a share: \
          0.01 is one percentage point.",
};

/// Every key, in the order in which files show them.
pub static KEYS: [&Key; 24] = [
    &TASK,
    &KERNEL_SIZE,
    &KERNEL_SIZE_1,
    &KERNEL_SIZE_2,
    &KERNEL_NUM,
    &DENSE_SIZE,
    &DROPOUT_RATE,
    &LAMBDA,
    &EPOCHS,
    &BATCH_SIZE,
    &LEARNING_RATE,
    &PATIENCE,
    &SEEDS,
    &THREADS,
    &KEEP,
    &SEARCH_METHOD,
    &ATTEMPTS,
    &PRUNE_METHOD,
    &PRUNE_REDUCTION_FACTOR,
    &PRUNE_GRACE_EPOCHS,
    &HISTOGRAMS_EVERY,
    &CONFUSION_MATRICES_EVERY,
    &MISTAKES,
    &MARGIN,
];

const fn hyperparameter(
    name: &'static str,
    kind: Kind,
    expected: &'static str,
    default: Option<&'static str>,
    doc: &'static str,
) -> Key {
    Key {
        table: Some("hyperparameters"),
        name,
        kind,
        list: true,
        expected,
        default,
        doc,
    }
}

const fn train(
    name: &'static str,
    kind: Kind,
    expected: &'static str,
    default: &'static str,
    doc: &'static str,
) -> Key {
    Key {
        table: Some("train"),
        name,
        kind,
        list: false,
        expected,
        default: Some(default),
        doc,
    }
}

const fn tensorboard(
    name: &'static str,
    expected: &'static str,
    default: &'static str,
    doc: &'static str,
) -> Key {
    Key {
        table: Some("tensorboard"),
        name,
        kind: Kind::Whole,
        list: false,
        expected,
        default: Some(default),
        doc,
    }
}

/// The key of this name in this table.
pub(crate) fn find(table: Option<&str>, name: &str) -> Option<&'static Key> {
    named(name).find(|key| key.table == table)
}

/// The keys of this name, whatever their table.
pub(crate) fn named(name: &str) -> impl Iterator<Item = &'static Key> {
    KEYS.into_iter().filter(move |key| key.name == name)
}

/// The tables, in the order in which files show them.
pub(crate) fn tables() -> Vec<&'static str> {
    let mut tables: Vec<_> = KEYS.iter().filter_map(|key| key.table).collect();
    tables.dedup();
    tables
}

/// What an unknown key in `table` of a file was probably meant to be.
pub(crate) fn hint_in_file(table: Option<&str>, unknown: &str) -> String {
    let mut known: Vec<Known> = KEYS
        .iter()
        .map(|key| Known {
            shown: match key.table {
                found if found == table => format!("`{}`", key.name),
                Some(found) => format!("`{}` in `[{found}]`", key.name),
                None => format!("`{}` before the first table", key.name),
            },
            name: key.name.to_owned(),
            here: key.table == table,
        })
        .collect();
    if table.is_none() {
        known.extend(tables().into_iter().map(|name| Known {
            shown: format!("`[{name}]`"),
            ..Known::here(name)
        }));
    }
    unknown_key::hint(unknown, &known)
}

/// What an unknown key in `--set KEY=VALUE` was probably meant to be.
pub(crate) fn hint_in_argument(unknown: &str) -> String {
    let known: Vec<Known> = KEYS
        .iter()
        .flat_map(|key| {
            let shown = key.to_string();
            let names = [Some(key.name.to_owned()), key.qualified()];
            names.into_iter().flatten().map(move |name| Known {
                here: name == shown,
                shown: format!("`{shown}`"),
                name,
            })
        })
        .collect();
    unknown_key::hint(unknown, &known)
}

#[cfg(test)]
mod tests;
