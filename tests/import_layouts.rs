//! Logs in the many ways in which people lay them out, and what is made of them.

use std::fs;
use std::path::Path;
use std::process::Command;

use fitroom_tensorboard::{EventWriter, HparamValue, Session, SessionStatus};
use serde_json::{Value, json};

use crate::import_logs::{copy, event_files, logs};
use crate::photographs::{Run, Workplace};

/// Writes losses and accuracies of a run, epoch by epoch, in one file.
fn log(workplace: &Workplace, folder: &str, began: f64, series: &[(&str, &[f32])]) {
    let folder = workplace.path(folder);
    fs::create_dir_all(&folder).unwrap();
    let suffix = format!("{began}");
    let mut writer = EventWriter::create(&folder, began, "host", &suffix).unwrap();
    let epochs = series
        .iter()
        .map(|(_, values)| values.len())
        .max()
        .unwrap_or(0);
    for epoch in 0..epochs {
        let values: Vec<(&str, f32)> = (series.iter())
            .filter_map(|(tag, values)| Some((*tag, *values.get(epoch)?)))
            .collect();
        let time = began + epoch as f64;
        writer.scalars(epoch as i64 + 1, time, &values).unwrap();
    }
    writer.finish().unwrap();
}

/// Writes a session with a learning rate, in a folder of its own.
fn log_session(workplace: &Workplace, folder: &str, began: f64, learning_rate: f64) {
    let folder = workplace.path(folder);
    fs::create_dir_all(&folder).unwrap();
    let mut writer = EventWriter::create(&folder, began, "host", "session").unwrap();
    let session = Session {
        group: "",
        hparams: &[("lr", HparamValue::Number(learning_rate))],
        started: began,
    };
    writer.hparams_session_start(began, &session).unwrap();
    writer
        .scalars(1, began, &[("hparam/accuracy", 0.5), ("hparam/loss", 0.25)])
        .unwrap();
    writer
        .hparams_session_end(began, SessionStatus::Success)
        .unwrap();
    writer.finish().unwrap();
}

const CURVE: [(&str, &[f32]); 2] = [("loss/val", &[0.5, 0.25]), ("acc/val", &[0.5, 0.75])];

/// Sweep, run, state and accuracy of each trial that an import prints.
fn import(workplace: &Workplace, arguments: &[&str]) -> Vec<(String, String, String, Option<f64>)> {
    let run = workplace.fitroom(&[&["import-logs", "--json"], arguments].concat());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let trials: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    let text = |trial: &Value, key: &str| trial[key].as_str().unwrap().to_owned();
    (trials.iter())
        .map(|trial| {
            let name = text(trial, "name");
            let run = name.rsplit_once('-').unwrap().0.to_owned();
            let accuracy = trial["accuracy"]
                .as_f64()
                .map(|it| (it * 1e4).round() / 1e4);
            (text(trial, "sweep"), run, text(trial, "state"), accuracy)
        })
        .collect()
}

fn finished(sweep: &str, run: &str, accuracy: f64) -> (String, String, String, Option<f64>) {
    (
        sweep.to_owned(),
        run.to_owned(),
        "finished".to_owned(),
        Some(accuracy),
    )
}

#[test]
fn accuracies_in_percent_are_known_by_all_trials_together() {
    let workplace = Workplace::new();
    log(&workplace, "logs/good", 1.0, &[("acc/val", &[50.0, 91.0])]);
    log(&workplace, "logs/poor", 1.0, &[("acc/val", &[0.5, 0.95])]);
    let expected = [
        finished("logs", "good", 0.91),
        finished("logs", "poor", 0.0095),
    ];
    assert_eq!(import(&workplace, &["logs"]), expected);
    let run = workplace.fitroom(&["import-logs", "logs"]);
    let expected =
        "`acc/val` is taken to be in percent, also in 1 run without a value above 1 (`poor`";
    assert!(run.stderr.contains(expected), "{}", run.stderr);
    log(&workplace, "odd/a", 1.0, &[("acc/val", &[-0.5, 1e9])]);
    let run = workplace.fitroom(&["import-logs", "odd", "--json"]);
    assert!(run.stdout.contains("failed"), "{}", run.stdout);
    workplace.fitroom(&["report"]);
    let page = fs::read_to_string(workplace.path("reports/odd/odd.html")).unwrap();
    assert!(page.contains("neither between 0 and 1 nor in percent"));
}

