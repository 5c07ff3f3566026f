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

/// A folder with the real catalogue as `data/catalogue`, or `None` with a line that says why not.
fn with_catalogue() -> Option<Workplace> {
    let archive = archive()?;
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
    Some(workplace)
}

/// The path of a sweep file that comes with the program.
fn shipped(sweep: &str) -> String {
    let sweeps = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../sweeps");
    let file = sweeps.join(format!("{sweep}.toml"));
    file.to_str().unwrap().to_owned()
}

#[test]
fn real_photographs_become_a_leaderboard() {
    let Some(workplace) = with_catalogue() else {
        return;
    };
    let run = workplace.fitroom(&[
        "sweep",
        &shipped("trousers_gender"),
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

#[test]
fn the_real_catalogue_answers_each_sweep_of_the_study_or_is_refused_with_the_reason() {
    let Some(workplace) = with_catalogue() else {
        return;
    };
    // A single small trial of each shows that the whole way is there.
    let sweep = |name: &str, kernels: &[&str]| {
        let file = shipped(name);
        let mut arguments = vec!["sweep", file.as_str()];
        let small = ["kernel_num=2", "dense_size=4", "epochs=1", "lambda=0"];
        for set in kernels.iter().chain(&small) {
            arguments.extend(["--set", *set]);
        }
        workplace.fitroom(&arguments)
    };
    let separate = ["kernel_size_1=3", "kernel_size_2=3", "dropout_rate=0"];
    let equal = ["kernel_size=3", "dropout_rate=0"];
    for (name, kernels) in [
        ("primary", &separate[..]),
        ("shoes_all", &equal),
        ("shoes_gender", &equal),
        ("shoes_male", &equal),
        ("shoes_female", &equal),
        ("trousers_all", &separate),
        ("trousers_all_l2", &separate),
        ("trousers_all_dropout", &separate),
        ("trousers_gender", &separate),
        ("trousers_male", &separate),
        ("trousers_female", &separate),
    ] {
        let run = sweep(name, kernels);
        assert_eq!(run.code, Some(0), "{name}: {}", run.stderr);
    }
    // The catalogue has no glasses but sunglasses.
    let refused = sweep("glasses", &separate);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("tasks.toml:")
            && refused.stderr.contains("a single class `sunglasses`"),
        "{}",
        refused.stderr
    );
}
