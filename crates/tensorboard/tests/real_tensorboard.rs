//! What TensorBoard itself reads from our files. `FITROOM_PYTHON` names a Python that has it.

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use fitroom_tensorboard::{
    EventWriter, HparamDomain, HparamInfo, HparamValue, Session, SessionStatus,
};
use serde_json::{Value, json};
use tempfile::tempdir;

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/tensorboard");
const WALL_TIME: f64 = 1_767_225_600.25;

/// What a script that reads event files prints about `folder`; `None` where there is no Python for it.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn ask(script: &str, folder: &Path, arguments: &[&str]) -> Result<Option<Value>, Box<dyn Error>> {
    let Some(python) = env::var_os("FITROOM_PYTHON") else {
        eprintln!("SKIPPED: FITROOM_PYTHON does not name a Python that has tensorboard");
        return Ok(None);
    };
    let output = Command::new(python)
        .arg(Path::new(SCRIPTS).join(script))
        .arg(folder)
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("{script} ended with {}", output.status).into());
    }
    Ok(Some(serde_json::from_slice(&output.stdout)?))
}

/// Values whose float32 is lost by any detour: through decimals, other precisions, or missing defaults.
const DIFFICULT: [f32; 8] = [
    0.1,
    0.0,
    -1.0 / 3.0,
    f32::MIN_POSITIVE,
    f32::MAX,
    1e-45,
    16_777_217.0,
    0.999_999_94,
];

/// Two runs in nested folders, beside files of other kinds, and one run with two event files.
fn write_runs(root: &Path) -> Result<(), Box<dyn Error>> {
    for (run, sign) in [("demo/first/k3-s0", 1.0), ("demo/first/k5-s0", -1.0)] {
        let folder = root.join(run);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("trial.toml"), "seed = 0\n")?;
        fs::write(folder.join("model.safetensors"), [0; 64])?;
        let mut writer = EventWriter::create(&folder, WALL_TIME, "host", "attempt-1")?;
        for (step, value) in DIFFICULT.iter().enumerate() {
            let values = [("loss/train", sign * value), ("loss/validation", *value)];
            writer.scalars(step as i64, WALL_TIME + step as f64, &values)?;
        }
        writer.finish()?;
    }
    let folder = root.join("demo/second/k3-s0");
    fs::create_dir_all(&folder)?;
    for (attempt, steps) in [("attempt-1", 0..2), ("attempt-2", 2..4)] {
        let wall_time = WALL_TIME + 100.0 * steps.start as f64;
        let mut writer = EventWriter::create(&folder, wall_time, "host", attempt)?;
        for step in steps {
            writer.scalars(step, wall_time, &[("best/accuracy", 0.25)])?;
        }
        writer.finish()?;
    }
    fs::write(root.join("fitroom.db"), "SQLite format 3\0")?;
    Ok(())
}

/// What [`write_runs`] wrote.
fn expected_runs() -> Value {
    let points = |sign: f32| -> Vec<(usize, f32)> {
        let values = DIFFICULT.iter().map(|value| sign * value);
        values.enumerate().collect()
    };
    json!({
        "demo/first/k3-s0": { "loss/train": points(1.0), "loss/validation": points(1.0) },
        "demo/first/k5-s0": { "loss/train": points(-1.0), "loss/validation": points(1.0) },
        "demo/second/k3-s0": { "best/accuracy": [[0, 0.25], [1, 0.25], [2, 0.25], [3, 0.25]] },
    })
}

#[test]
fn the_reader_of_tensorboard_returns_exactly_what_was_logged() -> Result<(), Box<dyn Error>> {
    let folder = tempdir()?;
    write_runs(folder.path())?;
    if let Some(runs) = ask("read_scalars.py", folder.path(), &[])? {
        assert_eq!(runs, expected_runs());
    }
    Ok(())
}

#[test]
fn the_pages_of_tensorboard_show_exactly_what_was_logged() -> Result<(), Box<dyn Error>> {
    let folder = tempdir()?;
    write_runs(folder.path())?;
    for loader in ["python", "fast"] {
        if let Some(runs) = ask("query_server.py", folder.path(), &["--loader", loader])? {
            assert_eq!(runs, expected_runs(), "loader {loader}");
        }
    }
    Ok(())
}

#[test]
fn values_that_are_not_finite_are_shown_as_such() -> Result<(), Box<dyn Error>> {
    let folder = tempdir()?;
    let mut writer = EventWriter::create(folder.path(), WALL_TIME, "host", "0")?;
    for (step, value) in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY]
        .into_iter()
        .enumerate()
    {
        writer.scalars(step as i64, WALL_TIME, &[("loss/train", value)])?;
    }
    writer.finish()?;
    let expected = json!({".": {"loss/train": [[0, "NaN"], [1, "Infinity"], [2, "-Infinity"]]}});
    for script in ["read_scalars.py", "query_server.py"] {
        if let Some(runs) = ask(script, folder.path(), &[])? {
            assert_eq!(runs, expected, "{script}");
        }
    }
    Ok(())
}

#[test]
fn tensorboard_reads_a_file_that_is_still_written() -> Result<(), Box<dyn Error>> {
    let folder = tempdir()?;
    let mut writer = EventWriter::create(folder.path(), WALL_TIME, "host", "0")?;
    for step in 0..3 {
        writer.scalars(step, WALL_TIME, &[("loss/train", 0.5)])?;
        writer.flush()?;
        if let Some(runs) = ask("read_scalars.py", folder.path(), &[])? {
            let points: Vec<_> = (0..=step).map(|step| (step, 0.5)).collect();
            assert_eq!(runs, json!({".": {"loss/train": points}}));
        }
    }
    Ok(())
}

