//! Files that somebody made to do harm.

use std::fs;
use std::time::Instant;

use fitroom_tensorboard::{
    Event, EventReader, FileEnd, MAX_PROBLEMS, MAX_VALUES, RunBuilder, TaggedValue, Value, What,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::bytes::{event, files, read, record, scalar, sound};
use crate::invariants;

proptest! {
    #[test]
    fn random_bytes_are_read_as_promised(bytes in vec(any::<u8>(), 0..300)) {
        invariants::check(&bytes);
    }

    #[test]
    fn random_messages_are_read_as_promised(messages in vec(vec(any::<u8>(), 0..40), 0..8)) {
        let records: Vec<u8> = messages.iter().flat_map(|it| record(it)).collect();
        let reading = read(&records);
        prop_assert_eq!(reading.end, FileEnd::Whole);
        let count = reading.events.len() as u64 + reading.problem_count;
        prop_assert_eq!(count, messages.len() as u64);
    }

    #[test]
    fn altered_files_of_others_are_read_as_promised(
        file in any::<prop::sample::Index>(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let files = files();
        let mut bytes = fs::read(&file.get(&files).1).unwrap();
        for (index, byte) in changes {
            *index.get_mut(&mut bytes) = byte;
        }
        invariants::check(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        invariants::check(&bytes);
    }
}

/// A field of type "length-delimited".
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut field = vec![number << 3 | 2];
    let mut length = bytes.len();
    while length >= 0x80 {
        field.push(length as u8 | 0x80);
        length >>= 7;
    }
    field.push(length as u8);
    field.extend(bytes);
    field
}

#[test]
fn messages_within_messages_do_not_overflow_the_stack() {
    // Groups, which begin with one byte each; a field of a number that we do not know.
    let groups = [0x7b; 200_000];
    // Values that are lists of values that are lists: google.protobuf.Value.list_value and ListValue.values.
    let lists = (0..3000).fold(Vec::new(), |inner, _| field(6, &field(1, &inner)));
    // Values that are structures: google.protobuf.Value.struct_value, Struct.fields and its entries.
    let structures = (0..3000).fold(Vec::new(), |inner, _| {
        field(5, &field(1, &field(2, &inner)))
    });
    for (name, nested) in [
        ("groups", &groups[..]),
        ("lists", &lists),
        ("structures", &structures),
    ] {
        let hparams = field(1, &field(2, nested));
        let start = field(3, &hparams);
        let plugin = [field(1, b"hparams"), field(2, &start)].concat();
        let tag = field(1, b"_hparams_/session_start_info");
        let value = [tag, field(9, &field(1, &plugin))].concat();
        for message in [
            nested.to_vec(),
            field(5, nested),
            field(5, &field(1, nested)),
            field(5, &field(1, &field(8, nested))),
            field(5, &field(1, &field(9, nested))),
            field(5, &field(1, &value)),
            field(7, nested),
        ] {
            let reading = read(&record(&message));
            assert_eq!(reading.end, FileEnd::Whole, "{name}");
            let count = reading.events.len() as u64 + reading.problem_count;
            assert_eq!(count, 1, "{name}");
            if name == "groups" {
                assert_eq!(reading.problem_count, 1);
            }
        }
    }
}

#[test]
fn an_event_of_too_many_values_is_a_problem() {
    let summary = |count: usize| record(&field(5, &[0x0a, 0].repeat(count)));
    assert_eq!(sound(&summary(MAX_VALUES)).len(), 1);
    let reading = read(&summary(MAX_VALUES + 1));
    assert_eq!(
        reading.problems,
        [format!(
            "the record at byte 0 is no event: the event has more than {MAX_VALUES} values"
        )]
    );
}

#[test]
fn a_summary_has_nothing_but_values() {
    for (summary, problem) in [
        (&[0x12, 0][..], "the summary has a field of key 18, want 10"),
        (&[0x0a, 5, 0], "failed to decode Protobuf message"),
        (&[0x0a], "failed to decode Protobuf message"),
        (&[0xff; 11], "failed to decode Protobuf message"),
    ] {
        let reading = read(&record(&field(5, summary)));
        let start = format!("the record at byte 0 is no event: {problem}");
        assert!(
            reading.problems[0].starts_with(&start),
            "{:?}",
            reading.problems
        );
    }
}

#[test]
fn more_tags_than_are_remembered_are_read_all_the_same() {
    let count = 300_000;
    let mut run = RunBuilder::new();
    let file: Vec<u8> = (0..count)
        .flat_map(|tag| scalar(1, &tag.to_string(), 0.5))
        .collect();
    EventReader::new(file.as_slice()).for_each(|event| run.add(event));
    assert_eq!(run.finish().scalars.len(), count);
}

#[test]
fn many_starts_among_many_tags_do_not_take_their_product_of_time() {
    let began = Instant::now();
    let mut run = RunBuilder::new();
    let scalar = |step, tag: i64| Event {
        wall_time: 0.0,
        step,
        what: What::Values(vec![TaggedValue {
            tag: tag.to_string(),
            value: Value::Scalar(0.5),
        }]),
    };
    let event = |step, what| Event {
        wall_time: 0.0,
        step,
        what,
    };
    let count = 100_000;
    run.add(event(0, What::Version("brain.Event:2".to_owned())));
    for tag in 0..count {
        run.add(scalar(0, tag));
    }
    for step in 1..=count {
        run.add(scalar(step, 0));
        run.add(event(step, What::Start));
    }
    let run = run.finish();
    assert_eq!(run.scalars.len(), count as usize);
    assert!(run.scalars.values().all(|series| series.keys().eq(&[0])));
    let seconds = began.elapsed().as_secs();
    assert!(seconds < 20, "{seconds} s");
}

#[test]
fn of_many_problems_the_first_and_the_last_are_listed() {
    let bad = record(b"\xff").repeat(1000);
    let reading = read(&bad);
    assert_eq!(reading.problems.len(), MAX_PROBLEMS);
    assert_eq!(reading.problem_count, 1000);

    // The one that ends reading is listed in any case.
    let mut good = event(1, |_| ());
    good[0] ^= 1;
    let reading = read(&[bad.clone(), good].concat());
    assert_eq!(reading.end, FileEnd::Broken);
    assert_eq!(reading.problem_count, 1001);
    let offset = bad.len();
    let last = reading.problems.last().unwrap();
    assert!(last.starts_with(&format!(
        "the length of the record at byte {offset} is damaged"
    )));
}
