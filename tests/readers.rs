//! Readers beside a running sweep: nobody fails, and nothing comes out otherwise.

use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::photographs::{Workplace, interrupt, without_seconds};
use crate::sweep::GRID;

/// Ends a process that would go on, also when a test fails.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn curves(workplace: &Workplace) -> Vec<(String, Vec<String>)> {
    let files = workplace.trial_files("grid", "metrics.csv").into_iter();
    files
        .map(|(name, bytes)| (name, without_seconds(&bytes)))
        .collect()
}

#[test]
fn two_that_poll_and_a_watched_report_disturb_no_sweep() {
    let alone = Workplace::with_dataset();
    alone.write("sweeps/grid.toml", GRID);
    let sweep = ["sweep", "sweeps/grid.toml"];
    assert_eq!(alone.fitroom(&sweep).code, Some(0));

    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/grid.toml", GRID);
    // The database is there before anybody polls it.
    let first = workplace.fitroom(&[
        "sweep",
        "sweeps/grid.toml",
        "--set",
        "kernel_num=2",
        "--set",
        "dense_size=8",
    ]);
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    let quiet = |mut command: Command| {
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        Ended(command.spawn().unwrap())
    };
    let mut watching = quiet(workplace.command(&["report", "--watch"]));
    let mut sweeping = quiet(workplace.command(&sweep));
    let mut polls = 0;
    let code = loop {
        let (list, show) = thread::scope(|scope| {
            let list = scope.spawn(|| workplace.fitroom(&["runs", "list", "--json"]));
            let best = scope
                .spawn(|| workplace.fitroom(&["runs", "list", "accuracy>0", "--sort", "accuracy"]));
            (list.join().unwrap(), best.join().unwrap())
        });
        for run in [list, show] {
            assert_eq!(run.code, Some(0), "{}", run.stderr);
            assert!(!run.stderr.contains("error"), "{}", run.stderr);
        }
        polls += 1;
        match sweeping.0.try_wait().unwrap() {
            Some(status) => break status.code(),
            None => thread::sleep(Duration::from_millis(20)),
        }
    };
    assert_eq!(code, Some(0));
    assert!(polls > 1, "the sweep ended before anybody polled");
    assert!(
        watching.0.try_wait().unwrap().is_none(),
        "the watch ended by itself"
    );
    interrupt(&watching.0);
    assert_eq!(watching.0.wait().unwrap().code(), Some(0));
    assert_eq!(curves(&workplace), curves(&alone));
    assert_eq!(workplace.trials().len(), 8);
}
