//! `fitroom evaluate`: what models say about test photographs, and how often these were read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use image::{Rgb, RgbImage};
use serde_json::Value;

use crate::kept_models::{
    catalogue, classes, json, largest, refused, shown, sweep_text, train_routes, well, with_routes,
};
use crate::photographs::{IMPORT, Workplace};

/// A model that is wrong now and then.
fn trained() -> Workplace {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/shapes.toml", &sweep_text("shapes", 3));
    well(&workplace, &["sweep", "sweeps/shapes.toml"]);
    workplace
}

/// What the sweep's report says of the test split.
fn test_of_report(workplace: &Workplace) -> Value {
    json(workplace, &["report", "shapes"])[0]["test"].clone()
}

#[test]
fn figures_are_those_that_follow_from_the_kept_predictions_and_the_labels() {
    let workplace = with_routes(3, str::to_owned);
    let evaluated = json(&workplace, &["evaluate"]);
    assert_eq!(evaluated.as_array().unwrap().len(), 4);
    let photographs = catalogue(&workplace);
    for model in evaluated.as_array().unwrap() {
        let task = model["task"].as_str().unwrap();
        let classes = classes(&workplace, task);
        for (split, file, all) in [
            ("validation", "validation.npz", 30),
            ("test", "test.npz", 15),
        ] {
            let predictions = shown(&workplace, task, file);
            // All photographs of the split, and of each the class that its labels make it, if any.
            let distinct: BTreeSet<u32> =
                predictions.shown.iter().map(|it| it.photograph).collect();
            assert_eq!(
                (predictions.shown.len(), distinct.len()),
                (all, all),
                "{task}"
            );
            let condition = match task {
                "dark_shapes" => Some("dark"),
                "bright_shapes" => Some("bright"),
                _ => None,
            };
            let mut answers = Vec::new();
            for (shown, logits) in predictions.shown.iter().zip(predictions.logits.rows()) {
                let labels = &photographs[shown.photograph as usize].1;
                let is_meant = condition.is_none_or(|colour| labels["colour"] == colour);
                let has = |class: &BTreeMap<String, String>| {
                    class.iter().all(|(column, label)| labels[column] == *label)
                };
                let truth = classes.iter().position(has).filter(|_| is_meant);
                assert_eq!(shown.class.map(usize::from), truth, "{task}");
                let logits: Vec<f64> = logits.iter().copied().map(f64::from).collect();
                answers.extend(truth.map(|truth| (truth, largest(&logits))));
            }
            let right = answers
                .iter()
                .filter(|(truth, found)| truth == found)
                .count();
            let figures = &model[split];
            let figure = |name: &str| figures[name].as_f64().unwrap();
            assert_eq!(figures["photographs"], answers.len(), "{task}");
            let accuracy = right as f64 / answers.len() as f64;
            assert!((figure("accuracy") - accuracy).abs() < 1e-12, "{task}");
            // Of each class that occurs: twice the hits, by all that are of it or taken for it.
            let count = |is_counted: &dyn Fn(&(usize, usize)) -> bool| {
                answers.iter().filter(|it| is_counted(it)).count() as f64
            };
            let (mut scores, mut recalls) = (Vec::new(), Vec::new());
            for class in 0..classes.len() {
                let hits = count(&|it| *it == (class, class));
                let (of_it, taken) = (count(&|it| it.0 == class), count(&|it| it.1 == class));
                if of_it > 0.0 {
                    recalls.push(hits / of_it);
                }
                if of_it + taken > 0.0 {
                    scores.push(2.0 * hits / (of_it + taken));
                }
            }
            let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
            assert!(
                (figure("macro_f1") - mean(&scores)).abs() < 1e-12,
                "{task} {split}"
            );
            assert!(
                (figure("balanced_accuracy") - mean(&recalls)).abs() < 1e-12,
                "{task}"
            );
        }
    }
}

