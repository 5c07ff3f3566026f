//! NumPy reads what we write. `FITROOM_PYTHON` names a Python that has it.

use std::path::Path;
use std::process::Command;

use fitroom_data::{Dataset, read_shown_predictions, write_predictions, write_shown_predictions};

use crate::predictions::three_predictions;
use crate::shown_predictions::four_shown;
use crate::small_dataset::small_dataset;

/// What a Python script prints, or `None` with a line that says why it was not run. The script finds
/// `file` as `sys.argv[1]`.
pub(crate) fn python(script: &str, file: &Path) -> Option<String> {
    let Some(python) = std::env::var_os("FITROOM_PYTHON") else {
        eprintln!("SKIPPED: FITROOM_PYTHON does not name a Python that has NumPy");
        return None;
    };
    let output = Command::new(python)
        .arg("-c")
        .arg(script)
        .arg(file)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn numpy_reads_a_dataset_without_pickle() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("small");
    small_dataset().save(&folder).unwrap();
    let script = "
import sys, numpy
with numpy.load(sys.argv[1], allow_pickle=False) as file:
    for name in sorted(file.files):
        print(name, file[name].dtype, file[name].shape)
    print(file['images'][7, 2, 1].tolist())
    print(file['split'].tolist())
    print(file['gender'].tolist())
    print(ascii(file['name'][3].item()))
";
    let Some(printed) = python(script, &folder.join("dataset.npz")) else {
        return;
    };
    assert_eq!(
        printed.lines().collect::<Vec<_>>(),
        [
            "category int64 (8,)",
            "gender int64 (8,)",
            "images uint8 (8, 3, 2, 3)",
            "name <U14 (8,)",
            "split int64 (8,)",
            "type int64 (8,)",
            "[141, 142, 143]",
            "[0, 0, 1, 0, 2, 1, 0, 2]",
            "[0, 1, 0, -1, 1, -1, -1, 0]",
            "'shop/\\xe9t\\xe9-3.jpg'",
        ]
    );
}

#[test]
fn a_dataset_that_numpy_wrote_again_is_still_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("small");
    small_dataset().save(&folder).unwrap();
    let script = "
import sys, numpy
with numpy.load(sys.argv[1]) as file:
    arrays = dict(file)
numpy.savez(sys.argv[1], **arrays)
";
    if python(script, &folder.join("dataset.npz")).is_some() {
        assert_eq!(Dataset::load(&folder).unwrap(), small_dataset());
    }
}

#[test]
fn numpy_reads_predictions() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("predictions.npz");
    write_predictions(&path, &three_predictions()).unwrap();
    let script = "
import sys, numpy
with numpy.load(sys.argv[1], allow_pickle=False) as file:
    for name in ['photograph', 'mirrored', 'class', 'logits']:
        print(name, file[name].dtype, file[name].tolist())
";
    let Some(printed) = python(script, &path) else {
        return;
    };
    assert_eq!(
        printed.lines().take(3).collect::<Vec<_>>(),
        [
            "photograph int64 [7, 7, 9]",
            "mirrored bool [False, True, False]",
            "class int64 [1, 1, 0]",
        ]
    );
    let logits = "logits float32 [[0.5, -1.25], [1.1754943508222875e-38, ";
    assert!(
        printed.lines().nth(3).unwrap().starts_with(logits),
        "{printed}"
    );
}

#[test]
fn numpy_reads_shown_predictions_and_writes_them_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shown.npz");
    write_shown_predictions(&path, &four_shown()).unwrap();
    let script = "
import sys, numpy
with numpy.load(sys.argv[1], allow_pickle=False) as file:
    for name in ['photograph', 'mirrored', 'class', 'logits']:
        print(name, file[name].dtype, file[name].shape)
    print(file['class'].tolist())
    arrays = dict(file)
numpy.savez_compressed(sys.argv[1], **arrays)
";
    let Some(printed) = python(script, &path) else {
        return;
    };
    assert_eq!(
        printed.lines().collect::<Vec<_>>(),
        [
            "photograph int64 (4,)",
            "mirrored bool (4,)",
            "class int64 (4,)",
            "logits float32 (4, 2)",
            "[1, -1, -1, 0]",
        ]
    );
    assert_eq!(read_shown_predictions(&path).unwrap(), four_shown());
}
