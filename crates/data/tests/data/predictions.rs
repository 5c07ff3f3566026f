//! Predictions are written and read back.

use std::fs;

use fitroom_data::{Predictions, Row, read_predictions, write_predictions};
use ndarray::array;

pub(crate) fn three_predictions() -> Predictions {
    let row = |photograph, class, mirrored| Row {
        photograph,
        class,
        mirrored,
    };
    Predictions {
        rows: vec![row(7, 1, false), row(7, 1, true), row(9, 0, false)],
        logits: array![[0.5, -1.25], [f32::MIN_POSITIVE, 3.0e38], [1.0, -0.0]],
    }
}

#[test]
fn predictions_survive_to_the_last_bit_and_give_equal_files() {
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = ["first.npz", "second.npz"].map(|name| folder.path().join(name));
    write_predictions(&first, &three_predictions()).unwrap();
    write_predictions(&second, &three_predictions()).unwrap();
    write_predictions(&second, &three_predictions()).unwrap();
    let read = read_predictions(&first).unwrap();
    assert_eq!(read, three_predictions());
    let bits = |predictions: &Predictions| predictions.logits.mapv(f32::to_bits);
    assert_eq!(bits(&read), bits(&three_predictions()));
    assert!(
        fs::read(&first).unwrap() == fs::read(&second).unwrap(),
        "the files differ"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn predictions_that_do_not_fit_together_are_neither_written_nor_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("predictions.npz");
    let message = |predictions: &Predictions| {
        let words = write_predictions(&path, predictions)
            .unwrap_err()
            .to_string();
        words.replace(&path.display().to_string(), "FILE")
    };
    let mut predictions = three_predictions();
    predictions.rows[2].class = 2;
    assert_eq!(
        message(&predictions),
        "array `class` of `FILE` has 2 in row 2, expected 0 to 1"
    );
    predictions.rows.pop();
    assert_eq!(
        message(&predictions),
        "array `photograph` of `FILE` has 2 rows, expected 3 as `logits` has"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_file_that_holds_something_else_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let dataset = folder.path().join("small");
    crate::small_dataset::small_dataset()
        .save(&dataset)
        .unwrap();
    let error = read_predictions(&dataset.join("dataset.npz")).unwrap_err();
    let words = error.to_string();
    assert!(
        words.starts_with("array `photograph` of ") && words.contains("dataset.npz"),
        "{words}"
    );
    let missing = read_predictions(&folder.path().join("none.npz"))
        .unwrap_err()
        .to_string();
    assert!(missing.contains("none.npz"), "{missing}");
}
