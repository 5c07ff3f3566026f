//! What a model said about any photographs is written and read back, and damaged files are named.

use std::fs::{self, File};
use std::path::Path;

use fitroom_data::{
    ShownPhotograph, ShownPredictions, read_predictions, read_shown_predictions, write_predictions,
    write_shown_predictions,
};
use ndarray::{Array1, Array2, array};
use ndarray_npy::WriteNpyExt;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::predictions::three_predictions;

pub(crate) fn four_shown() -> ShownPredictions {
    let shown = |photograph, mirrored, class| ShownPhotograph {
        photograph,
        mirrored,
        class,
    };
    ShownPredictions {
        shown: vec![
            shown(7, false, Some(1)),
            shown(8, false, None),
            shown(8, true, None),
            shown(u32::MAX, false, Some(0)),
        ],
        logits: array![
            [0.5, -1.25],
            [f32::MIN_POSITIVE, 3.0e38],
            [1.0, -0.0],
            [2.0, 3.0]
        ],
    }
}

/// Writes the four arrays without asking whether they fit together.
fn write(path: &Path, photograph: &[i64], mirrored: &[bool], class: &[i64], logits: &Array2<f32>) {
    let mut zip = ZipWriter::new(File::create(path).unwrap());
    let mut start = |name: &str, write: &dyn Fn(&mut ZipWriter<File>)| {
        zip.start_file(format!("{name}.npy"), SimpleFileOptions::default())
            .unwrap();
        write(&mut zip);
    };
    let numbers = |numbers: &[i64]| Array1::from_vec(numbers.to_vec());
    start("photograph", &|zip| {
        numbers(photograph).write_npy(zip).unwrap()
    });
    start("mirrored", &|zip| {
        Array1::from_vec(mirrored.to_vec()).write_npy(zip).unwrap()
    });
    start("class", &|zip| numbers(class).write_npy(zip).unwrap());
    start("logits", &|zip| logits.write_npy(zip).unwrap());
    zip.finish().unwrap();
}

#[test]
fn shown_predictions_survive_to_the_last_bit_and_give_equal_files() {
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = ["first.npz", "second.npz"].map(|name| folder.path().join(name));
    for path in [&first, &second, &second] {
        write_shown_predictions(path, &four_shown()).unwrap();
    }
    let read = read_shown_predictions(&first).unwrap();
    assert_eq!(read, four_shown());
    let bits = |predictions: &ShownPredictions| predictions.logits.mapv(f32::to_bits);
    assert_eq!(bits(&read), bits(&four_shown()));
    assert!(
        fs::read(&first).unwrap() == fs::read(&second).unwrap(),
        "the files differ"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn a_photograph_outside_of_the_task_stands_in_no_predictions_of_the_task() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.npz");
    write_predictions(&path, &three_predictions()).unwrap();
    let of_the_task = read_shown_predictions(&path).unwrap();
    let classes: Vec<_> = of_the_task.shown.iter().map(|shown| shown.class).collect();
    assert_eq!(classes, [Some(1), Some(1), Some(0)]);
    assert_eq!(of_the_task.logits, three_predictions().logits);

    write_shown_predictions(&path, &four_shown()).unwrap();
    let words = read_predictions(&path).unwrap_err().to_string();
    assert_eq!(
        words.replace(&path.display().to_string(), "FILE"),
        "array `class` of `FILE` has -1 in row 1, expected 0 to 1"
    );
}

#[test]
fn shown_predictions_that_do_not_fit_together_are_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shown.npz");
    let message = |predictions: &ShownPredictions| {
        let words = write_shown_predictions(&path, predictions)
            .unwrap_err()
            .to_string();
        words.replace(&path.display().to_string(), "FILE")
    };
    let mut predictions = four_shown();
    predictions.shown[2].class = Some(2);
    assert_eq!(
        message(&predictions),
        "array `class` of `FILE` has 2 in row 2, expected -1 to 1"
    );
    predictions.shown.pop();
    assert_eq!(
        message(&predictions),
        "array `photograph` of `FILE` has 3 rows, expected 4 as `logits` has"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn files_with_numbers_that_cannot_be_are_named_with_the_array() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shown.npz");
    let logits = array![[0.0, 1.0], [1.0, 0.0]];
    let message = |photograph: &[i64], mirrored: &[bool], class: &[i64]| {
        write(&path, photograph, mirrored, class, &logits);
        let words = read_shown_predictions(&path).unwrap_err().to_string();
        words.replace(&path.display().to_string(), "FILE")
    };
    let seen = [false, true];
    assert_eq!(
        message(&[0, 1], &seen, &[-1, -2]),
        "array `class` of `FILE` has -2 in row 1, expected -1 to 1"
    );
    assert_eq!(
        message(&[0, 1], &seen, &[i64::MAX, 0]),
        "array `class` of `FILE` has 9223372036854775807 in row 0, expected -1 to 1"
    );
    assert_eq!(
        message(&[-1, 1], &seen, &[0, 1]),
        "array `photograph` of `FILE` has -1 in row 0, expected 0 to 4294967295"
    );
    assert_eq!(
        message(&[0, 1], &seen[..1], &[0, 1]),
        "array `mirrored` of `FILE` has 1 rows, expected 2 as `logits` has"
    );
    write(&path, &[0, 1], &seen, &[-1, 1], &logits);
    assert_eq!(read_shown_predictions(&path).unwrap().shown[0].class, None);
}

#[test]
fn a_damaged_file_is_named_or_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shown.npz");
    write_shown_predictions(&path, &four_shown()).unwrap();
    let whole = fs::read(&path).unwrap();
    let mut with_array = 0;
    for position in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[position] ^= 0x15;
        fs::write(&path, &damaged).unwrap();
        match read_shown_predictions(&path) {
            Ok(read) => assert_eq!(read, four_shown(), "byte {position}"),
            Err(error) => {
                let words = error.to_string();
                assert!(words.contains("shown.npz"), "byte {position}: {words}");
                with_array += usize::from(words.starts_with("array `"));
            }
        }
    }
    // Headers and numbers of the arrays are most of the file.
    assert!(
        2 * with_array > whole.len(),
        "{with_array} of {}",
        whole.len()
    );
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        let words = read_shown_predictions(&path).unwrap_err().to_string();
        assert!(words.contains("shown.npz"), "{length} bytes: {words}");
    }
}
