//! Folders, zips and labels files become datasets, or errors that say why not.

use std::fs::{self, File};
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use fitroom_data::{
    ImportError, ImportOutcome, ImportRequest, PREPARATION, Progress, SplitFractions, import,
};
use fitroom_domain::{ImageSize, Split};
use image::{ImageFormat, Rgb, RgbImage};
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A picture of one colour.
fn picture(colour: [u8; 3]) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_pixel(6, 8, Rgb(colour))
        .write_to(&mut bytes, ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

fn red() -> Vec<u8> {
    picture([200, 0, 0])
}

fn blue() -> Vec<u8> {
    picture([0, 0, 200])
}

pub(crate) fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

pub(crate) fn zip(files: &[(&str, &[u8])]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.zip");
    let mut zip = ZipWriter::new(File::create(&path).unwrap());
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
    (folder, path)
}

fn request(source: &Path, labels: impl AsRef<Path>) -> ImportRequest {
    ImportRequest {
        source: source.to_owned(),
        labels: labels.as_ref().to_owned(),
        size: ImageSize {
            height: 8,
            width: 6,
        },
        name: "shop".to_owned(),
        path_column: None,
        columns: None,
        split: None,
        seed: 0,
        drop_leaks: false,
    }
}

fn run(source: &Path, labels: impl AsRef<Path>) -> Result<ImportOutcome, ImportError> {
    import(&request(source, labels), &|_| ())
}

fn message(source: &Path, labels: &str) -> String {
    let words = run(source, labels).unwrap_err().to_string();
    words.replace(&source.display().to_string(), "SOURCE")
}

const TWO_ROWS: &[u8] = b"image,type,split\nimages/a.png,boots,train\nimages/b.png,flats,val\n";

#[test]
fn a_zip_and_its_folder_give_the_same_dataset() {
    let (red, blue) = (red(), blue());
    let files = [
        ("shop/labels.csv", TWO_ROWS),
        ("shop/images/a.png", &red),
        ("shop/images/b.png", &blue),
        ("shop/images/c.png", &blue),
        ("shop/notes.txt", b"no photograph"),
        ("__MACOSX/shop/images/._a.png", b"no photograph either"),
    ];
    let (_keep, archive) = zip(&files);
    let unpacked = folder(&files);
    let from_zip = run(&archive, "labels.csv").unwrap();
    let from_folder = run(unpacked.path(), "shop/labels.csv").unwrap();
    let dataset = &from_zip.dataset;
    assert_eq!(dataset.fingerprint, from_folder.dataset.fingerprint);
    assert_eq!(dataset.images, from_folder.dataset.images);
    assert_eq!(
        dataset.photographs,
        ["shop/images/a.png", "shop/images/b.png"]
    );
    assert_eq!(dataset.splits, [Split::Train, Split::Validation]);
    assert_eq!(dataset.columns[0].label(1), Some("flats"));
    assert_eq!(dataset.images[[0, 7, 5, 0]], 200);
    assert_eq!(dataset.images[[1, 0, 0, 2]], 200);
    assert_eq!(dataset.origin.preparation, PREPARATION);
    assert_eq!(dataset.origin.source, "shop.zip, labels shop/labels.csv");
    for outcome in [&from_zip, &from_folder] {
        assert_eq!((&outcome.skipped[..], outcome.unlisted), (&[][..], 1));
    }
}

#[test]
fn a_labels_file_on_disk_wins_over_one_in_the_source() {
    let (red, blue) = (red(), blue());
    let (keep, archive) = zip(&[
        ("labels.csv", b"image,type\nmissing.png,boots\n"),
        ("images/a.png", &red),
        ("images/b.png", &blue),
    ]);
    let labels = keep.path().join("labels.csv");
    fs::write(&labels, TWO_ROWS).unwrap();
    assert_eq!(run(&archive, labels).unwrap().dataset.len(), 2);
}

#[test]
fn paths_are_relative_to_the_labels_file_within_the_source() {
    let (red, blue) = (red(), blue());
    let labels = b"image,type,split\n../images/a.png,boots,train\n..\\images\\b.png,flats,test\n";
    let source = folder(&[
        ("labels/all.csv", labels),
        ("images/a.png", &red),
        ("images/b.png", &blue),
    ]);
    let by_ending = run(source.path(), "all.csv").unwrap();
    let on_disk = run(source.path(), source.path().join("labels/all.csv")).unwrap();
    for outcome in [by_ending, on_disk] {
        assert_eq!(
            outcome.dataset.photographs,
            ["images/a.png", "images/b.png"]
        );
    }
}

#[test]
fn a_photograph_that_is_missing_or_cannot_be_decoded_is_listed_and_skipped() {
    let (red, blue) = (red(), blue());
    let labels = b"image,type,split\nnone.png,heels,train\na.png,boots,train\nbroken.png,boots,train\nb.png,flats,test\nnotes.txt,flats,test\n";
    let files = [
        ("labels.csv", &labels[..]),
        ("a.png", &red),
        ("broken.png", &red[..40]),
        ("b.png", &blue),
        ("notes.txt", b"some words"),
    ];
    let (_keep, archive) = zip(&files);
    let unpacked = folder(&files);
    for source in [&archive, unpacked.path()] {
        let outcome = run(source, "labels.csv").unwrap();
        let dataset = &outcome.dataset;
        assert_eq!(dataset.photographs, ["a.png", "b.png"]);
        assert_eq!(
            (dataset.images[[0, 0, 0, 0]], dataset.images[[1, 0, 0, 2]]),
            (200, 200)
        );
        // The label of a photograph that is not there is no class.
        assert_eq!(dataset.columns[0].classes, ["boots", "flats"]);
        let skipped: Vec<(&str, u64)> = outcome
            .skipped
            .iter()
            .map(|skipped| (&skipped.path[..], skipped.line))
            .collect();
        assert_eq!(
            skipped,
            [("none.png", 2), ("broken.png", 4), ("notes.txt", 6)]
        );
        assert_eq!(dataset.skipped.count, 3);
        assert_eq!(dataset.skipped.listed, outcome.skipped);
        assert_eq!(outcome.skipped[0].reason, "is missing");
        assert!(
            outcome.skipped[1].reason.starts_with("cannot be decoded: "),
            "{outcome:?}"
        );
        assert_eq!(outcome.skipped[2].reason, "is no JPEG, PNG or WebP picture");
    }
}

#[test]
fn entries_that_climb_out_of_the_archive_are_refused() {
    let red = red();
    for entry in [
        "../a.png",
        "images/../../a.png",
        "/a.png",
        "..\\a.png",
        "\\a.png",
        "C:\\a.png",
    ] {
        let (_keep, archive) = zip(&[("labels.csv", TWO_ROWS), (entry, &red)]);
        assert_eq!(
            message(&archive, "labels.csv"),
            format!("`SOURCE` has the entry {entry:?}, which climbs out of the archive")
        );
    }
}

#[test]
fn paths_in_the_labels_file_that_climb_out_of_the_source_are_refused() {
    for path in [
        "../a.png",
        "x/../../a.png",
        "/etc/a.png",
        "..\\a.png",
        "C:\\a.png",
    ] {
        let labels = format!("image,type\na.png,boots\n{path},flats\n");
        let source = folder(&[("labels.csv", labels.as_bytes()), ("a.png", &red())]);
        assert_eq!(
            message(source.path(), "labels.csv"),
            format!("`labels.csv`, line 3: the path `{path}` leads out of `SOURCE`")
        );
    }
}

#[test]
fn mistakes_in_the_labels_file_are_named_with_file_and_line() {
    let source = folder(&[
        ("twice.csv", b"image,type\na.png,boots\n./a.png,flats\n"),
        (
            "nothing.csv",
            b"image,type\nnone.png,boots\nneither.png,boots\n",
        ),
        ("split.csv", b"image,type,split\na.png,boots,half\n"),
        ("more/twice.csv", b""),
    ]);
    assert_eq!(
        message(source.path(), "nothing.csv"),
        "none of the 2 photographs in `nothing.csv` can be used; the first, `none.png` (line 2), is missing"
    );
    assert_eq!(
        message(source.path(), "split.csv"),
        "`split.csv`, line 2: `half` is no split, expected `train`, `validation` (or `val`) or `test`"
    );
    assert_eq!(
        message(source.path(), "twice.csv"),
        "`twice.csv` could be any of `more/twice.csv`, `twice.csv` in `SOURCE`: give more of its path"
    );
    fs::remove_file(source.path().join("more/twice.csv")).unwrap();
    assert_eq!(
        message(source.path(), "twice.csv"),
        "`twice.csv`, line 3: the photograph `a.png` stands already in line 2"
    );
    assert_eq!(
        message(source.path(), "wice.csv"),
        "no labels file `wice.csv`, neither on disk nor in `SOURCE`"
    );
}

#[test]
fn a_source_that_is_no_archive_is_named() {
    let source = folder(&[("shop.zip", b"no zip at all")]);
    let path = source.path().join("shop.zip");
    assert_eq!(
        message(&path, "labels.csv"),
        "`SOURCE` is neither a folder nor an intact zip"
    );
    let missing = source.path().join("none.zip");
    assert_eq!(message(&missing, "labels.csv"), "cannot read `SOURCE`");
}

#[test]
fn a_size_that_no_photograph_can_have_is_refused() {
    let source = folder(&[("labels.csv", TWO_ROWS)]);
    for (height, width) in [(0, 6), (8, 0), (5000, 6)] {
        let mut request = request(source.path(), "labels.csv");
        request.size = ImageSize { height, width };
        let words = import(&request, &|_| ()).unwrap_err().to_string();
        assert_eq!(
            words,
            format!("photographs of {width}×{height} pixels, expected sides of 1 to 4096")
        );
    }
}

#[test]
fn without_a_split_column_a_split_is_made_that_keeps_copies_together() {
    // Twenty colours, each in five photographs of different names.
    let colours: Vec<Vec<u8>> = (0..20)
        .map(|shade| picture([shade * 12, 255 - shade * 12, 0]))
        .collect();
    let mut labels = "image,type\n".to_owned();
    let mut files = Vec::new();
    for number in 0..100 {
        let kind = if number % 20 < 10 { "boots" } else { "flats" };
        labels.push_str(&format!("{number}.png,{kind}\n"));
        files.push((format!("{number}.png"), &colours[number % 20]));
    }
    let mut files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, bytes)| (&name[..], &bytes[..]))
        .collect();
    files.push(("labels.csv", labels.as_bytes()));
    let (_keep, archive) = zip(&files);
    let outcome = run(&archive, "labels.csv").unwrap();
    let splits = &outcome.dataset.splits;
    let count = |split| splits.iter().filter(|found| **found == split).count();
    assert_eq!(Split::ALL.map(count), [80, 10, 10]);
    for colour in 0..20 {
        let of_colour: Vec<Split> = splits.iter().skip(colour).step_by(20).copied().collect();
        assert_eq!(of_colour, [of_colour[0]; 5]);
    }
    assert_eq!(
        outcome.dataset.origin.split,
        "made with seed 0: 80 % train, 10 % validation, 10 % test, stratified by all labels; 80 \
         photographs that nearly equal another are on its side"
    );
    let again = run(&archive, "labels.csv").unwrap();
    assert_eq!(again.dataset.fingerprint, outcome.dataset.fingerprint);
}

