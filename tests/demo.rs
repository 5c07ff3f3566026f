//! The demo catalogue is drawn when there is no dataset.

use std::fs;
use std::process::Stdio;

use crate::photographs::{Run, Workplace};

/// An empty folder with the sweeps that come with the program.
fn workplace() -> Workplace {
    let workplace = Workplace::new();
    workplace.write("sweeps/tasks.toml", include_str!("../sweeps/tasks.toml"));
    workplace.write(
        "sweeps/trousers_all.toml",
        include_str!("../sweeps/trousers_all.toml"),
    );
    workplace
}

/// A sweep of two small trials.
const SWEEP: [&str; 12] = [
    "sweep",
    "sweeps/trousers_all.toml",
    "--set",
    "kernel_size_1=3",
    "--set",
    "kernel_size_2=3",
    "--set",
    "kernel_num=4",
    "--set",
    "dense_size=[8, 16]",
    "--set",
    "epochs=1",
];

fn datasets(workplace: &Workplace) -> Vec<String> {
    fs::read_dir(workplace.path("data"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn a_demo_replaces_a_demo_but_no_photographs() {
    let workplace = Workplace::with_dataset();
    let drawn = workplace.fitroom(&["data", "demo", "--out", "data/small"]);
    assert_eq!(drawn.code, Some(2), "{}", drawn.stderr);
    assert!(drawn.stderr.contains("`data/small`"), "{}", drawn.stderr);
    let show = workplace.fitroom(&["data", "show", "small"]);
    assert!(show.stdout.contains("150 photographs"), "{}", show.stdout);
    for seed in ["0", "1"] {
        let drawn = workplace.fitroom(&["data", "demo", "--seed", seed]);
        assert_eq!(drawn.code, Some(0), "{}", drawn.stderr);
    }
}

#[test]
fn a_sweep_in_an_empty_folder_draws_the_demo_and_the_next_call_has_nothing_to_do() {
    let workplace = workplace();
    let run = workplace.fitroom(&SWEEP);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stderr.contains("drawing the demo catalogue"),
        "{}",
        run.stderr
    );
    assert_eq!(datasets(&workplace), ["demo"]);
    let trials = workplace.trials();
    assert_eq!(trials.len(), 2);
    assert!(trials.iter().all(|trial| trial["dataset"] == "demo"));

    let again = workplace.fitroom(&SWEEP);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
    assert!(!again.stderr.contains("drawing"), "{}", again.stderr);
}

#[test]
fn two_sweeps_that_draw_the_demo_at_once_share_it() {
    let workplace = workplace();
    let calls = [(); 2].map(|()| {
        let mut command = workplace.command(&SWEEP);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    });
    for call in calls {
        let run = Run::of(call.wait_with_output().unwrap());
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    }
    assert_eq!(datasets(&workplace), ["demo"]);
    assert_eq!(workplace.trials().len(), 2);
}

#[test]
fn the_demo_is_drawn_by_name_beside_another_dataset_and_with_another_seed_anywhere() {
    let workplace = workplace();
    let draw = ["data", "demo", "--seed", "1", "--out", "data/other"];
    let run = workplace.fitroom(&draw);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stderr.contains("data/other: 1682 photographs"),
        "{}",
        run.stderr
    );

    let run = workplace.fitroom(&[&SWEEP[..], &["--data", "demo"]].concat());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let mut names = datasets(&workplace);
    names.sort();
    assert_eq!(names, ["demo", "other"]);

    let fingerprints = ["demo", "other"].map(|name| {
        let show = workplace.fitroom(&["data", "show", name]);
        assert!(show.stdout.contains("(no label)"), "{}", show.stdout);
        let line = show
            .stdout
            .lines()
            .find(|line| line.starts_with("fingerprint"));
        line.unwrap().to_owned()
    });
    assert_ne!(fingerprints[0], fingerprints[1]);
}

#[test]
fn the_demo_is_not_drawn_over_something_else() {
    let workplace = workplace();
    workplace.write("data/demo/notes.txt", "mine");
    let calls: [&[&str]; 2] = [&["data", "demo"], &SWEEP];
    for call in calls {
        let run = workplace.fitroom(call);
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert!(run.stderr.contains("notes.txt"), "{}", run.stderr);
    }
    assert_eq!(datasets(&workplace), ["demo"]);
}
