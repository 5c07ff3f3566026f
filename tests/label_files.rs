//! Photographs that `fitroom label` gets: folders and zips, all kinds of files and names, and the way back.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageEncoder, Rgba, RgbaImage};

use crate::kept_models::{json, rows_of, well, with_routes};
use crate::photographs::{Run, Workplace};

/// Names that need care in a CSV, in HTML or anywhere.
const NAMES: [&str; 6] = [
    "a, comma.png",
    "a \"quoted\" & <b>bold</b>.png",
    "ünï-コード-🩳.png",
    "'single'; drop.png",
    "deep/er/est/one.png",
    "no extension",
];

fn trained() -> Workplace {
    with_routes(20, str::to_owned)
}

/// Photographs of the catalogue under other names.
fn copy_with_names(workplace: &Workplace, folder: &str) {
    for (number, name) in NAMES.iter().enumerate() {
        let to = workplace.path(&format!("{folder}/{name}"));
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(workplace.path(&format!("photographs/{number:03}.png")), to).unwrap();
    }
}

/// The path of each card of the page, in order, and whether it is to be reviewed.
fn cards(workplace: &Workplace, page: &str) -> Vec<(String, bool)> {
    let page = fs::read_to_string(workplace.path(page)).unwrap();
    let cards = page.split("<li class=\"photograph").skip(1);
    cards
        .map(|card| {
            let path = card.split("data-path=\"").nth(1).unwrap();
            let path = path.split_once("\">").unwrap().0;
            let path = [
                ("&quot;", "\""),
                ("&lt;", "<"),
                ("&gt;", ">"),
                ("&amp;", "&"),
            ]
            .iter()
            .fold(path.to_owned(), |path, (from, to)| path.replace(from, to));
            (
                serde_json::from_str(&path).unwrap(),
                card.starts_with(" review"),
            )
        })
        .collect()
}

fn label(workplace: &Workplace, arguments: &[&str]) -> Run {
    workplace.fitroom(&[&["label"], arguments].concat())
}

