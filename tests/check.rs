//! What somebody should look at is found, and leaks are warned of.

use std::fs;

use image::{Rgb, RgbImage};
use serde_json::Value;

use crate::photographs::{IMPORT, Run, Workplace};

const SWEEP: &str = "task = \"shapes\"\n\n[hyperparameters]\nkernel_size = 3\nkernel_num = 2\n\n[train]\nepochs = 1\n";

const WARNING: &str = "2 of 31 validation photographs nearly equal one that was trained on";

/// Draws the small catalogue. Photographs whose numbers differ by 60 have nearly the same noise: they are
/// darkened, so that none is like another.
fn draw_unalike(workplace: &Workplace) {
    workplace.draw_photographs("photographs");
    for number in 60..150u8 {
        let path = workplace.path(&format!("photographs/{number:03}.png"));
        let mut picture = image::open(&path).unwrap().into_rgb8();
        for value in picture.iter_mut() {
            *value = value.saturating_sub(number / 60 * 6);
        }
        picture.save(path).unwrap();
    }
}

/// Draws the small catalogue with: `004.png` (train) again in validation, brighter by one step;
/// `008.png` (validation) again in train with another label; a blank picture; a class of one
/// photograph; and one that is no picture.
fn draw_with_findings(workplace: &Workplace) {
    draw_unalike(workplace);
    let path = |name: &str| workplace.path(&format!("photographs/{name}"));
    let mut labels = fs::read_to_string(path("labels.csv")).unwrap();
    let mut brighter = image::open(path("004.png")).unwrap().into_rgb8();
    for value in brighter.iter_mut() {
        *value = value.saturating_add(1);
    }
    brighter.save(path("again.png")).unwrap();
    fs::copy(path("008.png"), path("relabelled.png")).unwrap();
    RgbImage::from_pixel(14, 18, Rgb([250; 3]))
        .save(path("blank.png"))
        .unwrap();
    labels.push_str("again.png,disc,dark,validation\n");
    labels.push_str("relabelled.png,disc,bright,train\n");
    labels.push_str("blank.png,cross,dark,train\n");
    labels.push_str("broken.png,cross,dark,train\n");
    let (first, rest) = labels.split_once("000.png,cross,").unwrap();
    let labels = format!("{first}000.png,star,{rest}");
    workplace.write("photographs/labels.csv", &labels);
    workplace.write("photographs/broken.png", "this is no picture");
}

/// Imports the drawn photographs with these arguments added.
fn import(workplace: &Workplace, more: &[&str]) -> Run {
    workplace.fitroom(&[&IMPORT[..], more].concat())
}

fn check_json(workplace: &Workplace) -> Value {
    let check = workplace.fitroom(&["data", "check", "small", "--json"]);
    serde_json::from_str(&check.stdout).unwrap()
}

fn with_findings() -> Workplace {
    let workplace = Workplace::new();
    draw_with_findings(&workplace);
    let import = import(&workplace, &[]);
    assert_eq!(import.code, Some(1), "{}", import.stderr);
    workplace
}

#[test]
fn every_planted_finding_is_named_in_the_tables_and_on_the_page() {
    let workplace = with_findings();
    let check = workplace.fitroom(&["data", "check", "small"]);
    assert_eq!(check.code, Some(1), "{}", check.stderr);
    assert!(
        check.stderr.contains("page: reports/small/check.html"),
        "{}",
        check.stderr
    );
    let page = fs::read_to_string(workplace.path("reports/small/check.html")).unwrap();
    for name in [
        "004.png",
        "again.png",
        "008.png",
        "relabelled.png",
        "blank.png",
        "star",
        "broken.png",
    ] {
        assert!(check.stdout.contains(name), "{name}: {}", check.stdout);
        assert!(page.contains(name), "{name} is not on the page");
    }
    let leak = "2 of 31 validation photographs nearly equal one of train";
    assert!(
        check.stdout.contains(leak) && page.contains(leak),
        "{}",
        check.stdout
    );
    assert!(page.contains("data:image/png;base64,"));

    let elsewhere = workplace.fitroom(&["data", "check", "small", "--page", "my/page.html"]);
    assert_eq!(elsewhere.code, Some(1), "{}", elsewhere.stderr);
    assert!(workplace.path("my/page.html").exists());
}

