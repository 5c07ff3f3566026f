//! A dataset's folder is written, replaced, read back, and not believed when it was changed.

use std::fs;
use std::path::Path;

use fitroom_data::{
    Column, Dataset, InconsistentDataset, Skipped, SkippedPhotographs, check_can_be_written,
    read_manifest,
};
use fitroom_domain::{Fingerprint, ImageSize};
use ndarray::Axis;
use tempfile::TempDir;

use crate::small_dataset::small_dataset;

/// A folder `small` with the small dataset.
fn saved() -> (TempDir, std::path::PathBuf) {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("small");
    small_dataset().save(&folder).unwrap();
    (parent, folder)
}

fn load_error(folder: &Path) -> String {
    let error = Dataset::load(folder).unwrap_err();
    let mut words = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(error) = source {
        words.push_str(": ");
        words.push_str(&error.to_string());
        source = error.source();
    }
    words.replace(&folder.display().to_string(), "FOLDER")
}

fn edit_manifest(folder: &Path, from: &str, to: &str) {
    let path = folder.join("dataset.toml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn a_saved_dataset_is_the_same_when_it_is_loaded() {
    let (_parent, folder) = saved();
    let loaded = Dataset::load(&folder).unwrap();
    assert_eq!(loaded, small_dataset());
    let size = ImageSize {
        height: 3,
        width: 2,
    };
    assert_eq!(loaded.image_size(), size);
    assert_eq!(loaded.key().fingerprint, small_dataset().fingerprint);
}

#[test]
fn the_fingerprint_does_not_change_from_one_version_to_the_next() {
    // Recorded trials refer to it: if this number has to change, all of them become strangers.
    assert_eq!(
        small_dataset().fingerprint.as_str(),
        "26be084ec4355df61b2a2d7488dcea09"
    );
}

#[test]
fn a_dataset_is_called_after_its_folder() {
    let (parent, folder) = saved();
    let moved = parent.path().join("moved");
    fs::rename(folder, &moved).unwrap();
    let loaded = Dataset::load(&moved).unwrap();
    assert_eq!(loaded.name, "moved");
    assert_eq!(loaded.fingerprint, small_dataset().fingerprint);
}

#[test]
fn saving_twice_gives_the_same_bytes() {
    let (_parent, folder) = saved();
    let read = || ["dataset.npz", "dataset.toml"].map(|file| fs::read(folder.join(file)).unwrap());
    let first = read();
    small_dataset().save(&folder).unwrap();
    assert!(read() == first, "the files differ");
}

#[test]
fn the_manifest_counts_photographs_without_pixels() {
    let (_parent, folder) = saved();
    fs::remove_file(folder.join("dataset.npz")).unwrap();
    let manifest = read_manifest(&folder).unwrap();
    assert_eq!(
        (manifest.photographs, manifest.height, manifest.width),
        (8, 3, 2)
    );
    let splits = manifest.splits;
    assert_eq!((splits.train, splits.validation, splits.test), (4, 2, 2));
    let gender = &manifest.columns[1];
    assert_eq!(gender.classes, ["female", "male"]);
    assert_eq!(
        (&gender.train[..], &gender.validation[..], &gender.test[..]),
        (&[1, 1][..], &[1, 0][..], &[1, 1][..])
    );
    let missing = gender.missing;
    assert_eq!((missing.train, missing.validation, missing.test), (2, 1, 0));
    assert_eq!(manifest.origin.source, "made for tests");
}

/// The small dataset with a photograph twice and one that could not be used.
fn with_a_copy() -> Dataset {
    let mut small = small_dataset();
    let first = small.images.index_axis(Axis(0), 0).to_owned();
    small.images.index_axis_mut(Axis(0), 4).assign(&first);
    let mut dataset = Dataset::new(
        small.name,
        small.images,
        small.splits,
        small.columns,
        small.photographs,
        small.origin,
    )
    .unwrap();
    dataset.skipped = SkippedPhotographs::of(&[Skipped {
        path: "shop/half.jpg".to_owned(),
        line: 9,
        reason: "cannot be decoded".to_owned(),
    }]);
    dataset
}

#[test]
fn duplicates_and_skipped_photographs_are_remembered() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("small");
    with_a_copy().save(&folder).unwrap();
    let text = fs::read_to_string(folder.join("dataset.toml")).unwrap();
    assert!(text.contains("groups = [[0, 4]]"), "{text}");
    let loaded = Dataset::load(&folder).unwrap();
    assert_eq!(loaded.duplicates().groups(), [vec![0, 4]]);
    assert_eq!(loaded, with_a_copy());
    // What was stored is believed, and not looked for again: that is what makes loading fast.
    edit_manifest(&folder, "[[0, 4]]", "[[0, 5]]");
    let loaded = Dataset::load(&folder).unwrap();
    assert_eq!(loaded.duplicates().groups(), [vec![0, 5]]);
}