/// Ten photographs in pairs of copies, one of each in train and the other in validation; of two more in
/// train, one has its copy in train too.
fn leaking() -> TempDir {
    let mut labels = "image,type,split\n".to_owned();
    let mut files = Vec::new();
    for number in 0..10u8 {
        let split = if number < 5 { "train" } else { "validation" };
        labels.push_str(&format!("{number}.png,boots,{split}\n"));
        files.push((format!("{number}.png"), picture([number % 5 * 40, 90, 0])));
    }
    labels.push_str("10.png,heels,train\n11.png,flats,train\n");
    files.push(("10.png".to_owned(), blue()));
    files.push(("11.png".to_owned(), blue()));
    files.push(("labels.csv".to_owned(), labels.into_bytes()));
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, bytes)| (&name[..], &bytes[..]))
        .collect();
    folder(&files)
}

#[test]
fn a_split_that_is_asked_for_wins_over_the_labels_file_and_leaves_no_leak() {
    let source = leaking();
    let mut request = request(source.path(), "labels.csv");
    let as_given = import(&request, &|_| ()).unwrap().dataset;
    assert_eq!(as_given.origin.split, "as the labels file says");
    assert_eq!(as_given.duplicates().groups().len(), 6);
    request.split = Some(SplitFractions::new(0.5, 0.5, 0.0).unwrap());
    let made = import(&request, &|_| ()).unwrap().dataset;
    let count = |split| made.splits.iter().filter(|found| **found == split).count();
    assert_eq!(Split::ALL.map(count), [6, 6, 0]);
    for group in made.duplicates().groups() {
        assert!(
            group
                .iter()
                .all(|one| made.splits[*one] == made.splits[group[0]])
        );
    }
    assert!(
        made.origin
            .split
            .starts_with("made with seed 0: 50 % train")
    );
}

