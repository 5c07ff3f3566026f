//! Successive halving: trials that cannot win stop early, and nothing else changes.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

use crate::photographs::{Workplace, file_name, without_seconds};

/// Eight trials of nine epochs.
const GRID: &str = r#"
task = "shapes_and_colours"

[hyperparameters]
kernel_size_1 = [3, 5]
kernel_size_2 = 3
kernel_num = [8, 24]
dense_size = [16, 64]
dropout_rate = 0.25

[train]
epochs = 9
batch_size = 4
patience = 9
keep = "all"
"#;

/// Rungs at epochs 1, 2, 4 and 8, where one trial in two goes on.
const PRUNE: &str = "\n[prune]\nmethod = \"halving\"\nreduction_factor = 2\ngrace_epochs = 1\n";

const SWEEP: [&str; 4] = ["sweep", "sweeps/pruned.toml", "--workers", "2"];

/// A trial's results: files whose bytes depend on its id alone, the curve without its seconds.
type Results = BTreeMap<String, Vec<Vec<u8>>>;

fn workplace() -> Workplace {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/whole.toml", GRID);
    workplace.write("sweeps/pruned.toml", &format!("{GRID}{PRUNE}"));
    workplace
}

fn results(workplace: &Workplace, sweep: &str) -> Results {
    let folders = workplace.trial_folders(sweep).into_iter();
    let finished = folders.filter(|folder| folder.join("result.toml").exists());
    finished
        .map(|folder| {
            let read = |name: &str| fs::read(folder.join(name)).unwrap();
            let curve = without_seconds(&read("metrics.csv")).join("\n");
            let files = vec![
                read("model.safetensors"),
                read("predictions.npz"),
                curve.into_bytes(),
            ];
            (file_name(&folder), files)
        })
        .collect()
}

/// Epochs after which each trial is pruned, by the whole curves; those that never are are left out.
fn expected(workplace: &Workplace) -> BTreeMap<String, u64> {
    /// Accuracy and loss after each epoch, of the lowest loss so far.
    struct Trial {
        name: String,
        judged: Vec<(f64, f64)>,
    }
    let mut left: Vec<Trial> = workplace
        .trials()
        .iter()
        .map(|trial| {
            let name = trial["name"].as_str().unwrap().to_owned();
            let path = workplace.path(&format!("runs/small/whole/{name}/metrics.csv"));
            let mut best = (0.0, f64::INFINITY);
            let judged = fs::read_to_string(path)
                .unwrap()
                .lines()
                .skip(1)
                .map(|line| {
                    let fields: Vec<f64> = line
                        .split(',')
                        .map(|field| field.parse().unwrap())
                        .collect();
                    if fields[3] < best.1 {
                        best = (fields[4], fields[3]);
                    }
                    best
                })
                .collect();
            Trial { name, judged }
        })
        .collect();
    let mut pruned = BTreeMap::new();
    for rung in [1usize, 2, 4, 8] {
        left.sort_by(|one, other| {
            let (one, other) = (one.judged[rung - 1], other.judged[rung - 1]);
            other.0.total_cmp(&one.0).then(one.1.total_cmp(&other.1))
        });
        for trial in left.split_off(left.len().div_ceil(2)) {
            pruned.insert(trial.name, rung as u64);
        }
    }
    assert_eq!((pruned.len(), left.len()), (7, 1));
    pruned
}

