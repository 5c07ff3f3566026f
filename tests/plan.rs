//! What a sweep will take, before it runs; and what stopping early would have saved, after.

use std::fs;
use std::path::Path;

use crate::photographs::Workplace;

const GRID: &str = "task = \"shapes_and_colours\"\n[hyperparameters]\nkernel_size_1 = [3, 5]\nkernel_size_2 = 3\n\
                    kernel_num = [4, 16]\ndense_size = [8, 64]\n[train]\nepochs = 6\nbatch_size = 16\n";

fn workplace() -> Workplace {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/grid.toml", GRID);
    workplace
}

/// The line of the plan that begins with this word, without it.
fn line(workplace: &Workplace, word: &str) -> String {
    let run = workplace.fitroom(&["sweep", "sweeps/grid.toml", "--plan"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let mut lines = run.stdout.lines();
    let line = lines.find_map(|line| line.trim_start().strip_prefix(word));
    line.unwrap_or_else(|| panic!("no `{word}` in {}", run.stdout))
        .trim()
        .to_owned()
}

/// Bytes of all files below a folder, but for the database.
fn bytes(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| match entry.metadata().unwrap() {
            data if data.is_dir() => bytes(&entry.path()),
            _ if entry
                .file_name()
                .to_string_lossy()
                .starts_with("fitroom.db") =>
            {
                0
            }
            data => data.len(),
        })
        .sum()
}

#[test]
fn a_plan_counts_what_is_to_do_and_trains_nothing() {
    let workplace = workplace();
    assert_eq!(line(&workplace, "trials"), "8: 8 to do");
    assert!(!workplace.path("runs").exists(), "a plan began something");
    let small = ["sweep", "sweeps/grid.toml", "--set", "kernel_num=4"];
    assert_eq!(workplace.fitroom(&small).code, Some(0));
    assert_eq!(line(&workplace, "trials"), "8: 4 to do, 4 finished");
    workplace.write("sweeps/other.toml", GRID);
    let other = ["sweep", "sweeps/other.toml", "--plan"];
    let run = workplace.fitroom(&other);
    assert!(
        run.stdout
            .contains("8: 4 to do, 4 finished (4 of them by other sweeps)"),
        "{}",
        run.stdout
    );
    // As the four took.
    let run = workplace.fitroom(&["sweep", "sweeps/grid.toml", "--plan"]);
    assert!(
        run.stdout.contains("as others of this task took"),
        "{}",
        run.stdout
    );
    let run = workplace.fitroom(&["sweep", "sweeps/grid.toml"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(line(&workplace, "trials"), "8: 0 to do, 8 finished");
}

#[test]
fn the_disk_that_a_plan_tells_is_what_the_sweep_takes() {
    let workplace = workplace();
    let told = line(&workplace, "disk");
    let told = told.strip_prefix("up to ").unwrap();
    let (told, _) = told.split_once(" MB, and ").unwrap();
    let told: f64 = told.parse().unwrap();
    assert_eq!(
        workplace.fitroom(&["sweep", "sweeps/grid.toml"]).code,
        Some(0)
    );
    let taken = bytes(&workplace.path("runs")) as f64 / 1e6;
    assert!(
        taken < 1.1 * told && taken > 0.5 * told,
        "{taken} MB were taken, {told} MB told"
    );
    for (word, unit) in [("memory", "GiB at the peak"), ("time", "at a time")] {
        let workplace = self::workplace();
        let said = line(&workplace, word);
        assert!(said.contains(unit), "{word}: {said}");
    }
}

#[test]
fn an_audit_says_what_stopping_early_would_have_saved_and_lost() {
    let workplace = workplace();
    assert_eq!(workplace.fitroom(&["audit", "grid"]).code, Some(2));
    assert_eq!(
        workplace.fitroom(&["sweep", "sweeps/grid.toml"]).code,
        Some(0)
    );
    for (arguments, expected) in [
        (
            &["audit", "grip"][..],
            "no sweep `grip` was run in `runs`, expected one of `grid` on `small`",
        ),
        (
            &["audit", "grid", "--data", "smell"],
            "no sweep `grid` on `smell` was run in `runs`, expected one of `grid` on `small`",
        ),
        (
            &["sweep", "grid"],
            "there is no file `grid`: did you mean `sweeps/grid.toml`?",
        ),
    ] {
        let run = workplace.fitroom(arguments);
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    }
    let run = workplace.fitroom(&["audit", "grid", "--json"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let audits: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let trials = workplace.trials();
    let epochs: u64 = trials
        .iter()
        .map(|trial| trial["epochs"].as_u64().unwrap())
        .sum();
    assert_eq!(audits[0]["epochs"].as_u64(), Some(epochs));
    assert_eq!(audits[0]["winner"], trials[0]["name"]);
    let methods = audits[0]["methods"].as_array().unwrap();
    assert_eq!(methods.len(), 8);
    for method in methods {
        let number = |key: &str| method[key].as_f64().unwrap();
        assert!((0.0..1.0).contains(&number("epochs_saved")), "{method}");
        let kept = method["winner_survives"].as_bool().unwrap();
        assert!(!kept || number("accuracy_lost") == 0.0, "{method}");
        let survive = number("not_shown_worse_survive");
        assert!(survive <= number("not_shown_worse") && survive >= f64::from(u8::from(kept)));
    }
    // One in three of eight goes on from the first epoch: five stop there.
    let halving = &methods[3];
    assert_eq!(halving["method"], "halving, 1 in 3, from epoch 1 on");
    assert!(halving["epochs_saved"].as_f64().unwrap() > 0.3, "{halving}");
    assert!(
        workplace
            .fitroom(&["audit", "grid"])
            .stdout
            .contains("epochs saved")
    );
}

#[test]
fn an_audit_compares_only_what_was_said_of_the_same_photographs() {
    let workplace = workplace();
    let dark = GRID.replace("shapes_and_colours", "dark_shapes");
    workplace.write("sweeps/dark.toml", &dark);
    let run = workplace.fitroom(&["sweep", "sweeps/grid.toml", "sweeps/dark.toml"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let folders = ["grid", "dark"].map(|sweep| workplace.trial_folders(sweep).remove(0));
    let [file, other] = folders.map(|folder| folder.join("predictions.npz"));
    fs::copy(&other, &file).unwrap();
    let run = workplace.fitroom(&["audit", "grid"]);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    let file = file.strip_prefix(workplace.path("")).unwrap();
    assert!(
        run.stderr.contains("is about other photographs (")
            && run.stderr.contains(file.to_str().unwrap()),
        "{}",
        run.stderr
    );
}
