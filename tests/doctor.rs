//! `fitroom doctor`: planted damage is named, mended, and gone; a lost database comes back from the run folders.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::kept_models::{json, well};
use crate::photographs::{Workplace, file_name};
use crate::sweep::GRID;

/// What the trained sweep is restored from before each damage.
const PRISTINE: &str = "pristine";

/// A damage, and what comes of it.
struct Damage {
    /// What `doctor` calls what it finds, in alphabetical order.
    kinds: &'static [&'static str],
    /// Does the damage to the trial in this folder.
    plant: fn(&Workplace, &Path),
    /// Whether trials are trained again for it: with other times.
    trains_again: bool,
}

const fn damage(kinds: &'static [&'static str], plant: fn(&Workplace, &Path)) -> Damage {
    Damage {
        kinds,
        plant,
        trains_again: false,
    }
}

const fn trained_again(kinds: &'static [&'static str], plant: fn(&Workplace, &Path)) -> Damage {
    Damage {
        kinds,
        plant,
        trains_again: true,
    }
}

const DAMAGES: &[Damage] = &[
    trained_again(&["predictions_damaged"], |_, folder| {
        flip(&folder.join("predictions.npz"));
    }),
    trained_again(&["predictions_damaged"], |_, folder| {
        fs::remove_file(folder.join("predictions.npz")).unwrap();
    }),
    trained_again(&["folder_missing"], |_, folder| {
        fs::remove_dir_all(folder).unwrap();
    }),
    damage(&["weights_lost"], |_, folder| {
        fs::remove_file(folder.join("model.safetensors")).unwrap();
    }),
    damage(&["weights_lost"], |_, folder| {
        flip(&folder.join("model.safetensors"));
    }),
    damage(&["file_damaged"], |_, folder| {
        let text = fs::read_to_string(folder.join("trial.toml")).unwrap();
        let changed = text.replace("seed = 0", "seed = 1");
        fs::write(folder.join("trial.toml"), changed).unwrap();
    }),
    damage(&["file_damaged", "file_damaged"], |_, folder| {
        fs::remove_file(folder.join("metrics.csv")).unwrap();
        fs::remove_file(folder.join("provenance.toml")).unwrap();
    }),
    damage(&["file_damaged"], |_, folder| {
        fs::remove_file(folder.join("result.toml")).unwrap();
    }),
    damage(&["file_changed"], |_, folder| {
        fs::write(event_file(folder), "short").unwrap();
    }),
    damage(&["file_changed"], |_, folder| {
        fs::remove_file(event_file(folder)).unwrap();
    }),
    damage(&["leftovers"], |_, folder| {
        for name in [
            "attempt-7.metrics.csv",
            "attempt-1.checkpoint.safetensors",
            "model.safetensors.partial",
        ] {
            fs::write(folder.join(name), "half").unwrap();
        }
    }),
    damage(&["stale_lock"], |workplace, _| {
        workplace.write("runs/.workers/dead.lock", "");
    }),
    damage(&["result_differs"], |workplace, _| {
        change(
            workplace,
            "update trials set accuracy = 0.125 where key = 1",
        );
    }),
    damage(&["epochs_differ"], |workplace, _| {
        change(
            workplace,
            "delete from epochs where trial_key = 1 and epoch = 2",
        );
    }),
    damage(&["trial_differs"], |workplace, _| {
        change(
            workplace,
            "update trials set trial = replace(trial, '\"seed\":0', '\"seed\":5') where key = 1",
        );
    }),
    damage(&["weights_unrecorded"], |workplace, _| {
        change(
            workplace,
            "update trials set weights_kept = 0 where key = 1",
        );
        change(
            workplace,
            "delete from files where trial_key = 1 and name = 'model.safetensors'",
        );
    }),
    damage(&["file_record_wrong"], |workplace, _| {
        change(
            workplace,
            "update files set blake3 = 'none' where trial_key = 1 and name = 'metrics.csv'",
        );
    }),
    // A process that died after it had placed the files.
    damage(&["unrecorded"], |workplace, _| begin_again(workplace)),
    // One that died in the middle of it.
    trained_again(&["unfinished", "worker_dead"], |workplace, folder| {
        begin_again(workplace);
        fs::remove_file(folder.join("result.toml")).unwrap();
    }),
    // A trial that only its folder knows.
    damage(&["unrecorded"], |workplace, _| {
        for statement in [
            "delete from epochs where trial_key = 1",
            "delete from files where trial_key = 1",
            "delete from attempts where trial_key = 1",
            "delete from sweep_trials where trial_key = 1",
            "delete from trials where key = 1",
        ] {
            change(workplace, statement);
        }
    }),
    damage(&["moved"], |_, folder| {
        fs::rename(folder, folder.with_file_name("other")).unwrap();
    }),
    damage(&["copy"], |_, folder| {
        copy(folder, &folder.with_file_name("other"));
    }),
    damage(&["orphans", "orphans"], |workplace, _| {
        change(
            workplace,
            "pragma foreign_keys = off;
             insert into notes (trial_key, note) values (77, 'lost');
             insert into epochs (trial_key, epoch) values (77, 1)",
        );
    }),
    damage(&["indexes_damaged"], |workplace, _| {
        change(
            workplace,
            "pragma writable_schema = on;
             update sqlite_master set sql = replace(sql, '(trial_key)', '(position)')
             where name = 'sweeps_of_a_trial'",
        );
    }),
    // The recorded folder is the worse one.
    damage(&["superseded"], |_, folder| {
        copy(folder, &folder.with_file_name("other"));
        flip(&folder.join("predictions.npz"));
    }),
    damage(&["copy", "superseded"], |_, folder| {
        copy(folder, &folder.with_file_name("a"));
        copy(folder, &folder.with_file_name("z"));
        flip(&folder.with_file_name("a").join("predictions.npz"));
        fs::remove_dir_all(folder).unwrap();
        fs::create_dir(folder).unwrap();
    }),
    // Somebody was killed in removing it.
    damage(&["in_trash"], |workplace, folder| {
        let id = workplace.query::<(String,)>("select id from trials where key = 1");
        let place = workplace.path(&format!("runs/.trash/{}", id[0].0));
        fs::create_dir(place.parent().unwrap()).unwrap();
        fs::rename(folder, &place).unwrap();
        fs::write(place.join("removed.json"), "{ \"key\":").unwrap();
        let events = event_file(&place);
        let hidden = file_name(&events).replace("tfevents", "tf-events");
        fs::rename(&events, events.with_file_name(hidden)).unwrap();
    }),
    damage(&["copy", "database_missing"], |workplace, folder| {
        copy(folder, &folder.with_file_name("a"));
        flip(&folder.with_file_name("a").join("predictions.npz"));
        remove_database(workplace);
    }),
    damage(&["incomplete"], |_, folder| {
        let other = folder.with_file_name("other");
        copy(folder, &other);
        let text = fs::read_to_string(other.join("trial.toml")).unwrap();
        fs::write(
            other.join("trial.toml"),
            text.replace("seed = 0", "seed = 1"),
        )
        .unwrap();
    }),
    damage(&["remarks_differ"], |_, folder| {
        fs::write(folder.join("remarks.toml"), "tags = 3\n").unwrap();
    }),
    damage(&["sweep_file_damaged"], |workplace, _| {
        for entry in fs::read_dir(workplace.path("runs/small/grid")).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                fs::write(path, "name = 7").unwrap();
            }
        }
    }),
    damage(&["model_damaged", "model_leftover"], |workplace, _| {
        let model = "runs/models/small/shapes_and_colours";
        flip(&workplace.path(model).join("model.safetensors"));
        workplace.write("runs/models/small/.shapes_and_colours.old/model.toml", "");
    }),
    damage(&["database_missing"], |workplace, _| {
        remove_database(workplace);
    }),
    damage(&["database_malformed"], |workplace, _| {
        remove_database(workplace);
        workplace.write("runs/fitroom.db", &"this is a letter. ".repeat(99));
    }),
];

