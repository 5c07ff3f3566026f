//! The files that the fuzzer starts from and found.

use std::fs;

use crate::invariants;

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/event_file");

#[test]
fn all_files_of_the_fuzzer_are_read_as_promised() {
    let entries = fs::read_dir(CORPUS).unwrap();
    let files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 20, "only {} files in {CORPUS}", files.len());
    for file in files {
        // The test's output names the file that failed.
        println!("{}", file.display());
        invariants::check(&fs::read(file).unwrap());
    }
}
