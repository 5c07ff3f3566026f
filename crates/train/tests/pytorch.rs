//! Our logits against PyTorch's own, which `bench/export_reference.py` made from what is written for PyTorch.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod exported;

use std::convert::Infallible;
use std::env;
use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;

use exported::{NETWORKS, catalogue, name, rows, shape, weights};
use fitroom_data::{Dataset, draw_demo};
use fitroom_domain::{ImageSize, highest_logit};
use fitroom_train::{Engine, PytorchModel, predict, pytorch_file};
use ndarray::{Array1, Array2, Axis};
use ndarray_npy::ReadNpyExt;
use zip::ZipArchive;

/// By how much a logit may differ: both add up single precision, in other orders.
const LARGEST_DIFFERENCE: f32 = 1e-5;

/// Two logits so near to each other may change places.
const TIE: f32 = 1e-4;

/// An array of PyTorch's numbers.
fn reference<T: ReadNpyExt>(array: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/pytorch.npz");
    let mut archive = ZipArchive::new(File::open(path).unwrap()).unwrap();
    let member = archive.by_name(&format!("{array}.npy")).unwrap();
    T::read_npy(member).unwrap()
}

/// How far the highest logit is above the next.
fn lead(logits: &[f32]) -> f32 {
    let mut sorted = logits.to_vec();
    sorted.sort_by(f32::total_cmp);
    sorted[sorted.len() - 1] - sorted[sorted.len() - 2]
}

/// Predicts the photographs with every network and engine and compares with PyTorch.
fn assert_as_pytorch(dataset: &Dataset) {
    let rows = rows(dataset);
    let bytes: Array1<i64> = rows
        .iter()
        .map(|row| {
            let pixels = dataset.images.index_axis(Axis(0), row.photograph as usize);
            pixels.iter().map(|byte| i64::from(*byte)).sum()
        })
        .collect();
    let theirs: Array1<i64> = reference(&format!("{}.bytes", dataset.name));
    assert_eq!(bytes, theirs, "PyTorch predicted other photographs");
    for network in NETWORKS {
        let name = name(network);
        let theirs: Array2<f32> = reference(&format!("{}.{name}", dataset.name));
        let shape = shape(network, dataset.image_size()).unwrap();
        let weights = weights(&shape).unwrap();
        for engine in [Engine::cpu(), Engine::libtorch()] {
            let go_on = &mut |_| ControlFlow::<Infallible>::Continue(());
            let ControlFlow::Continue(ours) =
                predict(&weights, &dataset.pictures().unwrap(), &rows, engine, go_on).unwrap();
            assert_eq!((rows.len(), ours.classes), theirs.dim(), "{name}");
            let both = ours.logits.chunks(ours.classes).zip(theirs.outer_iter());
            for (row, (ours, theirs)) in both.enumerate() {
                let theirs = theirs.to_slice().unwrap();
                let differences = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs());
                let largest = differences.fold(0.0, f32::max);
                assert!(
                    largest <= LARGEST_DIFFERENCE,
                    "{name}, {engine}, row {row}: {ours:?} for {theirs:?}"
                );
                let predicted = [ours, theirs].map(|it| highest_logit(it.iter().copied()));
                assert!(
                    predicted[0] == predicted[1] || lead(theirs) <= TIE,
                    "{name}, {engine}, row {row}: {ours:?} for {theirs:?}"
                );
            }
        }
    }
}

#[test]
fn drawn_photographs_get_the_logits_that_pytorch_gives_them() {
    assert_as_pytorch(&draw_demo(0).unwrap());
}

#[test]
fn real_photographs_get_the_logits_that_pytorch_gives_them() {
    let Some(folder) = env::var_os("FITROOM_TEST_DATA") else {
        eprintln!("SKIPPED: FITROOM_TEST_DATA does not name the folder of a real catalogue");
        return;
    };
    assert_as_pytorch(&catalogue(Path::new(&folder)).unwrap());
}

/// Runs the file on its standard input with packages that do nothing, and prints its docstring, its classes and
/// the sizes that pictures are shrunk to.
const READ: &str = r#"
import json, sys
from unittest.mock import MagicMock
for name in ["torch", "safetensors", "safetensors.torch", "PIL"]:
    sys.modules[name] = MagicMock()
sys.modules["torch"].nn.Module = object
file = {"__name__": "model", "__file__": "model.py"}
exec(compile(sys.stdin.buffer.read(), "model.py", "exec"), file)
pictures = [(60, 80), (300, 400), (10, 10), (20000, 1), (1, 20000), (61, 80), (100, 81)]
sizes = [file["fitting_size"](*picture) for picture in pictures]
json.dump([file["__doc__"].partition("\n\nA network")[0], file["CLASSES"], sizes], sys.stdout)
"#;

#[test]
fn python_reads_names_as_they_are_and_fits_pictures_as_an_import_does() {
    let Some(python) = env::var_os("FITROOM_PYTHON") else {
        eprintln!("SKIPPED: FITROOM_PYTHON names no Python");
        return;
    };
    let title = "\"\"\" \\ \u{1f456}\ttwo\nlines\"";
    let classes = [
        "\"quoted\" 'too'",
        "back\\slash\\",
        "two\nlines\r\n\0",
        "Größe · 裤子 \u{1f456} \u{2028}",
    ];
    let classes = classes.map(str::to_owned);
    let network = [3, 3, 8, 4];
    let image = ImageSize {
        height: 80,
        width: 60,
    };
    let text = pytorch_file(&PytorchModel {
        shape: &shape(network, image).unwrap(),
        title,
        classes: &classes,
        version: "1.2.3",
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.py");
    fs::write(&path, text).unwrap();
    let output = Command::new(python)
        .args(["-c", READ])
        .stdin(File::open(&path).unwrap())
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    let read: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    // Those of `fitroom_data`'s own test.
    let sizes = [
        [60, 80],
        [60, 80],
        [10, 10],
        [60, 1],
        [1, 80],
        [60, 79],
        [60, 49],
    ];
    assert_eq!(read, serde_json::json!([title, classes, sizes]));
}
