//! `fitroom best`: which trial is the model of a task.

use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use crate::kept_models::{json, model_toml, refused, sweep_text, well};
use crate::models::{best, train_a_better_one, with_many};
use crate::photographs::Workplace;

#[test]
fn a_pin_holds_whatever_is_trained_until_it_is_taken_off() {
    let workplace = with_many();
    let trials = workplace.trials();
    let pinned = trials[3]["name"].as_str().unwrap();
    assert_ne!(trials[0]["name"], pinned);
    let run = well(&workplace, &["best", "--pin", "shapes", pinned]);
    let line = run.stdout.lines().find(|line| line.contains(pinned));
    assert!(line.unwrap().contains(" pinned "), "{}", run.stdout);
    train_a_better_one(&workplace);
    let kept = best(&workplace, "shapes");
    assert_eq!(kept["name"], pinned);
    assert_eq!(kept["chosen"], "pinned");
    assert_eq!(
        model_toml(&workplace, "shapes")["chosen"].as_str(),
        Some("pinned")
    );
    // What prefers others does not touch it, and its weights are not removed by mistake.
    well(&workplace, &["best", "--prefer", "cheapest"]);
    assert_eq!(best(&workplace, "shapes")["name"], pinned);
    let removal = workplace.fitroom(&["runs", "remove", pinned]);
    assert_eq!(removal.code, Some(1), "{}", removal.stderr);
    assert!(removal.stderr.contains("pinned"), "{}", removal.stderr);

    well(&workplace, &["best", "--unpin", "shapes"]);
    let free = best(&workplace, "shapes");
    assert_eq!(free["chosen"], "accuracy");
    assert_eq!(free["sweep"], "better");
    let nothing = ["best", "--unpin", "shapes"];
    refused(
        &workplace,
        &nothing,
        &["--unpin shapes", "no trial is pinned"],
    );
}

#[test]
fn what_cannot_be_a_model_is_not_pinned_and_named() {
    let workplace = with_many();
    let trials = workplace.trials();
    let first = trials[0]["name"].as_str().unwrap();
    let last = trials[6]["name"].as_str().unwrap();
    let pin = |task: &str, trial: &str, expected: &[&str]| {
        refused(&workplace, &["best", "--pin", task, trial], expected);
    };
    pin("dark_shapes", first, &[first, "answers the task `shapes`"]);
    pin("shapes", "k9", &["no trial `k9`"]);
    pin("shapes", last, &[last, "were removed"]);
    refused(&workplace, &["best", "--data", "nowhere"], &["`nowhere`"]);

    workplace.write("sweeps/long.toml", &sweep_text("shapes", 100_000));
    let mut process = workplace
        .command(&["sweep", "sweeps/long.toml"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let running = loop {
        let trials = workplace.trials();
        if let Some(trial) = trials.iter().find(|trial| trial["state"] == "running") {
            break trial["name"].as_str().unwrap().to_owned();
        }
        assert!(process.try_wait().unwrap().is_none(), "it ended too early");
        sleep(Duration::from_millis(20));
    };
    pin("shapes", &running, &[&running, "expected a finished one"]);
    process.kill().unwrap();
    process.wait().unwrap();
    assert_eq!(best(&workplace, "shapes")["chosen"], "accuracy");
}

#[test]
fn the_cheapest_is_the_one_that_the_page_marks() {
    let workplace = Workplace::with_dataset();
    // With so few photographs only a generous margin tells anything.
    let text = "task = \"shapes\"\n[hyperparameters]\nkernel_size = 3\nkernel_num = [4, 8]\ndense_size = 0\n\
                [train]\nepochs = 6\nbatch_size = 16\n[report]\nmargin = 0.9\n";
    workplace.write("sweeps/shapes.toml", text);
    well(&workplace, &["sweep", "sweeps/shapes.toml"]);
    let sweeps = json(&workplace, &["report", "shapes"]);
    let place = sweeps[0]["cheapest_good_enough"].as_u64().unwrap() as usize;
    let marked = &sweeps[0]["configurations"][place - 1]["trials"][0]["trial"];
    assert_ne!(*marked, sweeps[0]["best_trial"], "both are the same");
    well(&workplace, &["best", "--prefer", "cheapest"]);
    let cheapest = best(&workplace, "shapes");
    assert_eq!(cheapest["trial"], *marked);
    assert_eq!(cheapest["chosen"], "cheapest");
    assert_eq!(
        model_toml(&workplace, "shapes")["trial"].as_str(),
        marked.as_str()
    );
    well(&workplace, &["best", "--prefer", "accuracy"]);
    let accurate = best(&workplace, "shapes");
    assert_eq!(accurate["trial"], sweeps[0]["best_trial"]);
    assert_eq!(accurate["chosen"], "accuracy");
    let both = ["best", "--prefer", "accuracy", "--unpin", "shapes"];
    refused(&workplace, &both, &["cannot be used with"]);
}

#[test]
fn a_task_is_selected_and_pinned_by_the_name_that_it_has_now() {
    let workplace = with_many();
    well(&workplace, &["best"]);
    workplace.write("sweeps/tasks.toml", "[forms]\npredicts = [\"shape\"]\n");
    workplace.write("sweeps/better.toml", &sweep_text("forms", 40));
    well(&workplace, &["sweep", "sweeps/better.toml"]);
    let better = best(&workplace, "forms");
    assert_eq!(better["model"], "runs/models/small/forms");
    let trials = workplace.trials();
    let older = trials
        .iter()
        .find(|trial| trial["sweep"] == "many")
        .unwrap()["name"]
        .as_str();
    well(&workplace, &["best", "--pin", "forms", older.unwrap()]);
    assert_eq!(model_toml(&workplace, "forms")["name"].as_str(), older);
    well(&workplace, &["best", "--unpin", "forms"]);
    // The model that was kept under the older name labels nothing.
    let run = well(&workplace, &["label", "photographs"]);
    let asked = format!(
        "Route combined: forms ({}).",
        better["name"].as_str().unwrap()
    );
    assert!(run.stderr.contains(&asked), "{}", run.stderr);
}
