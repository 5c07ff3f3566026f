//! From real photographs to labels of another shop's.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::kept_models::{json, rows_of, well};
use crate::photographs::Workplace;

#[test]
fn a_model_of_the_real_catalogue_labels_every_photograph_of_another_shop() {
    let Some(data) = env::var_os("FITROOM_TEST_DATA") else {
        eprintln!("SKIPPED: FITROOM_TEST_DATA names no folder with real photographs");
        return;
    };
    let archive = Path::new(&data).join("fashion-catalogue.zip");
    let samples = Path::new(&data).join("shop-samples");
    let workplace = Workplace::new();
    let import = [
        "--labels",
        "labels.csv",
        "--size",
        "60x80",
        "--out",
        "data/catalogue",
    ];
    well(
        &workplace,
        &[&["data", "import", archive.to_str().unwrap()][..], &import].concat(),
    );
    let sweep = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../sweeps/primary.toml");
    let mut arguments = vec!["sweep", sweep.to_str().unwrap()];
    for set in [
        "kernel_size_1=3",
        "kernel_size_2=3",
        "kernel_num=32",
        "dense_size=64",
        "dropout_rate=0",
        "epochs=1",
    ] {
        arguments.extend(["--set", set]);
    }
    well(&workplace, &arguments);
    assert_eq!(workplace.trials().len(), 1);
    let evaluated = json(&workplace, &["evaluate"]);
    let test = &evaluated[0]["test"];
    assert_eq!(test["photographs"], 1031);
    let accuracy = test["accuracy"].as_f64().unwrap();
    assert!(accuracy > 0.9, "test accuracy {accuracy} after one epoch");

    let run = well(&workplace, &["label", samples.to_str().unwrap()]);
    assert!(
        run.stderr.contains("165 photographs labelled"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("On 1031 test photographs"),
        "{}",
        run.stderr
    );
    let rows = rows_of(&workplace, "labels.csv");
    let labelled: BTreeSet<String> = rows.iter().map(|row| row["path"].clone()).collect();
    let files: BTreeSet<String> = fs::read_dir(&samples)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(rows.len(), 165);
    assert_eq!(labelled, files);
    let categories = ["glasses", "shoes", "trousers"];
    for row in &rows {
        assert!(categories.contains(&row["category"].as_str()), "{row:?}");
        let probability: f64 = row["category_probability"].parse().unwrap();
        assert!((1.0 / 3.0..=1.0).contains(&probability), "{row:?}");
    }
}
