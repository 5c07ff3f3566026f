//! How these tests make files and read them.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use fitroom_tensorboard::{Event, EventReader, FileEnd, ReadEventError, TaggedValue, What};
use protobuf::Message;
use tensorboard_proto::event::Event as EventMessage;
use tensorboard_proto::summary::{Summary, Summary_Value};
use tensorboard_rs::record_writer::RecordWriter;

pub(crate) const WALL_TIME: f64 = 1_767_225_600.25;

/// Where the files of other writers lie.
pub(crate) const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reading/files");

/// What was read of a file. Problems are as people see them, each with its offset and its cause.
#[derive(Debug, PartialEq)]
pub(crate) struct Reading {
    pub(crate) events: Vec<Event>,
    pub(crate) end: FileEnd,
    pub(crate) problems: Vec<String>,
    pub(crate) problem_count: u64,
}

pub(crate) fn read(bytes: &[u8]) -> Reading {
    let mut reader = EventReader::new(bytes);
    let events = reader.by_ref().collect();
    let end = reader.end().unwrap();
    assert!(reader.next().is_none(), "the file goes on after its end");
    assert_eq!(reader.end(), Some(end));
    let (problems, _) = reader.finish();
    let problem = |error: &ReadEventError| {
        let cause = error.source().map(|cause| format!(": {cause}"));
        format!("{error}{}", cause.unwrap_or_default())
    };
    Reading {
        events,
        end,
        problems: problems.listed.iter().map(problem).collect(),
        problem_count: problems.count(),
    }
}

/// The events of a file in which nothing is wrong.
pub(crate) fn sound(bytes: &[u8]) -> Vec<Event> {
    let reading = read(bytes);
    assert_eq!((reading.end, reading.problems), (FileEnd::Whole, vec![]));
    reading.events
}

/// The values of a file in which nothing is wrong, with their steps.
pub(crate) fn values(bytes: &[u8]) -> Vec<(i64, TaggedValue)> {
    let of_event = |event: Event| match event.what {
        What::Values(values) => values.into_iter().map(|it| (event.step, it)).collect(),
        _ => Vec::new(),
    };
    sound(bytes).into_iter().flat_map(of_event).collect()
}

pub(crate) fn record(bytes: &[u8]) -> Vec<u8> {
    let mut record = Vec::new();
    RecordWriter::new(&mut record).write(bytes).unwrap();
    record
}

pub(crate) fn event(step: i64, change: impl FnOnce(&mut EventMessage)) -> Vec<u8> {
    let mut event = EventMessage::new();
    event.set_wall_time(WALL_TIME);
    event.set_step(step);
    change(&mut event);
    record(&event.write_to_bytes().unwrap())
}

pub(crate) fn version() -> Vec<u8> {
    event(0, |event| event.set_file_version("brain.Event:2".into()))
}

pub(crate) fn scalar(step: i64, tag: &str, value: f32) -> Vec<u8> {
    let mut message = Summary_Value::new();
    message.set_tag(tag.to_owned());
    message.set_simple_value(value);
    event_of(step, message)
}

pub(crate) fn event_of(step: i64, value: Summary_Value) -> Vec<u8> {
    let mut summary = Summary::new();
    summary.value.push(value);
    event(step, |event| event.set_summary(summary))
}

/// The files of other writers, with their names.
pub(crate) fn files() -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(FILES).unwrap().map(|entry| entry.unwrap());
    let mut files: Vec<_> = entries
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.path()))
        .collect();
    files.sort();
    assert!(files.len() >= 10, "{files:?}");
    files
}

pub(crate) fn file(name: &str) -> Vec<u8> {
    fs::read(Path::new(FILES).join(format!("{name}.tfevents"))).unwrap()
}
