//! `fitroom study`: everything in one command, which goes on where it was stopped.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::kept_models::{ROUTE_TASKS, json, sweep_text, well};
use crate::photographs::{Run, Workplace, interrupt};

const MORE_TASKS: &str = "\n[sleeves]\npredicts = [\"sleeve\"]\n\
                          [stars]\nwhere = { shape = \"star\" }\npredicts = [\"colour\"]\n";

/// The small catalogue with sweeps of two routes, one of them a grid of five with two seeds, a second sweep of one of its
/// tasks, and two that the catalogue cannot answer.
fn with_sweeps() -> Workplace {
    let workplace = Workplace::with_dataset();
    let tasks = "[both]\npredicts = [\"shape\", \"colour\"]\n[colours]\npredicts = [\"colour\"]\n\
                 [dark_shapes]\nwhere = { colour = \"dark\" }\npredicts = [\"shape\"]\n\
                 [bright_shapes]\nwhere = { colour = \"bright\" }\npredicts = [\"shape\"]\n";
    workplace.write("sweeps/tasks.toml", &format!("{tasks}{MORE_TASKS}"));
    for task in ROUTE_TASKS.into_iter().chain(["sleeves", "stars"]) {
        workplace.write(&format!("sweeps/{task}.toml"), &sweep_text(task, 2));
    }
    let grid = sweep_text("both", 2).replace("kernel_num = 8", "kernel_num = [9, 2, 7, 4, 5]");
    workplace.write("sweeps/both.toml", &format!("{grid}seeds = [0, 1]\n"));
    let more = sweep_text("both", 2).replace("kernel_num = 8", "kernel_num = 3");
    workplace.write("sweeps/both_more.toml", &more);
    workplace
}

/// Names of finished trials by sweep.
fn finished(workplace: &Workplace) -> BTreeMap<String, BTreeSet<String>> {
    let mut finished: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let trials = workplace.trials();
    for trial in trials.iter().filter(|trial| trial["state"] == "finished") {
        let sweep = trial["sweep"].as_str().unwrap().to_owned();
        let name = trial["name"].as_str().unwrap().to_owned();
        finished.entry(sweep).or_default().insert(name);
    }
    finished
}

fn looks(workplace: &Workplace) -> i64 {
    let count: Vec<(i64,)> = workplace.query("select count(*) from evaluations");
    count[0].0
}

fn assert_all_is_there(workplace: &Workplace) {
    for task in ROUTE_TASKS {
        for file in ["model.safetensors", "test.npz"] {
            let path = format!("runs/models/small/{task}/{file}");
            assert!(workplace.path(&path).exists(), "{path}");
        }
        assert!(
            workplace
                .path(&format!("reports/small/{task}.html"))
                .exists(),
            "{task}"
        );
    }
    assert!(workplace.path("reports/small/routes.html").exists());
    let index = fs::read_to_string(workplace.path("reports/index.html")).unwrap();
    assert!(index.contains("small/routes.html") && index.contains("small/both.html"));
}

#[test]
fn a_quick_study_trains_the_three_cheapest_of_each_task_and_a_whole_one_the_rest() {
    let workplace = with_sweeps();
    let quick = well(&workplace, &["study", "--quick"]);
    for (sweep, reason) in [("sleeves", "sleeve"), ("stars", "star")] {
        let line =
            (quick.stderr.lines()).find(|line| line.starts_with(&format!("{sweep} is left out: ")));
        assert!(
            line.is_some_and(|line| line.contains(reason)),
            "{}",
            quick.stderr
        );
    }
    assert!(
        quick
            .stdout
            .contains("both beside bright_shapes, colours, dark_shapes"),
        "{}",
        quick.stdout
    );
    let trained = finished(&workplace);
    let sweeps: Vec<&str> = trained.keys().map(String::as_str).collect();
    assert_eq!(sweeps, ["both", "bright_shapes", "colours", "dark_shapes"]);
    let kernels: Vec<&str> = (trained["both"].iter())
        .map(|name| name.split('-').nth(1).unwrap())
        .collect();
    assert_eq!(kernels, ["n2", "n2", "n4", "n4", "n5", "n5"]);
    assert_all_is_there(&workplace);
    assert_eq!(looks(&workplace), 4);

    let again = well(&workplace, &["study", "--quick"]);
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
    assert!(!again.stderr.contains("evaluating"), "{}", again.stderr);
    assert_eq!(finished(&workplace), trained);
    assert_eq!(looks(&workplace), 4);

    well(&workplace, &["study"]);
    let whole = finished(&workplace);
    assert_eq!(whole["both"].len(), 10);
    assert!(whole["both"].is_superset(&trained["both"]));
    assert_eq!(whole["both_more"].len(), 1);
    // Only a model that has changed was shown the test photographs again.
    let new = json(&workplace, &["best"]);
    let new = new
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["task"] == "both")
        .unwrap();
    let is_new = !trained["both"].contains(new["name"].as_str().unwrap());
    assert_eq!(looks(&workplace), 4 + i64::from(is_new));
}

#[test]
fn a_study_that_was_interrupted_goes_on() {
    let workplace = with_sweeps();
    let long = sweep_text("dark_shapes", 2000);
    workplace.write("sweeps/dark_shapes.toml", &long);
    let mut process = workplace
        .command(&["study", "--quick", "--workers", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let start = Instant::now();
    let is_running = |trial: &Value| trial["sweep"] == "dark_shapes" && trial["state"] == "running";
    while !workplace.path("runs/fitroom.db").exists() || !workplace.trials().iter().any(is_running)
    {
        assert!(process.try_wait().unwrap().is_none(), "it ended too early");
        assert!(start.elapsed() < Duration::from_secs(60));
        sleep(Duration::from_millis(20));
    }
    interrupt(&process);
    let run = Run::of(process.wait_with_output().unwrap());
    assert_eq!(run.code, Some(130), "{}", run.stderr);
    assert_eq!(looks(&workplace), 0);
    let before = finished(&workplace);
    assert!(!before.contains_key("dark_shapes"), "{before:?}");
    let modified = |sweep: &str| {
        let name = before[sweep].first().unwrap();
        let weights = workplace.path(&format!("runs/small/{sweep}/{name}/model.safetensors"));
        fs::metadata(weights).unwrap().modified().unwrap()
    };
    let colours = modified("colours");

    well(&workplace, &["study", "--quick"]);
    assert_eq!(modified("colours"), colours);
    assert_eq!(finished(&workplace).len(), 4);
    assert_all_is_there(&workplace);
    assert_eq!(looks(&workplace), 4);
}

#[test]
fn without_a_sweep_that_can_be_answered_nothing_is_made() {
    let workplace = with_sweeps();
    for task in ROUTE_TASKS.into_iter().chain(["both_more"]) {
        fs::remove_file(workplace.path(&format!("sweeps/{task}.toml"))).unwrap();
    }
    for arguments in [&["study", "--quick"][..], &["study"]] {
        let run = workplace.fitroom(arguments);
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        let expected = "`sweeps` holds no sweep that dataset `small` can answer";
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    }
    assert!(!workplace.path("runs").exists() && !workplace.path("reports").exists());
}
