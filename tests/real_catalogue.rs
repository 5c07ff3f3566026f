//! The whole main job on real photographs.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::photographs::Workplace;

/// The catalogue's archive, or `None` with a line that says so.
fn archive() -> Option<PathBuf> {
    let Some(folder) = env::var_os("FITROOM_TEST_DATA") else {
        eprintln!("SKIPPED: FITROOM_TEST_DATA names no folder with real photographs");
        return None;
    };
    Some(Path::new(&folder).join("fashion-catalogue.zip"))
}

#[test]
fn real_photographs_become_a_leaderboard() {
    let Some(archive) = archive() else { return };
    let workplace = Workplace::new();
    let import = workplace.fitroom(&[
        "data",
        "import",
        archive.to_str().unwrap(),
        "--labels",
        "labels.csv",
        "--size",
        "60x80",
        "--out",
        "data/catalogue",
    ]);
    assert_eq!(import.code, Some(0), "{}", import.stderr);
    assert!(
        import.stderr.contains("10287 photographs"),
        "{}",
        import.stderr
    );

    let sweeps = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../sweeps");
    let sweep = sweeps.join("trousers_gender.toml");
    let run = workplace.fitroom(&[
        "sweep",
        sweep.to_str().unwrap(),
        "--set",
        "kernel_size_1=3",
        "--set",
        "kernel_size_2=3",
        "--set",
        "kernel_num=32",
        "--set",
        "dense_size=256",
        "--set",
        "epochs=4",
    ]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let trials = workplace.trials();
    assert_eq!(trials.len(), 1);
    // Guessing the larger gender is right for 65 % of the validation photographs.
    let accuracy = trials[0]["accuracy"].as_f64().unwrap();
    assert!(accuracy > 0.72, "accuracy {accuracy} after four epochs");
    assert_eq!(workplace.fitroom(&["report"]).code, Some(0));
    let page =
        fs::read_to_string(workplace.path("reports/catalogue/trousers_gender.html")).unwrap();
    assert!(page.contains("male") && page.contains(trials[0]["name"].as_str().unwrap()));
}