/// A PNG with the colour type of RGB and this size, as far as its header goes.
fn picture(width: u32, height: u32, content: &[u8]) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    png.extend(width.to_be_bytes());
    png.extend(height.to_be_bytes());
    png.extend([8, 2, 0, 0, 0]);
    png.extend(content);
    png
}

#[test]
fn pictures_come_back_byte_for_byte_under_their_tags() -> Result<(), Box<dyn Error>> {
    let folder = tempdir()?;
    let mut writer = EventWriter::create(folder.path(), WALL_TIME, "host", "0")?;
    let mut expected = json!({".": {"matrix": [], "matrix/best": []}});
    for (step, tag) in [
        (1, "matrix"),
        (2, "matrix"),
        (3, "matrix"),
        (2, "matrix/best"),
    ] {
        let png = picture(700 + step, 500, format!("{tag} {step} \0\u{ff}").as_bytes());
        writer.image(step.into(), WALL_TIME, tag, 700 + step, 500, &png)?;
        let digits: String = png.iter().map(|byte| format!("{byte:02x}")).collect();
        if let Some(list) = expected["."][tag].as_array_mut() {
            list.push(json!([step, digits]));
        }
    }
    writer.finish()?;
    for loader in ["python", "fast"] {
        let arguments = ["--show", "images", "--loader", loader];
        if let Some(images) = ask("query_server.py", folder.path(), &arguments)? {
            assert_eq!(images, expected, "loader {loader}");
        }
    }
    Ok(())
}

/// Four runs: two seeds of one configuration, one of another, and one that failed.
fn write_sessions(root: &Path) -> Result<(), Box<dyn Error>> {
    let infos = [
        HparamInfo {
            name: "kernels",
            domain: HparamDomain::Number,
            differs: true,
        },
        HparamInfo {
            name: "data",
            domain: HparamDomain::Text,
            differs: false,
        },
        HparamInfo {
            name: "state",
            domain: HparamDomain::OneOf(&["good", "bad"]),
            differs: false,
        },
    ];
    for (run, group, kernels, loss) in [
        ("a-s0", "a", 4.0, Some(0.5)),
        ("a-s1", "a", 4.0, Some(0.25)),
        ("b-s0", "b", 1e-5, Some(0.75)),
        ("c-s0", "c", 8.0, None),
    ] {
        let folder = root.join(run);
        fs::create_dir(&folder)?;
        let mut writer = EventWriter::create(&folder, WALL_TIME, "host", "0")?;
        writer.hparams_experiment(WALL_TIME, &infos, &["best/loss"])?;
        let (state, status) = match loss {
            Some(loss) => {
                writer.scalars(3, WALL_TIME, &[("best/loss", loss), ("other", 1.0)])?;
                ("good", SessionStatus::Success)
            }
            None => ("bad", SessionStatus::Failure),
        };
        let hparams = [
            ("kernels", HparamValue::Number(kernels)),
            ("data", HparamValue::Text("shop · «ä»")),
            ("state", HparamValue::Text(state)),
        ];
        let session = Session {
            group,
            hparams: &hparams,
            started: WALL_TIME,
        };
        writer.hparams_session_start(WALL_TIME + 10.0, &session)?;
        writer.hparams_session_end(WALL_TIME + 10.0, status)?;
        writer.finish()?;
    }
    Ok(())
}

#[test]
fn the_hparams_page_lists_every_run_with_group_values_metrics_and_status()
-> Result<(), Box<dyn Error>> {
    let folder = tempdir()?;
    write_sessions(folder.path())?;
    let group = |name: &str, kernels: f64, state: &str, loss: Option<f64>, sessions: Value| {
        let hparams = json!({"kernels": kernels, "data": "shop · «ä»", "state": state});
        json!([name, hparams, loss, sessions])
    };
    let expected = [
        group(
            "a",
            4.0,
            "good",
            Some(0.375),
            json!([["a-s0", "STATUS_SUCCESS"], ["a-s1", "STATUS_SUCCESS"]]),
        ),
        group(
            "b",
            1e-5,
            "good",
            Some(0.75),
            json!([["b-s0", "STATUS_SUCCESS"]]),
        ),
        group("c", 8.0, "bad", None, json!([["c-s0", "STATUS_FAILURE"]])),
    ];
    for loader in ["python", "fast"] {
        let arguments = ["--show", "hparams", "--loader", loader];
        let Some(page) = ask("query_server.py", folder.path(), &arguments)? else {
            return Ok(());
        };
        let groups: Vec<Value> = page["groups"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|group| {
                let sessions: Vec<Value> = group["sessions"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|session| {
                        assert_eq!(session["startTimeSecs"], WALL_TIME);
                        assert_eq!(session["endTimeSecs"], WALL_TIME + 10.0);
                        json!([session["name"], session["status"]])
                    })
                    .collect();
                let loss = &group["metricValues"][0]["value"];
                json!([group["name"], group["hparams"], loss, sessions])
            })
            .collect();
        assert_eq!(groups, expected, "loader {loader}");

        let names = |infos: &str, pointer: &str| -> Vec<Value> {
            let infos = page["experiment"][infos].as_array().into_iter().flatten();
            infos
                .filter_map(|info| info.pointer(pointer).cloned())
                .collect()
        };
        assert_eq!(names("hparamInfos", "/name"), ["kernels", "data", "state"]);
        assert_eq!(
            names("hparamInfos", "/domainDiscrete"),
            [json!(["good", "bad"])]
        );
        assert_eq!(names("hparamInfos", "/differs"), [true, false, false]);
        assert_eq!(names("metricInfos", "/name/tag"), ["best/loss"]);
    }
    Ok(())
}
