//! Removed trials come back as they were, and the trash is emptied.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::photographs::{Workplace, file_name};
use crate::sweep::GRID;

/// A workplace whose sweep `grid` has been trained.
pub(crate) fn trained() -> Workplace {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/grid.toml", GRID);
    let sweep = workplace.fitroom(&["sweep", "sweeps/grid.toml"]);
    assert_eq!(sweep.code, Some(0), "{}", sweep.stderr);
    workplace
}

fn text(trial: &Value, name: &str) -> String {
    trial[name].as_str().unwrap().to_owned()
}

/// Every file below a folder with a hash of its bytes, but for the database and the trash.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.display().to_string();
        if path.is_dir() && !name.ends_with(".trash") && !name.ends_with(".workers") {
            found.extend(files(&path));
        } else if path.is_file() && !name.contains("fitroom.db") && !name.ends_with(".lock") {
            let hash = blake3::hash(&fs::read(&path).unwrap());
            found.push((name, hash.to_hex().to_string()));
        }
    }
    found.sort();
    found
}

#[test]
fn a_removed_trial_comes_back_with_everything_that_was_there() {
    let workplace = trained();
    let runs = workplace.path("runs");
    let trials = workplace.trials();
    let (first, second) = (text(&trials[0], "name"), text(&trials[3], "trial"));
    let call = |arguments: &[&str], code| {
        let run = workplace.fitroom(arguments);
        assert_eq!(run.code, Some(code), "{arguments:?}: {}", run.stderr);
        run
    };
    call(&["runs", "tag", &first, &second, "--add", "keep,shown"], 0);
    call(&["runs", "note", &second, "too sure of boots"], 0);
    call(&["best", "--pin", "shapes_and_colours", &second], 0);
    let before = (workplace.trials(), files(&runs));
    let report = call(&["report", "grid", "--json"], 0).stdout;

    let refused = call(&["runs", "remove", &second], 1).stderr;
    assert!(refused.contains("pinned model"), "{refused}");
    call(&["runs", "remove", &first, &second, "--force"], 0);
    assert_eq!(workplace.trials().len(), trials.len() - 2);
    let listed = call(&["runs", "restore"], 0).stdout;
    assert!(
        listed.contains(&first) && listed.contains(&second),
        "{listed}"
    );
    call(&["runs", "restore", &first], 0);
    call(&["runs", "restore", "--all"], 0);

    assert_eq!(workplace.trials(), before.0);
    assert_eq!(files(&runs), before.1);
    assert_eq!(call(&["report", "grid", "--json"], 0).stdout, report);
    let best: Value = serde_json::from_str(&call(&["best", "--json"], 0).stdout).unwrap();
    assert_eq!(best[0]["chosen"], "pinned");
    // There is nothing left to train.
    let again = call(&["sweep", "sweeps/grid.toml"], 0).stderr;
    assert!(again.contains("nothing to do"), "{again}");
    let empty = call(&["runs", "restore"], 0);
    assert!(
        empty.stderr.contains("no removed trial"),
        "{}",
        empty.stderr
    );
    let unknown = call(&["runs", "restore", &first], 2).stderr;
    assert!(unknown.contains("there is no removed trial"), "{unknown}");
}

#[test]
fn a_shared_trial_comes_back_to_all_its_sweeps() {
    let workplace = trained();
    workplace.write(
        "sweeps/small.toml",
        &GRID.replace("kernel_num = [2, 4]", "kernel_num = 2"),
    );
    let sweep = workplace.fitroom(&["sweep", "sweeps/small.toml"]);
    assert_eq!(sweep.code, Some(0), "{}", sweep.stderr);
    let wanted = || {
        workplace.query::<(String, i64, i64)>(
            "select id, wish.sweep_key, position from sweep_trials as wish join trials on key = trial_key
             order by 1, 2",
        )
    };
    let before = wanted();
    let trials = workplace.trials();
    let shared = trials
        .iter()
        .find(|it| it["hyperparameters"]["kernel_num"] == 2);
    let name = text(shared.unwrap(), "name");
    assert_eq!(workplace.fitroom(&["runs", "remove", &name]).code, Some(1));
    let removed = workplace.fitroom(&["runs", "remove", &name, "--force"]);
    assert_eq!(removed.code, Some(0), "{}", removed.stderr);
    assert_eq!(wanted().len(), before.len() - 2);
    let restored = workplace.fitroom(&["runs", "restore", &name]);
    assert_eq!(restored.code, Some(0), "{}", restored.stderr);
    assert_eq!(wanted(), before);
}

#[test]
fn what_was_trained_again_is_not_replaced_by_what_was_removed() {
    let workplace = trained();
    let trials = workplace.trials();
    let name = text(&trials[2], "name");
    let call = |arguments: &[&str]| workplace.fitroom(arguments);
    assert_eq!(call(&["runs", "remove", &name]).code, Some(0));
    assert_eq!(call(&["sweep", "sweeps/grid.toml"]).code, Some(0));
    let trained_again = workplace.trials();
    let restored = call(&["runs", "restore", &name]);
    assert_eq!(restored.code, Some(1), "{}", restored.stderr);
    assert!(
        restored.stderr.contains("its sweep was run again"),
        "{}",
        restored.stderr
    );
    assert_eq!(workplace.trials(), trained_again);
    // It can be removed again: what was trained last comes back, and what was removed first stays in the trash.
    assert_eq!(call(&["runs", "remove", &name]).code, Some(0));
    assert_eq!(call(&["runs", "restore", &name]).code, Some(0));
    assert_eq!(workplace.trials(), trained_again);
}

