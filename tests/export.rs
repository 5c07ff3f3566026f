//! `fitroom export`: what it writes is all that another program needs to predict the same.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::kept_models::{refused, sweep_text, well};
use crate::photographs::Workplace;

const TASKS: &str = "[shapes]\npredicts = [\"shape\"]\n[turned]\npredicts = [\"shape\", \"colour\"]\nflip = \"all\"\n\
                     [dark_shapes]\nwhere = { colour = \"dark\" }\npredicts = [\"shape\"]\n";

/// A Python with NumPy.
fn python() -> Option<OsString> {
    let python = env::var_os("FITROOM_PYTHON");
    if python.is_none() {
        eprintln!("SKIPPED: FITROOM_PYTHON names no Python with NumPy");
    }
    python
}

/// Models with and without a hidden layer, and with kernels of two sizes.
fn trained() -> Workplace {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/tasks.toml", TASKS);
    workplace.write("sweeps/shapes.toml", &sweep_text("shapes", 5));
    let plain = sweep_text("turned", 5).replace("dense_size = 16", "dense_size = 0");
    workplace.write("sweeps/turned.toml", &plain);
    let kernels = "kernel_size_1 = 5\nkernel_size_2 = 3\ndropout_rate = 0.3";
    let kernels = sweep_text("dark_shapes", 5).replace("kernel_size = 3", kernels);
    workplace.write("sweeps/dark_shapes.toml", &kernels);
    let sweeps = ["shapes", "turned", "dark_shapes"].map(|it| format!("sweeps/{it}.toml"));
    let sweeps: Vec<&str> = sweeps.iter().map(String::as_str).collect();
    well(&workplace, &[&["sweep"][..], &sweeps].concat());
    workplace
}

#[test]
fn the_exported_weights_predict_the_same_by_nothing_but_numpy() {
    let Some(python) = python() else { return };
    let workplace = trained();
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/export/forward.py");
    for (task, pictures) in [("shapes", 30), ("turned", 60), ("dark_shapes", 30)] {
        let to = format!("exported/{task}");
        well(&workplace, &["export", task, "--to", &to]);
        let output = Command::new(&python)
            .arg(&script)
            .args([&to, "data/small/dataset.npz"])
            .arg(format!("runs/models/small/{task}/validation.npz"))
            .current_dir(workplace.path("."))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{task}: {said}");
        let said = String::from_utf8(output.stdout).unwrap();
        let (count, difference) = said.trim().split_once(' ').unwrap();
        assert_eq!(count, pictures.to_string(), "{task}");
        assert!(difference.parse::<f64>().unwrap() < 1e-4, "{task}: {said}");

        let compiled = Command::new(&python)
            .args(["-m", "py_compile", "model.py"])
            .current_dir(workplace.path(&to))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&compiled.stderr);
        assert!(compiled.status.success(), "{task}: {said}");
        let text = fs::read_to_string(workplace.path(&format!("{to}/model.py"))).unwrap();
        assert!(
            text.contains("    \"cross") && text.contains("WIDTH, HEIGHT = 14, 18"),
            "{text}"
        );
        let model: toml::Table = fs::read_to_string(workplace.path(&format!("{to}/model.toml")))
            .unwrap()
            .parse()
            .unwrap();
        assert_eq!(model["task"]["name"].as_str(), Some(task));
    }
}

#[test]
fn an_unknown_task_is_refused_with_those_that_there_are() {
    let workplace = Workplace::with_dataset();
    let export = ["export", "hats", "--to", "exported"];
    refused(&workplace, &export, &["task `hats`", "there are none"]);
    let workplace = trained();
    let expected = ["task `hats`", "there are: dark_shapes, shapes, turned"];
    refused(&workplace, &export, &expected);
    assert!(!workplace.path("exported").exists());
}

#[test]
fn exporting_again_takes_the_model_of_now_and_leaves_other_files() {
    let workplace = trained();
    let export = ["export", "shapes", "--to", "exported"];
    well(&workplace, &export);
    workplace.write("exported/notes.txt", "mine");
    let weights = || fs::read(workplace.path("exported/model.safetensors")).unwrap();
    let before = weights();
    well(
        &workplace,
        &["sweep", "sweeps/shapes.toml", "--set", "epochs=40"],
    );
    well(&workplace, &export);
    assert!(weights() != before);
    let mut names: Vec<String> = fs::read_dir(workplace.path("exported"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let expected = [
        "model.py",
        "model.safetensors",
        "model.toml",
        "notes.txt",
        "validation.npz",
    ];
    assert_eq!(names, expected);
}