#[test]
fn duplicates_that_were_not_stored_or_by_other_limits_are_looked_for() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("small");
    with_a_copy().save(&folder).unwrap();
    edit_manifest(&folder, "pixel_distance = 2", "pixel_distance = 1");
    edit_manifest(&folder, "[[0, 4]]", "[[0, 5]]");
    let loaded = Dataset::load(&folder).unwrap();
    assert_eq!(loaded.duplicates().groups(), [vec![0, 4]]);
    let path = folder.join("dataset.toml");
    let text = fs::read_to_string(&path).unwrap();
    let (before, _) = text.split_once("[near_identical]").unwrap();
    fs::write(&path, before).unwrap();
    let loaded = Dataset::load(&folder).unwrap();
    assert_eq!(loaded.duplicates().groups(), [vec![0, 4]]);
}

#[test]
fn groups_of_duplicates_that_cannot_be_are_refused() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("small");
    with_a_copy().save(&folder).unwrap();
    edit_manifest(&folder, "[[0, 4]]", "[[0, 8]]");
    assert_eq!(
        load_error(&folder),
        "`FOLDER/dataset.toml`, key `near_identical`: photograph 8 in a dataset of 8"
    );
}

#[test]
fn a_changed_class_name_does_not_go_unnoticed() {
    let (_parent, folder) = saved();
    edit_manifest(&folder, "\"boots\"", "\"heels\"");
    let changed = Column {
        classes: ["heels", "flats", "sunglasses"].map(str::to_owned).to_vec(),
        ..small_dataset().columns[2].clone()
    };
    let mut columns = small_dataset().columns;
    columns[2] = changed;
    let small = small_dataset();
    let found = Dataset::new(
        small.name,
        small.images,
        small.splits,
        columns,
        small.photographs,
        small.origin,
    )
    .unwrap()
    .fingerprint;
    assert_eq!(
        load_error(&folder),
        format!(
            "`FOLDER/dataset.npz` has been changed since it was made: its content has the fingerprint \
             {found}, expected {} as `dataset.toml` beside it says; import the dataset again",
            small.fingerprint
        )
    );
}

#[test]
fn a_flipped_bit_in_a_pixel_does_not_go_unnoticed() {
    let (_parent, folder) = saved();
    let path = folder.join("dataset.npz");
    let mut bytes = fs::read(&path).unwrap();
    // The pixels count up from 0: find where they do.
    let position = bytes
        .windows(8)
        .position(|window| window == [40, 41, 42, 43, 44, 45, 46, 47])
        .unwrap();
    bytes[position] ^= 1;
    fs::write(&path, bytes).unwrap();
    let words = load_error(&folder);
    assert!(
        words.starts_with("array `images` of `FOLDER/dataset.npz`: "),
        "{words}"
    );
}

#[test]
fn files_that_do_not_belong_together_are_told_apart() {
    for (from, to, expected) in [
        (
            "height = 3",
            "height = 4",
            "the shape of array `images` of `FOLDER/dataset.npz`: found 8×3×2×3, but `dataset.toml` beside it says 8×4×2×3",
        ),
        (
            "photographs = 8",
            "photographs = 9",
            "the shape of array `images` of `FOLDER/dataset.npz`: found 8×3×2×3, but `dataset.toml` beside it says 9×3×2×3",
        ),
        (
            "name = \"gender\"",
            "name = \"sex\"",
            "the arrays of `FOLDER/dataset.npz`: found category, gender, images, name, split, type, but `dataset.toml` beside it says category, images, name, sex, split, type",
        ),
        (
            "\"glasses\", \"shoes\"",
            "\"glasses\"",
            "`FOLDER/dataset.npz` holds no dataset: column `category` has code 1 for photograph 0, expected −1 to 0",
        ),
        (
            "format = 1",
            "format = 2",
            "`FOLDER/dataset.toml` has format 2, expected 1: import the dataset again",
        ),
    ] {
        let (_parent, folder) = saved();
        edit_manifest(&folder, from, to);
        assert_eq!(load_error(&folder), expected);
    }
    let (_parent, folder) = saved();
    edit_manifest(&folder, "train = 4", "train = 5");
    let words = load_error(&folder);
    assert!(
        words.starts_with("the numbers of photographs in each split of `FOLDER/dataset.npz`: "),
        "{words}"
    );
    let (_parent, folder) = saved();
    edit_manifest(&folder, "height = 3", "height = 3\ncolour = 1");
    let words = load_error(&folder);
    assert!(
        words.starts_with("`FOLDER/dataset.toml` is no dataset description: ")
            && words.contains("colour"),
        "{words}"
    );
}

