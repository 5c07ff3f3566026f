//! Events of one or several files become a run.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use fitroom_tensorboard::{
    Event, FileEnd, MAX_TEXT_BYTES, Run, RunBuilder, TaggedValue, Value, What, read_run,
};
use tempfile::{TempDir, tempdir};

use crate::bytes::{WALL_TIME, file, scalar, version};

fn event(step: i64, what: What) -> Event {
    Event {
        wall_time: WALL_TIME + step as f64,
        step,
        what,
    }
}

fn value(step: i64, tag: &str, value: Value) -> Event {
    let tag = tag.to_owned();
    event(step, What::Values(vec![TaggedValue { tag, value }]))
}

fn version_2() -> Event {
    event(0, What::Version("brain.Event:2".to_owned()))
}

fn run_of(events: impl IntoIterator<Item = Event>) -> Run {
    let mut builder = RunBuilder::new();
    events.into_iter().for_each(|event| builder.add(event));
    builder.finish()
}

fn points(run: &Run, tag: &str) -> Vec<(i64, f64)> {
    let series = run.scalars.get(tag).into_iter().flatten();
    series.map(|(step, point)| (*step, point.value)).collect()
}

/// Values of all kinds that have steps, at 0 to 3.
fn all_kinds() -> Vec<Event> {
    let of_step = |step| {
        [
            value(step, "scalar", Value::Scalar(step as f64)),
            value(step, "text", Value::Texts(vec![step.to_string()])),
            value(step, "picture", Value::Images(vec![])),
            value(step, "histogram", Value::Histogram(vec![])),
        ]
    };
    (0..4).flat_map(of_step).collect()
}

/// Up to which step each kind has values; `None` where the tag is gone.
fn last_steps(run: &Run) -> [Option<i64>; 4] {
    [
        run.scalars
            .get("scalar")
            .map(|it| *it.keys().max().unwrap()),
        run.texts.get("text").map(|it| *it.keys().max().unwrap()),
        run.pictures
            .get("picture")
            .map(|it| *it.keys().max().unwrap()),
        run.histograms
            .get("histogram")
            .map(|it| *it.iter().max().unwrap()),
    ]
}

#[test]
fn of_several_values_at_a_step_the_last_counts() {
    let mut last = value(1, "a", Value::Scalar(3.0));
    last.wall_time = 7.0;
    let run = run_of([
        version_2(),
        value(1, "a", Value::Scalar(1.0)),
        value(2, "a", Value::Scalar(2.0)),
        last,
    ]);
    assert_eq!(points(&run, "a"), [(1, 3.0), (2, 2.0)]);
    assert_eq!(run.scalars["a"][&1].wall_time, 7.0);
}

#[test]
fn what_came_before_a_start_is_forgotten_from_its_step_on() {
    let events = [vec![version_2()], all_kinds()].concat();
    let started = |step| {
        let start = event(step, What::Start);
        last_steps(&run_of([events.clone(), vec![start]].concat()))
    };
    assert_eq!(started(4), [Some(3); 4]);
    assert_eq!(started(2), [Some(1); 4]);
    assert_eq!(started(0), [None; 4]);
    assert_eq!(started(i64::MIN), [None; 4]);
    assert_eq!(started(i64::MAX), [Some(3); 4]);
}

#[test]
fn what_comes_after_a_start_counts_whatever_its_step_is() {
    let start = event(2, What::Start);
    let events = [vec![version_2(), start], all_kinds()].concat();
    assert_eq!(last_steps(&run_of(events)), [Some(3); 4]);
}

#[test]
fn in_version_1_a_step_that_goes_back_takes_those_after_it_along_and_a_start_does_not() {
    let version_1 = || event(0, What::Version("brain.Event:1".to_owned()));
    for version in [None, Some(version_1())] {
        let start = event(0, What::Start);
        let events = version.into_iter().chain(all_kinds());
        let back = value(1, "scalar", Value::Scalar(9.0));
        let run = run_of(events.clone().chain([back]));
        assert_eq!(points(&run, "scalar"), [(0, 0.0), (1, 9.0)]);
        // Other tags stay.
        assert_eq!(last_steps(&run)[1..], [Some(3); 3]);
        let run = run_of(events.clone().chain([start]));
        assert_eq!(last_steps(&run), [Some(3); 4]);

        let all_back =
            ["scalar", "text", "picture", "histogram"].map(|tag| value(-1, tag, Value::Other));
        assert_eq!(last_steps(&run_of(events.chain(all_back))), [None; 4]);
    }
}

#[test]
fn of_what_a_run_has_once_the_first_counts() {
    let files = ["torch_hparams", "keras_hparams", "keras", "keras"];
    let folder = tempdir().unwrap();
    let paths = write(&folder, &files.map(file));
    let (run, _) = read_run(&paths);
    let (first, _) = read_run(&paths[..1]);
    assert_eq!(run.session_start, first.session_start);
    assert_eq!(run.session_end, first.session_end);
    assert_eq!(run.experiment, first.experiment);
    assert!(run.keras_model.is_some() && run.session_start.is_some());
    let models = run_of(["first", "second"].map(|model| {
        let model = Value::KerasModel(model.to_owned());
        value(0, "keras", model)
    }));
    assert_eq!(models.keras_model.as_deref(), Some("first"));
}