#[test]
fn doctor_names_and_mends_what_is_planted_and_the_sweep_ends_as_before() {
    let workplace = trained();
    let (folder, list, files) = (
        first_folder(&workplace),
        list(&workplace),
        files(&workplace),
    );
    assert_eq!(doctor(&workplace, &[]), (Some(0), Vec::new()));
    copy(&workplace.path("runs"), &workplace.path(PRISTINE));
    for Damage {
        kinds,
        plant,
        trains_again,
    } in DAMAGES
    {
        fs::remove_dir_all(workplace.path("runs")).unwrap();
        copy(&workplace.path(PRISTINE), &workplace.path("runs"));
        plant(&workplace, &folder);
        let before = content(&workplace.path("runs"));
        let found = doctor(&workplace, &[]);
        assert_eq!(found, (Some(1), owned(kinds)), "found");
        assert!(
            content(&workplace.path("runs")) == before,
            "{kinds:?}: a look changed something"
        );
        let (code, mended) = doctor(&workplace, &["--fix"]);
        let run = workplace.fitroom(&["doctor", "--fix"]);
        assert_eq!(code, Some(0), "{kinds:?}: {}", run.stdout);
        for kind in *kinds {
            assert!(mended.iter().any(|it| it == kind), "{kind}: {mended:?}");
        }
        assert_eq!(
            doctor(&workplace, &[]),
            (Some(0), Vec::new()),
            "{kinds:?}: after it"
        );
        let compared = |trials: Vec<Value>| match trains_again {
            true => without_seconds(trials),
            false => trials,
        };
        if !trains_again {
            assert_eq!(self::list(&workplace), list, "{kinds:?}");
        }
        well(&workplace, &["sweep", "sweeps/grid.toml"]);
        let after = compared(self::list(&workplace));
        assert_eq!(after, compared(list.clone()), "{kinds:?}");
        assert!(
            self::files(&workplace) == files,
            "{kinds:?}: other weights or predictions"
        );
        assert_eq!(
            doctor(&workplace, &[]),
            (Some(0), Vec::new()),
            "{kinds:?}: after the sweep"
        );
    }
}

