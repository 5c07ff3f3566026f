//! What holds for the bytes of any file, whoever made them. The fuzzer checks it too.

use std::io::{self, Read};

use fitroom_tensorboard::{EventReader, FileEnd, MAX_PROBLEMS, RunBuilder};
use tensorboard_rs::record_writer::RecordWriter;

/// The length of a record that holds nothing.
const EMPTY_RECORD: u64 = 16;

/// Panics unless reading `file` does what is promised; so it does if every record of it had the right checksums,
/// without which nearly nothing of a random file would be looked at.
pub(crate) fn check(file: &[u8]) {
    check_file(file);
    check_file(&repaired(file));
}

fn check_file(file: &[u8]) {
    let mut reader = EventReader::new(file);
    let mut builder = RunBuilder::new();
    let mut texts = Vec::new();
    for event in reader.by_ref() {
        texts.push(format!("{event:?}"));
        builder.add(event);
    }
    let run = builder.finish();
    let end = reader.end();
    let (problems, _) = reader.finish();

    // Each record is an event or a problem, and takes its part of the file.
    let records = texts.len() as u64 + problems.count();
    let is_broken = end == Some(FileEnd::Broken);
    let whole_records = records - u64::from(is_broken);
    assert!(whole_records * EMPTY_RECORD <= file.len() as u64);
    assert!(problems.listed.len() <= MAX_PROBLEMS + 1);
    assert!(problems.unlisted == 0 || problems.listed.len() >= MAX_PROBLEMS);
    assert!(problems.listed.is_sorted_by(|a, b| a.offset() < b.offset()));
    let last = problems.listed.last().map(|it| it.offset());
    assert!(last.is_none_or(|offset| offset < file.len() as u64));

    // The part before a record that is not whole is a file without that record.
    if let Some(FileEnd::Truncated { offset }) = end {
        let mut before = EventReader::new(&file[..offset as usize]);
        assert_eq!(before.by_ref().count(), texts.len());
        assert_eq!(before.end(), Some(FileEnd::Whole));
        assert_eq!(before.problems().count(), problems.count());
    }

    // How the bytes arrive makes no difference.
    let mut pieces = EventReader::new(Pieces(file));
    let again = pieces.by_ref().map(|event| format!("{event:?}"));
    assert!(again.eq(texts));
    assert_eq!(pieces.end(), end);
    assert_eq!(pieces.problems().count(), problems.count());

    // No tag is without a step, and time does not run back.
    assert!(run.scalars.values().all(|series| !series.is_empty()));
    assert!(run.texts.values().all(|series| !series.is_empty()));
    assert!(run.pictures.values().all(|series| !series.is_empty()));
    assert!(run.histograms.values().all(|steps| !steps.is_empty()));
    assert!(run.first_wall_time <= run.last_wall_time);
}

/// The file with right checksums, as far as its lengths can be followed; what follows is one record.
fn repaired(mut file: &[u8]) -> Vec<u8> {
    let mut repaired = Vec::new();
    let mut writer = RecordWriter::new(&mut repaired);
    while let Some((length, rest)) = file.split_first_chunk::<8>() {
        let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let body = rest.get(4..).unwrap_or_default();
        let (bytes, rest) = match body.split_at_checked(length) {
            Some((bytes, rest)) => (bytes, rest.get(4..).unwrap_or_default()),
            None => (body, &[][..]),
        };
        writer.write(bytes).unwrap();
        file = rest;
    }
    repaired
}

/// Gives seven bytes at a time.
struct Pieces<'a>(&'a [u8]);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(7);
        self.0.read(&mut buffer[..length])
    }
}
