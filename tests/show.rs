//! All that is known of a trial.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::import_logs::logs;
use crate::photographs::{Run, Workplace};

const GRID: &str = r#"
task = "shapes"

[hyperparameters]
kernel_size = 3
kernel_num = [4, 8]
dense_size = [0, 16]

[train]
epochs = 4
batch_size = 16
"#;

/// Four trials, one of them evaluated, trained with an override.
fn trained() -> Workplace {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/grid.toml", GRID);
    let command = ["sweep", "sweeps/grid.toml", "--set", "learning_rate=2e-3"];
    for command in [&command[..], &["evaluate"]] {
        let run = workplace.fitroom(command);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    }
    workplace
}

fn shown(workplace: &Workplace, arguments: &[&str]) -> String {
    let run = workplace.fitroom(&[&["runs", "show"], arguments].concat());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run.stdout
}

fn json_of(workplace: &Workplace, trial: &str) -> Value {
    serde_json::from_str(&shown(workplace, &[trial, "--json"])).unwrap()
}

fn folder_of(workplace: &Workplace, trial: &Value) -> PathBuf {
    let folder = trial["files"]["folder"].as_str().unwrap();
    workplace.path("runs").join(folder)
}

fn toml_of(path: PathBuf) -> toml::Table {
    fs::read_to_string(path).unwrap().parse().unwrap()
}

/// The number at a place of a TOML file, whole or not.
fn number(value: &toml::Value) -> f64 {
    let whole = value.as_integer().map(|it| it as f64);
    value.as_float().or(whole).unwrap()
}

#[test]
fn show_agrees_with_the_files_of_every_trial() {
    let workplace = trained();
    let listed = workplace.trials();
    assert_eq!(listed.len(), 4);
    for (place, trial) in listed.iter().enumerate() {
        let name = trial["name"].as_str().unwrap();
        let shown = json_of(&workplace, name);
        for (field, value) in trial.as_object().unwrap() {
            assert_eq!(shown[field], *value, "{field}");
        }
        let folder = folder_of(&workplace, &shown);
        assert!(folder.ends_with(format!("small/grid/{name}")));
        let result = toml_of(folder.join("result.toml"));
        let described = toml_of(folder.join("trial.toml"));
        for field in [
            "accuracy",
            "loss",
            "best_epoch",
            "epochs",
            "parameters",
            "multiply_adds",
            "seconds",
        ] {
            let expected = number(&result["figures"][field]);
            assert_eq!(shown["figures"][field].as_f64(), Some(expected), "{field}");
        }
        let photographs = described["data"]["photographs"]["validation"].as_integer();
        assert_eq!(
            shown["figures"]["validation_photographs"].as_i64(),
            photographs
        );
        let interval = &shown["figures"]["accuracy_interval"];
        let accuracy = shown["accuracy"].as_f64().unwrap();
        let expected = wilson(accuracy, photographs.unwrap() as f64);
        for (end, expected) in [("low", expected.0), ("high", expected.1)] {
            assert!(
                (interval[end].as_f64().unwrap() - expected).abs() < 1e-9,
                "{interval}"
            );
        }
        for (setting, value) in described["trial"]["train"].as_table().unwrap() {
            assert_eq!(
                shown["train"][setting].as_f64(),
                Some(number(value)),
                "{setting}"
            );
        }
        assert_eq!(shown["train"]["learning_rate"], json!(2e-3));
        assert_eq!(shown["train"]["epochs"], json!(4));
        // The list has the best first, as the leaderboard has.
        assert_eq!(shown["leaderboard"], json!({"place": place + 1, "of": 4}));
        let is_best = place == 0;
        assert_eq!(
            shown["model"],
            if is_best {
                json!("accuracy")
            } else {
                Value::Null
            }
        );
        assert_eq!(
            shown["evaluations"].as_array().unwrap().len(),
            usize::from(is_best)
        );
        assert_curve(&folder, &shown);
        assert_attempt(&workplace, &result, &shown);
        assert_files(&folder, &result, &shown);
        assert_provenance(&toml_of(folder.join("provenance.toml")), &shown);
        assert_eq!(shown["definition"]["predicts"], json!(["shape"]));
        assert_eq!(
            shown["wanted_by"],
            json!([{"sweep": "grid", "dataset": "small", "pruned_after": null}])
        );
        assert_eq!(shown["remarks"], json!({"tags": [], "note": null}));
    }
}

