//! Which settings a sweep varies, and which it keeps.

use std::cmp::Ordering;

use fitroom_domain::SettingValue;

use crate::numbers;
use crate::sweep_report::TrialRow;

/// The settings of a sweep's trials, those that vary apart from those that do not.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Settings with several values, in the order of their columns.
    pub(crate) swept: Vec<Swept>,
    /// Settings with one value: name and value.
    pub(crate) fixed: Vec<(String, SettingValue)>,
    /// The distinct seeds, rising.
    pub(crate) seeds: Vec<u64>,
}

/// A setting with several values.
#[derive(Debug)]
pub(crate) struct Swept {
    /// Its name in the sweep file, or in the logs.
    pub(crate) name: String,
    /// Its distinct values, rising.
    pub(crate) values: Vec<SettingValue>,
}

impl Swept {
    /// This setting's value in a trial, if it is known.
    pub(crate) fn value(&self, row: &TrialRow) -> Option<SettingValue> {
        row.trial.setting(&self.name)
    }

    /// The position of its value in a trial among its values, if it is known.
    pub(crate) fn level(&self, row: &TrialRow) -> Option<usize> {
        let value = self.value(row)?;
        self.values.iter().position(|other| *other == value)
    }

    /// Its value in a trial as text, a dash where it is unknown.
    pub(crate) fn text(&self, row: &TrialRow) -> String {
        numbers::known(self.value(row), |value| value.to_string())
    }
}

impl Settings {
    /// The settings of these trials.
    pub(crate) fn new(trials: &[TrialRow]) -> Settings {
        let all: Vec<_> = trials.iter().map(|row| row.trial.settings()).collect();
        let mut settings = Settings {
            swept: Vec::new(),
            fixed: Vec::new(),
            seeds: trials.iter().filter_map(|row| row.trial.seed()).collect(),
        };
        settings.seeds.sort_unstable();
        settings.seeds.dedup();
        // Imported trials may not all have the same settings.
        let mut names: Vec<&String> = Vec::new();
        for (name, _) in all.iter().flatten() {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        for name in names {
            let of_name =
                |(other, value): &(String, SettingValue)| (other == name).then(|| value.clone());
            let mut values: Vec<SettingValue> = all.iter().flatten().filter_map(of_name).collect();
            let everywhere = values.len() == all.len();
            values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
            values.dedup();
            match &values[..] {
                [value] if everywhere => settings.fixed.push((name.clone(), value.clone())),
                _ => settings.swept.push(Swept {
                    name: name.clone(),
                    values,
                }),
            }
        }
        settings
    }

    /// Whether trials differ by their seeds, so that a seed needs a column.
    pub(crate) fn several_seeds(&self) -> bool {
        self.seeds.len() > 1
    }
}
