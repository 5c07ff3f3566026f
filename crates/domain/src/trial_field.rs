//! What trials are filtered, sorted and shown by.

use std::fmt;

/// Something that is known of trials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrialField {
    /// The dataset's name.
    Dataset,
    /// The name of a sweep that wants the trial.
    Sweep,
    /// The task's name.
    Task,
    /// Where it stands: a [`crate::TrialState`], or `pruned`.
    State,
    /// Its name.
    Name,
    /// Its id.
    Id,
    /// What somebody tagged it with.
    Tag,
    /// What somebody noted of it.
    Note,
    /// When its last attempt ended, UTC.
    Ended,
    /// A number that every trial of ours has or will have.
    Number(NumberField),
    /// Any other setting, by its name: imported trials have some.
    Setting(String),
}

/// A number that is known of trials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberField {
    /// Its name, which is that of its column in the database.
    pub name: &'static str,
    /// Whether it stands for a share, in [0, 1].
    pub is_share: bool,
}

/// Every such number: figures of the kept weights, the seed, hyperparameters, settings of training.
pub const NUMBER_FIELDS: [NumberField; 19] = {
    const fn number(name: &'static str) -> NumberField {
        NumberField {
            name,
            is_share: false,
        }
    }
    [
        NumberField {
            name: "accuracy",
            is_share: true,
        },
        number("loss"),
        number("best_epoch"),
        number("epochs"),
        number("parameters"),
        number("multiply_adds"),
        number("seconds"),
        number("seed"),
        number("kernel_size_1"),
        number("kernel_size_2"),
        number("kernel_num"),
        number("dense_size"),
        NumberField {
            name: "dropout_rate",
            is_share: true,
        },
        number("lambda"),
        number("max_epochs"),
        number("batch_size"),
        number("learning_rate"),
        number("patience"),
        number("threads"),
    ]
};

/// The fields that are no numbers, by their names.
const OTHER_FIELDS: [(&str, TrialField); 9] = [
    ("dataset", TrialField::Dataset),
    ("sweep", TrialField::Sweep),
    ("task", TrialField::Task),
    ("state", TrialField::State),
    ("name", TrialField::Name),
    ("id", TrialField::Id),
    ("tag", TrialField::Tag),
    ("note", TrialField::Note),
    ("ended", TrialField::Ended),
];

impl TrialField {
    /// The field of this name; any other name is taken for a setting of imported trials.
    pub fn named(name: &str) -> TrialField {
        let other = OTHER_FIELDS.into_iter().find(|(known, _)| *known == name);
        let number = || NUMBER_FIELDS.into_iter().find(|field| field.name == name);
        match other {
            Some((_, field)) => field,
            None => match number() {
                Some(number) => TrialField::Number(number),
                None => TrialField::Setting(name.to_owned()),
            },
        }
    }

    /// The names of all fields but the settings of imported trials.
    pub fn known_names() -> impl Iterator<Item = &'static str> {
        let others = OTHER_FIELDS.into_iter().map(|(name, _)| name);
        others.chain(NUMBER_FIELDS.into_iter().map(|field| field.name))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            TrialField::Number(number) => number.name,
            TrialField::Setting(name) => name,
            other => {
                (OTHER_FIELDS.iter().find(|(_, field)| field == other)).map_or("", |(name, _)| name)
            }
        }
    }
}

impl fmt::Display for TrialField {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_known_by_its_name() {
        for name in TrialField::known_names() {
            let field = TrialField::named(name);
            assert_eq!(field.name(), name);
            assert!(!matches!(field, TrialField::Setting(_)), "{name}");
        }
        let optimizer = TrialField::Setting("optimizer".to_owned());
        assert_eq!(TrialField::named("optimizer"), optimizer);
        assert_eq!(optimizer.to_string(), "optimizer");
    }
}