/// Wilson's interval with 95 % confidence, by its textbook formula.
fn wilson(accuracy: f64, count: f64) -> (f64, f64) {
    let z = 1.959_963_984_540_054_f64;
    let centre = (accuracy + z * z / (2.0 * count)) / (1.0 + z * z / count);
    let spread = (accuracy * (1.0 - accuracy) / count + z * z / (4.0 * count * count)).sqrt();
    let half = z / (1.0 + z * z / count) * spread;
    (centre - half, centre + half)
}

fn assert_curve(folder: &std::path::Path, shown: &Value) {
    let metrics = fs::read_to_string(folder.join("metrics.csv")).unwrap();
    let curve = shown["curve"].as_array().unwrap();
    assert_eq!(curve.len(), metrics.lines().count() - 1);
    for (line, epoch) in metrics.lines().skip(1).zip(curve) {
        let found: Vec<f64> = line.split(',').map(|it| it.parse().unwrap()).collect();
        let expected = [
            &epoch["epoch"],
            &epoch["train"]["loss"],
            &epoch["train"]["accuracy"],
            &epoch["validation"]["loss"],
            &epoch["validation"]["accuracy"],
            &epoch["seconds"],
        ];
        assert_eq!(found, expected.map(|it| it.as_f64().unwrap()));
    }
}

fn assert_attempt(workplace: &Workplace, result: &toml::Table, shown: &Value) {
    let history = shown["history"].as_array().unwrap();
    assert_eq!(history.len(), 1);
    let attempt = &history[0];
    assert_eq!(attempt["number"], json!(1));
    assert_eq!(attempt["state"], json!("finished"));
    assert_eq!(attempt["numerics"].as_str(), result["numerics"].as_str());
    let attempts: Vec<(String, String, String, f64)> = workplace.query(
        "select id, started_at, attempts.ended_at,
             86400.0 * (julianday(attempts.ended_at) - julianday(started_at))
         from attempts join trials on trials.key = trial_key",
    );
    let recorded = attempts
        .iter()
        .find(|it| shown["trial"] == json!(it.0))
        .unwrap();
    assert_eq!(attempt["started_at"], json!(recorded.1));
    assert_eq!(attempt["ended_at"], json!(recorded.2));
    let wall = attempt["wall_seconds"].as_f64().unwrap();
    assert!(
        (wall - recorded.3).abs() < 2e-3,
        "{wall}, expected {}",
        recorded.3
    );
    let peak = result
        .get("peak_memory_bytes")
        .and_then(toml::Value::as_integer);
    assert_eq!(attempt["peak_memory_bytes"].as_i64(), peak);
    assert!(peak.is_some());
    let cpu = result.get("cpu_seconds").map(number);
    assert_eq!(attempt["cpu_seconds"].as_f64(), cpu);
}

fn assert_files(folder: &std::path::Path, result: &toml::Table, shown: &Value) {
    let files = shown["files"]["list"].as_array().unwrap();
    for file in files {
        let name = file["name"].as_str().unwrap();
        let bytes = fs::read(folder.join(name)).unwrap();
        assert_eq!(file["bytes"].as_u64(), Some(bytes.len() as u64), "{name}");
        let hash = blake3::hash(&bytes).to_hex();
        assert_eq!(file["blake3"].as_str(), Some(hash.as_str()), "{name}");
        assert_eq!(file["present"], json!(true));
    }
    let names: Vec<&str> = files
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    for file in result["files"].as_array().unwrap() {
        let name = file["name"].as_str().unwrap();
        let is_there = folder.join(name).exists();
        assert!(names.contains(&name) || !is_there, "{name} of {names:?}");
    }
    let has_weights = folder.join("model.safetensors").is_file();
    assert_eq!(shown["files"]["weights_kept"], json!(has_weights));
}