#[test]
fn long_texts_are_only_counted() {
    let text = |step, bytes| value(step, "a", Value::Texts(vec!["x".repeat(bytes)]));
    let long = Value::Texts(vec!["x".repeat(MAX_TEXT_BYTES), "y".to_owned()]);
    let run = run_of([
        text(0, MAX_TEXT_BYTES),
        text(1, MAX_TEXT_BYTES + 1),
        value(2, "a", long),
    ]);
    assert!(run.texts["a"].keys().eq(&[0]));
    assert_eq!(run.long_texts, 2);
}

#[test]
fn pictures_are_counted() {
    let picture = fitroom_tensorboard::Picture {
        width: 1,
        height: 1,
        bytes: vec![],
    };
    let run = run_of([
        value(1, "a", Value::Images(vec![picture; 3])),
        value(2, "a", Value::Images(vec![])),
    ]);
    assert_eq!(run.pictures["a"], [(1, 3), (2, 0)].into());
}

#[test]
fn a_run_lasts_from_its_earliest_event_to_its_latest() {
    let at = |wall_time| Event {
        wall_time,
        ..event(0, What::Other)
    };
    let times = |times: &[f64]| {
        // The version's event is of another time, and does not count.
        let run = run_of(
            [version_2()]
                .into_iter()
                .chain(times.iter().map(|time| at(*time))),
        );
        (run.first_wall_time, run.last_wall_time)
    };
    assert_eq!(times(&[]), (None, None));
    assert_eq!(times(&[f64::NAN]), (None, None));
    assert_eq!(times(&[5.0]), (Some(5.0), Some(5.0)));
    let odd = [f64::INFINITY, 5.0, f64::NAN, 9.0, 2.0, f64::NEG_INFINITY];
    assert_eq!(times(&odd), (Some(2.0), Some(9.0)));
}

#[test]
fn a_run_knows_whether_a_start_is_in_it() {
    let start = event(0, What::Start);
    assert!(run_of([start.clone(), event(0, What::Other)]).starts);
    assert!(run_of([version_2(), start]).starts);
    assert!(!run_of([version_2(), value(0, "a", Value::Scalar(1.0))]).starts);
}

/// Writes files, and returns their paths.
fn write(folder: &TempDir, files: &[Vec<u8>]) -> Vec<PathBuf> {
    let files = files.iter().enumerate();
    files
        .map(|(index, bytes)| {
            let path = folder.path().join(format!("{index}.tfevents"));
            fs::write(&path, bytes).unwrap();
            path
        })
        .collect()
}

#[test]
fn each_file_has_a_report_of_its_own() {
    let folder = tempdir().unwrap();
    let mut damaged = [version(), scalar(0, "a", 1.0), scalar(1, "a", 2.0)];
    damaged[1][20] ^= 1;
    let offset = damaged[0].len() as u64;
    let cut = scalar(2, "a", 3.0);
    let mut paths = write(
        &folder,
        &[damaged.concat(), vec![], cut[..cut.len() - 1].to_vec()],
    );
    let pipe = folder.path().join("pipe.tfevents");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    paths.extend([
        pipe,
        folder.path().join("missing"),
        folder.path().to_owned(),
    ]);
    paths.extend(write(&tempdir().unwrap(), &[]));
    let sound = folder.path().join("sound.tfevents");
    fs::write(&sound, scalar(3, "a", 4.0)).unwrap();
    paths.push(sound);

    let (run, reports) = read_run(&paths);
    assert_eq!(points(&run, "a"), [(1, 2.0), (3, 4.0)]);
    assert!(reports.iter().map(|it| &it.path).eq(&paths));
    let outcomes: Vec<_> = reports
        .iter()
        .map(|it| (it.events, it.end, it.problems.count()))
        .collect();
    assert_eq!(
        outcomes,
        [
            (2, FileEnd::Whole, 1),
            (0, FileEnd::Whole, 0),
            (0, FileEnd::Truncated { offset: 0 }, 0),
            (0, FileEnd::Broken, 1),
            (0, FileEnd::Broken, 1),
            (0, FileEnd::Broken, 1),
            (1, FileEnd::Whole, 0),
        ]
    );
    assert_eq!(reports[0].problems.listed[0].offset(), offset);
    for (index, cause) in [(3, "is no file"), (4, "No such file"), (5, "is no file")] {
        let problem: &dyn std::error::Error = &reports[index].problems.listed[0];
        assert_eq!(problem.to_string(), "cannot read the record at byte 0");
        let source = problem.source().unwrap().to_string();
        assert!(source.contains(cause), "{source}");
    }
}

#[test]
fn tags_that_only_the_first_file_explains_are_known_in_the_second() {
    let folder = tempdir().unwrap();
    // Each writer says with its first value of a tag what it is: here the second file begins later.
    let bytes = file("tensorflow");
    let ends = record_ends(&bytes);
    let paths = write(
        &folder,
        &[bytes[..ends[1]].to_vec(), bytes[ends[1]..].to_vec()],
    );
    let (run, _) = read_run(&paths);
    let whole = write(&folder, &[bytes]);
    let (expected, _) = read_run(&whole);
    assert_eq!(run.scalars, expected.scalars);
    assert_eq!(run.scalars["loss"].len(), 3);
}

/// Where the records of a sound file end.
fn record_ends(bytes: &[u8]) -> Vec<usize> {
    let mut reader = fitroom_tensorboard::RecordReader::new(bytes);
    let mut ends = Vec::new();
    while let Some(record) = reader.next_record().unwrap() {
        ends.push(record.offset as usize + 12 + record.bytes.len() + 4);
    }
    ends
}
