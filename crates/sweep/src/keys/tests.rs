use std::collections::BTreeSet;
use std::path::Path;

use fitroom_domain::hyperparameters::HYPERPARAMETERS;
use fitroom_domain::{Hyperparameters, TrainSettings};

use super::*;
use crate::overrides::Override;
use crate::sweep_file::SweepFile;

const SMALL: &str = "task = 'a'\n[hyperparameters]\nkernel_size = 3\nkernel_num = 8\n";

fn set(arguments: &[String]) -> Result<SweepFile, String> {
    let overrides: Vec<Override> = arguments.iter().map(|one| one.parse().unwrap()).collect();
    SweepFile::parse(SMALL, Path::new("x.toml"), &overrides).map_err(|error| error.to_string())
}

fn argument(key: &Key, value: &str) -> String {
    format!("{key}={value}")
}

#[test]
fn names_are_unique_in_their_table_and_every_entry_is_complete() {
    let names: BTreeSet<_> = KEYS.iter().map(|key| (key.table, key.name)).collect();
    assert_eq!(names.len(), KEYS.len());
    assert_eq!(
        tables(),
        [
            "hyperparameters",
            "train",
            "search",
            "prune",
            "tensorboard",
            "report"
        ]
    );
    for key in KEYS {
        assert!(key.doc.ends_with('.'), "{key}");
        assert!(!key.expected.ends_with('.'), "{key}");
    }
}

#[test]
fn every_hyperparameter_has_its_key() {
    for hyperparameter in &HYPERPARAMETERS {
        let key = find(Some("hyperparameters"), hyperparameter.name).unwrap();
        assert_eq!(key.kind == Kind::Whole, hyperparameter.whole, "{key}");
    }
}

#[test]
fn the_defaults_in_the_table_are_the_defaults() {
    let defaults: Vec<String> = KEYS
        .iter()
        .filter_map(|key| Some(argument(key, key.default?)))
        .collect();
    assert_eq!(defaults.len(), 18);
    let prune = || [argument(&PRUNE_METHOD, "'halving'")];
    let defaults: Vec<String> = defaults.into_iter().chain(prune()).collect();
    assert_eq!(set(&defaults), set(&prune()));
}

#[test]
fn a_value_of_the_wrong_kind_is_answered_with_what_the_table_expects() {
    for key in KEYS {
        let wrong = match key.kind {
            Kind::Text => "1",
            Kind::Whole => "1.5",
            Kind::Number => "'1'",
        };
        assert_eq!(
            set(&[argument(key, wrong)]),
            Err(format!(
                "--set {key}={wrong}: `{key}` is `{wrong}`, expected {}",
                key.expected_or_list()
            ))
        );
    }
}

/// The ranges are the domain's; the table repeats them because messages name more than numbers.
#[test]
fn the_ranges_in_the_table_are_those_that_the_domain_names() {
    let mut expected = Vec::new();
    for (kernel, dense_size, dropout_rate, lambda) in [
        ((0, 1, 1), 0, 0.0, 0.0),
        ((1, 0, 1), 0, 0.0, 0.0),
        ((1, 1, 0), 0, 0.0, 0.0),
        ((1, 1, 1), u32::MAX, 0.0, 0.0),
        ((1, 1, 1), 1, 1.0, 0.0),
        ((1, 1, 1), 1, 0.0, -1.0),
    ] {
        let (one, two, kernels) = kernel;
        expected.push(
            Hyperparameters::new(one, two, kernels, dense_size, dropout_rate, lambda)
                .unwrap_err()
                .to_string(),
        );
    }
    let default = TrainSettings::default;
    for settings in [
        TrainSettings {
            epochs: 0,
            ..default()
        },
        TrainSettings {
            batch_size: 0,
            ..default()
        },
        TrainSettings {
            learning_rate: 0.0,
            ..default()
        },
        TrainSettings {
            threads: 0,
            ..default()
        },
    ] {
        expected.push(settings.checked().unwrap_err().to_string());
    }
    for message in expected {
        let name = message.split('`').nth(1).unwrap();
        let key = named(name).next().unwrap();
        assert!(
            message.ends_with(&format!("expected {}", key.expected)),
            "{message}"
        );
    }
}

#[test]
fn what_is_misspelt_on_the_command_line_is_suggested_with_its_table_where_needed() {
    for (unknown, expected) in [
        ("epoch", "did you mean `epochs`?"),
        ("train.epoch", "did you mean `epochs`?"),
        ("prune.methods", "did you mean `prune.method`?"),
    ] {
        assert_eq!(hint_in_argument(unknown), expected);
    }
}