#[test]
fn leaks_are_dropped_from_train_and_nothing_else_is() {
    let source = leaking();
    let mut request = request(source.path(), "labels.csv");
    request.drop_leaks = true;
    let outcome = import(&request, &|_| ()).unwrap();
    let dataset = &outcome.dataset;
    assert_eq!((outcome.dropped, dataset.len()), (5, 7));
    let kept = [
        "5.png", "6.png", "7.png", "8.png", "9.png", "10.png", "11.png",
    ];
    assert_eq!(dataset.photographs, kept);
    // Everything else has moved with the photographs.
    assert_eq!(dataset.images[[6, 0, 0, 2]], 200);
    assert_eq!(dataset.columns[0].label(6), Some("flats"));
    assert_eq!(dataset.splits[..5], [Split::Validation; 5]);
    assert_eq!(dataset.splits[5..], [Split::Train; 2]);
    assert_eq!(dataset.duplicates().groups(), [vec![5, 6]]);
    assert_eq!(
        dataset.origin.split,
        "as the labels file says; 5 photographs of train that nearly equal one of validation or test \
         were left out"
    );
}

#[test]
fn a_catalogue_of_two_photographs_becomes_a_dataset() {
    let (red, blue) = (red(), blue());
    let source = folder(&[
        (
            "labels.csv",
            b"image,type,split\na.png,boots,train\nb.png,flats,validation\n",
        ),
        ("a.png", &red),
        ("b.png", &blue),
    ]);
    let dataset = run(source.path(), "labels.csv").unwrap().dataset;
    assert_eq!(dataset.len(), 2);
    let folder = source.path().join("dataset");
    dataset.save(&folder).unwrap();
    assert_eq!(
        fitroom_data::Dataset::load(&folder).unwrap().fingerprint,
        dataset.fingerprint
    );
}

#[test]
fn progress_ends_with_all_photographs() {
    let (red, blue) = (red(), blue());
    let source = folder(&[
        ("labels.csv", TWO_ROWS),
        ("images/a.png", &red),
        ("images/b.png", &blue),
    ]);
    let seen = Mutex::new(Vec::new());
    import(&request(source.path(), "labels.csv"), &|progress| {
        seen.lock().unwrap().push(progress)
    })
    .unwrap();
    let mut seen = seen.into_inner().unwrap();
    seen.sort_by_key(|progress| progress.done);
    assert_eq!(
        seen,
        [
            Progress { done: 1, total: 2 },
            Progress { done: 2, total: 2 }
        ]
    );
}
