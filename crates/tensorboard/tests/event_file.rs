//! The bytes of an event file, read here independently of the libraries that wrote them.

use std::fs;
use std::io;

use fitroom_tensorboard::{EventWriter, HparamDomain, HparamInfo, WriteEventError};
use tempfile::tempdir;

const WALL_TIME: f64 = 1_767_225_600.25;

/// The events of `bytes`, still encoded. Fails where a length or a checksum is wrong, or a record
/// is not whole.
fn records(mut bytes: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let mut events = Vec::new();
    while !bytes.is_empty() {
        let length = checked(&mut bytes, 8)?;
        let length = u64::from_le_bytes(length.try_into().map_err(|_| "no length")?);
        events.push(checked(&mut bytes, length as usize)?.to_vec());
    }
    Ok(events)
}

/// Takes `length` bytes and the masked checksum after them.
fn checked<'a>(bytes: &mut &'a [u8], length: usize) -> Result<&'a [u8], String> {
    let part = bytes.split_off(..length).ok_or("a record is cut off")?;
    let checksum = bytes.split_off(..4).ok_or("a checksum is cut off")?;
    let masked = crc_32c(part).rotate_right(15).wrapping_add(0xa282_ead8);
    if checksum == masked.to_le_bytes() {
        Ok(part)
    } else {
        Err(format!(
            "a checksum is wrong before the last {} bytes",
            bytes.len()
        ))
    }
}

/// CRC-32C bit by bit, from its polynomial (reflected: 0x82F63B78).
fn crc_32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (if crc & 1 == 1 { 0x82f6_3b78 } else { 0 })
        })
    })
}

#[test]
fn the_checksum_of_these_tests_has_the_published_check_value() {
    assert_eq!(crc_32c(b"123456789"), 0xe306_9283);
}

#[test]
fn a_new_file_holds_the_version_of_the_format_at_once() {
    let folder = tempdir().unwrap();
    let writer = EventWriter::create(folder.path(), WALL_TIME, "host", "7.1").unwrap();

    let name = writer.path().file_name().unwrap().to_str().unwrap();
    assert_eq!(name, "events.out.tfevents.1767225600.host.7.1");
    let mut event = vec![0x09]; // wall_time
    event.extend(WALL_TIME.to_le_bytes());
    event.extend(b"\x1a\x0dbrain.Event:2"); // file_version
    assert_eq!(records(&fs::read(writer.path()).unwrap()), Ok(vec![event]));
}

#[test]
fn the_seconds_in_a_name_have_ten_digits() {
    let folder = tempdir().unwrap();
    let writer = EventWriter::create(folder.path(), 12.9, "host", "0").unwrap();
    assert!(
        writer
            .path()
            .ends_with("events.out.tfevents.0000000012.host.0")
    );
}

#[test]
fn one_event_holds_all_values_of_a_step() {
    let folder = tempdir().unwrap();
    let mut writer = EventWriter::create(folder.path(), WALL_TIME, "host", "0").unwrap();
    let values = [("loss", 0.1), ("rate", f32::NEG_INFINITY)];
    writer.scalars(300, WALL_TIME, &values).unwrap();
    let path = writer.finish().unwrap();

    let mut event = vec![0x09]; // wall_time
    event.extend(WALL_TIME.to_le_bytes());
    event.extend(b"\x10\xac\x02"); // step
    event.extend(b"\x2a\x1a"); // summary
    event.extend(b"\x0a\x0b\x0a\x04loss\x15"); // value: tag, simple_value
    event.extend(0.1f32.to_le_bytes());
    event.extend(b"\x0a\x0b\x0a\x04rate\x15");
    event.extend(f32::NEG_INFINITY.to_le_bytes());
    assert_eq!(records(&fs::read(path).unwrap()).unwrap()[1..], [event]);
}

#[test]
fn a_file_that_is_still_written_is_readable_up_to_the_last_flush() {
    let folder = tempdir().unwrap();
    let mut writer = EventWriter::create(folder.path(), WALL_TIME, "host", "0").unwrap();
    let path = writer.path().to_owned();
    let events = || records(&fs::read(&path).unwrap()).unwrap().len();

    writer.scalars(0, WALL_TIME, &[("loss", 2.0)]).unwrap();
    writer.scalars(1, WALL_TIME, &[("loss", 1.0)]).unwrap();
    writer.flush().unwrap();
    assert_eq!(events(), 3);
    writer.scalars(2, WALL_TIME, &[("loss", 0.5)]).unwrap();
    assert_eq!(events(), 3);
    assert_eq!(writer.finish().unwrap(), path);
    assert_eq!(events(), 4);
}

#[test]
fn what_is_written_without_a_flush_arrives_in_whole_records() {
    let folder = tempdir().unwrap();
    let mut writer = EventWriter::create(folder.path(), WALL_TIME, "host", "0").unwrap();
    let path = writer.path().to_owned();
    let long_tag = "a".repeat(100_000);
    let (mut length, mut arrived, mut arrivals) = (0, 0, 0);
    for step in 0..1000 {
        let tag = if step % 300 == 299 { &long_tag } else { "loss" };
        writer.scalars(step, WALL_TIME, &[(tag, 1.0)]).unwrap();
        let bytes = fs::read(&path).unwrap();
        arrived += records(&bytes[length..]).unwrap().len();
        arrivals += usize::from(bytes.len() > length);
        length = bytes.len();
    }
    assert!(
        arrived < 1001 && (5..100).contains(&arrivals),
        "{arrived} in {arrivals}"
    );
    drop(writer);
    assert_eq!(records(&fs::read(&path).unwrap()).unwrap().len(), 1001);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("a file");
    fs::write(&file, "").unwrap();
    for bad in [&folder.path().join("missing"), &file] {
        let error = EventWriter::create(bad, WALL_TIME, "host", "0").unwrap_err();
        let name = bad.join("events.out.tfevents.1767225600.host.0");
        assert_eq!(
            error.to_string(),
            format!("cannot create the event file `{}`", name.display())
        );
    }
}

#[test]
fn an_event_file_of_another_attempt_is_never_overwritten() {
    let folder = tempdir().unwrap();
    let first = EventWriter::create(folder.path(), WALL_TIME, "host", "0").unwrap();
    let before = fs::read(first.path()).unwrap();
    match EventWriter::create(folder.path(), WALL_TIME, "host", "0").unwrap_err() {
        WriteEventError::Create { file, source } => {
            assert_eq!(file, first.path());
            assert_eq!(source.kind(), io::ErrorKind::AlreadyExists);
        }
        other => panic!("{other}"),
    }
    assert_eq!(fs::read(first.path()).unwrap(), before);
}

#[test]
fn the_records_of_one_experiment_are_equal_to_the_byte() {
    let experiment = |host: &str| {
        let folder = tempdir().unwrap();
        let mut writer = EventWriter::create(folder.path(), WALL_TIME, host, "0").unwrap();
        let infos = ["b", "a", "c"].map(|name| HparamInfo {
            name,
            domain: HparamDomain::OneOf(&["y", "x"]),
            differs: true,
        });
        let metrics = ["best/loss", "best/accuracy"];
        writer
            .hparams_experiment(WALL_TIME, &infos, &metrics)
            .unwrap();
        records(&fs::read(writer.finish().unwrap()).unwrap()).unwrap()[1].clone()
    };
    assert_eq!(experiment("one"), experiment("other"));
}
