//! `fitroom report --json` and `--csv`: what programs get of a report.

use std::collections::BTreeMap;
use std::process::Stdio;

use serde_json::Value;

use crate::photographs::Workplace;
use crate::report::trained;

/// The finished trials of an object of `report --json`.
pub(crate) fn trials_of(sweep: &Value) -> Vec<&Value> {
    let configurations = sweep["configurations"].as_array().unwrap();
    let trials = configurations.iter().map(|it| it["trials"].as_array());
    trials.flat_map(|trials| trials.unwrap()).collect()
}

#[test]
fn json_and_csv_agree_with_the_list_of_trials() {
    let workplace = trained();
    let listed: BTreeMap<String, Value> = workplace
        .trials()
        .into_iter()
        .map(|trial| (trial["trial"].as_str().unwrap().to_owned(), trial))
        .collect();
    assert_eq!(listed.len(), 6);
    let json = workplace.fitroom(&["report", "--json"]);
    assert_eq!((json.code, json.stderr.as_str()), (Some(0), ""));
    let sweeps: Vec<Value> = serde_json::from_str(&json.stdout).unwrap();
    let names: Vec<&str> = sweeps
        .iter()
        .filter_map(|it| it["sweep"].as_str())
        .collect();
    assert_eq!(names, ["seeds", "grid"]);
    for sweep in &sweeps {
        assert_eq!(sweep["dataset"], "small");
        assert_eq!(sweep["margin"], 0.01);
        let trials = trials_of(sweep);
        assert_eq!(trials.len(), 4);
        for trial in trials {
            let known = &listed[trial["trial"].as_str().unwrap()];
            for key in ["name", "seed", "accuracy", "loss", "epochs", "seconds"] {
                assert_eq!(trial[key], known[key], "{key}");
            }
            // Thirty validation photographs, five of each shape and colour.
            let confusion: Vec<Vec<u64>> =
                serde_json::from_value(trial["confusion"].clone()).unwrap();
            let right: u64 = (0..3).map(|class| confusion[class][class]).sum();
            let all: u64 = confusion.iter().flatten().sum();
            let accuracy = trial["accuracy"].as_f64().unwrap();
            assert!((right as f64 / all as f64 - accuracy).abs() < 1e-12);
        }
        let path = sweep["mistakes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| &it["path"]);
        assert!(
            path.clone().all(Value::is_string),
            "{:?}",
            path.collect::<Vec<_>>()
        );
    }

    let csv = workplace.fitroom(&["report", "--csv"]);
    assert_eq!((csv.code, csv.stderr.as_str()), (Some(0), ""));
    let mut reader = csv::Reader::from_reader(csv.stdout.as_bytes());
    let rows: Vec<BTreeMap<String, String>> =
        reader.deserialize().collect::<Result<_, _>>().unwrap();
    assert_eq!(rows.len(), 8);
    for row in &rows {
        let known = &listed[&row["trial"]];
        assert_eq!(row["name"], known["name"].as_str().unwrap());
        for key in ["accuracy", "loss", "seconds"] {
            assert_eq!(row[key].parse::<f64>().ok(), known[key].as_f64(), "{key}");
        }
        let kernels = known["hyperparameters"]["kernel_num"].to_string();
        assert_eq!(row["kernel_num"], kernels);
    }
    let one = workplace.fitroom(&["report", "grid", "--csv"]);
    assert_eq!(one.stdout.lines().count(), 5);
    let one = workplace.fitroom(&["report", "grid", "--json"]);
    let sweeps: Vec<Value> = serde_json::from_str(&one.stdout).unwrap();
    assert_eq!(sweeps.len(), 1);
    assert!(!workplace.path("reports").exists(), "a page was written");
}

#[test]
fn whoever_does_not_read_to_the_end_is_no_error() {
    let workplace = trained();
    for format in ["--json", "--csv"] {
        let mut command = workplace.command(&["report", format]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        drop(process.stdout.take());
        let output = process.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), &*said), (Some(0), ""), "{format}");
    }
}

#[test]
fn before_anything_is_trained_programs_get_nothing_in_their_format() {
    let workplace = Workplace::new();
    let json = workplace.fitroom(&["report", "--json"]);
    assert_eq!((json.code, json.stdout.as_str()), (Some(0), "[]\n"));
    let csv = workplace.fitroom(&["report", "--csv"]);
    assert_eq!((csv.code, csv.stdout.as_str()), (Some(0), ""));
    let unknown = workplace.fitroom(&["report", "grid"]);
    assert_eq!(unknown.code, Some(2));
    assert!(
        unknown.stderr.contains("there is none yet"),
        "{}",
        unknown.stderr
    );
    assert!(!workplace.path("runs").exists());
}
