//! What our own writer wrote is read back.

use std::fs;
use std::path::Path;

use fitroom_tensorboard::{
    Bucket, EventWriter, Histogram, HparamDomain, HparamInfo, HparamValue, LoggedEnd,
    LoggedExperiment, LoggedHparam, LoggedMetric, LoggedStart, Picture, Session, SessionStatus,
    TaggedValue, Value, What, read_run,
};
use tempfile::tempdir;

use crate::bytes::{WALL_TIME, sound, values};

/// Writes one value of each kind, and returns the file's bytes.
pub(crate) fn write_all_kinds(folder: &Path) -> Vec<u8> {
    let mut writer = EventWriter::create(folder, WALL_TIME, "host", "0").unwrap();
    let infos = ["units", "task"].map(|name| HparamInfo {
        name,
        domain: HparamDomain::OneOf(&["y", "x"]),
        differs: true,
    });
    writer
        .hparams_experiment(WALL_TIME, &infos, &["best/loss"])
        .unwrap();
    let session = Session {
        group: "a",
        hparams: &[
            ("units", HparamValue::Number(1e-5)),
            ("task", HparamValue::Text("shop · «ä»")),
        ],
        started: WALL_TIME,
    };
    writer.hparams_session_start(WALL_TIME, &session).unwrap();
    writer.start(0, WALL_TIME).unwrap();
    let losses = [("loss/train", 0.1), ("loss/validation", f32::INFINITY)];
    writer.scalars(0, WALL_TIME + 1.0, &losses).unwrap();
    writer.scalars(-1, WALL_TIME + 2.0, &losses[..1]).unwrap();
    writer
        .image(3, WALL_TIME, "picture", 60, 80, b"a PNG")
        .unwrap();
    let histogram = Histogram::of(&[0.0, 0.0, 1e30]);
    writer
        .histogram(4, WALL_TIME, "weights", &histogram)
        .unwrap();
    writer.text(5, WALL_TIME, "note", "a *text*").unwrap();
    writer
        .hparams_session_end(WALL_TIME + 9.0, SessionStatus::Failure)
        .unwrap();
    fs::read(writer.finish().unwrap()).unwrap()
}

#[test]
fn every_kind_of_value_is_read_back() {
    let folder = tempdir().unwrap();
    let bytes = write_all_kinds(folder.path());

    let events = sound(&bytes);
    assert_eq!(events[0].what, What::Version("brain.Event:2".to_owned()));
    assert_eq!((events[3].what.clone(), events[3].step), (What::Start, 0));
    assert_eq!(events[4].wall_time, WALL_TIME + 1.0);

    let expected = [
        (
            0,
            "_hparams_/experiment",
            Value::Experiment(LoggedExperiment {
                hparams: vec!["units".to_owned(), "task".to_owned()],
                metrics: vec![LoggedMetric {
                    group: String::new(),
                    tag: "best/loss".to_owned(),
                }],
            }),
        ),
        (
            0,
            "_hparams_/session_start_info",
            Value::Start(LoggedStart {
                hparams: [
                    ("units".to_owned(), LoggedHparam::Number(1e-5)),
                    (
                        "task".to_owned(),
                        LoggedHparam::Text("shop · «ä»".to_owned()),
                    ),
                ]
                .into(),
                group: "a".to_owned(),
                started: Some(WALL_TIME),
            }),
        ),
        (0, "loss/train", Value::Scalar(0.1_f32.into())),
        (0, "loss/validation", Value::Scalar(f64::INFINITY)),
        (-1, "loss/train", Value::Scalar(0.1_f32.into())),
        (
            3,
            "picture",
            Value::Images(vec![Picture {
                width: 60,
                height: 80,
                bytes: b"a PNG".to_vec(),
            }]),
        ),
        (
            4,
            "weights",
            Value::Histogram(vec![
                Bucket {
                    left: 0.0,
                    right: 1e-12,
                    count: 2.0,
                },
                Bucket {
                    left: 1e-12,
                    right: 9.9e19,
                    count: 0.0,
                },
                Bucket {
                    left: 9.9e19,
                    right: 1e30_f32.into(),
                    count: 1.0,
                },
            ]),
        ),
        (5, "note", Value::Texts(vec!["a *text*".to_owned()])),
        (
            0,
            "_hparams_/session_end_info",
            Value::End(LoggedEnd {
                status: Some(SessionStatus::Failure),
                ended: Some(WALL_TIME + 9.0),
            }),
        ),
    ];
    let mut read = values(&bytes);
    // The last end of a bucket before the greatest is some power of 1.1.
    if let Value::Histogram(buckets) = &mut read[6].1.value {
        let end = buckets[1].right;
        assert!(
            (9.0e19..1e20).contains(&end) && buckets[2].left == end,
            "{end}"
        );
        (buckets[1].right, buckets[2].left) = (9.9e19, 9.9e19);
    }
    let expected = expected.map(|(step, tag, value)| {
        let tag = tag.to_owned();
        (step, TaggedValue { tag, value })
    });
    assert_eq!(read, expected);
}

#[test]
fn a_resumed_run_has_of_each_step_the_value_that_was_written_last() {
    let folder = tempdir().unwrap();
    let mut files = Vec::new();
    // The first attempt was killed after step 3, of which step 2 was saved; it is resumed after that.
    for (attempt, steps) in [("0", 0..4_i64), ("1", 3..6)] {
        let mut writer = EventWriter::create(folder.path(), WALL_TIME, "host", attempt).unwrap();
        writer.start(steps.start, WALL_TIME).unwrap();
        for step in steps {
            let value = step as f32 + if attempt == "0" { 0.0 } else { 0.5 };
            writer.scalars(step, WALL_TIME, &[("loss", value)]).unwrap();
            if attempt == "0" {
                writer.scalars(step, WALL_TIME, &[("other", 1.0)]).unwrap();
            }
        }
        files.push(writer.finish().unwrap());
    }
    let losses = |files: &[_]| -> Vec<(i64, f64)> {
        let (run, _) = read_run(files);
        let points = &run.scalars["loss"];
        points
            .iter()
            .map(|(step, point)| (*step, point.value))
            .collect()
    };
    assert_eq!(
        losses(&files),
        [(0, 0.0), (1, 1.0), (2, 2.0), (3, 3.5), (4, 4.5), (5, 5.5)]
    );
    let (run, reports) = read_run(&files);
    assert!(run.scalars["other"].keys().copied().eq(0..3));
    let events: Vec<u64> = reports.iter().map(|report| report.events).collect();
    assert_eq!(events, [1 + 1 + 8, 1 + 1 + 3]);

    // Each file by itself holds what was written into it.
    let alone = [(0, 0.0), (1, 1.0), (2, 2.0), (3, 3.0)];
    assert_eq!(losses(&files[..1]), alone);
    assert_eq!(losses(&files[1..]), [(3, 3.5), (4, 4.5), (5, 5.5)]);
}
