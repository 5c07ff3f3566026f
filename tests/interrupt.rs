//! Ctrl-C and kill: the same command goes on, and nothing differs from an undisturbed run.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::photographs::{Run, Workplace};

/// Two trials of some seconds each.
const SLOW: &str = r#"
task = "shapes"

[hyperparameters]
kernel_size = 3
kernel_num = [48, 64]
dense_size = 256
dropout_rate = 0.3

[train]
epochs = 60
batch_size = 4
patience = 60
keep = "all"
"#;

fn slow_workplace() -> Workplace {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/slow.toml", SLOW);
    workplace
}

fn start(workplace: &Workplace) -> Child {
    let mut command = workplace.command(&["sweep", "sweeps/slow.toml", "--workers", "1"]);
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits until the first trial has recorded some epochs.
fn wait_for_epochs(workplace: &Workplace, process: &mut Child) {
    let start = Instant::now();
    loop {
        assert!(
            process.try_wait().unwrap().is_none(),
            "it ended before it could be interrupted"
        );
        assert!(
            start.elapsed() < Duration::from_secs(120),
            "no epoch was recorded"
        );
        let runs = workplace.path("runs/small/slow");
        let recorded = fs::read_dir(runs).into_iter().flatten().any(|folder| {
            let metrics = folder.unwrap().path().join("attempt-1.metrics.csv");
            fs::read_to_string(metrics).is_ok_and(|text| text.lines().count() > 3)
        });
        if recorded {
            return;
        }
        sleep(Duration::from_millis(20));
    }
}

fn undisturbed() -> Vec<(String, Vec<u8>)> {
    let workplace = slow_workplace();
    let run = workplace.fitroom(&["sweep", "sweeps/slow.toml"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    workplace.trial_files("slow", "model.safetensors")
}

/// Finishes the sweep and compares it with one that nothing disturbed.
fn assert_goes_on(workplace: &Workplace) {
    let run = workplace.fitroom(&["sweep", "sweeps/slow.toml"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let trials = workplace.trials();
    assert_eq!(trials.len(), 2);
    assert!(trials.iter().all(|trial| trial["state"] == "finished"));
    assert!(
        workplace.trial_files("slow", "model.safetensors") == undisturbed(),
        "weights differ"
    );
    for folder in workplace.trial_folders("slow") {
        let names: Vec<String> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert!(
            names.iter().all(|name| !name.starts_with("attempt-")),
            "left over: {names:?}"
        );
        let events = names
            .iter()
            .filter(|name| name.starts_with("events.out.tfevents."))
            .count();
        assert_eq!(events, 1, "{names:?}");
    }
}

#[test]
fn ctrl_c_stops_at_once_and_the_same_command_goes_on() {
    let workplace = slow_workplace();
    let mut process = start(&workplace);
    wait_for_epochs(&workplace, &mut process);
    let asked = Instant::now();
    let kill = Command::new("kill")
        .args(["-INT", &process.id().to_string()])
        .status()
        .unwrap();
    assert!(kill.success());
    let run = Run::of(process.wait_with_output().unwrap());
    assert_eq!(run.code, Some(130), "{}", run.stderr);
    assert!(
        asked.elapsed() < Duration::from_secs(20),
        "took {:?}",
        asked.elapsed()
    );
    assert!(
        run.stderr.contains("the same command goes on"),
        "{}",
        run.stderr
    );
    let states: Vec<String> = workplace
        .trials()
        .iter()
        .map(|trial| trial["state"].to_string())
        .collect();
    assert_eq!(states, ["\"planned\"", "\"planned\""]);
    assert_goes_on(&workplace);
}

#[test]
fn a_killed_process_loses_its_trial_to_the_next_call() {
    let workplace = slow_workplace();
    let mut process = start(&workplace);
    wait_for_epochs(&workplace, &mut process);
    process.kill().unwrap();
    process.wait().unwrap();
    let running = workplace
        .trials()
        .iter()
        .filter(|trial| trial["state"] == "running")
        .count();
    assert_eq!(running, 1);
    assert_goes_on(&workplace);
}