fn assert_provenance(file: &toml::Table, shown: &Value) {
    let found = &shown["provenance"];
    assert_eq!(found["sweep"], json!("grid"));
    assert_eq!(found["text"].as_str(), Some(GRID));
    assert_eq!(found["overrides"], json!(["learning_rate=2e-3"]));
    let provenance = &file["run"]["provenance"];
    for field in ["command_line", "working_folder", "versions", "machine"] {
        let expected = serde_json::to_value(&provenance[field]).unwrap();
        assert_eq!(found[field], expected, "{field}");
    }
    assert_eq!(found["command_line"][1], json!("sweep"));
}

#[test]
fn show_tells_people_the_same() {
    let workplace = trained();
    let trial = workplace.trials().remove(0);
    let (name, id) = (
        trial["name"].as_str().unwrap(),
        trial["trial"].as_str().unwrap(),
    );
    let text = shown(&workplace, &[name]);
    for called in [id, &id[..8]] {
        assert_eq!(shown(&workplace, &[called]), text, "{called}");
    }
    let accuracy = format!("{:.2} %", 100.0 * trial["accuracy"].as_f64().unwrap());
    let loss = format!("{:.4}", trial["loss"].as_f64().unwrap());
    for expected in [
        name,
        id,
        trial["fingerprint"].as_str().unwrap(),
        &accuracy,
        &loss,
        "30 photographs",
        "1st of 4; the model of its task",
        "learning_rate 0.002",
        "predicts       shape",
        "fitroom sweep sweeps/grid.toml --set 'learning_rate=2e-3'",
        "overrides      learning_rate=2e-3",
        "model.safetensors",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    assert!(!text.contains('\u{1b}'), "{text}");
    assert!(!text.contains("kernel_num = [4, 8]"), "{text}");
    assert!(shown(&workplace, &[name, "--text"]).contains("kernel_num = [4, 8]"));

    // The plot's labels hold the range of its curves.
    let curve = json_of(&workplace, name)["curve"].clone();
    let of = |figure: &str| -> (f64, f64) {
        let epochs = curve.as_array().unwrap().iter();
        let both = epochs
            .flat_map(|epoch| ["train", "validation"].map(|split| epoch[split][figure].as_f64()));
        both.flatten()
            .fold((f64::MAX, f64::MIN), |(low, high), it| {
                (low.min(it), high.max(it))
            })
    };
    let plot: Vec<&str> = text
        .lines()
        .skip_while(|line| !line.contains("●●● validation"))
        .collect();
    let (accuracies, losses) = (of("accuracy"), of("loss"));
    for (line, accuracy, loss) in [(1, accuracies.1, losses.1), (9, accuracies.0, losses.0)] {
        for label in [format!("{:.2} %", 100.0 * accuracy), format!("{loss:.4}")] {
            assert!(
                plot[line].contains(&label),
                "{label} in line {line}\n{text}"
            );
        }
    }
    assert!(
        text.lines()
            .all(|line| line.chars().count() <= 80 || !line.contains('│')),
        "{text}"
    );
}

#[test]
fn show_paints_on_a_terminal_unless_it_is_not_wanted() {
    let workplace = Workplace::with_dataset();
    workplace.write(
        "sweeps/grid.toml",
        &GRID.replace("[4, 8]", "4").replace("[0, 16]", "0"),
    );
    assert_eq!(
        workplace.fitroom(&["sweep", "sweeps/grid.toml"]).code,
        Some(0)
    );
    let name = workplace.trials()[0]["name"].as_str().unwrap().to_owned();
    if Command::new("script").arg("--version").output().is_err() {
        eprintln!("skipped: there is no `script` that gives a pseudo terminal");
        return;
    }
    let on_a_terminal = |variables: &[(&str, &str)]| -> String {
        let program = assert_cmd::cargo::cargo_bin!("fitroom");
        let command = format!("{} runs show {name}", program.display());
        let mut script = Command::new("script");
        script
            .args(["-qec", &command, "log"])
            .current_dir(workplace.path(""))
            .env("TERM", "xterm-256color")
            .env_remove("NO_COLOR")
            .envs(variables.iter().copied());
        let run = Run::of(script.output().unwrap());
        assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
        run.stdout
    };
    let painted = on_a_terminal(&[]);
    assert!(painted.contains("\u{1b}[32mfinished\u{1b}[0m"), "{painted}");
    for variable in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let plain = on_a_terminal(&[variable]);
        assert!(
            plain.contains("finished") && !plain.contains('\u{1b}'),
            "{variable:?}: {plain}"
        );
    }
}