#[test]
fn missing_and_cut_off_files_are_named() {
    let (_parent, folder) = saved();
    let bytes = fs::read(folder.join("dataset.npz")).unwrap();
    for length in [0, 10, 300, bytes.len() / 2, bytes.len() - 1] {
        fs::write(folder.join("dataset.npz"), &bytes[..length]).unwrap();
        let words = load_error(&folder);
        assert!(words.contains("`FOLDER/dataset.npz`"), "{words}");
    }
    fs::remove_file(folder.join("dataset.npz")).unwrap();
    assert!(load_error(&folder).starts_with("cannot access `FOLDER/dataset.npz`: "));
    fs::remove_file(folder.join("dataset.toml")).unwrap();
    assert!(load_error(&folder).starts_with("cannot read `FOLDER/dataset.toml`: "));
}

#[test]
fn no_single_damaged_byte_makes_loading_panic() {
    let (_parent, folder) = saved();
    let path = folder.join("dataset.npz");
    let whole = fs::read(&path).unwrap();
    let original = small_dataset();
    for position in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[position] ^= 0x5a;
        fs::write(&path, bytes).unwrap();
        // Some bytes, such as times, mean nothing; but no damage may give another dataset.
        if let Ok(loaded) = Dataset::load(&folder) {
            assert_eq!(loaded, original, "byte {position}");
        }
    }
}

#[test]
fn only_a_dataset_is_replaced() {
    let (_parent, folder) = saved();
    assert!(check_can_be_written(&folder).is_ok());
    fs::write(folder.join("notes.txt"), "mine").unwrap();
    let words = check_can_be_written(&folder).unwrap_err().to_string();
    assert!(words.contains("`notes.txt`"), "{words}");
    assert_eq!(
        small_dataset().save(&folder).unwrap_err().to_string(),
        words
    );
    let file = folder.join("notes.txt");
    let words = check_can_be_written(&file).unwrap_err().to_string();
    assert!(words.contains("it is a file"), "{words}");
}

#[test]
fn parts_that_do_not_fit_make_no_dataset() {
    let make = |change: fn(&mut Dataset)| {
        let mut parts = small_dataset();
        change(&mut parts);
        Dataset::new(
            parts.name,
            parts.images,
            parts.splits,
            parts.columns,
            parts.photographs,
            parts.origin,
        )
    };
    let error = |change| make(change).unwrap_err();
    assert!(matches!(
        error(|parts| parts.columns[1].codes[0] = -2),
        InconsistentDataset::Code { code: -2, .. }
    ));
    assert!(matches!(
        error(|parts| parts.columns[1].codes[0] = 2),
        InconsistentDataset::Code { code: 2, .. }
    ));
    assert!(matches!(
        error(|parts| parts.columns[1].name = "images".to_owned()),
        InconsistentDataset::ColumnName { .. }
    ));
    assert!(matches!(
        error(|parts| parts.columns[1].name = "type".to_owned()),
        InconsistentDataset::ColumnName { .. }
    ));
    assert!(matches!(
        error(|parts| parts.columns[1].classes[0] = "male".to_owned()),
        InconsistentDataset::ClassTwice { .. }
    ));
    assert!(matches!(
        error(|parts| parts.splits.truncate(7)),
        InconsistentDataset::Length {
            found: 7,
            expected: 8,
            ..
        }
    ));
    assert!(matches!(
        error(|parts| parts.photographs[3].push('\0')),
        InconsistentDataset::Path { photograph: 3, .. }
    ));
    let other_name = make(|parts| parts.name = "other".to_owned()).unwrap();
    let expected: Fingerprint = small_dataset().fingerprint;
    assert_eq!(other_name.fingerprint, expected);
}