#[test]
fn the_trash_is_emptied_by_age_and_only_when_asked() {
    let workplace = trained();
    let trials = workplace.trials();
    let (old, new) = (&trials[2], &trials[3]);
    let names = [text(old, "name"), text(new, "name")];
    let removed = workplace.fitroom(&["runs", "remove", &names[0], &names[1]]);
    assert_eq!(removed.code, Some(0), "{}", removed.stderr);
    let place = |trial: &Value| workplace.path(&format!("runs/.trash/{}", text(trial, "trial")));
    // As if it had been removed long ago.
    let record = place(old).join("removed.json");
    let text = fs::read_to_string(&record).unwrap();
    let mut removed: Value = serde_json::from_str(&text).unwrap();
    removed["removed_at"] = "2026-01-01T00:00:00.000Z".into();
    fs::write(&record, removed.to_string()).unwrap();
    let gc = |arguments: &[&str]| {
        let all: Vec<&str> = ["runs", "gc"].iter().chain(arguments).copied().collect();
        let run = workplace.fitroom(&all);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        run
    };
    let said = gc(&["--dry-run", "--older-than", "30"]);
    assert!(
        said.stdout.contains(&names[0]) && !said.stdout.contains(&names[1]),
        "{}",
        said.stdout
    );
    assert!(place(old).exists() && place(new).exists());
    let said = gc(&["--older-than", "30"]).stderr;
    assert!(said.contains("1 removed for good"), "{said}");
    assert!(!place(old).exists() && place(new).exists());
    gc(&[]);
    assert!(!place(new).exists());
    assert!(gc(&[]).stderr.contains("nothing to remove"));
    // Trials that are there are no trash.
    assert_eq!(workplace.trials().len(), trials.len() - 2);
    for folder in workplace.trial_folders("grid") {
        assert!(!names.contains(&file_name(&folder)));
        assert!(folder.join("result.toml").is_file());
    }
}

#[test]
fn no_removal_takes_the_place_of_another() {
    let workplace = trained();
    let before = workplace.trials();
    let name = text(&before[2], "name");
    let call = |arguments: &[&str], code| {
        let run = workplace.fitroom(arguments);
        assert_eq!(run.code, Some(code), "{arguments:?}: {}", run.stderr);
        run.stderr
    };
    call(&["runs", "tag", &name, "--add", "keep"], 0);
    let tagged = workplace.trials();
    call(&["runs", "remove", &name], 0);
    // Planned again and never begun, as by a sweep that is stopped at once.
    let id = text(&before[2], "trial");
    let place = workplace.path(&format!("runs/.trash/{id}"));
    let removed = fs::read_to_string(place.join("removed.json")).unwrap();
    let removed: Value = serde_json::from_str(&removed).unwrap();
    let trial = &removed["record"]["trial"];
    let planned = format!(
        "insert into trials (key, id, name, task_key, state, listed_key, configuration, trial)
         select 1000, '{id}', '{name}', task_key, 'planned', listed_key, 'c', '{trial}' from trials limit 1
         returning key"
    );
    assert_eq!(workplace.query::<(i64,)>(planned.leak()).len(), 1);
    let wished = "insert into sweep_trials (sweep_key, trial_key, position) values (1, 1000, 2) returning position";
    assert_eq!(workplace.query::<(i64,)>(wished).len(), 1);
    call(&["runs", "remove", &id], 0);
    // The last one was a record without files: it comes back first, and the finished one after it.
    call(&["runs", "restore", &id], 0);
    assert!(place.join("model.safetensors").is_file());
    call(&["runs", "restore", &id], 0);
    assert_eq!(workplace.trials(), tagged);
}

#[test]
fn what_cannot_be_restored_is_said_and_stays() {
    let workplace = trained();
    let trials = workplace.trials();
    let (first, second) = (&trials[2], &trials[3]);
    let removed = workplace.fitroom(&[
        "runs",
        "remove",
        &text(first, "name"),
        &text(second, "name"),
    ]);
    assert_eq!(removed.code, Some(0), "{}", removed.stderr);
    let place = |trial: &Value| workplace.path(&format!("runs/.trash/{}", text(trial, "trial")));
    fs::write(place(first).join("removed.json"), "").unwrap();
    let record = place(second).join("removed.json");
    let sound = fs::read_to_string(&record).unwrap();
    let mut hostile: Value = serde_json::from_str(&sound).unwrap();
    hostile["record"]["folder"] = "../../outside/of/it".into();
    fs::write(&record, hostile.to_string()).unwrap();
    let restore = |arguments: &[&str], code| {
        let all: Vec<&str> = ["runs", "restore"]
            .iter()
            .chain(arguments)
            .copied()
            .collect();
        let run = workplace.fitroom(&all);
        assert_eq!(run.code, Some(code), "{arguments:?}: {}", run.stderr);
        run.stderr
    };
    let said = restore(&["--all"], 1);
    assert!(said.contains("expected dataset/sweep/trial"), "{said}");
    assert!(said.contains(&text(first, "trial")), "{said}");
    let said = restore(&[&text(first, "trial")], 2);
    assert!(said.contains("cannot be read"), "{said}");
    assert!(place(first).is_dir() && place(second).is_dir());
    fs::write(&record, sound).unwrap();
    restore(&["--all"], 1);
    assert_eq!(workplace.trials().len(), trials.len() - 1);
    // A file that somebody put there is removed like the rest.
    fs::write(workplace.path("runs/.trash/stray"), "x").unwrap();
    let gc = workplace.fitroom(&["runs", "gc"]);
    assert_eq!(gc.code, Some(0), "{}", gc.stderr);
    assert!(gc.stderr.contains("2 removed for good"), "{}", gc.stderr);
}
