//! `fitroom label` that does not go well leaves everything as it was.

use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use image::{Rgb, RgbImage};

use crate::kept_models::{refused, well, with_routes};
use crate::photographs::{Run, Workplace, interrupt};

/// Labels that were written before.
const MINE: &str =
    "path,shape,shape_probability,joint_probability,needs_review\nmine.png,disc,1,1,false\n";

/// Models that have hardly learned anything.
fn trained() -> Workplace {
    let workplace = with_routes(1, str::to_owned);
    well(&workplace, &["best"]);
    workplace
}

#[test]
fn a_labels_file_that_is_there_stays_if_something_is_wrong() {
    let workplace = trained();
    workplace.write("labels.csv", MINE);
    fs::create_dir_all(workplace.path("empty")).unwrap();
    workplace.write("empty/notes.txt", "no photograph");
    workplace.write("no.zip", "no archive");
    workplace.write("prices.csv", "path,price\n");
    workplace.write("shop.html", "<h1>Shop</h1>");
    let before = fs::read_dir(workplace.path(".")).unwrap().count();
    for (arguments, expected) in [
        (&["nowhere"][..], "`nowhere`"),
        (&["empty"], "`empty` holds no photographs"),
        (&["no.zip"], "neither a folder nor an intact zip"),
        (
            &["photographs", "--models", "nowhere"],
            "--models nowhere: there is no such folder",
        ),
        (&["photographs", "--models", "empty"], "there are no models"),
        (
            &["photographs", "--data", "nowhere"],
            "no dataset `nowhere`",
        ),
        (&["photographs", "--precision", "1"], "`1` is no share"),
        (
            &["photographs", "--route", "straight"],
            "`straight` is no route",
        ),
        (
            &["photographs", "--out", "labels.html"],
            "would be both the CSV and the page",
        ),
        (&["photographs", "--out", "empty"], "`empty` is a folder"),
        (
            &["photographs", "--out", "prices.csv"],
            "`prices.csv` is there already",
        ),
        (
            &["photographs", "--sheet", "shop.html"],
            "`shop.html` is there already",
        ),
    ] {
        refused(&workplace, &[&["label"], arguments].concat(), &[expected]);
    }
    let weights = workplace.path("runs/models/small/both/model.safetensors");
    let mut bytes = fs::read(&weights).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&weights, bytes).unwrap();
    let damaged = ["label", "photographs", "--models", "runs/models/small"];
    refused(&workplace, &damaged, &["both/model.safetensors", "BLAKE3"]);
    assert_eq!(
        fs::read_to_string(workplace.path("labels.csv")).unwrap(),
        MINE
    );
    assert_eq!(fs::read_dir(workplace.path(".")).unwrap().count(), before);
}

#[test]
fn ctrl_c_leaves_nothing() {
    let workplace = trained();
    let large = workplace.path("large.png");
    let noise = |x: u32, y: u32| Rgb([(x * 7 + y * y) as u8, (x * y) as u8, (x ^ y) as u8]);
    RgbImage::from_fn(400, 500, noise).save(&large).unwrap();
    fs::create_dir_all(workplace.path("many")).unwrap();
    for number in 0..6000 {
        fs::hard_link(&large, workplace.path(&format!("many/{number:04}.png"))).unwrap();
    }
    workplace.write("labels.csv", MINE);
    let mut command = workplace.command(&["label", "many"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let start = Instant::now();
    while !workplace.path("labels.csv.partial").exists() {
        assert!(process.try_wait().unwrap().is_none(), "it ended too early");
        assert!(start.elapsed() < Duration::from_secs(60));
        sleep(Duration::from_millis(5));
    }
    interrupt(&process);
    let run = Run::of(process.wait_with_output().unwrap());
    assert_eq!(run.code, Some(130), "{}", run.stderr);
    assert!(
        run.stderr.contains("interrupted: no file was written"),
        "{}",
        run.stderr
    );
    assert_eq!(
        fs::read_to_string(workplace.path("labels.csv")).unwrap(),
        MINE
    );
    for file in ["labels.csv.partial", "labels.html", "labels.html.partial"] {
        assert!(!workplace.path(file).exists(), "{file}");
    }
}
