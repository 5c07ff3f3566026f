//! Reads any bytes as an event file.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/tensorboard/tests/reading/invariants.rs"]
mod invariants;

fuzz_target!(|file: &[u8]| invariants::check(file));
