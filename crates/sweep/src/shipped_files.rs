//! Tests that the files in `sweeps/` ask what the study asked.

use std::path::Path;

use fitroom_domain::Flip;
use fitroom_domain::hyperparameters::format_number;

use crate::{SweepFile, TasksFile};

const TASKS: &str = include_str!("../../../sweeps/tasks.toml");
const TROUSERS_ALL: &str = include_str!("../../../sweeps/trousers_all.toml");
const TROUSERS_GENDER: &str = include_str!("../../../sweeps/trousers_gender.toml");
const SHOES_FEMALE: &str = include_str!("../../../sweeps/shoes_female.toml");

/// Each file by its name, with its number of configurations, swept axes and fixed rest.
const SWEEPS: [(&str, &str, usize, &str, &str); 3] = [
    (
        "trousers_all",
        TROUSERS_ALL,
        72,
        "kernel_size_1 3 5 7; kernel_size_2 3 5; kernel_num 32 64 96 128; dense_size 256 512 1024",
        "k3x3-n32-d256",
    ),
    (
        "trousers_gender",
        TROUSERS_GENDER,
        36,
        "kernel_size_1 3 5 7; kernel_size_2 3 5; kernel_num 32 64 128; dense_size 256 512",
        "k3x3-n32-d256",
    ),
    (
        "shoes_female",
        SHOES_FEMALE,
        18,
        "kernel_size 3 5 7; kernel_num 64 128; lambda 1e-5 5e-5 1e-4",
        "k3x3-n64-d256-l1e-5",
    ),
];

fn parse(name: &str, text: &str) -> SweepFile {
    SweepFile::parse(text, Path::new(&format!("sweeps/{name}.toml")), &[]).unwrap()
}

#[test]
fn each_sweep_has_the_grid_of_the_study() {
    for (name, text, count, swept, first) in SWEEPS {
        let sweep = parse(name, text);
        assert_eq!(sweep.grid.configurations().len(), count, "{name}");
        let axes: Vec<String> = sweep
            .grid
            .swept()
            .into_iter()
            .map(|axis| {
                let values: Vec<String> = axis.values.into_iter().map(format_number).collect();
                format!("{} {}", axis.key, values.join(" "))
            })
            .collect();
        assert_eq!(axes.join("; "), swept, "{name}");
        assert_eq!(sweep.grid.configurations()[0].short_name(), first, "{name}");
        assert_eq!(
            sweep.train,
            fitroom_domain::TrainSettings::default(),
            "{name}"
        );
        assert_eq!(sweep.seeds, [0], "{name}");
        assert_eq!(sweep.prune, None, "{name}");
    }
}

#[test]
fn what_a_sweep_shows_as_a_default_is_the_default() {
    for (name, text, ..) in SWEEPS {
        // A setting stands right behind its `#`, prose after a space.
        let shown: String = text
            .lines()
            .map(|line| match line.strip_prefix('#') {
                Some(setting) if setting.starts_with(char::is_alphabetic) => format!("{setting}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        assert!(shown.contains("\nepochs = 15"), "{name}");
        let shown = SweepFile {
            text: text.to_owned(),
            ..parse(name, &shown)
        };
        assert_eq!(shown, parse(name, text), "{name}");
    }
}

#[test]
fn each_sweep_names_a_task_and_shows_every_key() {
    let tasks = TasksFile::parse(TASKS, Path::new("sweeps/tasks.toml")).unwrap();
    for (name, text, ..) in SWEEPS {
        assert_eq!(parse(name, text).task, name);
        assert!(tasks.task(name).is_ok(), "{name}");
        for key in crate::keys::KEYS.iter().filter(|key| key.default.is_some()) {
            assert!(text.contains(&format!("{} = ", key.name)), "{name} {key}");
        }
    }
}

#[test]
fn the_tasks_are_the_ten_of_the_study() {
    let tasks = TasksFile::parse(TASKS, Path::new("sweeps/tasks.toml")).unwrap();
    let shown: Vec<String> = tasks
        .tasks()
        .map(|task| {
            let definition = &task.definition;
            let fixed: Vec<&str> = definition.where_.values().map(String::as_str).collect();
            let flip = if definition.flip == Flip::Train {
                ", flip"
            } else {
                ""
            };
            format!(
                "{}: {} of {}{flip}",
                task.name,
                definition.predicts.join("+"),
                fixed.join(" ")
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "primary: category of ",
            "glasses: type of glasses",
            "shoes_all: gender+type of shoes, flip",
            "shoes_gender: gender of shoes, flip",
            "shoes_male: type of shoes male, flip",
            "shoes_female: type of shoes female, flip",
            "trousers_all: gender+type of trousers",
            "trousers_gender: gender of trousers",
            "trousers_male: type of trousers male",
            "trousers_female: type of trousers female",
        ]
    );
}
