//! Which models `fitroom label` uses: those of now, or those of a folder.

use std::fs;

use crate::kept_models::{json, refused, rows_of, well, with_routes};
use crate::photographs::{Workplace, import_as};

#[test]
fn a_copy_of_the_models_labels_without_anything_else() {
    let workplace = with_routes(5, str::to_owned);
    well(
        &workplace,
        &["label", "photographs", "--sheet-photographs", "0"],
    );
    let expected = fs::read(workplace.path("labels.csv")).unwrap();
    assert!(!workplace.path("labels.html").exists());
    let elsewhere = Workplace::new();
    fs::rename(
        workplace.path("runs/models/small"),
        elsewhere.path("carried"),
    )
    .unwrap();
    fs::rename(workplace.path("photographs"), elsewhere.path("new")).unwrap();
    drop(workplace);
    well(
        &elsewhere,
        &[
            "label",
            "new",
            "--models",
            "carried",
            "--out",
            "far/away.csv",
        ],
    );
    assert!(fs::read(elsewhere.path("far/away.csv")).unwrap() == expected);
    assert!(elsewhere.path("far/away.html").exists());
    for folder in ["runs", "data", "reports"] {
        assert!(!elsewhere.path(folder).exists(), "{folder}");
    }
}

#[test]
fn models_of_a_dataset_that_was_replaced_are_not_asked() {
    let workplace = with_routes(5, str::to_owned);
    well(&workplace, &["best"]);
    let labels = fs::read_to_string(workplace.path("photographs/labels.csv")).unwrap();
    workplace.write("photographs/labels.csv", &labels.replace("disc", "ring"));
    well(&workplace, &import_as("data/small"));
    refused(
        &workplace,
        &["label", "photographs"],
        &["no trial on `data/small` has finished"],
    );
    well(&workplace, &["sweep", "sweeps/colours.toml"]);
    let run = well(&workplace, &["label", "photographs"]);
    assert!(
        run.stderr.contains("Route combined: colours ("),
        "{}",
        run.stderr
    );
    assert!(
        rows_of(&workplace, "labels.csv")
            .iter()
            .all(|row| !row.contains_key("shape"))
    );
    // A folder that holds models of both cannot be meant.
    let mixed = ["label", "photographs", "--models", "runs/models/small"];
    refused(&workplace, &mixed, &["models of different datasets"]);
}

#[test]
fn a_model_whose_trial_was_removed_is_not_asked() {
    let workplace = with_routes(1, str::to_owned);
    let best = json(&workplace, &["best"]);
    let both = best
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["task"] == "both");
    let name = both.unwrap()["name"].as_str().unwrap();
    well(&workplace, &["runs", "remove", "--force", name]);
    let run = well(&workplace, &["label", "photographs"]);
    let expected = "Route combined: bright_shapes (";
    assert!(
        run.stderr.contains(expected) && !run.stderr.contains("both"),
        "{}",
        run.stderr
    );
}
