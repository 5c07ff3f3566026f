//! `fitroom label`: which models are asked, and what stands in the CSV.

use std::collections::BTreeMap;
use std::fs;

use image::{Rgb, RgbImage};

use crate::kept_models::{
    catalogue, classes, largest, rows_of, shown, softmax, sweep_text, well, with_routes,
};
use crate::photographs::{IMPORT, Workplace};

/// Models that are always right about validation photographs.
fn trained() -> Workplace {
    with_routes(40, str::to_owned)
}

/// A folder of photographs like none that the models know: all of one colour.
fn draw_doubtful(workplace: &Workplace, folder: &str) {
    fs::create_dir_all(workplace.path(folder)).unwrap();
    for number in 0..12u8 {
        let photograph = RgbImage::from_pixel(14, 18, Rgb([20 * number, 20 * number, 90]));
        let path = workplace.path(&format!("{folder}/plain-{number:02}.png"));
        photograph.save(path).unwrap();
    }
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap()
}

#[test]
fn probabilities_are_those_of_the_models_that_are_asked() {
    let workplace = trained();
    let photographs = catalogue(&workplace);
    let probabilities = |task: &str| -> BTreeMap<String, Vec<f64>> {
        let said = shown(&workplace, task, "validation.npz");
        let rows = said.shown.iter().zip(said.logits.rows());
        rows.map(|(shown, logits)| {
            let path = photographs[shown.photograph as usize].0.clone();
            (path, softmax(logits.iter().copied()))
        })
        .collect()
    };
    let label = |route: &str| {
        let out = format!("{route}.csv");
        let run = well(
            &workplace,
            &["label", "photographs", "--route", route, "--out", &out],
        );
        (rows_of(&workplace, &out), run.stderr)
    };
    let close =
        |found: f64, expected: f64| assert!((found - expected).abs() < 2e-6, "{found} {expected}");

    well(&workplace, &["best"]);
    let (rows, said) = label("combined");
    assert!(
        said.contains("Route combined: both (k3x3-n8-d16-s0-"),
        "{said}"
    );
    assert_eq!(rows.len(), 150);
    let (both, both_classes) = (probabilities("both"), classes(&workplace, "both"));
    for row in rows.iter().filter(|row| both.contains_key(&row["path"])) {
        let probabilities = &both[&row["path"]];
        let class = &both_classes[largest(probabilities)];
        close(
            number(row, "joint_probability"),
            probabilities[largest(probabilities)],
        );
        for column in ["shape", "colour"] {
            assert_eq!(row[column], class[column], "{row:?}");
            // All classes that say the same of this column.
            let same = both_classes.iter().zip(probabilities);
            let same = same.filter(|(other, _)| other[column] == class[column]);
            close(
                number(row, &format!("{column}_probability")),
                same.map(|it| it.1).sum(),
            );
        }
    }

    let (rows, said) = label("hierarchical");
    for asked in [
        "Route hierarchical: bright_shapes (",
        ", colours (",
        ", dark_shapes (",
    ] {
        assert!(said.contains(asked), "{said}");
    }
    assert!(!said.contains("both"), "{said}");
    let (colours, dark, bright) = (
        probabilities("colours"),
        probabilities("dark_shapes"),
        probabilities("bright_shapes"),
    );
    for row in rows.iter().filter(|row| colours.contains_key(&row["path"])) {
        let shapes = if row["colour"] == "dark" {
            &dark
        } else {
            &bright
        };
        let most =
            |of: &BTreeMap<String, Vec<f64>>| of[&row["path"]].iter().copied().fold(0.0, f64::max);
        close(number(row, "colour_probability"), most(&colours));
        close(number(row, "shape_probability"), most(shapes));
        close(
            number(row, "joint_probability"),
            most(&colours) * most(shapes),
        );
    }
}

#[test]
fn what_lies_below_the_threshold_needs_review_and_all_does_where_there_is_none() {
    let workplace = trained();
    draw_doubtful(&workplace, "photographs/doubtful");
    let label = |precision: &str| {
        let run = well(
            &workplace,
            &["label", "photographs", "--precision", precision],
        );
        (rows_of(&workplace, "labels.csv"), run.stderr)
    };
    // 30 photographs without a mistake promise 90.5 %: 0.05^(1/30).
    let (rows, said) = label("0.9");
    let said_of = "on validation those are 30 of 30 photographs, of which 30 have all labels right";
    assert!(said.contains(said_of), "{said}");
    assert!(said.contains("`fitroom evaluate` finds out"), "{said}");
    let least = |logits: ndarray::ArrayView1<'_, f32>| {
        softmax(logits.iter().copied())
            .into_iter()
            .fold(0.0, f64::max)
    };
    let validation = shown(&workplace, "both", "validation.npz");
    let threshold = validation
        .logits
        .rows()
        .into_iter()
        .map(least)
        .fold(1.0, f64::min);
    let to_review = rows
        .iter()
        .filter(|row| row["needs_review"] == "true")
        .count();
    assert!((1..rows.len()).contains(&to_review), "{to_review}");
    assert!(said.contains("162 photographs labelled in "), "{said}");
    assert!(
        said.contains(&format!("{to_review} of them to be reviewed")),
        "{said}"
    );
    for row in &rows {
        let joint = number(row, "joint_probability");
        if (joint - threshold).abs() > 1e-6 {
            assert_eq!(
                row["needs_review"],
                (joint < threshold).to_string(),
                "{row:?}"
            );
        }
    }
    let (rows, said) = label("0.91");
    assert!(said.contains("Every photograph needs review"), "{said}");
    assert!(rows.iter().all(|row| row["needs_review"] == "true"));
    well(&workplace, &["evaluate"]);
    let (_, said) = label("0.9");
    assert!(
        said.contains("On 15 test photographs of the same dataset, 15 have all labels right"),
        "{said}"
    );
}

#[test]
fn a_label_that_follows_from_another_is_filled_in_and_one_that_does_not_stays_open() {
    let workplace = Workplace::new();
    workplace.draw_photographs("photographs");
    let labels = fs::read_to_string(workplace.path("photographs/labels.csv")).unwrap();
    let mut changed = String::from("path,shape,colour,split,outline\n");
    for (number, line) in labels.lines().skip(1).enumerate() {
        let outline = match (line.contains(",disc,"), number % 2) {
            (true, _) => "round",
            (false, 0) => "sharp",
            (false, _) => "soft",
        };
        changed.push_str(&format!("{line},{outline}\n"));
    }
    workplace.write("photographs/labels.csv", &changed);
    well(&workplace, &IMPORT);
    workplace.write("sweeps/shapes.toml", &sweep_text("shapes", 40));
    well(&workplace, &["sweep", "sweeps/shapes.toml"]);
    let run = well(&workplace, &["label", "photographs"]);
    assert!(
        run.stderr.contains("no model tells outline of cross"),
        "{}",
        run.stderr
    );
    let header = fs::read_to_string(workplace.path("labels.csv")).unwrap();
    let expected =
        "path,shape,shape_probability,outline,outline_probability,joint_probability,needs_review";
    assert_eq!(header.lines().next(), Some(expected));
    let rows = rows_of(&workplace, "labels.csv");
    let discs = rows.iter().filter(|row| row["shape"] == "disc").count();
    assert!((30..=70).contains(&discs), "{discs}");
    for row in &rows {
        let expected = match row["shape"].as_str() {
            "disc" => ("round", "1.000000"),
            _ => ("", ""),
        };
        assert_eq!(
            (row["outline"].as_str(), row["outline_probability"].as_str()),
            expected
        );
        assert_eq!(row["joint_probability"], row["shape_probability"]);
    }
}
