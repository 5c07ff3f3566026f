//! Files that are cut off, altered, or grow.

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::rc::Rc;

use fitroom_tensorboard::{
    EventReader, EventWriter, FileEnd, MAX_RECORD_BYTES, ReadRecordError, RecordReader,
};
use tempfile::tempdir;

use crate::bytes::{Reading, WALL_TIME, file, files, read, record, scalar, sound, version};
use crate::ours::write_all_kinds;

/// A small file of four records, and where each begins.
fn four_records() -> (Vec<u8>, [usize; 5]) {
    let records = [
        version(),
        scalar(1, "loss", 0.5),
        scalar(2, "a longer tag", 0.25),
        scalar(3, "loss", 0.125),
    ];
    let mut begins = [0; 5];
    for (index, record) in records.iter().enumerate() {
        begins[index + 1] = begins[index] + record.len();
    }
    (records.concat(), begins)
}

#[test]
fn an_empty_file_has_no_events_and_no_problems() {
    let nothing = Reading {
        events: vec![],
        end: FileEnd::Whole,
        problems: vec![],
        problem_count: 0,
    };
    assert_eq!(read(&[]), nothing);
}

#[test]
fn a_file_that_is_cut_off_at_any_byte_has_all_events_before() {
    let (bytes, begins) = four_records();
    let events = sound(&bytes);
    for length in 0..=bytes.len() {
        let whole = begins.iter().filter(|begin| **begin <= length).count() - 1;
        let end = if begins.contains(&length) {
            FileEnd::Whole
        } else {
            FileEnd::Truncated {
                offset: begins[whole] as u64,
            }
        };
        let expected = Reading {
            events: events[..whole].to_vec(),
            end,
            problems: vec![],
            problem_count: 0,
        };
        assert_eq!(read(&bytes[..length]), expected, "{length}");
    }
}

#[test]
fn an_altered_bit_costs_its_record_or_if_it_is_in_the_length_those_after_it() {
    let (bytes, begins) = four_records();
    let events = sound(&bytes);
    for index in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[index] ^= 1 << bit;
            let reading = read(&damaged);
            let record = begins.iter().rposition(|begin| *begin <= index).unwrap();
            let begin = begins[record];
            let mut left = events.clone();
            let (end, start) = if index < begin + 12 {
                left.truncate(record);
                let start = format!("the length of the record at byte {begin} is damaged: ");
                (FileEnd::Broken, start)
            } else {
                left.remove(record);
                let start = format!("the record at byte {begin} is damaged: ");
                (FileEnd::Whole, start)
            };
            assert_eq!((reading.events, reading.end), (left, end), "{index}");
            assert_eq!(reading.problem_count, 1);
            let problem = &reading.problems[0];
            assert!(problem.starts_with(&start), "{problem}");
        }
    }
}

#[test]
fn a_wrong_checksum_is_told_beside_the_right_one() {
    let (mut bytes, begins) = four_records();
    let checksum = begins[2] - 4;
    bytes[checksum..begins[2]].copy_from_slice(&[1, 2, 3, 4]);
    let mut reader = RecordReader::new(bytes.as_slice());
    assert!(matches!(reader.next_record(), Ok(Some(_))));
    let error = reader.next_record().unwrap_err();
    let text = error.to_string();
    let ReadRecordError::Data { offset, got, want } = error else {
        panic!("{error}");
    };
    assert_eq!((offset, want), (begins[1] as u64, 0x0403_0201));
    assert_eq!(
        text,
        format!(
            "the record at byte {offset} is damaged: its checksum is {got:#010x}, not 0x04030201"
        )
    );
    assert!(matches!(reader.next_record(), Ok(Some(_))));
}

#[test]
fn nothing_is_read_after_a_wrong_length() {
    let (mut bytes, begins) = four_records();
    bytes[begins[1]] ^= 1;
    let mut reader = RecordReader::new(bytes.as_slice());
    assert!(matches!(reader.next_record(), Ok(Some(_))));
    for _ in 0..3 {
        let error = reader.next_record().unwrap_err();
        assert!(matches!(error, ReadRecordError::Length { .. }) && error.is_final());
        assert_eq!(error.offset(), begins[1] as u64);
    }
}

