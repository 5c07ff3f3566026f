//! An invented contact sheet, the same at every run.

use fitroom_report::{SheetAbout, SheetCard, SheetColumn, SheetLabel, write_contact_sheet};
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};

/// Paths that a CSV has to quote, or that a browser could change.
pub(super) const PATHS: [&str; 6] = [
    "a.jpg",
    "shoes, \"new\"/b.jpg",
    "two\nlines.jpg",
    "carriage\rreturn\r\nfeed.jpg",
    "größe/靴 👢.jpg",
    "<b>&amp;  c</b>'.jpg",
];

/// Labels likewise.
pub(super) const TYPES: [&str; 4] = ["boots", "ankle, \"high\"", "sandals  with  gaps", "ブーツ"];

fn jpeg(number: u64) -> Vec<u8> {
    let shade = |place: u32| (u64::from(place) * 3 + number * 40) as u8;
    let picture = RgbImage::from_fn(60, 80, |x, y| Rgb([shade(x), shade(y), 120]));
    let mut jpeg = Vec::new();
    picture
        .write_with_encoder(JpegEncoder::new(&mut jpeg))
        .unwrap();
    jpeg
}

/// Every photograph is a man's first type without a gender, but the first, which has one. The first three are doubtful.
fn cards(paths: &[String]) -> Vec<SheetCard> {
    let label = |label: &str, probability| {
        Some(SheetLabel {
            label: label.to_owned(),
            probability,
        })
    };
    let card = |(place, path): (usize, &String)| SheetCard {
        path: path.clone(),
        jpeg: jpeg(place as u64 % 6),
        labels: vec![
            label("male", 0.72).filter(|_| place == 0),
            label(TYPES[0], 0.986),
        ],
        joint: Some(0.71),
        needs_review: place < 3,
    };
    paths.iter().enumerate().map(card).collect()
}

pub(super) fn sheet(paths: &[String]) -> String {
    let column = |name: &str, labels: &[&str]| SheetColumn {
        name: name.to_owned(),
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
    };
    let about = SheetAbout {
        source: "photographs/autumn".to_owned(),
        generated_at: "2026-02-28 17:05".to_owned(),
        version: "0.1.0".to_owned(),
        columns: vec![
            column("gender", &["female", "male"]),
            column("type", &TYPES),
        ],
        photographs: paths.len() as u64,
        to_review: 3,
        shown: paths.len() as u64,
        unreadable: 1,
        notes: vec!["Labelled by two models.".to_owned()],
    };
    let mut page = Vec::new();
    write_contact_sheet(&mut page, &about, cards(paths).into_iter().map(Ok)).unwrap();
    String::from_utf8(page).unwrap()
}
