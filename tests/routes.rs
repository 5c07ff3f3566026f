//! `fitroom compare`: one model for all columns beside one after the other, on the same test photographs.

use std::collections::{BTreeMap, HashMap};
use std::fs;

use serde_json::Value;

use crate::kept_models::{
    catalogue, classes, json, largest, refused, shown, softmax, well, with_routes,
};
use crate::photographs::Workplace;

/// The columns in the order in which the hierarchy finds them.
const COLUMNS: [&str; 2] = ["colour", "shape"];

/// What a model said about test photographs.
struct Model {
    classes: Vec<BTreeMap<String, String>>,
    /// The probability of each class by photograph, seen in a mirror or not.
    probabilities: HashMap<(u32, bool), Vec<f64>>,
}

impl Model {
    fn read(workplace: &Workplace, task: &str) -> Model {
        let test = shown(workplace, task, "test.npz");
        let rows = test.shown.iter().zip(test.logits.rows());
        Model {
            classes: classes(workplace, task),
            probabilities: rows
                .map(|(shown, logits)| {
                    let key = (shown.photograph, shown.mirrored);
                    (key, softmax(logits.iter().copied()))
                })
                .collect(),
        }
    }

    /// The most probable class of a picture.
    fn answer(&self, picture: (u32, bool)) -> &BTreeMap<String, String> {
        &self.classes[largest(&self.probabilities[&picture])]
    }
}

/// The labels that each route gives a picture: combined, hierarchical and soft.
fn routes(workplace: &Workplace) -> impl Fn((u32, bool)) -> [Vec<String>; 3] {
    let read = |task: &str| Model::read(workplace, task);
    let (both, colours) = (read("both"), read("colours"));
    let shapes: HashMap<&str, Model> = [
        ("dark", read("dark_shapes")),
        ("bright", read("bright_shapes")),
    ]
    .into();
    move |picture| {
        let at_once = both.answer(picture);
        let colour = &colours.answer(picture)["colour"];
        let shape = &shapes[colour.as_str()].answer(picture)["shape"];
        let mut soft: (f64, Vec<String>) = (-1.0, Vec::new());
        for (class, probability) in colours.classes.iter().zip(&colours.probabilities[&picture]) {
            let model = &shapes[class["colour"].as_str()];
            for (shape, second) in model.classes.iter().zip(&model.probabilities[&picture]) {
                if probability * second > soft.0 {
                    let labels = vec![class["colour"].clone(), shape["shape"].clone()];
                    soft = (probability * second, labels);
                }
            }
        }
        let at_once = COLUMNS.map(|column| at_once[column].clone());
        [
            at_once.to_vec(),
            vec![colour.clone(), shape.clone()],
            soft.1,
        ]
    }
}

/// Asserts that the figures of each route are those that follow from what the models said about these pictures.
fn assert_recomputed(workplace: &Workplace, comparison: &Value, pictures: &[(u32, bool)]) {
    let photographs = catalogue(workplace);
    let routes = routes(workplace);
    let mut right: [Vec<[bool; 2]>; 3] = Default::default();
    for picture in pictures {
        let truth = &photographs[picture.0 as usize].1;
        for (place, labels) in routes(*picture).iter().enumerate() {
            right[place].push([0, 1].map(|column| labels[column] == truth[COLUMNS[column]]));
        }
    }
    let names = ["combined", "hierarchical", "soft_hierarchical"];
    let found = comparison["routes"].as_array().unwrap();
    assert_eq!(found.len(), 3);
    for ((found, right), name) in found.iter().zip(&right).zip(names) {
        let count = |is_counted: &dyn Fn(&[bool; 2]) -> bool| {
            right.iter().filter(|it| is_counted(it)).count()
        };
        let columns = [count(&|it| it[0]), count(&|it| it[1])];
        let all = count(&|it| it[0] && it[1]);
        let first = [count(&|it| !it[0]), count(&|it| it[0] && !it[1])];
        assert_eq!(found["route"], name);
        assert_eq!(found["points"], columns[0] + columns[1], "{name}");
        assert_eq!(found["most_points"], 2 * pictures.len(), "{name}");
        assert_eq!(
            found["columns_right"],
            Value::from(columns.to_vec()),
            "{name}"
        );
        assert_eq!(
            found["first_mistakes"],
            Value::from(first.to_vec()),
            "{name}"
        );
        assert_eq!(found["all_right"], all, "{name}");
        let joint = found["joint_accuracy"].as_f64().unwrap();
        assert!(
            (joint - all as f64 / pictures.len() as f64).abs() < 1e-12,
            "{name}"
        );
    }
    let points = |place: usize| right[place].iter().flatten().filter(|it| **it).count() as f64;
    let more = (points(0) - points(1)) / pictures.len() as f64;
    let difference = &comparison["differences"][0];
    assert_eq!(
        (&difference["first"], &difference["second"]),
        (&"combined".into(), &"hierarchical".into())
    );
    assert!((difference["points"]["difference"].as_f64().unwrap() - more).abs() < 1e-12);
    assert!(
        points(0) < 2.0 * pictures.len() as f64,
        "nothing is wrong, so that nothing is shown"
    );
}