#[test]
fn a_sound_record_that_is_no_event_is_skipped() {
    let bytes = [record(b"\xff\xff"), scalar(1, "loss", 0.5)].concat();
    let reading = read(&bytes);
    assert_eq!((reading.events.len(), reading.end), (1, FileEnd::Whole));
    assert!(
        reading.problems[0].starts_with("the record at byte 0 is no event: "),
        "{:?}",
        reading.problems
    );
}

#[test]
fn an_empty_record_is_an_event_that_says_nothing() {
    assert_eq!(sound(&record(b"")).len(), 1);
}

/// A record of `length` zeros, whose checksum is wrong.
fn zeros(length: u64) -> impl Read {
    let bytes = length.to_le_bytes();
    // The length and its checksum, taken from a record that begins with them.
    let header = [&bytes[..], &record(&bytes)[20..]].concat();
    io::Cursor::new(header)
        .chain(io::repeat(0).take(length))
        .chain(&[0; 4][..])
}

#[test]
fn a_record_that_is_too_long_is_skipped_and_the_next_one_read() {
    let next = scalar(1, "loss", 0.5);
    let length = MAX_RECORD_BYTES + 1;
    let mut events = EventReader::new(zeros(length).chain(next.as_slice()));
    assert_eq!(events.by_ref().count(), 1);
    assert_eq!(events.end(), Some(FileEnd::Whole));
    let (problems, _) = events.finish();
    assert_eq!(
        problems.listed[0].to_string(),
        format!("the record at byte 0 has {length} bytes, more than {MAX_RECORD_BYTES}")
    );

    // The longest that is allowed is looked at.
    let mut records = RecordReader::new(zeros(MAX_RECORD_BYTES).chain(next.as_slice()));
    let error = records.next_record().unwrap_err();
    assert!(matches!(error, ReadRecordError::Data { .. }), "{error}");
    let record = records.next_record().unwrap().unwrap();
    assert_eq!(record.offset, 12 + MAX_RECORD_BYTES + 4);
}

#[test]
fn a_length_beyond_the_file_is_the_end_of_a_file_that_is_still_written() {
    for length in [100, MAX_RECORD_BYTES, MAX_RECORD_BYTES + 1, u64::MAX] {
        let first = version();
        let mut events = EventReader::new(first.chain(zeros(length).take(60)));
        assert_eq!(events.by_ref().count(), 1);
        let offset = first.len() as u64;
        assert_eq!(events.end(), Some(FileEnd::Truncated { offset }));
        assert_eq!(events.problems().count(), 0);
    }
}

/// A file to which others can add while it is read.
#[derive(Clone, Default)]
struct Growing(Rc<RefCell<Vec<u8>>>);

impl Read for Growing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut bytes = self.0.borrow_mut();
        let length = buffer.len().min(bytes.len());
        buffer[..length].copy_from_slice(&bytes[..length]);
        bytes.drain(..length);
        Ok(length)
    }
}

#[test]
fn a_growing_file_gives_each_event_once_as_soon_as_it_is_whole() {
    for (name, path) in files() {
        let bytes = std::fs::read(path).unwrap();
        let expected = sound(&bytes);
        let file = Growing::default();
        let mut reader = EventReader::new(file.clone());
        assert!(reader.next().is_none());
        assert_eq!(reader.end(), Some(FileEnd::Whole));

        let (mut events, mut whole) = (Vec::new(), 0);
        for length in 1..=bytes.len() {
            file.0.borrow_mut().push(bytes[length - 1]);
            let before = events.len();
            events.extend(reader.by_ref());
            assert!(events.len() <= before + 1, "{name}: {length}");
            if events.len() > before {
                whole = length as u64;
                assert_eq!(reader.end(), Some(FileEnd::Whole));
            } else {
                let offset = whole;
                assert_eq!(reader.end(), Some(FileEnd::Truncated { offset }));
            }
        }
        assert_eq!(events, expected, "{name}");
        assert_eq!(reader.problems().count(), 0);
    }
}