#[test]
fn folders_with_equal_names_are_trials_of_their_own() {
    let workplace = Workplace::new();
    log(&workplace, "mine/run-1", 1.0, &CURVE);
    log(&workplace, "mine/mine/run-1", 1.0, &CURVE);
    log(&workplace, "mine/run#2", 1.0, &CURVE);
    log(&workplace, "mine/run", 1.0, &CURVE);
    log(&workplace, "mine/run", 11.0, &CURVE);
    assert_eq!(import(&workplace, &["mine"]).len(), 5);
    assert_eq!(workplace.trials().len(), 5);
    assert_eq!(workplace.fitroom(&["report"]).code, Some(0));
    let pages = fs::read_dir(workplace.path("reports/mine")).unwrap();
    assert_eq!(pages.count(), 2, "two sweeps are called `mine`");
}

#[test]
fn a_folder_of_the_same_name_in_each_trials_own_is_no_sweep() {
    let workplace = Workplace::new();
    for (trial, accuracy) in [("trial_0", 0.5), ("trial_1", 0.75)] {
        for part in ["train", "validation"] {
            let folder = format!("logs/search/{trial}/0/{part}");
            log(&workplace, &folder, 1.0, &[("epoch_accuracy", &[accuracy])]);
        }
    }
    let expected = [
        finished("search", "trial_1", 0.75),
        finished("search", "trial_0", 0.5),
    ];
    assert_eq!(import(&workplace, &["logs"]), expected);
}

#[test]
fn a_training_of_many_files_is_read_once_and_is_one_trial() {
    let workplace = Workplace::new();
    for part in 0..300 {
        let folder = workplace.path("logs/run");
        fs::create_dir_all(&folder).unwrap();
        let time = f64::from(part);
        let mut writer = EventWriter::create(&folder, time, "host", "x").unwrap();
        let accuracy = ("acc/val", 0.5 + part as f32 / 1000.0);
        writer.scalars(i64::from(part), time, &[accuracy]).unwrap();
        writer.finish().unwrap();
    }
    assert_eq!(
        import(&workplace, &["logs"]),
        [finished("logs", "run", 0.799)]
    );
    let epochs = &workplace.trials()[0]["epochs"];
    assert_eq!(epochs, &json!(300));
}

#[test]
fn what_more_of_the_logs_tells_replaces_what_was_made_of_less() {
    let workplace = Workplace::new();
    log_session(&workplace, "logs/run/170.5", 9.0, 0.1);
    assert_eq!(
        import(&workplace, &["logs"]),
        [finished("run", "170.5", 0.5)]
    );
    assert_eq!(workplace.trials()[0]["loss"], 0.25, "that of its session");
    log(&workplace, "logs/run", 1.0, &CURVE);
    let expected = [finished("logs", "run", 0.5)];
    assert_eq!(
        import(&workplace, &["logs"]),
        expected,
        "the accuracy of its session"
    );
    assert_eq!(workplace.trials().len(), 1);
    assert_eq!(
        workplace.trials()[0]["hyperparameters"],
        json!({"learning_rate": 0.1})
    );
    let sweeps: Vec<(String,)> = workplace.query("select name from sweeps");
    assert_eq!(sweeps, [("logs".to_owned(),)]);
    // By another name they are the same.
    assert_eq!(
        import(&workplace, &["logs", "--name", "mine"]),
        [finished("mine", "run", 0.5)]
    );
    assert_eq!(workplace.trials().len(), 1);
    assert_eq!(workplace.trials()[0]["dataset"], "mine");
}

#[test]
fn sessions_of_several_trainings_in_one_folder_go_to_each() {
    let workplace = Workplace::new();
    log(&workplace, "logs/run", 1.0, &CURVE);
    log_session(&workplace, "logs/run/3.5", 3.5, 0.1);
    log(&workplace, "logs/run", 11.0, &CURVE);
    log_session(&workplace, "logs/run/13.5", 13.5, 0.2);
    let trials = import(&workplace, &["logs"]);
    let names: Vec<&str> = trials.iter().map(|(_, run, ..)| run.as_str()).collect();
    assert_eq!(names.len(), 2);
    let rates = workplace.trials();
    let rates = rates
        .iter()
        .map(|trial| trial["hyperparameters"]["learning_rate"].as_f64().unwrap());
    let mut rates: Vec<f64> = rates.collect();
    rates.sort_by(f64::total_cmp);
    assert_eq!(rates, [0.1, 0.2]);
}