#[test]
fn points_are_those_that_follow_from_what_the_models_said() {
    let workplace = with_routes(3, str::to_owned);
    well(&workplace, &["evaluate"]);
    let compared = json(&workplace, &["compare"]);
    assert_eq!(compared["comparisons"].as_array().unwrap().len(), 1);
    let comparison = &compared["comparisons"][0];
    assert_eq!(comparison["combined"], "both");
    assert_eq!(comparison["columns"], Value::from(COLUMNS.to_vec()));
    assert_eq!(comparison["photographs"], 15);
    let test: Vec<(u32, bool)> = (shown(&workplace, "both", "test.npz").shown.iter())
        .map(|it| (it.photograph, it.mirrored))
        .collect();
    assert_eq!(test.len(), 15);
    assert_recomputed(&workplace, comparison, &test);

    let text = well(&workplace, &["compare"]).stdout;
    let points = comparison["routes"][0]["points"].as_u64().unwrap();
    assert!(text.contains(&format!("{points} of 30")), "{text}");
    let page = fs::read_to_string(workplace.path("reports/small/routes.html")).unwrap();
    assert!(page.contains("dark_shapes") && page.contains("both"));
    well(&workplace, &["report"]);
    let index = fs::read_to_string(workplace.path("reports/index.html")).unwrap();
    assert!(
        index.contains("small/routes.html"),
        "the index does not link it"
    );
}

#[test]
fn as_the_study_did_mirrored_copies_count_too() {
    let turned =
        |tasks: &str| tasks.replace("]\n\n", "]\nflip = \"train\"\n\n") + "flip = \"train\"\n";
    let workplace = with_routes(3, turned);
    well(&workplace, &["evaluate"]);
    let test = shown(&workplace, "both", "test.npz");
    let pictures: Vec<(u32, bool)> = (test.shown.iter())
        .map(|it| (it.photograph, it.mirrored))
        .collect();
    assert_eq!(pictures.len(), 30);
    let compared = json(&workplace, &["compare", "--as-study"]);
    assert_eq!(compared["as_study"], true);
    let comparison = &compared["comparisons"][0];
    assert_eq!(
        (&comparison["photographs"], &comparison["pictures"]),
        (&15.into(), &30.into())
    );
    assert_recomputed(&workplace, comparison, &pictures);

    let once = json(&workplace, &["compare"]);
    let comparison = &once["comparisons"][0];
    assert_eq!(
        (&comparison["photographs"], &comparison["pictures"]),
        (&15.into(), &15.into())
    );
    let upright: Vec<(u32, bool)> = pictures.into_iter().filter(|it| !it.1).collect();
    assert_recomputed(&workplace, comparison, &upright);
}

#[test]
fn what_cannot_be_compared_is_said_with_the_reason() {
    let workplace = with_routes(1, str::to_owned);
    refused(&workplace, &["compare"], &["`small`", "it has no models"]);
    well(&workplace, &["best"]);
    refused(
        &workplace,
        &["compare", "--json"],
        &["The model of both was not evaluated yet"],
    );
    well(&workplace, &["evaluate"]);
    well(&workplace, &["compare"]);

    // Without one of the models of the hierarchy, it does not tell the shape of everything.
    fs::remove_dir_all(workplace.path("reports")).unwrap();
    fs::remove_dir_all(workplace.path("runs/models/small/dark_shapes")).unwrap();
    let expected = ["both has nothing to be compared with", "shape and colour"];
    refused(&workplace, &["compare"], &expected);
    assert!(!workplace.path("reports").exists());
    well(&workplace, &["evaluate"]);
    well(&workplace, &["compare"]);

    // What a model said is not taken for that of another.
    let test = |task: &str| workplace.path(&format!("runs/models/small/{task}/test.npz"));
    fs::copy(test("dark_shapes"), test("bright_shapes")).unwrap();
    refused(
        &workplace,
        &["compare"],
        &["bright_shapes/test.npz", "is not what was evaluated"],
    );
}
