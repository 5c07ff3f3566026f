//! Grids, workers, resuming, sharing, failures.

use std::fs;

use serde_json::Value;

use crate::photographs::{Run, Workplace, without_seconds};

pub(crate) const GRID: &str = r#"
task = "shapes_and_colours"

[hyperparameters]
kernel_size_1 = [3, 5]
kernel_size_2 = 3
kernel_num = [2, 4]
dense_size = [8, 16]
dropout_rate = 0.25
lambda = 1e-4

[train]
epochs = 3
batch_size = 16
keep = "all"
"#;

fn states(trials: &[Value]) -> Vec<&str> {
    trials
        .iter()
        .map(|trial| trial["state"].as_str().unwrap())
        .collect()
}

#[test]
fn the_number_of_workers_changes_no_bit() {
    let results = ["1", "2", "3"].map(|workers| {
        let workplace = Workplace::with_dataset();
        workplace.write("sweeps/grid.toml", GRID);
        let run = workplace.fitroom(&["sweep", "sweeps/grid.toml", "--workers", workers]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert_eq!(workplace.trials().len(), 8);
        let weights = workplace.trial_files("grid", "model.safetensors");
        let predictions = workplace.trial_files("grid", "predictions.npz");
        let curves: Vec<_> = workplace
            .trial_files("grid", "metrics.csv")
            .into_iter()
            .map(|(name, bytes)| (name, without_seconds(&bytes)))
            .collect();
        (weights, predictions, curves)
    });
    assert_eq!(results[0].0.len(), 8);
    assert_ne!(
        results[0].0[0].1, results[0].0[1].1,
        "two trials have the same weights"
    );
    assert!(
        results[0] == results[1] && results[0] == results[2],
        "results differ"
    );
}

#[test]
fn a_second_call_trains_nothing_and_a_larger_grid_only_what_is_new() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/grid.toml", GRID);
    let arguments = ["sweep", "sweeps/grid.toml", "--set", "kernel_num=2"];
    assert_eq!(workplace.fitroom(&arguments).code, Some(0));
    let first = workplace.trial_files("grid", "result.toml");
    assert_eq!(first.len(), 4);

    let again = workplace.fitroom(&arguments);
    assert_eq!(again.code, Some(0));
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
    assert!(
        again.stdout.contains(&first[0].0),
        "no leaderboard: {}",
        again.stdout
    );

    let larger = workplace.fitroom(&["sweep", "sweeps/grid.toml"]);
    assert!(
        larger
            .stderr
            .contains("8 trials, 4 of them trained already"),
        "{}",
        larger.stderr
    );
    let after = workplace.trial_files("grid", "result.toml");
    assert_eq!(after.len(), 8);
    for trial in &first {
        assert!(after.contains(trial), "{} was trained again", trial.0);
    }
}

#[test]
fn seeds_are_trials_of_their_own_and_their_mean_is_shown() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/grid.toml", GRID);
    let run = workplace.fitroom(&[
        "sweep",
        "sweeps/grid.toml",
        "--set",
        "kernel_num=2",
        "--set",
        "dense_size=8",
        "--set",
        "seeds=[0, 1, 2]",
        "--set",
        "kernel_size_1=3",
    ]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let trials = workplace.trials();
    assert_eq!(trials.len(), 3);
    let mean = trials
        .iter()
        .map(|trial| trial["accuracy"].as_f64().unwrap())
        .sum::<f64>()
        / 3.0;
    assert!(
        run.stdout.contains(&format!("{:.2} %", 100.0 * mean)),
        "{mean}: {}",
        run.stdout
    );
    let weights = workplace.trial_files("grid", "model.safetensors");
    assert!(weights[0].1 != weights[1].1 && weights[1].1 != weights[2].1);
}

#[test]
fn a_trial_that_two_sweeps_share_is_trained_once() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/grid.toml", GRID);
    workplace.write(
        "sweeps/other.toml",
        &GRID.replace("kernel_num = [2, 4]", "kernel_num = [4, 6]"),
    );
    let run = workplace.fitroom(&["sweep", "sweeps/grid.toml", "sweeps/other.toml"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(workplace.trials().len(), 12);
    assert_eq!(workplace.trial_folders("grid").len(), 8);
    assert_eq!(workplace.trial_folders("other").len(), 4);
    assert_eq!(workplace.fitroom(&["report"]).code, Some(0));
    let page = fs::read_to_string(workplace.path("reports/small/other.html")).unwrap();
    assert!(
        page.contains("reused"),
        "the report does not say that trials were reused"
    );
}

#[test]
fn the_page_of_a_sweep_shows_what_is_trained_and_what_its_last_call_wants() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/grid.toml", GRID);
    let small = ["sweep", "sweeps/grid.toml", "--set", "kernel_num=2"];
    assert_eq!(workplace.fitroom(&small).code, Some(0));
    // A process that is killed at once has planned all eight.
    let mut process = workplace
        .command(&["sweep", "sweeps/grid.toml", "--set", "epochs=2000"])
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while workplace.trials().len() < 12 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    process.kill().unwrap();
    process.wait().unwrap();
    let planned = |page: &str| page.contains("planned, not started");
    assert_eq!(workplace.fitroom(&["report"]).code, Some(0));
    let page = fs::read_to_string(workplace.path("reports/small/grid.html")).unwrap();
    assert!(planned(&page), "what is still to do is not shown");
    assert!(page.contains("<code>epochs=2000</code>"), "no override");

    assert_eq!(workplace.fitroom(&small).code, Some(0));
    assert_eq!(workplace.fitroom(&["report"]).code, Some(0));
    let page = fs::read_to_string(workplace.path("reports/small/grid.html")).unwrap();
    assert!(!planned(&page), "what nobody wants any more is shown");
}

