//! What is removed: weights that nobody wants, which come back to the bit, and trials.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::photographs::{Workplace, file_name};
use crate::sweep::GRID;

#[test]
fn only_the_five_best_keep_their_weights() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/grid.toml", &GRID.replace("keep = \"all\"\n", ""));
    assert_eq!(
        workplace.fitroom(&["sweep", "sweeps/grid.toml"]).code,
        Some(0)
    );
    let best: Vec<String> = workplace
        .trials()
        .iter()
        .take(5)
        .map(|trial| trial["name"].as_str().unwrap().to_owned())
        .collect();
    let mut with_weights = Vec::new();
    for folder in workplace.trial_folders("grid") {
        assert!(folder.join("predictions.npz").is_file());
        if folder.join("model.safetensors").is_file() {
            with_weights.push(file_name(&folder));
        }
    }
    let mut expected = best;
    expected.sort();
    assert_eq!(with_weights, expected);
}

#[test]
fn weights_that_were_removed_are_trained_again_to_the_bit() {
    let workplace = Workplace::with_dataset();
    let kept = GRID;
    workplace.write("sweeps/grid.toml", kept);
    let sweep = || workplace.fitroom(&["sweep", "sweeps/grid.toml"]);
    let weights = || workplace.trial_files("grid", "model.safetensors");
    assert_eq!(sweep().code, Some(0));
    let expected = weights();
    fs::remove_dir_all(workplace.path("runs")).unwrap();

    workplace.write("sweeps/grid.toml", &kept.replace("keep = \"all\"\n", ""));
    assert_eq!(sweep().code, Some(0));
    assert_eq!(workplace.fitroom(&["report"]).code, Some(0));
    let page = || fs::read_to_string(workplace.path("reports/small/grid.html")).unwrap();
    assert!(page().contains("the same command trains them again, to the same bits"));
    let count = expected.len() - 5;
    let listed = |name: &str| {
        let folders = workplace.trial_folders("grid").into_iter();
        folders.filter(|folder| folder.join(name).exists()).count()
    };
    assert_eq!(listed("model.safetensors"), 5);

    workplace.write("sweeps/grid.toml", kept);
    let plan = workplace
        .fitroom(&["sweep", "sweeps/grid.toml", "--plan"])
        .stdout;
    let said = format!("{count} to train again for their removed weights");
    assert!(plan.contains(&said), "{plan}");
    // One of them came from elsewhere, it seems.
    let without = |folder: &PathBuf| !folder.join("model.safetensors").exists();
    let other = workplace
        .trial_folders("grid")
        .into_iter()
        .find(without)
        .unwrap();
    let result = fs::read_to_string(other.join("result.toml")).unwrap();
    let planted = result.replace("blake3 = \"", "blake3 = \"0");
    fs::write(other.join("result.toml"), planted).unwrap();
    let run = sweep();
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let said = format!(
        "`keep` wants them now: {count} of {} trials",
        expected.len()
    );
    assert!(run.stderr.contains(&said), "{}", run.stderr);
    assert!(
        run.stderr.contains("yet other weights come out"),
        "{}",
        run.stderr
    );
    assert_eq!(listed("model.safetensors"), expected.len() - 1);
    assert_eq!(listed("model.safetensors.partial"), 0);

    fs::write(other.join("result.toml"), result).unwrap();
    let run = sweep();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(weights() == expected, "other weights came out");
    assert_eq!(workplace.fitroom(&["report"]).code, Some(0));
    assert!(!page().contains("the same command trains them again"));
    // What is there again stays there.
    let run = sweep();
    assert!(!run.stderr.contains("`keep` wants"), "{}", run.stderr);
}

#[test]
fn a_trial_is_removed_unless_others_count_on_it() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/grid.toml", GRID);
    workplace.write(
        "sweeps/small.toml",
        &GRID.replace("kernel_num = [2, 4]", "kernel_num = 2"),
    );
    assert_eq!(
        workplace
            .fitroom(&["sweep", "sweeps/grid.toml", "sweeps/small.toml"])
            .code,
        Some(0)
    );
    let remove = |arguments: &[&str]| {
        let command: Vec<&str> = ["runs", "remove"]
            .into_iter()
            .chain(arguments.iter().copied())
            .collect();
        workplace.fitroom(&command)
    };
    let trials = workplace.trials();
    let text = |trial: &Value, key: &str| trial[key].as_str().unwrap().to_owned();
    let is_shared = |trial: &&Value| trial["hyperparameters"]["kernel_num"] == 2;
    let shared = trials.iter().find(is_shared).unwrap();
    let mut alone = trials.iter().filter(|trial| !is_shared(trial));
    // The list has the best trial first.
    let other = alone
        .find(|trial| trial["trial"] != trials[0]["trial"])
        .unwrap();

    for (name, expected) in [
        ("k3", "there is no trial `k3`"),
        ("all", "there is no trial `all`"),
    ] {
        let run = remove(&[&text(other, "name"), name]);
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    }
    let run = remove(&[&text(shared, "name")]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let why = "it is shared: grid on small and small on small want it (`--force`";
    assert!(run.stderr.contains(why), "{}", run.stderr);
    let run = remove(&[&text(&trials[0], "trial")]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("it is the best of task shapes_and_colours on small"),
        "{}",
        run.stderr
    );
    assert_eq!(
        workplace.trials().len(),
        trials.len(),
        "something was removed"
    );

    let (name, id) = (text(other, "name"), text(other, "trial"));
    let folder = workplace.path(&format!("runs/small/grid/{name}"));
    let weights = fs::read(folder.join("model.safetensors")).unwrap();
    let run = remove(&[&id[..8]]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(workplace.trials().len(), trials.len() - 1);
    assert!(!folder.exists());
    let trash = workplace.path(&format!("runs/.trash/{id}"));
    assert_eq!(fs::read(trash.join("model.safetensors")).unwrap(), weights);
    // TensorBoard would show it.
    for file in fs::read_dir(&trash).unwrap() {
        assert!(!file_name(&file.unwrap().path()).contains("tfevents"));
    }
    let run = workplace.fitroom(&["sweep", "sweeps/grid.toml"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(fs::read(folder.join("model.safetensors")).unwrap(), weights);
    assert_eq!(remove(&[&name]).code, Some(0), "a second time");
}
