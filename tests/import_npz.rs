//! Photographs and codes in `.npz` files become a dataset that a sweep trains on.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::photographs::{Run, Workplace};

/// A file of the project.
fn shipped(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../sweeps")
        .join(path)
}

/// Writes shoes as the study kept them, as far as there is a Python with NumPy to do so.
fn write_shoes(workplace: &Workplace) -> Option<()> {
    let Some(python) = env::var_os("FITROOM_PYTHON") else {
        eprintln!("SKIPPED: FITROOM_PYTHON names no Python with NumPy");
        return None;
    };
    let mut command = Command::new(python);
    command.arg(shipped("../tests/npz/write_shoes.py"));
    let output = command.arg(workplace.path(".")).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    Some(())
}

/// Imports the shoes, with these arguments beside the usual.
fn import_shoes(workplace: &Workplace, more: &[&str]) -> Run {
    let names = shipped("study/shoes.toml");
    let mut arguments = vec!["data", "import-npz", "--out", "data/small"];
    arguments.extend(["--train", "shoes_train.npz"]);
    arguments.extend(["--validation", "shoes_validation.npz"]);
    arguments.extend(["--names", names.to_str().unwrap()]);
    arguments.extend(["--constant", "category=shoes"]);
    arguments.extend(more);
    workplace.fitroom(&arguments)
}

#[test]
fn shoes_that_numpy_wrote_train_the_task_shoes_all() {
    let workplace = Workplace::new();
    if write_shoes(&workplace).is_none() {
        return;
    }
    let import = import_shoes(&workplace, &["--test", "shoes_test.npz"]);
    assert_eq!(import.code, Some(0), "{}", import.stderr);
    assert!(
        import.stderr.contains("data/small: 484 photographs"),
        "{}",
        import.stderr
    );
    let show = workplace.fitroom(&["data", "show", "small"]);
    assert!(
        show.stdout.contains("pictures: as stored"),
        "{}",
        show.stdout
    );

    let tasks = fs::read_to_string(shipped("tasks.toml")).unwrap();
    workplace.write("sweeps/tasks.toml", &tasks);
    workplace.write(
        "sweeps/shoes.toml",
        "task = \"shoes_all\"\n[hyperparameters]\nkernel_size = 3\nkernel_num = 8\ndense_size = 32\n\
         [train]\nbatch_size = 16\n",
    );
    let sweep = workplace.fitroom(&["sweep", "sweeps/shoes.toml"]);
    assert_eq!(sweep.code, Some(0), "{}", sweep.stderr);
    let trials = workplace.trials();
    assert_eq!(trials[0]["task"], "shoes_all");
    // Eleven classes of the same number of photographs: chance is one in eleven.
    let accuracy = trials[0]["accuracy"].as_f64().unwrap();
    assert!(accuracy > 0.5, "{accuracy}");
}

#[test]
fn a_wrong_file_is_refused_with_one_message_and_nothing_is_written() {
    let workplace = Workplace::new();
    workplace.write("shoes_train.npz", "this is no archive");
    let import = import_shoes(&workplace, &[]);
    assert_eq!(import.code, Some(2));
    assert!(
        import
            .stderr
            .starts_with("error: cannot access `shoes_validation.npz`"),
        "{}",
        import.stderr
    );
    workplace.write("shoes_validation.npz", "nor is this");
    let import = import_shoes(&workplace, &[]);
    assert_eq!(import.code, Some(2));
    assert!(
        import
            .stderr
            .starts_with("error: `shoes_train.npz` is no intact NumPy archive"),
        "{}",
        import.stderr
    );
    assert!(!workplace.path("data").exists());
}

#[test]
fn pickled_objects_and_wrong_types_are_refused_and_nothing_is_written() {
    for (change, expected) in [
        (
            "arrays['labels'] = arrays['labels'].astype(object)",
            "array `labels` of `shoes_validation.npz`: has elements of type object (pickled",
        ),
        (
            "arrays['images'] = arrays['images'] / 255",
            "array `images` of `shoes_validation.npz` is float64",
        ),
        (
            "arrays['labels'] = arrays['labels'][1:]",
            "array `labels` of `shoes_validation.npz` has",
        ),
    ] {
        let workplace = Workplace::new();
        if write_shoes(&workplace).is_none() {
            return;
        }
        let script = format!(
            "import numpy; arrays = dict(numpy.load('shoes_validation.npz')); {change}; \
             numpy.savez('shoes_validation.npz', **arrays)"
        );
        let python = env::var_os("FITROOM_PYTHON").unwrap();
        let written = Command::new(python)
            .args(["-c", &script])
            .current_dir(workplace.path("."))
            .status();
        assert!(written.unwrap().success());
        let import = import_shoes(&workplace, &[]);
        assert_eq!(import.code, Some(2), "{change}: {}", import.stderr);
        assert!(
            import.stderr.starts_with(&format!("error: {expected}")),
            "{}",
            import.stderr
        );
        assert!(!workplace.path("data").exists());
    }
}

#[test]
fn what_the_command_line_lacks_or_has_too_much_is_told() {
    let workplace = Workplace::new();
    for (more, expected) in [
        (&["--sets", "sets.toml"][..], "cannot be used with"),
        (
            &["--constant", "shoes"],
            "`shoes` is no constant, expected a column and a label",
        ),
    ] {
        let import = import_shoes(&workplace, more);
        assert_eq!(import.code, Some(2));
        assert!(import.stderr.contains(expected), "{}", import.stderr);
    }
    let import = workplace.fitroom(&["data", "import-npz", "--train", "a.npz", "--out", "data/a"]);
    assert_eq!(import.code, Some(2));
    assert!(
        import.stderr.contains("--names <FILE>"),
        "{}",
        import.stderr
    );
}

#[test]
fn a_dataset_without_validation_photographs_is_made_with_a_warning() {
    let workplace = Workplace::new();
    if write_shoes(&workplace).is_none() {
        return;
    }
    let names = shipped("study/shoes.toml");
    let import = workplace.fitroom(&[
        "data",
        "import-npz",
        "--train",
        "shoes_train.npz",
        "--names",
        names.to_str().unwrap(),
        "--out",
        "data/small",
    ]);
    assert_eq!(import.code, Some(0), "{}", import.stderr);
    assert!(
        import
            .stderr
            .contains("warning: there are no validation photographs"),
        "{}",
        import.stderr
    );
}