#[test]
fn two_processes_share_the_work_and_print_the_same_best() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/grid.toml", GRID);
    let arguments = [
        "sweep",
        "sweeps/grid.toml",
        "--workers",
        "1",
        "--set",
        "epochs=10",
    ];
    let start = || {
        let mut command = workplace.command(&arguments);
        command
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped());
        command.spawn().unwrap()
    };
    let processes = [start(), start()];
    let runs = processes.map(|process| Run::of(process.wait_with_output().unwrap()));
    for run in &runs {
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    }
    assert_eq!(runs[0].stdout, runs[1].stdout);
    let trials = workplace.trials();
    assert_eq!(states(&trials), ["finished"; 8]);
    let trained = runs
        .iter()
        .map(|run| run.stderr.matches(": accuracy ").count())
        .sum::<usize>();
    assert_eq!(trained, 8, "every trial is trained by one process");
}

#[test]
fn a_process_that_finds_nothing_to_train_waits_for_the_other_and_says_so() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/grid.toml", GRID);
    // One trial, of some seconds.
    let mut arguments = vec!["sweep", "sweeps/grid.toml"];
    for value in [
        "kernel_size_1=3",
        "kernel_num=64",
        "dense_size=256",
        "epochs=80",
        "batch_size=4",
        "patience=80",
    ] {
        arguments.extend(["--set", value]);
    }
    let mut command = workplace.command(&arguments);
    command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let mut first = command.spawn().unwrap();
    while states(&workplace.trials()) != ["running"] {
        assert!(first.try_wait().unwrap().is_none(), "it ended too early");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let second = workplace.fitroom(&arguments);
    let first = Run::of(first.wait_with_output().unwrap());
    let words = [": accuracy ", "waiting for 1 trial that another"];
    let said = |run: &Run| words.map(|words| run.stderr.matches(words).count());
    assert_eq!(said(&first), [1, 0], "{}", first.stderr);
    assert_eq!(said(&second), [0, 1], "{}", second.stderr);
    assert_eq!((first.code, second.code), (Some(0), Some(0)));
    assert_eq!(first.stdout, second.stdout);
}

#[test]
fn a_trial_that_fails_is_tried_again_recorded_and_the_rest_goes_on() {
    let workplace = Workplace::with_dataset();
    workplace.write(
        "sweeps/large.toml",
        "task = \"shapes\"\n[hyperparameters]\nkernel_size = 3\nkernel_num = 512\n\
         dense_size = [65536, 8]\n[train]\nepochs = 1\n[search]\nattempts = 2\n",
    );
    // The large hidden layer has 0.4 GB of weights, and training needs four times as much.
    let arguments = ["sweep", "sweeps/large.toml", "--workers", "1"];
    let run = workplace.fitroom_within(3_500_000, &arguments);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("will be tried again"), "{}", run.stderr);
    let warned = run
        .stderr
        .contains("memory may run out: the largest takes ");
    assert!(warned, "{}", run.stderr);
    let trials = workplace.trials();
    assert_eq!(states(&trials), ["finished", "failed"]);
    assert_eq!(trials[1]["hyperparameters"]["dense_size"], 65536);
    assert!(run.stderr.contains("failed: "), "{}", run.stderr);

    // It stays failed, although there would be room now.
    let again = workplace.fitroom(&["sweep", "sweeps/large.toml"]);
    assert_eq!(again.code, Some(1));
    assert!(again.stderr.contains("--retry"), "{}", again.stderr);
    assert_eq!(states(&workplace.trials()), ["finished", "failed"]);
    assert_eq!(workplace.fitroom(&["report"]).code, Some(0));
    let page = fs::read_to_string(workplace.path("reports/small/large.html")).unwrap();
    assert!(
        page.contains("memory"),
        "the report does not give the reason"
    );

    // Until it is asked for.
    let unknown = workplace.fitroom(&["sweep", "sweeps/large.toml", "--retry", "k3"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.stderr.contains("--retry k3"), "{}", unknown.stderr);
    let name = trials[1]["name"].as_str().unwrap();
    let retry = workplace.fitroom(&["sweep", "sweeps/large.toml", "--retry", name]);
    assert_eq!(retry.code, Some(0), "{}", retry.stderr);
    assert_eq!(states(&workplace.trials()), ["finished", "finished"]);
}

#[test]
fn a_trial_that_diverges_is_recorded_and_not_tried_again() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/grid.toml", GRID);
    let arguments = [
        "sweep",
        "sweeps/grid.toml",
        "--set",
        "learning_rate=1e30",
        "--set",
        "kernel_num=2",
    ];
    let run = workplace.fitroom(&arguments);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert_eq!(states(&workplace.trials()), ["diverged"; 4]);
    let result = &workplace.trial_files("grid", "result.toml")[0];
    assert!(String::from_utf8_lossy(&result.1).contains("state = \"diverged\""));
    let again = workplace.fitroom(&arguments);
    assert_eq!(again.code, Some(1));
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
    assert_eq!(workplace.trials().len(), 4);
    let name = workplace.trials()[0]["name"].as_str().unwrap().to_owned();
    let retry = workplace.fitroom(&[&arguments[..], &["--retry", &name]].concat());
    assert!(
        retry.stderr.contains("the trial is diverged"),
        "{}",
        retry.stderr
    );
}