#[test]
fn sizes_are_enough_to_find_what_is_missing_or_cut_off() {
    let workplace = trained();
    let folder = first_folder(&workplace);
    flip(&folder.join("model.safetensors"));
    assert_eq!(doctor(&workplace, &["--quick"]), (Some(0), Vec::new()));
    fs::write(folder.join("metrics.csv"), "epoch\n").unwrap();
    let found = doctor(&workplace, &["--quick"]);
    assert_eq!(found, (Some(1), owned(&["file_damaged"])));
    // What is mended is read in full.
    let (code, mended) = doctor(&workplace, &["--quick", "--fix"]);
    assert_eq!(
        (code, mended),
        (Some(0), owned(&["file_damaged", "weights_lost"]))
    );
    assert_eq!(doctor(&workplace, &[]), (Some(0), Vec::new()));
}

#[test]
fn a_lost_database_comes_back_from_the_folders() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/grid.toml", &GRID.replace("keep = \"all\"\n", ""));
    let small = GRID.replace("kernel_num = [2, 4]", "kernel_num = 2");
    workplace.write("sweeps/small.toml", &small);
    well(
        &workplace,
        &["sweep", "sweeps/grid.toml", "sweeps/small.toml"],
    );
    let pinned = workplace.trials().last().unwrap()["name"].clone();
    let best = json(&workplace, &["best"]);
    let kept = best[0]["name"].as_str().unwrap();
    assert_ne!(pinned, kept);
    well(&workplace, &["best", "--pin", "shapes_and_colours", kept]);
    well(&workplace, &["evaluate"]);
    let said = || {
        let report = json(&workplace, &["report"]);
        [
            Value::from(list(&workplace)),
            json(&workplace, &["best"]),
            report,
        ]
    };
    let before = said();
    assert_eq!(before[1][0]["chosen"], "pinned");

    remove_database(&workplace);
    let look = workplace.fitroom(&["doctor"]);
    assert_eq!(look.code, Some(1), "{}", look.stderr);
    assert!(!workplace.path("runs/fitroom.db").exists());
    let said_of_it = "would be recorded from their folders: 8 trials with an end";
    assert!(look.stderr.contains(said_of_it), "{}", look.stderr);

    let lock = File::create(workplace.path("runs/.workers/somebody.lock")).unwrap();
    lock.lock().unwrap();
    let refused = workplace.fitroom(&["doctor", "--fix"]);
    assert_eq!(refused.code, Some(1), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("other processes are at work"),
        "{}",
        refused.stderr
    );
    assert!(!workplace.path("runs/fitroom.db").exists());
    drop(lock);
    fs::remove_file(workplace.path("runs/.workers/somebody.lock")).unwrap();

    well(&workplace, &["doctor", "--fix"]);
    let after = said();
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(without_times(before), without_times(after));
    }
    assert_eq!(doctor(&workplace, &[]), (Some(0), Vec::new()));
    let plan = well(&workplace, &["sweep", "sweeps/grid.toml", "--plan"]);
    assert!(plan.stdout.contains("8"), "{}", plan.stdout);
    let again = well(
        &workplace,
        &["sweep", "sweeps/grid.toml", "sweeps/small.toml"],
    );
    assert!(!again.stderr.contains("finished:"), "{}", again.stderr);
}

