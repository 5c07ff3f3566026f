//! TensorBoard's own reader reads the same.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fmt::Write;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fitroom_tensorboard::{
    EventReader, EventWriter, FileEnd, LoggedHparam, SessionStatus, TaggedValue, Value, What,
    find_runs, read_run,
};
use serde_json::json;
use tempfile::tempdir;

use crate::bytes::{WALL_TIME, files};
use crate::ours::write_all_kinds;

type Json = serde_json::Value;

/// What `accumulate.py` says of each path; `None`, with a line that says so, where there is no Python for it.
fn accumulate(paths: &[PathBuf]) -> Option<Vec<Json>> {
    let Some(python) = env::var_os("FITROOM_PYTHON") else {
        eprintln!("SKIPPED: FITROOM_PYTHON does not name a Python that has tensorboard");
        return None;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reading/accumulate.py");
    let output = Command::new(python)
        .arg(script)
        .args(paths)
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", output.status);
    let runs: Vec<Json> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(runs.len(), paths.len());
    Some(runs)
}

/// A number as `accumulate.py` prints it.
fn number(number: f64) -> Json {
    if number.is_nan() {
        json!("NaN")
    } else if number.is_infinite() {
        json!(if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        })
    } else {
        json!(number)
    }
}

/// What `files` of one run hold. By tag and step:
///
/// - `scalars`: wall time and value
/// - `pictures`: width, height and bytes of each, in hexadecimal
/// - `histograms`: left end, right end and count of each bucket, in single precision
/// - `texts`
///
/// And `experiment`, `session_start`, `session_end` and `keras_model`, null where there is none.
///
/// Pictures and buckets, which a [`Run`](fitroom_tensorboard::Run) does not keep, come from the events, as far as
/// it says that they count.
fn what_we_read(files: &[PathBuf]) -> Json {
    let (run, reports) = read_run(files);
    for report in reports {
        assert_eq!(report.end, FileEnd::Whole, "{}", report.path.display());
        assert_eq!(report.problems.count(), 0, "{:?}", report.problems);
    }
    let scalars = run.scalars.iter().map(|(tag, series)| {
        let point = |(step, point): (&i64, &fitroom_tensorboard::Point<f64>)| {
            (
                step.to_string(),
                json!([point.wall_time, number(point.value)]),
            )
        };
        (tag, series.iter().map(point).collect::<BTreeMap<_, _>>())
    });
    let texts = run.texts.iter().map(|(tag, series)| {
        let points = series.iter();
        let points = points.map(|(step, point)| (step.to_string(), &point.value));
        (tag, points.collect::<BTreeMap<_, _>>())
    });

    let mut pictures = BTreeMap::<String, BTreeMap<String, Json>>::new();
    let mut histograms = pictures.clone();
    for file in files {
        for event in EventReader::new(File::open(file).unwrap()) {
            let What::Values(values) = event.what else {
                continue;
            };
            let step = event.step;
            for TaggedValue { tag, value } in values {
                match value {
                    Value::Images(all)
                        if run
                            .pictures
                            .get(&tag)
                            .and_then(|it| it.get(&step))
                            .is_some() =>
                    {
                        assert_eq!(run.pictures[&tag][&step], all.len());
                        let all: Vec<Json> = (all.iter())
                            .map(|it| json!([it.width, it.height, hexadecimal(&it.bytes)]))
                            .collect();
                        let series = pictures.entry(tag).or_default();
                        series.insert(step.to_string(), json!(all));
                    }
                    Value::Histogram(buckets)
                        if (run.histograms.get(&tag)).is_some_and(|it| it.contains(&step)) =>
                    {
                        let single = |it: f64| number((it as f32).into());
                        let buckets: Vec<Json> = (buckets.iter())
                            .map(|it| json!([single(it.left), single(it.right), single(it.count)]))
                            .collect();
                        let series = histograms.entry(tag).or_default();
                        series.insert(step.to_string(), json!(buckets));
                    }
                    _ => {}
                }
            }
        }
    }
    assert!(run.pictures.keys().eq(pictures.keys()));
    assert!(run.histograms.keys().eq(histograms.keys()));

    let experiment = run.experiment.map(|it| {
        let metrics = it.metrics.iter().map(|it| json!([it.group, it.tag]));
        json!({"hparams": it.hparams, "metrics": metrics.collect::<Vec<Json>>()})
    });
    let start = run.session_start.map(|it| {
        let value = |value: &LoggedHparam| match value {
            LoggedHparam::Number(value) => number(*value),
            LoggedHparam::Text(text) => json!(text),
            LoggedHparam::Flag(flag) => json!(flag),
        };
        let hparams = it.hparams.iter().map(|(name, it)| (name, value(it)));
        json!({
            "hparams": hparams.collect::<BTreeMap<_, _>>(),
            "group": it.group,
            "started": it.started,
        })
    });
    let end = run.session_end.map(|it| {
        let status = it.status.map(|status| match status {
            SessionStatus::Success => "success",
            SessionStatus::Failure => "failure",
        });
        json!({"status": status, "ended": it.ended})
    });
    json!({
        "scalars": scalars.collect::<BTreeMap<_, _>>(),
        "pictures": pictures,
        "histograms": histograms,
        "texts": texts.collect::<BTreeMap<_, _>>(),
        "experiment": experiment,
        "session_start": start,
        "session_end": end,
        "keras_model": run.keras_model,
    })
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}

