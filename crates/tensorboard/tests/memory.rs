//! What a length that lies costs. One test: it measures its process.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use fitroom_tensorboard::{EventReader, FileEnd, MAX_RECORD_BYTES};
use tensorboard_rs::masked_crc32c::masked_crc32c;

/// Bytes of this process in a line of its status.
fn status(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kibibytes = line.unwrap().split_whitespace().next().unwrap();
    kibibytes.parse::<u64>().unwrap() * 1024
}

#[test]
fn a_record_takes_no_memory_for_bytes_that_are_not_there() {
    let length = MAX_RECORD_BYTES.to_le_bytes();
    let mut file = [&length[..], &masked_crc32c(&length).to_le_bytes()].concat();
    file.resize(1024, 0);
    // What this process takes of address space, touched or not, while it holds a hundred of them.
    let before = status("VmSize:");
    let readers: Vec<_> = (0..100)
        .map(|_| {
            let mut events = EventReader::new(file.as_slice());
            assert!(events.next().is_none());
            assert_eq!(events.end(), Some(FileEnd::Truncated { offset: 0 }));
            events
        })
        .collect();
    let taken = status("VmSize:").saturating_sub(before);
    assert!(taken < MAX_RECORD_BYTES / 4, "{taken} bytes were taken");
    drop(readers);
}