#[test]
fn a_trial_in_training_is_left_alone() {
    let workplace = trained();
    let folder = first_folder(&workplace);
    begin_again(&workplace);
    fs::remove_file(folder.join("result.toml")).unwrap();
    fs::write(folder.join("attempt-1.metrics.csv"), "half").unwrap();
    let lock = File::create(workplace.path("runs/.workers/dead.lock")).unwrap();
    lock.lock().unwrap();
    let before = content(&folder);
    assert_eq!(doctor(&workplace, &["--fix"]), (Some(0), Vec::new()));
    assert!(content(&folder) == before, "something was changed");
    drop(lock);
    let (code, mended) = doctor(&workplace, &["--fix"]);
    assert_eq!(code, Some(0));
    let expected = ["leftovers", "stale_lock", "unfinished", "worker_dead"];
    assert_eq!(mended, owned(&expected));
}

/// Two trials of some seconds each.
const SLOW: &str = "task = \"shapes\"\n[hyperparameters]\nkernel_size = 3\nkernel_num = [48, 64]\ndense_size = 256\n\
    [train]\nepochs = 150\nbatch_size = 4\npatience = 150\nkeep = \"all\"\n";

#[test]
fn a_killed_sweep_goes_on_from_its_checkpoint_even_if_its_database_is_lost() {
    let slow = |workplace: &Workplace| workplace.write("sweeps/slow.toml", SLOW);
    let undisturbed = Workplace::with_dataset();
    slow(&undisturbed);
    well(&undisturbed, &["sweep", "sweeps/slow.toml"]);
    let expected = files_of(&undisturbed, "slow");
    for is_lost in [false, true] {
        let workplace = Workplace::with_dataset();
        slow(&workplace);
        let arguments = ["sweep", "sweeps/slow.toml", "--workers", "1"];
        let mut command = workplace.command(&arguments);
        let command = command.args(["--checkpoint-every", "0.1"]);
        let mut process = command.stderr(Stdio::null()).spawn().unwrap();
        let start = Instant::now();
        let folder = loop {
            assert!(process.try_wait().unwrap().is_none(), "it ended too early");
            assert!(start.elapsed() < Duration::from_secs(120), "no checkpoint");
            let has_checkpoint =
                |it: &PathBuf| it.join("attempt-1.checkpoint.safetensors").exists();
            match folders_of(&workplace, "slow")
                .into_iter()
                .find(has_checkpoint)
            {
                Some(folder) => break folder,
                None => sleep(Duration::from_millis(20)),
            }
        };
        // Nothing is wrong with a trial in training.
        assert_eq!(doctor(&workplace, &["--fix"]).0, Some(0));
        assert_eq!(doctor(&workplace, &[]), (Some(0), Vec::new()));
        process.kill().unwrap();
        process.wait().unwrap();
        let checkpoint = || fs::read(folder.join("attempt-1.checkpoint.safetensors")).unwrap();
        let written = checkpoint();
        if is_lost {
            remove_database(&workplace);
        }
        let (code, mended) = doctor(&workplace, &["--fix"]);
        assert_eq!(code, Some(0), "{mended:?}");
        let kind = if is_lost {
            "database_missing"
        } else {
            "worker_dead"
        };
        assert!(mended.iter().any(|it| it == kind), "{mended:?}");
        assert_eq!(doctor(&workplace, &[]), (Some(0), Vec::new()));
        assert!(checkpoint() == written, "the checkpoint was changed");
        let run = well(&workplace, &["sweep", "sweeps/slow.toml"]);
        assert!(!run.stderr.contains("begins anew"), "{}", run.stderr);
        assert!(
            files_of(&workplace, "slow") == expected,
            "other weights or predictions"
        );
        assert_eq!(doctor(&workplace, &[]), (Some(0), Vec::new()));
    }
}