/// Fails at the first key in which they differ, and does not print megabytes.
fn assert_equal(name: &str, ours: &Json, theirs: &Json) {
    let (ours, theirs) = (ours.as_object().unwrap(), theirs.as_object().unwrap());
    assert!(ours.keys().eq(theirs.keys()), "{name}");
    for (key, content) in ours {
        let text = |it: &Json| it.to_string().chars().take(2000).collect::<String>();
        let other = &theirs[key];
        assert!(
            content == other,
            "{name}: {key}:\n  ours {}\n  theirs {}",
            text(content),
            text(other)
        );
    }
}

#[test]
fn tensorboard_reads_the_same_from_the_files_of_all_writers() {
    let (names, files): (Vec<String>, Vec<PathBuf>) = files().into_iter().unzip();
    let Some(runs) = accumulate(&files) else {
        return;
    };
    for ((name, file), theirs) in names.iter().zip(files).zip(&runs) {
        assert_equal(name, &what_we_read(&[file]), theirs);
    }
}

#[test]
fn tensorboard_reads_the_same_from_ours() {
    let folder = tempdir().unwrap();
    write_all_kinds(folder.path());
    // Resumed at step 0, which then has several values; the first file's START was at step 0 too.
    let mut writer = EventWriter::create(folder.path(), WALL_TIME, "host", "1").unwrap();
    writer.start(0, WALL_TIME).unwrap();
    for value in [0.25, f32::NAN, 0.125, f32::NAN] {
        let values = [("loss/train", value)];
        writer.scalars(0, WALL_TIME + 20.0, &values).unwrap();
    }
    writer.finish().unwrap();

    let run = find_runs(folder.path()).unwrap().runs.remove(0);
    let mut ours = what_we_read(&run.files);
    let losses = json!({"-1": [WALL_TIME + 2.0, 0.1_f32], "0": [WALL_TIME + 20.0, "NaN"]});
    assert_eq!(ours["scalars"], json!({"loss/train": losses}));
    assert_eq!(ours["texts"], json!({}));
    assert_eq!(ours["pictures"], json!({}));
    let Some(theirs) = accumulate(&[run.folder]) else {
        return;
    };
    // `EventAccumulator` forgets no tensors. (The server does, which makes a tensor of everything.)
    ours["texts"] = json!({"note": {"5": ["a *text*"]}});
    assert_equal("ours", &ours, &theirs[0]);
}

#[test]
fn tensorboard_reads_the_same_from_the_logs_of_the_study() {
    let Some(folder) = env::var_os("FITROOM_TEST_DATA") else {
        eprintln!("SKIPPED: FITROOM_TEST_DATA does not name the folder of the study's logs");
        return;
    };
    let found = find_runs(&Path::new(&folder).join("study-logs")).unwrap();
    assert!(found.problems.is_empty(), "{:?}", found.problems);
    assert_eq!(
        found.runs.iter().map(|it| it.files.len()).sum::<usize>(),
        101
    );

    let folders: Vec<PathBuf> = found.runs.iter().map(|it| it.folder.clone()).collect();
    let ours: Vec<Json> = (found.runs.iter())
        .map(|it| what_we_read(&it.files))
        .collect();
    let count = |key: &str| ours.iter().map(|run| points(&run[key])).sum::<usize>();
    assert_eq!((count("pictures"), count("texts")), (162, 0));
    let Some(theirs) = accumulate(&folders) else {
        return;
    };
    for ((run, ours), theirs) in found.runs.iter().zip(&ours).zip(&theirs) {
        assert_equal(&run.name, ours, theirs);
    }

    // A folder of two trainings, a file each.
    let several = found.runs.into_iter().filter(|it| it.files.len() > 1);
    let files: Vec<PathBuf> = several.flat_map(|it| it.files).collect();
    assert_eq!(files.len(), 6);
    let theirs = accumulate(&files).unwrap();
    for (file, theirs) in files.into_iter().zip(&theirs) {
        let name = file.display().to_string();
        assert_equal(&name, &what_we_read(&[file]), theirs);
    }
}

fn points(series: &Json) -> usize {
    let tags = series.as_object().unwrap().values();
    tags.map(|steps| steps.as_object().unwrap().len()).sum()
}

#[test]
fn tensorboard_finds_the_same_end_of_a_file_that_is_cut_off() {
    let folder = tempdir().unwrap();
    let whole = write_all_kinds(folder.path());
    let file = folder.path().join(OsString::from("cut.tfevents"));
    // Within the last record.
    fs::write(&file, &whole[..whole.len() - 5]).unwrap();
    let (run, reports) = read_run(&[&file]);
    assert!(matches!(reports[0].end, FileEnd::Truncated { .. }));
    assert!(run.session_end.is_none() && run.session_start.is_some());
    let Some(theirs) = accumulate(&[file]) else {
        return;
    };
    assert_eq!(theirs[0]["session_end"], Json::Null);
    assert_ne!(theirs[0]["session_start"], Json::Null);
}