#[test]
fn a_trial_of_ours_that_was_killed_is_not_finished_and_has_its_hyperparameters() {
    let workplace = Workplace::with_dataset();
    workplace.write(
        "sweeps/slow.toml",
        "task = \"shapes\"\n[hyperparameters]\nkernel_size = 3\nkernel_num = 48\ndense_size = 64\n\
         [train]\nepochs = 600\nbatch_size = 4\npatience = 600\nseeds = [7]\n",
    );
    let mut process = workplace
        .command(&["sweep", "sweeps/slow.toml"])
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let recorded = || {
        let folders = fs::read_dir(workplace.path("runs/small/slow"))
            .into_iter()
            .flatten();
        let files =
            folders.flat_map(|folder| fs::read_dir(folder.unwrap().path()).into_iter().flatten());
        let mut events = files
            .map(Result::unwrap)
            .filter(|file| file.file_name().to_string_lossy().contains("tfevents"));
        events.any(|file| file.metadata().is_ok_and(|it| it.len() > 50_000))
    };
    while !recorded() {
        assert!(
            process.try_wait().unwrap().is_none(),
            "it ended before it could be killed"
        );
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    process.kill().unwrap();
    process.wait().unwrap();
    fs::rename(workplace.path("runs"), workplace.path("logs")).unwrap();
    let run = workplace.fitroom(&["import-logs", "logs", "--json"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let trials: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(trials.len(), 1);
    let trial = &trials[0];
    assert_eq!(
        (&trial["state"], &trial["accuracy"]),
        (&json!("failed"), &Value::Null)
    );
    assert_eq!(
        (&trial["seed"], &trial["hyperparameters"]["kernel_num"]),
        (&json!(7), &json!(48))
    );
    assert_eq!(
        trial["hyperparameters"].get("dataset"),
        None,
        "no hyperparameter"
    );
}

#[test]
fn any_name_makes_a_page_in_the_reports_folder() {
    let workplace = Workplace::with_dataset();
    workplace.write(
        "sweeps/grid.toml",
        "task = \"shapes\"\n[hyperparameters]\nkernel_size = 3\nkernel_num = 4\n[train]\nepochs = 1\n",
    );
    assert_eq!(
        workplace.fitroom(&["sweep", "sweeps/grid.toml"]).code,
        Some(0)
    );
    let long = ["x".repeat(120), "y".repeat(120), "🦀".repeat(50)].join("/");
    for folder in [
        &format!("logs/{long}/run"),
        "logs/../dots/.hidden/run",
        "logs/a: <b>\n\u{1b}[31m/run",
    ] {
        log(&workplace, folder, 1.0, &CURVE);
    }
    assert_eq!(import(&workplace, &["logs"]).len(), 2);
    assert_eq!(import(&workplace, &["dots", "--name", "my dots"]).len(), 1);
    let list = workplace.fitroom(&["runs", "list"]);
    assert!(!list.stdout.contains('\u{1b}'));
    let report = workplace.fitroom(&["report"]);
    assert_eq!(report.code, Some(0), "{}", report.stderr);
    let files = |folder: &str| fs::read_dir(workplace.path(folder)).unwrap().count();
    assert_eq!(
        (
            files("reports"),
            files("reports/logs"),
            files("reports/my dots")
        ),
        (4, 2, 1)
    );
    assert!(Path::exists(&workplace.path("reports/small/grid.html")));
    for name in ["", ".", "..", "a/b", " "] {
        let run = workplace.fitroom(&["import-logs", "logs", "--name", name]);
        assert_eq!(run.code, Some(2), "{name:?}");
        assert!(run.stderr.contains("--name"), "{}", run.stderr);
    }
}

#[test]
fn thousands_of_files_are_read_with_few_open_at_a_time_and_in_little_memory() {
    let workplace = Workplace::new();
    for number in 0..600 {
        let to = workplace.path(&format!("logs/sweep-{}/run-{number}", number % 3));
        copy(&Path::new(&logs("pytorch")).join("fast"), &to);
    }
    assert_eq!(event_files(&workplace.path("logs")).len(), 1200);
    let program = assert_cmd::cargo::cargo_bin!("fitroom");
    let limited = format!(
        "ulimit -n 64 -v 1500000; exec {} import-logs logs --json",
        program.display()
    );
    let output = Command::new("bash")
        .args(["-c", &limited])
        .current_dir(workplace.path("."))
        .output();
    let run = Run::of(output.unwrap());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let trials: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(trials.len(), 600);
    assert!(
        run.stderr.contains("600 trials in 3 sweeps"),
        "{}",
        run.stderr
    );
}