#[test]
fn folders_of_no_trial_are_no_damage_and_no_runs_folder_is_an_error() {
    let workplace = trained();
    workplace.write("runs/small/grid/notes/todo.txt", "nothing");
    let run = workplace.fitroom(&["doctor"]);
    assert_eq!(run.code, Some(0), "{}", run.stdout);
    for said in [
        "`small/grid/notes`: no trial's, left alone\n",
        "nothing is wrong with 8 trials\n",
    ] {
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
    let run = workplace.fitroom(&["--runs", "nowhere", "doctor", "--fix"]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(
        run.stderr.contains("there is no runs folder `nowhere`"),
        "{}",
        run.stderr
    );
    assert!(!workplace.path("nowhere").exists());
    fs::create_dir(workplace.path("empty")).unwrap();
    let run = workplace.fitroom(&["--runs", "empty", "doctor", "--fix"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

#[test]
fn what_no_folder_tells_is_read_from_a_malformed_database() {
    let workplace = trained();
    well(&workplace, &["evaluate"]);
    let looks =
        || workplace.query::<(String, String)>("select trial_id, evaluated_at from evaluations");
    let (list, before) = (list(&workplace), looks());
    assert!(!before.is_empty());
    fs::remove_dir_all(workplace.path("runs/models")).unwrap();
    for statement in [
        "insert into tags (trial_key, tag) values (1, 'odd'), (1, 'new')",
        "insert into notes (trial_key, note) values (1, 'look again')",
    ] {
        change(&workplace, statement);
    }
    let root =
        workplace.query::<(i64,)>("select rootpage from sqlite_master where name = 'epochs'");
    let path = workplace.path("runs/fitroom.db");
    let mut bytes = fs::read(&path).unwrap();
    let page = (root[0].0 as usize - 1) * 4096;
    bytes[page..page + 4096].fill(7);
    fs::write(&path, bytes).unwrap();
    let (code, mended) = doctor(&workplace, &["--fix"]);
    assert_eq!(code, Some(0));
    assert_eq!(mended, owned(&["database_malformed", "remarks_differ"]));
    assert_eq!(looks(), before);
    let tags = workplace
        .query::<(String, String)>("select tag, note from tags natural join notes order by tag");
    let expected = ["new", "odd"].map(|tag| (tag.to_owned(), "look again".to_owned()));
    assert_eq!(tags, expected);
    assert_eq!(doctor(&workplace, &[]), (Some(0), Vec::new()));
    change(&workplace, "delete from tags");
    change(&workplace, "delete from notes");
    assert_eq!(self::list(&workplace), list);
}

#[test]
fn nothing_outside_of_the_runs_folder_is_touched() {
    let workplace = trained();
    let (folder, list) = (first_folder(&workplace), list(&workplace));
    let victim = workplace.path("victim");
    copy(&folder, &victim);
    let before = content(&victim);
    let misname = || {
        change(
            &workplace,
            "update trials set folder = '../victim' where key = 1",
        );
    };
    let mended = |kinds: &[&str]| {
        assert_eq!(doctor(&workplace, &[]), (Some(1), owned(kinds)));
        let fixed = doctor(&workplace, &["--fix"]);
        assert_eq!(fixed, (Some(0), owned(kinds)));
        assert!(content(&victim) == before, "{kinds:?}: it was touched");
        assert_eq!(doctor(&workplace, &[]), (Some(0), Vec::new()), "{kinds:?}");
    };
    misname();
    mended(&["folder_misnamed"]);
    assert_eq!(first_folder(&workplace), folder);
    for statement in [
        "update files set name = '../../../../victim/model.safetensors' where trial_key = 1 and name = 'metrics.csv'",
        "update attempts set owner = '../../victim/trial' where trial_key = 1",
    ] {
        change(&workplace, statement);
    }
    mended(&["file_changed", "file_record_wrong"]);
    assert_eq!(self::list(&workplace), list);

    misname();
    fs::remove_dir_all(&folder).unwrap();
    mended(&["folder_misnamed"]);
    well(&workplace, &["sweep", "sweeps/grid.toml"]);
    assert_eq!(
        without_seconds(self::list(&workplace)),
        without_seconds(list)
    );
    assert!(content(&victim) == before, "it was touched");
    assert_eq!(doctor(&workplace, &[]), (Some(0), Vec::new()));
}

#[test]
fn what_lies_behind_links_is_read_and_left_alone() {
    let workplace = trained();
    let folder = first_folder(&workplace);
    let link = |path: &Path, name: &str| {
        let to = workplace.path(name);
        fs::rename(path, &to).unwrap();
        std::os::unix::fs::symlink(to, path).unwrap();
    };
    link(&folder.join("predictions.npz"), "predictions.npz");
    assert_eq!(doctor(&workplace, &["--fix"]), (Some(0), Vec::new()));
    let small = workplace.path("runs/small");
    link(&small, "elsewhere");
    std::os::unix::fs::symlink("small", workplace.path("runs/again")).unwrap();
    let run = workplace.fitroom(&["doctor", "--fix"]);
    assert_eq!(run.code, Some(0), "{}", run.stdout);
    for said in [
        "nothing is wrong with 8 trials",
        "`again`: no trial's, left alone",
    ] {
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
    let (list, before) = (list(&workplace), content(&workplace.path("elsewhere")));
    remove_database(&workplace);
    let missing = (Some(1), owned(&["database_missing"]));
    assert_eq!(doctor(&workplace, &[]), missing);
    assert_eq!(doctor(&workplace, &["--fix"]).0, Some(0));
    assert_eq!(self::list(&workplace), list);

    flip(&folder.join("model.safetensors"));
    let lost = (Some(1), owned(&["weights_lost"]));
    assert_eq!(doctor(&workplace, &["--fix"]), lost);
    flip(&folder.join("model.safetensors"));
    assert!(content(&workplace.path("elsewhere")) == before);

    fs::rename(workplace.path("elsewhere"), workplace.path("unplugged")).unwrap();
    let (code, found) = doctor(&workplace, &["--fix"]);
    assert_eq!((code, found), (Some(1), owned(&["unreadable"; 8])));
    fs::rename(workplace.path("unplugged"), workplace.path("elsewhere")).unwrap();
    assert_eq!(doctor(&workplace, &[]), (Some(0), Vec::new()));
    assert_eq!(self::list(&workplace), list);
}

/// The small catalogue with a trained grid and its kept model.
fn trained() -> Workplace {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/grid.toml", GRID);
    well(&workplace, &["sweep", "sweeps/grid.toml"]);
    well(&workplace, &["best"]);
    workplace
}

/// The exit code of `doctor`, and what it found, in alphabetical order.
fn doctor(workplace: &Workplace, arguments: &[&str]) -> (Option<i32>, Vec<String>) {
    let command = [&["doctor", "--json"], arguments].concat();
    let run = workplace.fitroom(&command);
    let said: Value = match serde_json::from_str(&run.stdout) {
        Ok(said) => said,
        Err(error) => panic!("{error}: {} {}", run.stdout, run.stderr),
    };
    let findings = said["findings"].as_array().unwrap().iter();
    let mut kinds: Vec<String> = findings
        .map(|finding| finding["kind"].as_str().unwrap().to_owned())
        .collect();
    kinds.sort();
    (run.code, kinds)
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// All trials, by id, without when they ended: `result.toml` is written some milliseconds before the database is.
fn list(workplace: &Workplace) -> Vec<Value> {
    let mut trials = workplace.trials();
    for trial in &mut trials {
        trial["ended"] = Value::Null;
    }
    trials.sort_by_key(|trial| trial["trial"].to_string());
    trials
}

fn without_seconds(mut trials: Vec<Value>) -> Vec<Value> {
    for trial in &mut trials {
        trial["seconds"] = Value::Null;
    }
    trials
}

/// JSON without the times at which it was made and trials ended.
fn without_times(value: &Value) -> Value {
    match value {
        Value::Array(values) => values.iter().map(without_times).collect(),
        Value::Object(fields) => {
            let is_time = |key: &str| ["generated_at", "ended"].contains(&key);
            let kept = fields.iter().filter(|(key, _)| !is_time(key));
            let kept = kept.map(|(key, value)| (key.clone(), without_times(value)));
            Value::Object(kept.collect())
        }
        other => other.clone(),
    }
}

/// Weights and predictions of every trial, by file, wherever it lies.
fn files(workplace: &Workplace) -> Vec<(String, Vec<u8>)> {
    files_of(workplace, "grid")
}

fn files_of(workplace: &Workplace, sweep: &str) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for folder in folders_of(workplace, sweep) {
        // By its id: a trial that was moved stays where it is.
        let text = fs::read_to_string(folder.join("trial.toml")).unwrap();
        let id = text.lines().next().unwrap().to_owned();
        for name in ["model.safetensors", "predictions.npz"] {
            files.push((format!("{id}/{name}"), fs::read(folder.join(name)).unwrap()));
        }
    }
    files.sort();
    files
}

fn folders_of(workplace: &Workplace, sweep: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(workplace.path(&format!("runs/small/{sweep}")));
    let paths = entries
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path());
    paths.filter(|path| path.is_dir()).collect()
}

/// The folder of the trial that was planned first.
fn first_folder(workplace: &Workplace) -> PathBuf {
    let folder: Vec<(String,)> = workplace.query("select folder from trials where key = 1");
    workplace.path(&format!("runs/{}", folder[0].0))
}

fn event_file(folder: &Path) -> PathBuf {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths = entries.map(|entry| entry.unwrap().path());
    paths
        .find(|path| file_name(path).contains("tfevents"))
        .unwrap()
}

/// The first trial is in training again, by a process that has died.
fn begin_again(workplace: &Workplace) {
    for statement in [
        "update trials set state = 'running', accuracy = null, loss = null, best_epoch = null, epochs = null,
             parameters = null, multiply_adds = null, seconds = null, weights_kept = 0, ended_at = null
         where key = 1",
        "update attempts set state = 'running', ended_at = null, owner = 'dead' where trial_key = 1",
        "delete from files where trial_key = 1",
    ] {
        change(workplace, statement);
    }
}

fn change(workplace: &Workplace, statement: &'static str) {
    let _: Vec<(i64,)> = workplace.query(statement);
}

fn remove_database(workplace: &Workplace) {
    for name in ["fitroom.db", "fitroom.db-wal", "fitroom.db-shm"] {
        let _ = fs::remove_file(workplace.path("runs").join(name));
    }
}

fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let place = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &place),
            false => drop(fs::copy(&path, place).unwrap()),
        }
    }
}

/// All files with their bytes, but for what SQLite has beside a database that is open.
fn content(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(content(&path));
        } else if !["fitroom.db-wal", "fitroom.db-shm"].contains(&file_name(&path).as_str()) {
            let bytes = fs::read(&path).unwrap();
            files.insert(path, bytes);
        }
    }
    files
}
