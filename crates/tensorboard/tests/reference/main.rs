//! What we write is what TensorFlow and PyTorch write: their numbers are checked in beside the scripts that made them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use fitroom_tensorboard::{Event, EventReader, EventWriter, Histogram, TaggedValue, Value, What};
use serde_json::Value as Json;

fn reference(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/reference")
        .join(path)
}

/// The events of a file, all of them.
fn events(path: &Path) -> Vec<Event> {
    let mut reader = EventReader::new(File::open(path).unwrap());
    let events = reader.by_ref().collect();
    assert_eq!(reader.problems().count(), 0);
    events
}

/// Events as text, for NaN is not equal to itself, and -0 not different from 0; without their times.
fn shown(events: &[Event]) -> Vec<String> {
    events
        .iter()
        .map(|event| format!("{} {:?}", event.step, event.what))
        .collect()
}

#[test]
fn scalars_are_those_of_pytorchs_writer_record_for_record() {
    let theirs = fs::read_dir(reference("pytorch")).unwrap();
    let theirs = events(&theirs.map(|file| file.unwrap().path()).next().unwrap());
    assert_eq!(
        theirs.len(),
        16,
        "the version, and three tags at five steps"
    );

    let folder = tempfile::tempdir().unwrap();
    let mut writer = EventWriter::create(folder.path(), 1.0, "host", "x").unwrap();
    for event in &theirs {
        let What::Values(values) = &event.what else {
            continue;
        };
        let [
            TaggedValue {
                tag,
                value: Value::Scalar(value),
            },
        ] = &values[..]
        else {
            panic!("{event:?}");
        };
        writer
            .scalars(event.step, event.wall_time, &[(tag, *value as f32)])
            .unwrap();
    }
    let ours = events(&writer.finish().unwrap());
    assert_eq!(shown(&ours), shown(&theirs));
    let times = |events: &[Event]| -> Vec<f64> {
        events.iter().skip(1).map(|event| event.wall_time).collect()
    };
    assert_eq!(times(&ours), times(&theirs));
    // What was meant is what is there.
    let last = &shown(&theirs)[15];
    assert!(
        last.contains("9000000000") && last.contains("odd") && last.contains("16777216"),
        "{last}"
    );
}

#[test]
fn histograms_are_those_of_tensorflow() {
    let text = fs::read_to_string(reference("histograms.json")).unwrap();
    let histograms: Vec<Json> = serde_json::from_str(&text).unwrap();
    assert_eq!(histograms.len(), 4);
    let numbers = |json: &Json| -> Vec<f64> {
        json.as_array()
            .unwrap()
            .iter()
            .map(|number| number.as_f64().unwrap())
            .collect()
    };
    for expected in histograms {
        let values: Vec<f32> = numbers(&expected["values"])
            .iter()
            .map(|it| *it as f32)
            .collect();
        let histogram = Histogram::of(&values);
        let (limits, counts) = histogram.buckets();
        assert_eq!(counts, numbers(&expected["counts"]));
        assert_eq!(limits, numbers(&expected["limits"]));
        let figures = histogram.figures();
        for (name, figure) in ["min", "max", "number", "sum", "sum_of_squares"]
            .iter()
            .zip(figures)
        {
            let expected = expected[*name].as_f64().unwrap();
            // Sums depend on their order in the last bits of what they are made of.
            let size: f64 = values.iter().map(|value| f64::from(value.abs())).sum();
            let size = if *name == "sum" { size } else { expected.abs() };
            let error = (figure - expected).abs();
            assert!(error <= 1e-12 * size, "{name}: {figure}, {expected}");
        }
    }
}
