//! Which settings a sweep varies, and which it keeps.

use fitroom_domain::hyperparameters::HYPERPARAMETERS;

use crate::sweep_report::TrialRow;

/// The settings of a sweep's trials, those that vary apart from those that do not.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Settings with several values, in the order of their columns.
    pub(crate) swept: Vec<Swept>,
    /// Settings with one value: name and value.
    pub(crate) fixed: Vec<(&'static str, f64)>,
    /// The distinct seeds, rising.
    pub(crate) seeds: Vec<u64>,
}

/// A setting with several values.
#[derive(Debug)]
pub(crate) struct Swept {
    /// Its name in the sweep file.
    pub(crate) name: &'static str,
    /// Its distinct values, rising.
    pub(crate) values: Vec<f64>,
    index: usize,
}

impl Swept {
    /// This setting's value in a trial.
    pub(crate) fn value(&self, row: &TrialRow) -> f64 {
        of(row)
            .get(self.index)
            .map_or(f64::NAN, |(_, value)| *value)
    }
}

/// Every setting of a trial but its seed, in the order in which sweep files show them.
pub(crate) fn of(row: &TrialRow) -> Vec<(&'static str, f64)> {
    let hyperparameters = HYPERPARAMETERS
        .iter()
        .map(|description| (description.name, (description.value)(&row.hyperparameters)));
    let train = [
        ("epochs", f64::from(row.train.epochs)),
        ("batch_size", f64::from(row.train.batch_size)),
        ("learning_rate", row.train.learning_rate),
        ("patience", f64::from(row.train.patience)),
        ("threads", f64::from(row.train.threads)),
    ];
    hyperparameters.chain(train).collect()
}

impl Settings {
    /// The settings of these trials.
    pub(crate) fn new(trials: &[TrialRow]) -> Settings {
        let all: Vec<_> = trials.iter().map(of).collect();
        let mut settings = Settings {
            swept: Vec::new(),
            fixed: Vec::new(),
            seeds: trials.iter().map(|row| row.seed).collect(),
        };
        settings.seeds.sort_unstable();
        settings.seeds.dedup();
        let Some(first) = all.first() else {
            return settings;
        };
        for (index, (name, value)) in first.iter().enumerate() {
            let mut values: Vec<f64> = all
                .iter()
                .filter_map(|trial| trial.get(index).map(|(_, value)| *value))
                .collect();
            values.sort_by(f64::total_cmp);
            values.dedup();
            if values.len() > 1 {
                settings.swept.push(Swept {
                    name,
                    values,
                    index,
                });
            } else {
                settings.fixed.push((name, *value));
            }
        }
        settings
    }

    /// Whether trials differ by their seeds, so that a seed needs a column.
    pub(crate) fn several_seeds(&self) -> bool {
        self.seeds.len() > 1
    }
}