#[test]
fn programs_get_every_finding_as_json() {
    let workplace = with_findings();
    let check = check_json(&workplace);
    assert_eq!(check["pairs"]["identical"]["across"], 1);
    assert_eq!(check["pairs"]["near_identical"]["across"], 1);
    assert_eq!(check["leaks"]["validation_in_train"], 2);
    let groups = check["groups"].as_array().unwrap();
    let group = |path: &str| {
        let has = |group: &&Value| {
            let photographs = group["photographs"].as_array().unwrap();
            photographs
                .iter()
                .any(|photograph| photograph["path"] == path)
        };
        groups.iter().find(has).unwrap()
    };
    let near = group("again.png");
    assert_eq!(
        (&near["identical"], &near["across"]),
        (&Value::Bool(false), &Value::Bool(true))
    );
    assert_eq!(near["photographs"][0]["nearest"], "again.png");
    assert!(near["photographs"][0]["distance"].as_f64().unwrap() <= 1.0);
    assert_eq!(group("relabelled.png")["identical"], true);

    let disagreements = check["disagreements"].as_array().unwrap();
    assert_eq!(disagreements.len(), 1, "{disagreements:#?}");
    assert_eq!(disagreements[0]["column"], "shape");
    assert_eq!(disagreements[0]["identical"], true);
    let small = check["small_classes"].as_array().unwrap();
    assert!(
        small.iter().all(|small| small["class"] == "star"),
        "{small:#?}"
    );
    assert_eq!(small[0]["photographs"], 1);
    let poor = check["poor_pictures"].as_array().unwrap();
    assert_eq!(poor.len(), 1, "{poor:#?}");
    assert_eq!(poor[0]["path"], "blank.png");
    assert_eq!(check["skipped"]["count"], 1);
    assert_eq!(check["skipped"]["listed"][0]["path"], "broken.png");
}

#[test]
fn a_dataset_without_findings_ends_well_and_says_so() {
    let workplace = Workplace::new();
    draw_unalike(&workplace);
    assert_eq!(import(&workplace, &[]).code, Some(0));
    let check = workplace.fitroom(&["data", "check", "small"]);
    assert_eq!(check.code, Some(0), "{}", check.stdout);
    assert!(check.stdout.contains("nothing found"), "{}", check.stdout);
    assert!(workplace.path("reports/small/check.html").exists());
    let unknown = workplace.fitroom(&["data", "check", "large"]);
    assert_eq!(unknown.code, Some(2), "{}", unknown.stderr);
}

/// Sweeps the dataset, then calls `best` and `report`, and gives the channels and pages that can warn.
fn sweep_best_report(workplace: &Workplace) -> [String; 4] {
    workplace.write("sweeps/one.toml", SWEEP);
    let call = |arguments: &[&str]| {
        let run = workplace.fitroom(arguments);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        run.stderr
    };
    let sweep = call(&["sweep", "sweeps/one.toml"]);
    let best = call(&["best"]);
    call(&["report"]);
    let page = |path: &str| fs::read_to_string(workplace.path(path)).unwrap();
    [
        sweep,
        best,
        page("reports/small/one.html"),
        page("reports/index.html"),
    ]
}

#[test]
fn leaks_are_warned_of_wherever_accuracies_stand() {
    let workplace = with_findings();
    for place in sweep_best_report(&workplace) {
        assert!(place.contains(WARNING), "{place}");
    }
    let folder = &workplace.trial_folders("one")[0];
    let trial = fs::read_to_string(folder.join("trial.toml")).unwrap();
    assert!(trial.contains("[data.leaks]"), "{trial}");
}

#[test]
fn dropping_leaks_removes_the_warning_and_the_photographs_of_train() {
    let workplace = Workplace::new();
    draw_with_findings(&workplace);
    let import = import(&workplace, &["--drop-leaks"]);
    assert!(
        import.stderr.contains("2 of train dropped"),
        "{}",
        import.stderr
    );
    assert!(
        import.stderr.contains("151 photographs"),
        "{}",
        import.stderr
    );
    let show = workplace.fitroom(&["data", "show", "small"]);
    assert!(
        show.stdout.contains("2 photographs of train"),
        "{}",
        show.stdout
    );
    for place in sweep_best_report(&workplace) {
        assert!(!place.contains("nearly equal"), "{place}");
    }
}

#[test]
fn a_split_of_our_own_leaves_no_leak() {
    let workplace = Workplace::new();
    draw_with_findings(&workplace);
    let import = import(&workplace, &["--split", "60/20/20"]);
    assert_eq!(import.code, Some(1), "{}", import.stderr);
    let check = check_json(&workplace);
    assert_eq!(check["groups"].as_array().unwrap().len(), 2);
    let leaks = check["leaks"].as_object().unwrap();
    assert!(leaks.values().all(|count| count == 0), "{leaks:?}");
    let show = workplace.fitroom(&["data", "show", "small"]);
    assert!(
        show.stdout
            .contains("60 % train, 20 % validation, 20 % test"),
        "{}",
        show.stdout
    );
}

#[test]
fn a_split_that_does_not_add_up_is_refused() {
    let workplace = Workplace::new();
    workplace.draw_photographs("photographs");
    let import = import(&workplace, &["--split", "80/10/20"]);
    assert_eq!(import.code, Some(2), "{}", import.stderr);
    assert!(import.stderr.contains("80/10/20"), "{}", import.stderr);
    assert!(!workplace.path("data").exists());
}
