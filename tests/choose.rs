//! Which dataset is meant, and what is refused before anything is trained.

use crate::photographs::{Run, Workplace, import_as};

const SWEEP: &str = "task = \"shapes\"\n\n[hyperparameters]\nkernel_size = 3\nkernel_num = 2\n\n[train]\nepochs = 1\n";

fn refused(workplace: &Workplace, arguments: &[&str]) -> String {
    let run = workplace.fitroom(arguments);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(
        run.stderr.starts_with("error: ") || run.stderr.contains("\nerror: "),
        "{}",
        run.stderr
    );
    assert!(!workplace.path("runs").exists(), "something was begun");
    run.stderr
}

#[test]
fn a_named_dataset_that_is_missing_is_not_replaced_by_another() {
    let workplace = Workplace::new();
    workplace.write("sweeps/one.toml", SWEEP);
    let message = refused(&workplace, &["sweep", "sweeps/one.toml", "--data", "mine"]);
    assert!(message.contains("no dataset `mine`"), "{message}");
    let mut command = workplace.command(&["sweep", "sweeps/one.toml"]);
    let run = Run::of(command.env("FITROOM_DATA", "mine").output().unwrap());
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("no dataset `mine`"), "{}", run.stderr);
    assert!(!workplace.path("data").exists(), "the demo was drawn");
}

#[test]
fn with_several_datasets_one_must_be_named() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/one.toml", SWEEP);
    for name in ["other", "demo"] {
        let folder = format!("data/{name}");
        let import = import_as(&folder);
        assert_eq!(workplace.fitroom(&import).code, Some(0));
    }
    let message = refused(&workplace, &["sweep", "sweeps/one.toml"]);
    assert!(
        message.contains("other, small") && message.contains("--data"),
        "{message}"
    );
    assert_eq!(
        workplace
            .fitroom(&["sweep", "sweeps/one.toml", "--data", "small"])
            .code,
        Some(0)
    );
}

#[test]
fn mistakes_in_files_name_file_line_and_key() {
    let workplace = Workplace::with_dataset();
    workplace.write(
        "sweeps/typo.toml",
        &SWEEP.replace("kernel_num", "kernal_num"),
    );
    let message = refused(&workplace, &["sweep", "sweeps/typo.toml"]);
    assert!(message.contains("typo.toml:5"), "{message}");
    assert!(
        message.contains("`kernal_num`") && message.contains("`kernel_num`"),
        "{message}"
    );

    workplace.write("sweeps/task.toml", &SWEEP.replace("shapes", "shape"));
    let message = refused(&workplace, &["sweep", "sweeps/task.toml"]);
    assert!(
        message.contains("`shape`") && message.contains("shapes"),
        "{message}"
    );

    let message = refused(&workplace, &["sweep", "sweeps/missing.toml"]);
    assert!(message.contains("missing.toml"), "{message}");
}

#[test]
fn overrides_are_checked_like_the_file() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/one.toml", SWEEP);
    let message = refused(
        &workplace,
        &["sweep", "sweeps/one.toml", "--set", "epochs=0"],
    );
    assert!(
        message.contains("--set epochs=0") && message.contains("1 to"),
        "{message}"
    );
    let message = refused(
        &workplace,
        &["sweep", "sweeps/one.toml", "--set", "epoch=3"],
    );
    assert!(message.contains("epochs"), "{message}");
}

#[test]
fn a_network_that_does_not_fit_is_refused_before_anything_is_trained() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/one.toml", SWEEP);
    let message = refused(
        &workplace,
        &["sweep", "sweeps/one.toml", "--set", "kernel_size=[3, 7]"],
    );
    assert!(
        message.contains("one.toml: ") && message.contains("7×7"),
        "{message}"
    );
}

#[test]
fn a_task_that_the_dataset_cannot_answer_is_refused_with_the_reason() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/one.toml", SWEEP);
    workplace.write("sweeps/tasks.toml", "[shapes]\npredicts = [\"sleeve\"]\n");
    let message = refused(&workplace, &["sweep", "sweeps/one.toml"]);
    assert!(
        message.contains("tasks.toml:1: ")
            && message.contains("sleeve")
            && message.contains("small"),
        "{message}"
    );

    workplace.write(
        "sweeps/tasks.toml",
        "[shapes]\nwhere = { shape = \"disc\", colour = \"dark\" }\npredicts = [\"split\"]\n",
    );
    refused(&workplace, &["sweep", "sweeps/one.toml"]);
}

#[test]
fn two_files_of_one_name_are_refused_for_they_would_be_one_sweep() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/one.toml", SWEEP);
    workplace.write("other/one.toml", SWEEP);
    let arguments = [
        "sweep",
        "sweeps/one.toml",
        "other/one.toml",
        "--tasks",
        "sweeps/tasks.toml",
    ];
    let message = refused(&workplace, &arguments);
    assert!(
        message.contains("`sweeps/one.toml`") && message.contains("`other/one.toml`"),
        "{message}"
    );
}
