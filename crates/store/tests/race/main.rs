//! Eight processes on a new database: no trial is lost, none is trained twice, nobody is locked out.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod worker;

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use fitroom_domain::TrialState;
use fitroom_store::Store;

const PROCESSES: usize = 8;
const TRIALS: u64 = 1000;

/// Where the trials are, for a process that takes part.
const RUNS: &str = "FITROOM_RACE_RUNS";

/// Takes part, if it is told where; as a test of its own it does nothing.
#[tokio::test]
async fn takes_part() {
    if let Some(runs) = env::var_os(RUNS) {
        worker::work(&PathBuf::from(runs), TRIALS).await.unwrap();
    }
}

#[tokio::test]
async fn eight_processes_on_a_new_database_train_every_trial_once() {
    let folder = tempfile::tempdir().unwrap();
    let runs = folder.path().join("runs");
    let processes: Vec<_> = (0..PROCESSES)
        .map(|_| {
            Command::new(env::current_exe().unwrap())
                .args(["--exact", "takes_part", "--nocapture"])
                .env(RUNS, &runs)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for process in processes {
        let output = process.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
    }
    let store = Store::open(&runs).await.unwrap();
    let trials = store.trials().await.unwrap();
    assert_eq!(trials.len(), TRIALS as usize);
    for trial in trials {
        assert_eq!(
            (trial.state, trial.attempts),
            (TrialState::Finished, 1),
            "{}",
            trial.name
        );
    }
}
