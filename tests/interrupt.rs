//! Ctrl-C and kill: the same command goes on, and nothing differs from an undisturbed run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::photographs::{Run, Workplace, interrupt};

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

/// Waits until the first trial has recorded some epochs; its folder.
fn wait_for_epochs(workplace: &Workplace, process: &mut Child) -> PathBuf {
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
        let folders = fs::read_dir(runs).into_iter().flatten();
        let recorded = folders
            .map(|folder| folder.unwrap().path())
            .find(|folder| recorded_epochs(folder).lines().count() > 3);
        if let Some(folder) = recorded {
            return folder;
        }
        sleep(Duration::from_millis(20));
    }
}

/// What the first attempt has recorded.
fn recorded_epochs(folder: &Path) -> String {
    fs::read_to_string(folder.join("attempt-1.metrics.csv")).unwrap_or_default()
}

fn undisturbed() -> Vec<(String, Vec<u8>)> {
    let workplace = slow_workplace();
    let run = workplace.fitroom(&["sweep", "sweeps/slow.toml"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    workplace.trial_files("slow", "model.safetensors")
}

/// Finishes the sweep, whose weights are to be these.
fn assert_goes_on_to(workplace: &Workplace, weights: &[(String, Vec<u8>)]) {
    let run = workplace.fitroom(&["sweep", "sweeps/slow.toml"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let trials = workplace.trials();
    assert_eq!(trials.len(), 2);
    assert!(trials.iter().all(|trial| trial["state"] == "finished"));
    assert!(
        workplace.trial_files("slow", "model.safetensors") == weights,
        "weights differ"
    );
}

/// Finishes the sweep and compares it with one that nothing disturbed. The trial that was disturbed has so
/// many event files in the end.
fn assert_goes_on(workplace: &Workplace, disturbed: &Path, event_files: usize) {
    assert_goes_on_to(workplace, &undisturbed());
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
        let expected = if folder == disturbed { event_files } else { 1 };
        assert_eq!(events, expected, "{names:?}");
    }
}

#[test]
fn ctrl_c_stops_at_once_and_the_same_command_goes_on() {
    let workplace = slow_workplace();
    let mut process = start(&workplace);
    let folder = wait_for_epochs(&workplace, &mut process);
    let recorded = recorded_epochs(&folder);
    let asked = Instant::now();
    interrupt(&process);
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
    assert_goes_on(&workplace, &folder, 2);
    // With the seconds that they took then: no epoch was trained twice.
    let metrics = fs::read_to_string(folder.join("metrics.csv")).unwrap();
    assert!(
        metrics.starts_with(&recorded),
        "{metrics}\nbegan:\n{recorded}"
    );
}

#[test]
fn a_killed_process_loses_its_trial_to_the_next_call() {
    let workplace = slow_workplace();
    let mut process = start(&workplace);
    let folder = wait_for_epochs(&workplace, &mut process);
    process.kill().unwrap();
    process.wait().unwrap();
    let running = workplace
        .trials()
        .iter()
        .filter(|trial| trial["state"] == "running")
        .count();
    assert_eq!(running, 1);
    // It was killed before its first checkpoint.
    assert_goes_on(&workplace, &folder, 1);
}

#[test]
fn a_damaged_checkpoint_is_said_and_the_trial_begins_anew() {
    let workplace = slow_workplace();
    let begin = || {
        let arguments = ["sweep", "sweeps/slow.toml", "--set", "kernel_num=48"];
        let mut command = workplace.command(&arguments);
        let command = command.args(["--checkpoint-every", "0.1"]);
        command.stderr(Stdio::piped()).spawn().unwrap()
    };
    let newest = || {
        let folders = fs::read_dir(workplace.path("runs/small/slow"));
        let files = folders
            .into_iter()
            .flatten()
            .flat_map(|folder| fs::read_dir(folder.unwrap().path()).into_iter().flatten());
        let paths = files.map(|file| file.unwrap().path());
        paths
            .filter(|path| path.to_string_lossy().ends_with("checkpoint.safetensors"))
            .max()
    };
    let wait_for_checkpoint = |process: &mut Child, other_than: Option<&PathBuf>| loop {
        assert!(process.try_wait().unwrap().is_none(), "it ended too early");
        match newest() {
            Some(path) if Some(&path) != other_than => return path,
            _ => sleep(Duration::from_millis(20)),
        }
    };
    let mut process = begin();
    let mut checkpoint = wait_for_checkpoint(&mut process, None);
    // In the middle of a value, cut off, and something else.
    for damage in [0, 1, 2] {
        process.kill().unwrap();
        process.wait().unwrap();
        let mut bytes = fs::read(&checkpoint).unwrap();
        let last = bytes.len() - 1;
        match damage {
            0 => bytes[last] ^= 1,
            1 => bytes.truncate(last),
            _ => bytes = b"nonsense".to_vec(),
        }
        fs::write(&checkpoint, bytes).unwrap();
        process = begin();
        checkpoint = wait_for_checkpoint(&mut process, Some(&checkpoint));
        interrupt(&process);
        let run = Run::of(process.wait_with_output().unwrap());
        let said = run
            .stderr
            .lines()
            .find(|line| line.contains(": begins anew: "));
        assert!(
            said.is_some_and(|line| line.contains("checkpoint.safetensors")),
            "{}",
            run.stderr
        );
        process = begin();
        checkpoint = wait_for_checkpoint(&mut process, Some(&checkpoint));
    }
    process.kill().unwrap();
    process.wait().unwrap();
    let folder = checkpoint.parent().unwrap();
    assert_goes_on_to(&workplace, &undisturbed());
    assert!(folder.join("result.toml").exists());
}
