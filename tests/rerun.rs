//! A trial is trained again from its record.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::photographs::Workplace;
use crate::trash::trained;

fn rerun(workplace: &Workplace, trial: &str, code: i32) -> Value {
    let run = workplace.fitroom(&["runs", "rerun", trial, "--json"]);
    assert_eq!(run.code, Some(code), "{trial}: {}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn a_trial_comes_out_the_same_from_the_database_or_its_folder_alone() {
    let workplace = trained();
    let before = workplace.trials();
    let name = before[1]["name"].as_str().unwrap();
    assert_eq!(rerun(&workplace, name, 0)["same"], true);
    let said = workplace.fitroom(&["runs", "rerun", name]);
    assert!(
        said.stdout
            .contains("the same to the bit: weights, predictions"),
        "{}",
        said.stdout
    );
    assert_eq!(workplace.trials(), before, "something was recorded");

    // A copy of the folder, with no database beside it and its weights removed.
    let copied = workplace.path("copied");
    copy(&workplace.path(&format!("runs/small/grid/{name}")), &copied);
    fs::remove_file(copied.join("model.safetensors")).unwrap();
    fs::remove_dir_all(workplace.path("runs")).unwrap();
    assert_eq!(rerun(&workplace, "copied", 0)["same"], true);
    assert!(!workplace.path("runs/fitroom.db").exists());

    // One figure of its curve is another one.
    let metrics = fs::read_to_string(copied.join("metrics.csv")).unwrap();
    let mut lines: Vec<String> = metrics.lines().map(str::to_owned).collect();
    let mut cells: Vec<String> = lines[2].split(',').map(str::to_owned).collect();
    let planted = format!("{:?}", cells[3].parse::<f64>().unwrap() * (1.0 + 1e-15));
    assert_ne!(planted, cells[3]);
    cells[3] = planted;
    lines[2] = cells.join(",");
    fs::write(copied.join("metrics.csv"), lines.join("\n")).unwrap();
    let object = rerun(&workplace, "copied", 1);
    let differences = object["differences"].as_array().unwrap();
    assert_eq!(differences.len(), 1, "{object}");
    assert_eq!(differences[0]["what"], "validation loss of epoch 2");
}

#[test]
fn what_cannot_be_trained_again_is_refused_with_the_reason() {
    let workplace = trained();
    let name = workplace.trials()[0]["name"].as_str().unwrap().to_owned();
    let refused = |trial: &str| {
        let run = workplace.fitroom(&["runs", "rerun", trial]);
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        run.stderr
    };
    assert!(refused("k9").contains("there is no trial `k9`"));
    let folder = workplace.path(&format!("runs/small/grid/{name}"));
    let described = fs::read_to_string(folder.join("trial.toml")).unwrap();
    fs::write(
        folder.join("trial.toml"),
        described.replace("epochs = 3", "epochs = 4"),
    )
    .unwrap();
    let said = refused(&format!("runs/small/grid/{name}"));
    assert!(said.contains("its trial.toml describes trial"), "{said}");
    fs::rename(workplace.path("data/small"), workplace.path("elsewhere")).unwrap();
    let said = refused(&name);
    assert!(
        said.contains("which is not in `data`") && said.contains("`small`"),
        "{said}"
    );
}

#[test]
fn a_trial_that_diverged_diverges_again() {
    let workplace = Workplace::with_dataset();
    let steep = "task = \"shapes\"\n[hyperparameters]\nkernel_size = 3\nkernel_num = 4\n\
                 [train]\nepochs = 3\nlearning_rate = 1e39\n";
    workplace.write("sweeps/steep.toml", steep);
    assert_eq!(
        workplace.fitroom(&["sweep", "sweeps/steep.toml"]).code,
        Some(1)
    );
    let trials = workplace.trials();
    assert_eq!(trials[0]["state"], "diverged");
    let object = rerun(&workplace, trials[0]["name"].as_str().unwrap(), 0);
    assert_eq!(object["same"], true, "{object}");
}
