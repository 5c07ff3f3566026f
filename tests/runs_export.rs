//! `runs export`: pandas reads trials, their origin and their epochs.

use std::env;
use std::process::Command;

use serde_json::{Value, json};

use crate::photographs::Workplace;
use crate::trash::trained;

const SCRIPT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../tests/export/read_runs.py"
);

fn exported(workplace: &Workplace, arguments: &[&str]) {
    let all: Vec<&str> = ["runs", "export"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    let run = workplace.fitroom(&all);
    assert_eq!(run.code, Some(0), "{arguments:?}: {}", run.stderr);
}

#[test]
fn pandas_reads_what_was_recorded() {
    let Some(python) = env::var_os("FITROOM_PYTHON") else {
        eprintln!("SKIPPED: FITROOM_PYTHON names no Python with pandas");
        return;
    };
    let workplace = trained();
    let trials = workplace.trials();
    let note = "says \"boots\", mostly;\nlook again";
    let second = trials[1]["name"].as_str().unwrap();
    assert_eq!(
        workplace.fitroom(&["runs", "note", second, note]).code,
        Some(0)
    );
    exported(
        &workplace,
        &["--to", "trials.csv", "--epochs", "epochs.csv"],
    );
    exported(&workplace, &["--to", "trials.json"]);
    let mut command = Command::new(python);
    command
        .args([SCRIPT, "trials.csv", "epochs.csv", "trials.json"])
        .current_dir(workplace.path(""));
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();

    let accuracies: Vec<f64> = (trials.iter())
        .map(|trial| trial["accuracy"].as_f64().unwrap())
        .collect();
    assert_eq!(read["trials"], trials.len());
    assert_eq!(read["objects"], trials.len());
    assert_eq!(read["best"], trials[0]["name"]);
    let mean = accuracies.iter().sum::<f64>() / accuracies.len() as f64;
    assert!((read["mean_accuracy"].as_f64().unwrap() - mean).abs() < 1e-12);
    for kernels in [2, 4] {
        let of_kernels = |trial: &&Value| trial["hyperparameters"]["kernel_num"] == kernels;
        let best = trials.iter().find(of_kernels).unwrap();
        assert_eq!(read["by_kernels"][kernels.to_string()], best["accuracy"]);
    }
    assert_eq!(read["largest_difference"], 0.0);
    assert_eq!(read["json_accuracies"], json!(accuracies));
    let epochs: Vec<u64> = (trials.iter())
        .map(|trial| trial["epochs"].as_u64().unwrap())
        .collect();
    assert_eq!(read["epochs"], epochs.iter().sum::<u64>());
    assert_eq!(read["json_curves"], json!(epochs));
    for (trial, epochs) in trials.iter().zip(epochs) {
        assert_eq!(
            read["last_epochs"][trial["trial"].as_str().unwrap()],
            epochs
        );
    }
    assert_eq!(read["notes"][1], note);
    let ended = read["ended"][0].as_str().unwrap();
    let expected = trials[0]["ended"].as_str().unwrap();
    assert_eq!(ended[..19].replace(' ', "T"), expected[..19]);
    for (name, kind) in [
        ("accuracy", "float64"),
        ("kernel_num", "int64"),
        ("epochs", "int64"),
        ("attempts", "int64"),
        ("cpu_seconds", "float64"),
        ("peak_memory_bytes", "int64"),
        ("training_semantics", "int64"),
    ] {
        assert_eq!(read["kinds"][name], kind, "{name}");
    }
}

#[test]
fn only_what_is_asked_for_is_written_and_never_half_of_it() {
    let workplace = trained();
    exported(&workplace, &["kernel_num=4", "--to", "four.csv"]);
    let text = std::fs::read_to_string(workplace.path("four.csv")).unwrap();
    assert_eq!(text.lines().count(), 1 + 4, "{text}");
    exported(&workplace, &["accuracy>1", "--to", "none.json"]);
    assert_eq!(
        std::fs::read_to_string(workplace.path("none.json")).unwrap(),
        "[]\n"
    );
    for (arguments, said) in [
        (
            ["--to", "trials.xlsx"],
            "expected a name that ends with `.csv` or `.json`",
        ),
        (["--sort", "loss"], "--to"),
        (
            ["kernel_nmu=4", "--to=four.csv"],
            "did you mean `kernel_num`?",
        ),
    ] {
        let all: Vec<&str> = ["runs", "export"]
            .iter()
            .chain(&arguments)
            .copied()
            .collect();
        let run = workplace.fitroom(&all);
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(said), "{arguments:?}: {}", run.stderr);
    }
    assert_eq!(
        std::fs::read_to_string(workplace.path("four.csv")).unwrap(),
        text
    );
    let empty = Workplace::new();
    let run = empty.fitroom(&["runs", "export", "--to", "trials.csv"]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(!empty.path("trials.csv").exists());
}
