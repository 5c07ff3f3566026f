//! What a sweep file and `--set` say together: for each key at most one value, not yet read.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::document::{self, Source, ValueError, Written};
use crate::grid::GridError;
use crate::keys::{self, KERNEL_SIZE, KERNEL_SIZE_1, KERNEL_SIZE_2, Key};
use crate::overrides::Override;
use crate::sweep_file::SweepFileError;
use crate::unknown_key::UnknownKey;

/// Most values of one list.
const MOST_VALUES: usize = 1000;

/// The values of a sweep file's keys.
pub(crate) struct Settings<'a> {
    path: &'a Path,
    values: Vec<(&'static Key, Written<'a>)>,
    /// The tables that the file has, some of them perhaps empty.
    tables: Vec<&'static str>,
}

impl<'a> Settings<'a> {
    /// The settings of the file whose text is `text` and whose root table is `root`; every one of its
    /// keys is known.
    pub(crate) fn of_file(
        path: &'a Path,
        text: &'a str,
        root: &'a DeTable<'a>,
    ) -> Result<Settings<'a>, SweepFileError> {
        let mut settings = Settings {
            path,
            values: Vec::new(),
            tables: Vec::new(),
        };
        for entry in document::entries(Source::File { path, text }, root) {
            let Some(table) = keys::tables().into_iter().find(|name| *name == entry.key) else {
                settings.add(None, entry)?;
                continue;
            };
            let Some(inner) = entry.value.table() else {
                return Err(entry.value.unexpected(table, "a table").into());
            };
            for entry in inner {
                settings.add(Some(table), entry)?;
            }
            settings.tables.push(table);
        }
        Ok(settings)
    }

    fn add(&mut self, table: Option<&str>, entry: document::Entry<'a>) -> Result<(), UnknownKey> {
        let key = keys::find(table, entry.key).ok_or_else(|| UnknownKey {
            place: entry.place,
            key: entry.key.to_owned(),
            hint: keys::hint_in_file(table, entry.key),
        })?;
        self.values.push((key, entry.value));
        Ok(())
    }

    /// Replaces values by overrides, of which the last one for a key counts. `kernel_size` replaces the
    /// file's `kernel_size_1` and `_2`, and both of these together replace its `kernel_size`.
    pub(crate) fn replace(&mut self, overrides: &'a [(&'a Override, Spanned<DeValue<'a>>)]) {
        let is_given = |key: &Key| overrides.iter().any(|(given, _)| given.key() == key);
        if is_given(&KERNEL_SIZE) {
            self.remove(&KERNEL_SIZE_1);
            self.remove(&KERNEL_SIZE_2);
        }
        if is_given(&KERNEL_SIZE_1) && is_given(&KERNEL_SIZE_2) {
            self.remove(&KERNEL_SIZE);
        }
        for (given, value) in overrides {
            self.remove(given.key());
            self.values.push((given.key(), given.written(value)));
        }
    }

    fn remove(&mut self, key: &Key) {
        self.values.retain(|(other, _)| *other != key);
    }

    /// The value of a key, if it has one.
    pub(crate) fn get(&self, key: &Key) -> Option<Written<'a>> {
        let found = self.values.iter().find(|(other, _)| *other == key);
        found.map(|(_, written)| *written)
    }

    /// Whether the file has a table of this name, even an empty one.
    pub(crate) fn has_table(&self, name: &str) -> bool {
        self.tables.contains(&name)
    }

    /// The value of a key that takes no list, if it has one. `read` gives `None` for values that the key
    /// may not have.
    pub(crate) fn single<T>(
        &self,
        key: &'static Key,
        read: impl Fn(Written<'a>) -> Option<T>,
    ) -> Result<Option<T>, ValueError> {
        self.get(key)
            .map(|value| {
                read(value).ok_or_else(|| value.unexpected(&key.to_string(), key.expected))
            })
            .transpose()
    }

    /// The values of a key that takes a list, if it has any: at least one, and all different.
    pub(crate) fn several<T: PartialEq>(
        &self,
        key: &'static Key,
        read: impl Fn(Written<'a>) -> Option<T>,
    ) -> Result<Option<Vec<T>>, SweepFileError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        let Some(items) = value.list() else {
            let one = read(value)
                .ok_or_else(|| value.unexpected(&key.to_string(), &key.expected_or_list()))?;
            return Ok(Some(vec![one]));
        };
        if !(1..=MOST_VALUES).contains(&items.len()) {
            let expected = format!("a list of 1 to {MOST_VALUES} values");
            return Err(value.unexpected(&key.to_string(), &expected).into());
        }
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            let one = read(item).ok_or_else(|| item.unexpected(&key.to_string(), key.expected))?;
            if values.contains(&one) {
                return Err(SweepFileError::Repeated {
                    place: item.place(),
                    key: key.to_string(),
                    value: item.found(),
                });
            }
            values.push(one);
        }
        Ok(Some(values))
    }

    /// The error that a key without a default has no value.
    pub(crate) fn missing(&self, key: &'static Key) -> SweepFileError {
        SweepFileError::Missing {
            path: self.path.to_owned(),
            key: key.qualified().unwrap_or_else(|| key.to_string()),
            expected: key.expected_or_list(),
        }
    }

    /// The error that the values make no grid.
    pub(crate) fn no_grid(&self, reason: GridError) -> SweepFileError {
        SweepFileError::Grid {
            path: self.path.to_owned(),
            reason,
        }
    }
}