#[test]
fn show_says_what_is_missing_or_was_never_known() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/grid.toml", &GRID.replace("[4, 8]", "4"));
    assert_eq!(
        workplace.fitroom(&["sweep", "sweeps/grid.toml"]).code,
        Some(0)
    );
    let trial = workplace.trials().remove(0);
    let name = trial["name"].as_str().unwrap();
    fs::remove_file(workplace.path(&format!("runs/small/grid/{name}/predictions.npz"))).unwrap();
    let text = shown(&workplace, &[name]);
    let line = text
        .lines()
        .find(|line| line.contains("predictions.npz"))
        .unwrap();
    assert!(line.ends_with("not there"), "{text}");

    let folder = logs("keras");
    let run = workplace.fitroom(&["import-logs", &folder]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let trials = workplace.trials();
    let imported = trials
        .iter()
        .find(|trial| trial["imported"] == json!(true))
        .unwrap();
    let name = imported["name"].as_str().unwrap();
    let text = shown(&workplace, &[name]);
    assert!(text.contains("imported: others trained it"), "{text}");
    let shown = json_of(&workplace, name);
    assert_eq!(shown["accuracy"], imported["accuracy"]);
    assert_eq!(shown["provenance"], Value::Null);
    assert_eq!(shown["figures"]["accuracy_interval"], Value::Null);
}

#[test]
fn show_and_diff_refuse_names_of_no_trial_and_of_several() {
    let workplace = Workplace::new();
    let refused = |arguments: &[&str], expected: &str| {
        let run = workplace.fitroom(arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.stderr);
        assert!(
            run.stderr.contains(expected),
            "{arguments:?}: {}",
            run.stderr
        );
        assert_eq!(run.stdout, "");
    };
    refused(&["runs", "show", "k3"], "there are no trials in `runs`");
    refused(
        &["runs", "diff", "k3", "k4"],
        "there are no trials in `runs`",
    );
    assert!(!workplace.path("runs").exists());

    workplace.draw_photographs("photographs");
    assert_eq!(workplace.fitroom(&crate::photographs::IMPORT).code, Some(0));
    workplace.write("sweeps/grid.toml", &GRID.replace("[4, 8]", "4"));
    assert_eq!(
        workplace.fitroom(&["sweep", "sweeps/grid.toml"]).code,
        Some(0)
    );
    let trials = workplace.trials();
    let id = trials[0]["trial"].as_str().unwrap();
    let none = |called: &str| {
        format!(
            "there is no trial `{called}`, expected its name, or its id or the first 8 digits of it or more"
        )
    };
    for called in ["k3", "all", "", "-", &id[..7], "ffffffffffff"] {
        refused(&["runs", "show", "--", called], &none(called));
        refused(&["runs", "diff", id, "--", called], &none(called));
    }
    // No two ids of this world begin alike.
    workplace.query::<(i64,)>(
        "update trials set id = 'abcdabcd' || substr(id, 9), name = 'twin-abcdabcd' returning key",
    );
    for (called, what) in [
        ("twin-abcdabcd", "the name"),
        ("abcdabcd", "the start of the ids"),
    ] {
        refused(
            &["runs", "show", called],
            &format!("`{called}` is {what} of 2 trials, expected the id of one of them: abcdabcd"),
        );
    }
}