#[test]
fn test_photographs_are_read_once_and_each_further_look_is_asked_for_and_told() {
    let workplace = trained();
    well(&workplace, &["report"]);
    assert_eq!(test_of_report(&workplace), Value::Null);
    let first = json(&workplace, &["evaluate"]);
    assert_eq!(first[0]["is_new"], true);
    let file = workplace.path("runs/models/small/shapes/test.npz");
    let written = || fs::metadata(&file).unwrap().modified().unwrap();
    let before = written();
    let second = json(&workplace, &["evaluate"]);
    assert_eq!(second[0]["is_new"], false);
    assert_eq!(written(), before);
    for same in ["test", "validation", "evaluated_at", "trial"] {
        assert_eq!(first[0][same], second[0][same]);
    }
    let report = test_of_report(&workplace);
    assert_eq!(report["looks"].as_array().unwrap().len(), 1);
    for split in ["validation", "test"] {
        for figure in ["photographs", "accuracy", "macro_f1", "interval"] {
            assert_eq!(report[split][figure], first[0][split][figure], "{figure}");
        }
    }
    well(&workplace, &["report"]);
    let page = || fs::read_to_string(workplace.path("reports/small/shapes.html")).unwrap();
    assert!(page().contains("Test photographs were read for this task once"));
    let index = || fs::read_to_string(workplace.path("reports/index.html")).unwrap();
    let once = index();

    let again = json(&workplace, &["evaluate", "--again"]);
    assert_eq!(again[0]["is_new"], true);
    assert_eq!(again[0]["test"], first[0]["test"]);
    assert_eq!(
        test_of_report(&workplace)["looks"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let recorded: Vec<(i64,)> = workplace.query("select count(*) from evaluations");
    assert_eq!(recorded, [(2,)]);
    well(&workplace, &["report"]);
    assert!(page().contains("<strong>2 times</strong>"));
    assert_ne!(index(), once, "the index does not say so");

    // What is damaged is no result, and to make it anew is a look.
    fs::write(&file, "nonsense").unwrap();
    let mended = json(&workplace, &["evaluate"]);
    assert_eq!(mended[0]["test"], first[0]["test"]);
    assert_eq!(
        test_of_report(&workplace)["looks"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[test]
fn without_test_photographs_or_trials_there_is_nothing_to_evaluate() {
    let workplace = Workplace::with_dataset();
    refused(&workplace, &["evaluate"], &["there are no trials"]);
    let labels = fs::read_to_string(workplace.path("photographs/labels.csv")).unwrap();
    workplace.write(
        "photographs/labels.csv",
        &labels.replace(",test", ",validation"),
    );
    well(&workplace, &IMPORT);
    workplace.write("sweeps/shapes.toml", &sweep_text("shapes", 1));
    well(&workplace, &["sweep", "sweeps/shapes.toml"]);
    refused(
        &workplace,
        &["evaluate"],
        &["`small` has no test photographs"],
    );
    assert!(!workplace.path("runs/models/small/shapes/test.npz").exists());
}

#[test]
fn other_test_photographs_change_nothing_but_what_evaluate_says() {
    let files = |workplace: &Workplace| {
        let file = workplace.path("runs/models/small/both/model.safetensors");
        let weights = fs::read(file).unwrap();
        // What lies before the numbers names the trial, whose dataset is another.
        let header = u64::from_le_bytes(weights[..8].try_into().unwrap()) as usize;
        let logits = |file: &str| shown(workplace, "both", file).logits;
        (
            weights[8 + header..].to_vec(),
            logits("validation.npz"),
            fs::read_to_string(workplace.path("new.csv")).unwrap(),
            logits("test.npz"),
        )
    };
    let work = |change: bool| {
        let workplace = Workplace::new();
        workplace.draw_photographs("photographs");
        workplace.draw_photographs("new");
        if change {
            for number in (9..150).step_by(10) {
                let photograph = RgbImage::from_pixel(14, 18, Rgb([number as u8, 90, 10]));
                let path = format!("photographs/{number:03}.png");
                photograph.save(workplace.path(&path)).unwrap();
            }
        }
        well(&workplace, &IMPORT);
        train_routes(&workplace, 3, str::to_owned);
        let label = ["label", "new", "--out", "new.csv", "--precision", "0.5"];
        well(&workplace, &label);
        let before = fs::read(workplace.path("new.csv")).unwrap();
        well(&workplace, &["evaluate"]);
        well(&workplace, &label);
        assert!(fs::read(workplace.path("new.csv")).unwrap() == before);
        files(&workplace)
    };
    let (one, other) = (work(false), work(true));
    assert!(one.0 == other.0, "weights depend on test photographs");
    assert_eq!(one.1, other.1, "validation depends on test photographs");
    assert_eq!(one.2, other.2, "labels depend on test photographs");
    assert_ne!(one.3, other.3, "evaluate reads no test photographs");
}
