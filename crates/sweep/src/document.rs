//! A TOML document whose every value knows where it was written.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where a setting was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a file.
    Line {
        /// The file.
        path: PathBuf,
        /// Its line, counted from 1.
        line: usize,
    },
    /// In the argument `KEY=VALUE` of `--set`.
    Argument(String),
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Line { path, line } => write!(formatter, "{}:{line}", path.display()),
            Place::Argument(argument) => write!(formatter, "--set {argument}"),
        }
    }
}

/// A file that is not TOML.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}:{line}:{column}: {message}")]
pub struct SyntaxError {
    /// The file.
    pub path: PathBuf,
    /// The line where reading stopped, counted from 1.
    pub line: usize,
    /// The character of that line, counted from 1.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

/// A value of the wrong type or out of its range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: `{key}` is `{found}`, expected {expected}")]
pub struct ValueError {
    /// Where it was written.
    pub place: Place,
    /// Its key.
    pub key: String,
    /// The value as it was written, shortened.
    pub found: String,
    /// The values that the key may have.
    pub expected: String,
}

/// A text with TOML in it, and what to call its places.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source<'a> {
    /// A whole file.
    File { path: &'a Path, text: &'a str },
    /// The VALUE of `--set KEY=VALUE`.
    Argument { argument: &'a str, value: &'a str },
}

impl<'a> Source<'a> {
    fn place(self, span: &Range<usize>) -> Place {
        match self {
            Source::File { path, text } => Place::Line {
                path: path.to_owned(),
                line: line_and_column(text, span.start).0,
            },
            Source::Argument { argument, .. } => Place::Argument(argument.to_owned()),
        }
    }

    fn excerpt(self, span: Range<usize>) -> &'a str {
        let (Source::File { text, .. } | Source::Argument { value: text, .. }) = self;
        text.get(span).unwrap_or_default()
    }
}

/// The root table of a file.
pub(crate) fn parse<'a>(text: &'a str, path: &Path) -> Result<Spanned<DeTable<'a>>, SyntaxError> {
    DeTable::parse(text).map_err(|error| {
        let span = error.span().unwrap_or(text.len()..text.len());
        let (line, column) = line_and_column(text, span.start);
        let message = match error.message() {
            // These messages leave out what they are about, or guess wrong.
            "duplicate key" => format!("duplicate key `{}`", text.get(span).unwrap_or_default()),
            "string values must be quoted, expected literal string"
            | "invalid boolean, expected `true`"
            | "invalid boolean, expected `false`" => {
                "expected a value; text needs quotes".to_owned()
            }
            message => message.to_owned(),
        };
        SyntaxError {
            path: path.to_owned(),
            line,
            column,
            message,
        }
    })
}

/// The line, and the character of that line, of a byte of the text; both counted from 1.
fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.matches('\n').count() + 1;
    (line, before[line_start..].chars().count() + 1)
}

/// A value as somebody wrote it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written<'a> {
    source: Source<'a>,
    value: &'a Spanned<DeValue<'a>>,
}

/// One `key = value` of a table.
#[derive(Debug, Clone)]
pub(crate) struct Entry<'a> {
    pub(crate) key: &'a str,
    pub(crate) place: Place,
    pub(crate) value: Written<'a>,
}

/// The entries of a table in the order in which they were written.
pub(crate) fn entries<'a>(source: Source<'a>, table: &'a DeTable<'a>) -> Vec<Entry<'a>> {
    let mut pairs: Vec<_> = table.iter().collect();
    pairs.sort_by_key(|(key, _)| key.span().start);
    pairs
        .into_iter()
        .map(|(key, value)| Entry {
            key: key.get_ref(),
            place: source.place(&key.span()),
            value: Written { source, value },
        })
        .collect()
}

impl<'a> Written<'a> {
    pub(crate) fn new(source: Source<'a>, value: &'a Spanned<DeValue<'a>>) -> Written<'a> {
        Written { source, value }
    }

    pub(crate) fn place(self) -> Place {
        self.source.place(&self.value.span())
    }

    /// The value as it was written, on one line and not longer than a message can bear.
    pub(crate) fn found(self) -> String {
        const MOST: usize = 40;
        let excerpt = self.source.excerpt(self.value.span());
        let words: Vec<&str> = excerpt.split_whitespace().collect();
        let line = words.join(" ");
        match line.char_indices().nth(MOST) {
            None => line,
            Some((end, _)) => format!("{}…", &line[..end]),
        }
    }

    /// A whole number; `None` for everything else, also for `3.0`.
    pub(crate) fn whole<T: TryFrom<i128>>(self) -> Option<T> {
        let integer = self.value.get_ref().as_integer()?;
        let number = i128::from_str_radix(integer.as_str(), integer.radix()).ok()?;
        T::try_from(number).ok()
    }

    /// A number, whole or not, possibly infinite or undefined.
    pub(crate) fn number(self) -> Option<f64> {
        let number = match self.value.get_ref() {
            DeValue::Float(float) => float.as_str().parse().ok()?,
            _ => self.whole::<i128>()? as f64,
        };
        // Adding 0 turns -0.0 into 0.0.
        Some(number + 0.0)
    }

    pub(crate) fn text(self) -> Option<&'a str> {
        self.value.get_ref().as_str()
    }

    pub(crate) fn list(self) -> Option<Vec<Written<'a>>> {
        let items = self.value.get_ref().as_array()?;
        let written = |value| Written::new(self.source, value);
        Some(items.iter().map(written).collect())
    }

    pub(crate) fn table(self) -> Option<Vec<Entry<'a>>> {
        let table = self.value.get_ref().as_table()?;
        Some(entries(self.source, table))
    }

    /// The error that this value is none of `expected`.
    pub(crate) fn unexpected(self, key: &str, expected: &str) -> ValueError {
        ValueError {
            place: self.place(),
            key: key.to_owned(),
            found: self.found(),
            expected: expected.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let text = "a\r\né = x\n";
        for (offset, expected) in [(0, (1, 1)), (3, (2, 1)), (5, (2, 2)), (99, (3, 1))] {
            assert_eq!(line_and_column(text, offset), expected, "{offset}");
        }
    }

    #[test]
    fn a_long_value_is_shown_by_its_start_on_one_line() {
        let text = format!("key = [\n  1,\n  {}]", "2, ".repeat(30));
        let root = parse(&text, Path::new("x.toml")).unwrap();
        let source = Source::File {
            path: Path::new("x.toml"),
            text: &text,
        };
        let entry = &entries(source, root.get_ref())[0];
        assert_eq!(
            entry.value.found(),
            "[ 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,…"
        );
    }
}