#[test]
fn unreadable_files_are_listed_and_all_others_labelled_from_a_folder_as_from_a_zip() {
    let workplace = trained();
    copy_with_names(&workplace, "new");
    let jpeg = image::open(workplace.path("photographs/001.png")).unwrap();
    jpeg.save(workplace.path("new/whole.jpg")).unwrap();
    let bytes = fs::read(workplace.path("new/whole.jpg")).unwrap();
    fs::write(workplace.path("new/cut.jpg"), &bytes[..bytes.len() * 2 / 3]).unwrap();
    workplace.write("new/text.png", "no picture");
    workplace.write("new/deep/moving.gif", "GIF89a");
    workplace.write("new/empty.webp", "");
    for no_photograph in ["labels.csv", "README.md", ".hidden.png", "__MACOSX/a.png"] {
        workplace.write(&format!("new/{no_photograph}"), "nothing");
    }
    let zipped = Command::new(std::env::var_os("FITROOM_PYTHON").unwrap_or("python3".into()))
        .args([
            "-c",
            "import shutil; shutil.make_archive('new', 'zip', 'new')",
        ])
        .current_dir(workplace.path("."))
        .status();
    assert!(zipped.unwrap().success());
    let mut expected: Vec<&str> = NAMES.to_vec();
    expected.push("whole.jpg");
    expected.sort_unstable();
    for source in ["new", "new.zip"] {
        let run = label(&workplace, &[source, "--out", &format!("{source}.csv")]);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        for skipped in ["cut.jpg", "text.png", "deep/moving.gif", "empty.webp"] {
            let line = format!("skipped `{skipped}`: the photograph ");
            assert!(run.stderr.contains(&line), "{line}: {}", run.stderr);
        }
        assert!(
            run.stderr.contains("7 photographs labelled in"),
            "{}",
            run.stderr
        );
        assert!(run.stderr.contains("; 4 skipped"), "{}", run.stderr);
        let rows = rows_of(&workplace, &format!("{source}.csv"));
        let paths: Vec<&str> = rows.iter().map(|row| row["path"].as_str()).collect();
        assert_eq!(paths, expected);
    }
    let csv = |name: &str| fs::read(workplace.path(name)).unwrap();
    assert!(csv("new.csv") == csv("new.zip.csv"));
    // Where nothing can be labelled, there is a file without rows.
    workplace.write("bad/text.png", "no picture");
    let run = label(&workplace, &["bad", "--out", "bad.csv"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(rows_of(&workplace, "bad.csv").is_empty());
}

#[test]
fn the_same_picture_in_another_kind_of_file_gets_the_same_labels() {
    let workplace = trained();
    let folder = workplace.path("kinds");
    fs::create_dir_all(&folder).unwrap();
    let photograph = image::open(workplace.path("photographs/004.png")).unwrap();
    photograph.save(folder.join("webp-1.png")).unwrap();
    photograph.save(folder.join("webp-2.webp")).unwrap();

    // Lying on its side, with a note to turn it clockwise.
    let mut jpeg = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, 95);
    let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    encoder.set_exif_metadata(exif.to_vec()).unwrap();
    encoder.encode_image(&photograph.rotate270()).unwrap();
    fs::write(folder.join("turned-2.jpg"), &jpeg).unwrap();
    let lying = image::load_from_memory(&jpeg).unwrap();
    assert_eq!((lying.width(), lying.height()), (18, 14));
    lying.rotate90().save(folder.join("turned-1.png")).unwrap();

    let grey = photograph.to_luma8();
    grey.save(folder.join("grey-2.png")).unwrap();
    let as_colours = DynamicImage::from(grey).to_rgb8();
    as_colours.save(folder.join("grey-1.png")).unwrap();

    // Cut out, and what is cut away is anything.
    let colours = photograph.to_rgb8();
    let is_inside = |x: u32, y: u32| (2..12).contains(&x) && (2..16).contains(&y);
    let cut = RgbaImage::from_fn(14, 18, |x, y| {
        let [red, green, blue] = colours.get_pixel(x, y).0;
        match is_inside(x, y) {
            true => Rgba([red, green, blue, 255]),
            false => Rgba([0, 200, 0, 0]),
        }
    });
    cut.save(folder.join("alpha-2.png")).unwrap();
    let mut on_white = colours;
    for (x, y, pixel) in on_white.enumerate_pixels_mut() {
        if !is_inside(x, y) {
            pixel.0 = [255; 3];
        }
    }
    on_white.save(folder.join("alpha-1.png")).unwrap();

    let run = label(&workplace, &["kinds"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let mut rows: BTreeMap<String, _> = (rows_of(&workplace, "labels.csv").into_iter())
        .map(|mut row| (row.remove("path").unwrap(), row))
        .collect();
    for (one, other) in [
        ("webp-1.png", "webp-2.webp"),
        ("turned-1.png", "turned-2.jpg"),
        ("grey-1.png", "grey-2.png"),
        ("alpha-1.png", "alpha-2.png"),
    ] {
        assert_eq!(
            rows.remove(one).unwrap(),
            rows.remove(other).unwrap(),
            "{other}"
        );
    }
    assert!(rows.is_empty());
}

#[test]
fn the_page_shows_what_is_doubtful_first_and_no_more_than_asked_for() {
    let workplace = trained();
    copy_with_names(&workplace, "photographs");
    for (precision, room) in [("0.7", "40"), ("0.98", "5")] {
        let arguments = ["--precision", precision, "--sheet-photographs", room];
        let run = label(&workplace, &[&["photographs"][..], &arguments].concat());
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let mut rows = rows_of(&workplace, "labels.csv");
        // Of equal ones, and that is by six digits, the first.
        let joint =
            |row: &BTreeMap<String, String>| -> f64 { row["joint_probability"].parse().unwrap() };
        rows.sort_by(|one, other| {
            let review = |row: &BTreeMap<String, String>| row["needs_review"] != "true";
            (review(one).cmp(&review(other))).then(joint(one).total_cmp(&joint(other)))
        });
        let cards = cards(&workplace, "labels.html");
        assert_eq!(cards.len(), room.parse::<usize>().unwrap());
        let by_path: BTreeMap<&str, _> =
            rows.iter().map(|row| (row["path"].as_str(), row)).collect();
        for ((path, review), expected) in cards.iter().zip(&rows) {
            let row = by_path[path.as_str()];
            assert_eq!(row["needs_review"], review.to_string(), "{path}");
            assert_eq!(row["needs_review"], expected["needs_review"], "{path}");
            assert_eq!(joint(row), joint(expected), "{path}");
        }
    }
    let run = label(
        &workplace,
        &["photographs", "--sheet", "look.html", "--out", "other.csv"],
    );
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let all: Vec<String> = cards(&workplace, "look.html")
        .into_iter()
        .map(|it| it.0)
        .collect();
    for name in NAMES {
        assert!(all.iter().any(|path| path == name), "{name} is missing");
    }
    assert!(!workplace.path("other.html").exists());
}

#[test]
fn what_was_checked_on_the_page_makes_a_dataset() {
    let workplace = trained();
    copy_with_names(&workplace, "photographs");
    well(&workplace, &["label", "photographs"]);
    // As the page saves it: path and columns, one correction, one label taken away.
    let mut text = String::from("path,shape,colour\r\n");
    let rows = rows_of(&workplace, "labels.csv");
    let field = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    for row in &rows {
        let shape = match row["path"].as_str() {
            "a, comma.png" => "star",
            "no extension" => "",
            _ => &row["shape"],
        };
        text.push_str(&format!(
            "{},{shape},{}\r\n",
            field(&row["path"]),
            row["colour"]
        ));
    }
    workplace.write("corrections.csv", &text);
    let import = well(
        &workplace,
        &[
            "data",
            "import",
            "photographs",
            "--labels",
            "corrections.csv",
            "--size",
            "14x18",
            "--out",
            "data/corrected",
        ],
    );
    assert!(
        import.stderr.contains("data/corrected: 156 photographs"),
        "{}",
        import.stderr
    );
    let show = well(&workplace, &["data", "show", "corrected"]).stdout;
    assert!(show.contains("star"), "{show}");
    // It can be learned from at once.
    let set = ["--data", "corrected", "--set", "epochs=1"];
    well(
        &workplace,
        &[&["sweep", "sweeps/colours.toml"][..], &set].concat(),
    );
    let best = json(&workplace, &["best", "--data", "corrected"]);
    assert_eq!(best[0]["model"], "runs/models/corrected/colours");
}