/// Who has to be pruned, and what all come to that are not.
fn trained_whole() -> (BTreeMap<String, u64>, Results) {
    let whole = workplace();
    let run = whole.fitroom(&["sweep", "sweeps/whole.toml"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    (expected(&whole), results(&whole, "whole"))
}

/// The epoch after which each trial was pruned, of those that were; the others must have finished.
fn found(workplace: &Workplace) -> BTreeMap<String, u64> {
    let pruned = |trial: &Value| {
        let name = trial["name"].as_str().unwrap().to_owned();
        match trial["pruned_after"].as_u64() {
            Some(epoch) => {
                assert_eq!(trial["state"], "planned");
                Some((name, epoch))
            }
            None => {
                assert_eq!(trial["state"], "finished", "{name}");
                None
            }
        }
    };
    workplace.trials().iter().filter_map(pruned).collect()
}

#[test]
fn halving_stops_those_that_the_whole_curves_say_and_what_is_left_is_trained_as_ever() {
    let (expected, whole) = trained_whole();

    let workplace = workplace();
    let run = workplace.fitroom(&SWEEP);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let said = "7 of 8 trials pruned: 4 after epoch 1, 2 after epoch 2, 1 after epoch 4";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    assert_eq!(found(&workplace), expected);
    let left = results(&workplace, "pruned");
    assert_eq!(left.len(), 1);
    assert!(left.iter().all(|(name, files)| whole[name] == *files));

    // Once more, there is nothing to do.
    let plan: Vec<&str> = SWEEP.into_iter().chain(["--plan"]).collect();
    let plan = workplace.fitroom(&plan).stdout;
    assert!(plan.contains("8: 0 to do, 1 finished, 7 pruned"), "{plan}");
    let again = workplace.fitroom(&SWEEP);
    let said =
        "all 8 trials have ended already, 0 of them without a result, 7 pruned: nothing to do";
    assert!(again.stderr.contains(said), "{}", again.stderr);
    assert_eq!((again.code, found(&workplace)), (Some(0), expected.clone()));
    assert_eq!(workplace.fitroom(&["audit", "pruned"]).code, Some(2));
    // Other rungs need other trials: of the eight, six have not got to epoch 3.
    let other: Vec<&str> = SWEEP
        .into_iter()
        .chain(["--set", "grace_epochs=3", "--plan"])
        .collect();
    let plan = workplace.fitroom(&other).stdout;
    assert!(plan.contains("8: 7 to do, 1 finished"), "{plan}");
    assert_eq!(workplace.fitroom(&["report"]).code, Some(0));
    let page = fs::read_to_string(workplace.path("reports/small/pruned.html")).unwrap();
    assert!(page.contains("stopped after epoch 2: it was not among the best"));

    // Another sweep trains them on, from where they stopped; of the first they stay pruned in no way that counts.
    let run = workplace.fitroom(&["sweep", "sweeps/whole.toml"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(found(&workplace), BTreeMap::new());
    assert!(results(&workplace, "pruned") == whole, "results differ");
    for folder in workplace.trial_folders("pruned") {
        let logs = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| file_name(&entry.unwrap().path()));
        let logs = logs.filter(|name| name.starts_with("events.")).count();
        assert!(logs > 1, "{} was trained anew", folder.display());
        let left = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| file_name(&entry.unwrap().path()));
        assert_eq!(left.filter(|name| name.starts_with("attempt-")).count(), 0);
    }
    assert_eq!(workplace.fitroom(&["report"]).code, Some(0));
    let page = fs::read_to_string(workplace.path("reports/small/pruned.html")).unwrap();
    assert!(!page.contains("it was not among the best"));
}

/// Epochs that are recorded.
fn epochs(workplace: &Workplace) -> i64 {
    if !workplace.path("runs/fitroom.db").exists() {
        return 0;
    }
    let tables: Vec<(String,)> =
        workplace.query("select name from sqlite_master where name = 'removed_trials'");
    if tables.is_empty() {
        return 0;
    }
    let counted: Vec<(i64,)> =
        workplace.query("select count(distinct trial_key * 1000 + epoch) from metrics");
    counted[0].0
}

#[test]
fn kills_and_a_second_process_change_nothing_about_who_is_pruned() {
    let (expected, whole) = trained_whole();

    let workplace = workplace();
    let start = || -> Child {
        let mut command: Command = workplace.command(&SWEEP);
        command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    // In the first rung, in which eight epochs are trained, and in the second, of four.
    for (recorded, signal) in [(3, "-KILL"), (6, "-INT"), (10, "-KILL")] {
        let mut process = start();
        while epochs(&workplace) < recorded {
            assert!(
                process.try_wait().unwrap().is_none(),
                "it ended before it was killed"
            );
            sleep(Duration::from_millis(5));
        }
        let mut kill = Command::new("kill");
        assert!(
            kill.args([signal, &process.id().to_string()])
                .status()
                .unwrap()
                .success()
        );
        process.wait().unwrap();
    }
    let killed: Vec<(i64,)> =
        workplace.query("select count(*) from attempts where state in ('running', 'lost')");
    assert!(killed[0].0 > 0, "no kill hit a trial in training");
    let mut other = start();
    let run = workplace.fitroom(&SWEEP);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(other.wait().unwrap().success());
    assert_eq!(found(&workplace), expected);
    let left = results(&workplace, "pruned");
    assert_eq!(left.len(), 1);
    assert!(left.iter().all(|(name, files)| whole[name] == *files));
}

#[test]
fn without_the_table_trials_are_not_pruned_any_more() {
    let workplace = workplace();
    assert_eq!(workplace.fitroom(&SWEEP).code, Some(0));
    workplace.write("sweeps/pruned.toml", GRID);
    let run = workplace.fitroom(&SWEEP);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stderr.contains("8 trials, 1 of them trained already"),
        "{}",
        run.stderr
    );
    assert_eq!(found(&workplace), BTreeMap::new());
}
