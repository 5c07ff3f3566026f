//! Bad input and a full disk: one clear message, the right exit code, and nothing left behind.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use crate::photographs::{IMPORT, Workplace};
use crate::small_disk::on_a_small_disk;

/// A folder with drawn photographs that something is then done to.
fn spoiled(spoil: impl Fn(&Workplace)) -> Workplace {
    let workplace = Workplace::new();
    workplace.draw_photographs("photographs");
    spoil(&workplace);
    workplace
}

/// Replaces `old` in the labels file, once.
fn replace_in_labels(workplace: &Workplace, old: &str, new: &str) {
    let labels = fs::read_to_string(workplace.path("photographs/labels.csv")).unwrap();
    assert!(labels.contains(old), "{old}");
    workplace.write("photographs/labels.csv", &labels.replacen(old, new, 1));
}

/// The import is refused: exit code 2, one error that says `expected`, and not even an empty folder.
fn assert_refused(workplace: &Workplace, arguments: &[&str], expected: &[&str]) {
    let run = workplace.fitroom(arguments);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    let errors = run
        .stderr
        .lines()
        .filter(|line| line.starts_with("error: "));
    assert_eq!(errors.count(), 1, "{}", run.stderr);
    for words in expected {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    assert!(!workplace.path("data").exists(), "something was left");
}

#[test]
fn a_truncated_zip_is_no_archive() {
    let workplace = spoiled(|workplace| {
        let zip = Command::new(std::env::var_os("FITROOM_PYTHON").unwrap_or("python3".into()))
            .args(["-m", "zipfile", "-c", "shop.zip", "photographs"])
            .current_dir(workplace.path("."))
            .status()
            .unwrap();
        assert!(zip.success());
        let bytes = fs::read(workplace.path("shop.zip")).unwrap();
        fs::write(workplace.path("shop.zip"), &bytes[..bytes.len() / 2]).unwrap();
    });
    let mut arguments = IMPORT;
    arguments[2] = "shop.zip";
    assert_refused(&workplace, &arguments, &["`shop.zip`", "intact zip"]);
}

#[test]
fn a_labels_file_without_a_header_is_refused_with_its_first_line() {
    let workplace = spoiled(|workplace| {
        replace_in_labels(workplace, "path,shape,colour,split\n", "");
    });
    let expected = ["`labels.csv`, line 1", "`path`", "000.png"];
    assert_refused(&workplace, &IMPORT, &expected);
}

#[test]
fn an_unknown_label_column_is_refused_with_those_that_exist() {
    let workplace = spoiled(|_| ());
    let arguments = [&IMPORT[..], &["--columns", "shape,sleeve"]].concat();
    let expected = ["`labels.csv`, line 1", "sleeve", "colour"];
    assert_refused(&workplace, &arguments, &expected);
}

#[test]
fn a_photograph_in_two_lines_is_refused_with_both() {
    let workplace = spoiled(|workplace| replace_in_labels(workplace, "007.png", "003.png"));
    let expected = ["`labels.csv`, line 9", "`003.png`", "line 5"];
    assert_refused(&workplace, &IMPORT, &expected);
}

#[test]
fn labels_that_are_no_utf_8_are_refused_with_their_line() {
    let workplace = spoiled(|workplace| {
        let path = workplace.path("photographs/labels.csv");
        let mut bytes = fs::read(&path).unwrap();
        let disc = bytes.windows(4).position(|word| word == b"disc").unwrap();
        bytes[disc] = 0xe9;
        fs::write(path, bytes).unwrap();
    });
    assert_refused(&workplace, &IMPORT, &["`labels.csv`", "line 3", "UTF-8"]);
}

#[test]
fn an_unknown_split_is_refused_with_its_line() {
    let workplace =
        spoiled(|workplace| replace_in_labels(workplace, "bright,train", "bright,tarin"));
    let expected = ["`labels.csv`, line 2", "`tarin`", "train"];
    assert_refused(&workplace, &IMPORT, &expected);
}

#[test]
fn a_source_or_a_labels_file_that_does_not_exist_is_named() {
    let workplace = spoiled(|_| ());
    let mut arguments = IMPORT;
    arguments[2] = "photos";
    assert_refused(&workplace, &arguments, &["`photos`"]);
    let mut arguments = IMPORT;
    arguments[4] = "label.csv";
    assert_refused(&workplace, &arguments, &["`label.csv`", "`photographs`"]);
}

#[test]
fn too_few_photographs_for_a_split_are_refused_with_how_many_there_are() {
    let workplace = spoiled(|workplace| {
        workplace.write(
            "photographs/labels.csv",
            "path,shape\n000.png,cross\n001.png,disc\n002.png,square\n",
        );
    });
    let expected = ["3 photographs", "validation", "80 % train"];
    assert_refused(&workplace, &IMPORT, &expected);
}

#[test]
fn a_picture_whose_header_promises_forty_thousand_pixels_is_skipped_at_once() {
    let workplace = spoiled(|workplace| {
        let mut png = fs::read(workplace.path("photographs/003.png")).unwrap();
        // Width and height stand behind the eight bytes of the signature and the chunk's head.
        png[16..20].copy_from_slice(&40_000u32.to_be_bytes());
        png[20..24].copy_from_slice(&40_000u32.to_be_bytes());
        let sum = crc_32(&png[12..29]);
        png[29..33].copy_from_slice(&sum.to_be_bytes());
        fs::write(workplace.path("photographs/003.png"), png).unwrap();
    });
    // The pixels would take 4.8 GB.
    let run = workplace.fitroom_within(3_000_000, &IMPORT);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(
        run.stderr.contains("skipped `003.png` (line 5)"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("149 photographs"), "{}", run.stderr);
}

/// The checksum of a PNG chunk's kind and data.
fn crc_32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg())
        })
    })
}

#[test]
fn files_whose_names_are_no_text_are_passed_over() {
    let workplace = spoiled(|workplace| {
        let name = OsStr::from_bytes(b"caf\xe9.png");
        fs::write(workplace.path("photographs").join(name), "x").unwrap();
    });
    let run = workplace.fitroom(&IMPORT);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("150 photographs"), "{}", run.stderr);
}

#[test]
fn a_full_disk_ends_an_import_with_exit_code_1_and_leaves_nothing() {
    let workplace = spoiled(|_| ());
    let mut arguments = IMPORT;
    arguments[8] = "small/data/full";
    let script = format!(
        "$fitroom {}; code=$?; find small -mindepth 1 ! -path small/data; exit $code",
        arguments.join(" ")
    );
    let Some(run) = on_a_small_disk(&workplace, "40k", &script) else {
        return;
    };
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(
        run.stderr.contains("small/data") && run.stderr.contains("No space left"),
        "{}",
        run.stderr
    );
    assert_eq!(run.stdout, "mounted\n", "something was left");
}
