//! Real TensorBoard's IMAGES and HPARAMS pages of sweeps.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::photographs::{Workplace, file_name, import_as};

/// What TensorBoard's page `show` has of a folder with runs, or `None` without a Python that has TensorBoard.
pub(crate) fn page(show: &str, runs: &Path) -> Option<Value> {
    let Some(python) = env::var_os("FITROOM_PYTHON") else {
        eprintln!("SKIPPED: FITROOM_PYTHON names no Python with TensorBoard");
        return None;
    };
    let script =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/tensorboard/query_server.py");
    let output = Command::new(python)
        .arg(script)
        .arg(runs)
        .args(["--show", show])
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// The pictures of a tag by step.
pub(crate) fn pictures(tags: &Value, tag: &str) -> Vec<(i64, Vec<u8>)> {
    let byte = |digits: &[u8]| u8::from_str_radix(str::from_utf8(digits).unwrap(), 16).unwrap();
    let pictures = tags[tag].as_array().unwrap().iter();
    pictures
        .map(|picture| {
            let digits = picture[1].as_str().unwrap().as_bytes();
            let png = digits.chunks(2).map(byte).collect();
            (picture[0].as_i64().unwrap(), png)
        })
        .collect()
}

#[test]
fn every_epoch_has_its_confusion_matrix_and_the_best_weights_have_theirs() {
    let workplace = Workplace::with_dataset();
    workplace.write(
        "sweeps/grid.toml",
        "task = \"shapes_and_colours\"\n[hyperparameters]\nkernel_size = 3\nkernel_num = [4, 8]\n\
         [train]\nepochs = 6\nbatch_size = 16\npatience = 6\n",
    );
    let run = workplace.fitroom(&["sweep", "sweeps/grid.toml"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let Some(images) = page("images", &workplace.path("runs")) else {
        return;
    };
    let mut distinct = BTreeSet::new();
    for folder in workplace.trial_folders("grid") {
        let tags = &images[format!("small/grid/{}", file_name(&folder))];
        let epochs = pictures(tags, "confusion_matrix");
        let steps: Vec<i64> = epochs.iter().map(|(step, _)| *step).collect();
        assert_eq!(steps, [1, 2, 3, 4, 5, 6]);
        let result = fs::read_to_string(folder.join("result.toml")).unwrap();
        let result: toml::Table = result.parse().unwrap();
        let best_epoch = result["figures"]["best_epoch"].as_integer().unwrap();
        let best = pictures(tags, "confusion_matrix/best");
        // The kept weights are those of that epoch, and so are their predictions.
        assert_eq!(best, [epochs[best_epoch as usize - 1].clone()]);
        for (_, png) in epochs {
            let picture = image::load_from_memory(&png).unwrap().into_rgb8();
            assert!(
                (480..=500).contains(&picture.width()),
                "{}",
                picture.width()
            );
            assert!(
                (300..=700).contains(&picture.height()),
                "{}",
                picture.height()
            );
            distinct.insert(png);
        }
    }
    assert!(distinct.len() > 4, "the pictures show no training");
}

/// Two sweeps that search different hyperparameters with two seeds each, and one that fails.
const SWEEPS: [(&str, &str); 3] = [
    (
        "kernels",
        "task = \"shapes\"\n[hyperparameters]\nkernel_size = 3\nkernel_num = [4, 8]\n\
         [train]\nepochs = 2\nbatch_size = 16\nseeds = [0, 1]\n",
    ),
    (
        "dropout",
        "task = \"dark_shapes\"\n[hyperparameters]\nkernel_size = 3\nkernel_num = 4\n\
         dense_size = 8\ndropout_rate = [0.1, 0.5]\nlambda = 1e-5\n\
         [train]\nepochs = 2\nbatch_size = 16\nseeds = [0, 1]\n",
    ),
    (
        "large",
        "task = \"shapes\"\n[hyperparameters]\nkernel_size = 3\nkernel_num = 512\n\
         dense_size = 65536\n[train]\nepochs = 1\n[search]\nattempts = 1\n",
    ),
];

/// Trains them, the first on a second dataset too, and once so that it diverges: by steps that single
/// precision cannot hold.
fn train(workplace: &Workplace) {
    for (name, text) in SWEEPS {
        workplace.write(&format!("sweeps/{name}.toml"), text);
    }
    let labels = fs::read_to_string(workplace.path("photographs/labels.csv")).unwrap();
    workplace.write("photographs/labels.csv", &labels.replace("disc", "ring"));
    assert_eq!(workplace.fitroom(&import_as("data/rings")).code, Some(0));
    let sweep = |name: &str, data: &str, set: &[&str], code: i32| {
        let file = format!("sweeps/{name}.toml");
        let run = workplace.fitroom(&[&["sweep", &file, "--data", data], set].concat());
        assert_eq!(run.code, Some(code), "{}", run.stderr);
    };
    sweep("kernels", "small", &[], 0);
    sweep("dropout", "small", &[], 0);
    sweep("kernels", "rings", &[], 0);
    let diverging = ["--set", "learning_rate=1e39", "--set", "seeds=[0]"];
    sweep("kernels", "small", &diverging, 1);
    // The hidden layer has 0.4 GB of weights, and training needs four times as much.
    let large = [
        "sweep",
        "sweeps/large.toml",
        "--data",
        "small",
        "--workers",
        "1",
    ];
    let run = workplace.fitroom_within(3_500_000, &large);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
}

#[test]
fn hparams_lists_every_trial_of_all_sweeps_and_datasets_with_seeds_in_groups() {
    let workplace = Workplace::with_dataset();
    train(&workplace);
    let Some(page) = page("hparams", &workplace.path("runs")) else {
        return;
    };
    let listed = |infos: &str, pointer: &str| -> Vec<String> {
        let infos = page["experiment"][infos].as_array().unwrap().iter();
        let names = infos.map(|info| info.pointer(pointer).unwrap().as_str().unwrap().to_owned());
        names.collect()
    };
    assert_eq!(
        listed("metricInfos", "/name/tag"),
        ["best/accuracy", "best/loss"]
    );
    let columns = listed("hparamInfos", "/name");
    // Before anybody ticks a box, TensorBoard shows the first five.
    let first = [
        "dense_size",
        "dropout_rate",
        "kernel_num",
        "kernel_size_1",
        "kernel_size_2",
        "lambda",
    ];
    assert_eq!(columns[..6], first);

    let trials = workplace.trials();
    let mut sessions_seen = 0;
    let mut groups_of_two = 0;
    for group in page["groups"].as_array().unwrap() {
        let sessions = group["sessions"].as_array().unwrap();
        sessions_seen += sessions.len();
        groups_of_two += usize::from(sessions.len() == 2);
        let trials: Vec<&Value> = sessions
            .iter()
            .map(|session| trial_of(&trials, session))
            .collect();
        for (trial, session) in trials.iter().zip(sessions) {
            assert_shown(trial, session, &group["hparams"], &columns);
        }
        let seeds: BTreeSet<u64> = trials
            .iter()
            .filter_map(|trial| trial["seed"].as_u64())
            .collect();
        assert_eq!(seeds.len(), sessions.len(), "{group}");
        assert_eq!(mean(&trials, "accuracy"), metric(group, "best/accuracy"));
        assert_eq!(mean(&trials, "loss"), metric(group, "best/loss"));
    }
    // Of each finished configuration both seeds, then two that diverged, and one that failed.
    assert_eq!((trials.len(), sessions_seen, groups_of_two), (15, 15, 6));
}

/// The trial whose run a session is.
fn trial_of<'a>(trials: &'a [Value], session: &Value) -> &'a Value {
    let run = |trial: &Value| {
        let part = |key: &str| trial[key].as_str().unwrap().to_owned();
        format!("{}/{}/{}", part("dataset"), part("sweep"), part("name"))
    };
    let found = trials.iter().find(|trial| session["name"] == run(trial));
    assert!(found.is_some(), "no trial is {session}");
    found.unwrap()
}

/// A group has a trial's hyperparameters in all columns, and the session its status.
fn assert_shown(trial: &Value, session: &Value, hparams: &Value, columns: &[String]) {
    for column in columns {
        assert!(
            !hparams[column].is_null(),
            "{column} is missing in {hparams}"
        );
    }
    for (name, value) in trial["hyperparameters"].as_object().unwrap() {
        assert_eq!(hparams[name].as_f64(), value.as_f64(), "{name} of {trial}");
    }
    for name in ["dataset", "sweep", "task", "state"] {
        assert_eq!(hparams[name], trial[name], "{name} of {trial}");
    }
    let diverged = trial["state"] == "diverged";
    assert_eq!(
        hparams["learning_rate"],
        if diverged { json!(1e39) } else { json!(0.001) }
    );
    let status = match trial["state"] == "finished" {
        true => "STATUS_SUCCESS",
        false => "STATUS_FAILURE",
    };
    assert_eq!(session["status"], status);
    let (start, end) = (&session["startTimeSecs"], &session["endTimeSecs"]);
    assert!(
        start.as_f64().unwrap() <= end.as_f64().unwrap(),
        "{session}"
    );
}

/// The mean over the seeds in event files' precision, to six digits; `None` of trials without figures.
fn mean(trials: &[&Value], key: &str) -> Option<String> {
    let values: Option<Vec<f64>> = trials.iter().map(|trial| trial[key].as_f64()).collect();
    let values = values?;
    let sum: f64 = values.iter().map(|value| f64::from(*value as f32)).sum();
    Some(format!("{:.6}", sum / values.len() as f64))
}

fn metric(group: &Value, tag: &str) -> Option<String> {
    let values = group["metricValues"].as_array().into_iter().flatten();
    let mut values = values.filter(|value| value["name"]["tag"] == tag);
    Some(format!("{:.6}", values.next()?["value"].as_f64().unwrap()))
}
