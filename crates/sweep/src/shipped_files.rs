//! Tests that the files in `sweeps/` ask what the study asked.

use std::path::Path;

use fitroom_domain::Flip;
use fitroom_domain::hyperparameters::format_number;

use crate::{SweepFile, TasksFile};

const TASKS: &str = include_str!("../../../sweeps/tasks.toml");
/// What the study asked in one of its sweeps.
struct Asked {
    name: &'static str,
    text: &'static str,
    task: &'static str,
    configurations: usize,
    /// The axes with several values.
    swept: &'static str,
    /// The name of the first configuration, which shows the fixed values.
    first: &'static str,
}

macro_rules! asked {
    ($name:literal, $task:literal, $configurations:literal, $swept:literal, $first:literal) => {
        Asked {
            name: $name,
            text: include_str!(concat!("../../../sweeps/", $name, ".toml")),
            task: $task,
            configurations: $configurations,
            swept: $swept,
            first: $first,
        }
    };
}

/// The twelve sweeps, in the order of the study: 266 configurations.
const SWEEPS: [Asked; 12] = [
    asked!(
        "primary",
        "primary",
        12,
        "kernel_size_1 3 5 7; kernel_num 32 64 96 128",
        "k3x3-n32"
    ),
    asked!(
        "glasses",
        "glasses",
        12,
        "kernel_size_1 3 5 7; kernel_num 32 64 96 128",
        "k3x3-n32"
    ),
    asked!(
        "shoes_all",
        "shoes_all",
        18,
        "kernel_size 3 5; kernel_num 32 64 128; dropout_rate 0.2 0.3 0.4",
        "k3x3-n32-d256-p0.2"
    ),
    asked!(
        "shoes_gender",
        "shoes_gender",
        18,
        "kernel_size 3 5; kernel_num 32 64 128; lambda 1e-5 1e-4 0.001",
        "k3x3-n32-d256-l1e-5"
    ),
    asked!(
        "shoes_male",
        "shoes_male",
        12,
        "kernel_size 3 5; kernel_num 64 128; lambda 1e-5 1e-4 0.001",
        "k3x3-n64-d256-l1e-5"
    ),
    asked!(
        "shoes_female",
        "shoes_female",
        18,
        "kernel_size 3 5 7; kernel_num 64 128; lambda 1e-5 5e-5 1e-4",
        "k3x3-n64-d256-l1e-5"
    ),
    asked!(
        "trousers_all",
        "trousers_all",
        72,
        "kernel_size_1 3 5 7; kernel_size_2 3 5; kernel_num 32 64 96 128; dense_size 256 512 1024",
        "k3x3-n32-d256"
    ),
    asked!(
        "trousers_all_l2",
        "trousers_all",
        9,
        "lambda 1e-5 5e-5 1e-4 5e-4 0.001 0.005 0.01 0.05 0.1",
        "k7x3-n96-d512-l1e-5"
    ),
    asked!(
        "trousers_all_dropout",
        "trousers_all",
        7,
        "dropout_rate 0.1 0.2 0.3 0.4 0.5 0.6 0.7",
        "k7x3-n96-d512-p0.1"
    ),
    asked!(
        "trousers_gender",
        "trousers_gender",
        36,
        "kernel_size_1 3 5 7; kernel_size_2 3 5; kernel_num 32 64 128; dense_size 256 512",
        "k3x3-n32-d256"
    ),
    asked!(
        "trousers_male",
        "trousers_male",
        16,
        "kernel_size_1 3 5; kernel_size_2 3 5; kernel_num 32 64; dense_size 256 512",
        "k3x3-n32-d256"
    ),
    asked!(
        "trousers_female",
        "trousers_female",
        36,
        "kernel_size_1 3 7; kernel_size_2 3 5; kernel_num 32 64 128; dense_size 256 512 1024",
        "k3x3-n32-d256"
    ),
];

fn parse(name: &str, text: &str) -> SweepFile {
    SweepFile::parse(text, Path::new(&format!("sweeps/{name}.toml")), &[]).unwrap()
}

#[test]
fn each_sweep_has_the_grid_of_the_study() {
    for asked in &SWEEPS {
        let Asked { name, text, .. } = asked;
        let sweep = parse(name, text);
        assert_eq!(
            sweep.grid.configurations().len(),
            asked.configurations,
            "{name}"
        );
        let axes: Vec<String> = sweep
            .grid
            .swept()
            .into_iter()
            .map(|axis| {
                let values: Vec<String> = axis.values.into_iter().map(format_number).collect();
                format!("{} {}", axis.key, values.join(" "))
            })
            .collect();
        assert_eq!(axes.join("; "), asked.swept, "{name}");
        assert_eq!(
            sweep.grid.configurations()[0].short_name(),
            asked.first,
            "{name}"
        );
        assert_eq!(
            sweep.train,
            fitroom_domain::TrainSettings::default(),
            "{name}"
        );
        assert_eq!(sweep.seeds, [0], "{name}");
        assert_eq!(sweep.prune, None, "{name}");
    }
    let all: usize = SWEEPS.iter().map(|asked| asked.configurations).sum();
    assert_eq!(all, 266);
}

#[test]
fn what_a_sweep_shows_as_a_default_is_the_default() {
    for Asked { name, text, .. } in &SWEEPS {
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
            text: (*text).to_owned(),
            ..parse(name, &shown)
        };
        assert_eq!(shown, parse(name, text), "{name}");
    }
}

#[test]
fn each_sweep_names_a_task_and_shows_every_key() {
    let tasks = TasksFile::parse(TASKS, Path::new("sweeps/tasks.toml")).unwrap();
    for Asked {
        name, text, task, ..
    } in &SWEEPS
    {
        assert_eq!(parse(name, text).task, *task, "{name}");
        assert!(tasks.task(task).is_ok(), "{name}");
        // None prunes, so none has that table.
        let shown = crate::keys::KEYS
            .iter()
            .filter(|key| key.table != Some("prune"));
        for key in shown.filter(|key| key.default.is_some()) {
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