#[test]
fn a_too_long_record_may_grow_too() {
    let mut bytes = Vec::new();
    zeros(MAX_RECORD_BYTES + 1)
        .take(30)
        .read_to_end(&mut bytes)
        .unwrap();
    let file = Growing(Rc::new(RefCell::new(bytes)));
    let mut reader = EventReader::new(file.clone());
    assert!(reader.next().is_none());
    assert_eq!(reader.end(), Some(FileEnd::Truncated { offset: 0 }));
    let mut missing = MAX_RECORD_BYTES as usize + 1 + 16 - 30;
    while missing > 0 {
        let piece = missing.min(1 << 16);
        file.0.borrow_mut().resize(piece, 0);
        assert!(reader.next().is_none());
        missing -= piece;
    }
    assert_eq!(reader.end(), Some(FileEnd::Whole));
    assert_eq!(reader.problems().count(), 1);
    file.0.borrow_mut().extend(scalar(1, "loss", 0.5));
    assert!(reader.next().is_some() && reader.next().is_none());
}

#[test]
fn a_file_is_read_on_after_its_writer_wrote_on() {
    let folder = tempdir().unwrap();
    let mut writer = EventWriter::create(folder.path(), WALL_TIME, "host", "0").unwrap();
    let path = writer.path().to_owned();
    let mut follower = EventReader::new(File::open(&path).unwrap());
    assert_eq!(follower.by_ref().count(), 1);
    for step in 0..5 {
        writer.scalars(step, WALL_TIME, &[("loss", 1.0)]).unwrap();
        assert_eq!(follower.by_ref().count(), 0, "before the flush");
        writer.flush().unwrap();
        assert_eq!(follower.by_ref().count(), 1);
        // Somebody who comes later reads all.
        let again = EventReader::new(File::open(&path).unwrap());
        assert_eq!(again.count() as i64, 2 + step);
    }
    drop(writer);

    // A record that arrives in two pieces.
    let last = scalar(9, "loss", 0.5);
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    for (piece, count) in [(&last[..17], 0), (&last[17..], 1)] {
        file.write_all(piece).unwrap();
        assert_eq!(follower.by_ref().count(), count);
    }
    assert_eq!(follower.end(), Some(FileEnd::Whole));
}

/// Gives its bytes one by one, each after an interruption, and then an error.
struct Failing<'a>(&'a [u8], bool);

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if self.0.is_empty() {
            return Err(io::Error::other("the disk is gone"));
        }
        self.0.read(&mut buffer[..1])
    }
}

#[test]
fn an_error_of_the_system_ends_reading_and_an_interruption_does_not() {
    let (bytes, begins) = four_records();
    let mut events = EventReader::new(Failing(&bytes[..begins[3] + 3], false));
    assert_eq!(events.by_ref().count(), 3);
    assert_eq!(events.end(), Some(FileEnd::Broken));
    assert!(events.next().is_none());
    let (problems, _) = events.finish();
    assert_eq!(problems.count(), 1);
    assert_eq!(
        problems.listed[0].to_string(),
        format!("cannot read the record at byte {}", begins[3])
    );
}

#[test]
fn every_file_of_others_loses_one_event_for_one_altered_byte_of_it() {
    let folder = tempdir().unwrap();
    let ours = ("ours".to_owned(), write_all_kinds(folder.path()));
    let theirs = files()
        .into_iter()
        .map(|(name, path)| (name, std::fs::read(path).unwrap()));
    for (name, bytes) in theirs.chain([ours]) {
        let whole = sound(&bytes).len();
        for index in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[index] = !damaged[index];
            let reading = read(&damaged);
            assert_eq!(reading.problem_count, 1, "{name}: {index}");
            if reading.end == FileEnd::Whole {
                assert_eq!(reading.events.len(), whole - 1, "{name}: {index}");
            } else {
                assert_eq!(reading.end, FileEnd::Broken);
            }
        }
    }
    assert!(file("torch").len() > 500);
}
