//! `.npz` files become datasets, or errors that say why not.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use fitroom_data::{
    Constant, Dataset, ImportNpzError, NpzImportOutcome, NpzSet, import_npz, read_npz_sets,
};
use fitroom_domain::Split;
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const SHOES: &str = r#"
[columns.gender]
array = "genders"
classes = ["male", "female"]

[columns.type]
array = "labels"
by = "gender"
[columns.type.classes]
male = ["boots", "trainers"]
female = ["boots", "ballerina", "trainers"]
"#;

/// An array as NumPy writes it: `shape` as in Python, for example `(3,)`.
fn npy(descriptor: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let mut dictionary =
        format!("{{'descr': '{descriptor}', 'fortran_order': False, 'shape': {shape}, }}");
    dictionary.push_str(&" ".repeat((128 - 11 - dictionary.len() % 64) % 64));
    dictionary.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((dictionary.len() as u16).to_le_bytes());
    bytes.extend(dictionary.into_bytes());
    bytes.extend(data);
    bytes
}

/// As many photographs of 1 × 2 pixels as there are values, each of one grey.
fn images(greys: &[u8]) -> Vec<u8> {
    let pixels: Vec<u8> = greys.iter().flat_map(|grey| [*grey; 6]).collect();
    npy("|u1", &format!("({}, 1, 2, 3)", greys.len()), &pixels)
}

fn codes(codes: &[i64]) -> Vec<u8> {
    let data: Vec<u8> = codes.iter().flat_map(|code| code.to_le_bytes()).collect();
    npy("<i8", &format!("({},)", codes.len()), &data)
}

fn write_npz(path: &Path, arrays: &[(&str, Vec<u8>)]) {
    let mut zip = ZipWriter::new(File::create(path).unwrap());
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in arrays {
        zip.start_file(format!("{name}.npy"), options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

/// The set that is right: three files of one photograph and more.
struct Files {
    folder: TempDir,
}

impl Files {
    fn new() -> Files {
        let files = Files {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::write(files.path("shoes.toml"), SHOES).unwrap();
        files.write("train", &[10, 20, 30], &[0, 1, 2], &[0, 0, 1]);
        files.write("validation", &[40, 50], &[1, -1], &[1, -1]);
        files.write("test", &[60], &[0], &[1]);
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, split: &str, greys: &[u8], labels: &[i64], genders: &[i64]) {
        let arrays = [
            ("images", images(greys)),
            ("labels", codes(labels)),
            ("genders", codes(genders)),
        ];
        write_npz(&self.path(&format!("{split}.npz")), &arrays);
    }

    fn set(&self) -> NpzSet {
        let files = Split::ALL.map(|split| (split, self.path(&format!("{split}.npz"))));
        NpzSet {
            files: files.to_vec(),
            names: self.path("shoes.toml"),
            constants: vec![constant("category", "shoes")],
        }
    }

    fn import(&self) -> Result<NpzImportOutcome, ImportNpzError> {
        import_npz(&[self.set()], "shoes")
    }

    /// What is wrong with the files, their folder left out.
    fn message(&self) -> String {
        self.message_of(&[self.set()])
    }

    fn message_of(&self, sets: &[NpzSet]) -> String {
        let error = import_npz(sets, "shoes").unwrap_err();
        let mut words = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(error) = source {
            words.push_str(&format!(": {error}"));
            source = error.source();
        }
        words.replace(&format!("{}/", self.folder.path().display()), "")
    }
}

fn constant(column: &str, label: &str) -> Constant {
    Constant {
        column: column.to_owned(),
        label: label.to_owned(),
    }
}

fn labels<'a>(dataset: &'a Dataset, column: &str) -> Vec<&'a str> {
    let column = dataset.column(column).unwrap();
    let label = |photograph| column.label(photograph).unwrap_or("");
    (0..dataset.len()).map(label).collect()
}

#[test]
fn a_set_becomes_a_dataset_that_is_saved_and_loaded_like_any_other() {
    let files = Files::new();
    let outcome = files.import().unwrap();
    let dataset = &outcome.dataset;
    assert_eq!(
        dataset.photographs,
        [
            "train/00000",
            "train/00001",
            "train/00002",
            "validation/00000",
            "validation/00001",
            "test/00000"
        ]
    );
    let expected = [
        (Split::Train, 10),
        (Split::Train, 20),
        (Split::Train, 30),
        (Split::Validation, 40),
        (Split::Validation, 50),
        (Split::Test, 60),
    ];
    for (photograph, (split, grey)) in expected.into_iter().enumerate() {
        assert_eq!(dataset.splits[photograph], split);
        assert_eq!(dataset.images[[photograph, 0, 1, 2]], grey);
    }
    assert_eq!(labels(dataset, "category"), ["shoes"; 6]);
    assert_eq!(
        labels(dataset, "gender"),
        ["male", "male", "female", "female", "", "female"]
    );
    assert_eq!(
        labels(dataset, "type"),
        ["boots", "trainers", "trainers", "ballerina", "", "boots"]
    );
    assert_eq!(
        dataset.column("type").unwrap().classes,
        ["boots", "trainers", "ballerina"]
    );
    assert_eq!(dataset.origin.preparation, "as stored");
    assert_eq!(
        dataset.origin.source,
        "train.npz, validation.npz, test.npz, names shoes.toml, category = shoes"
    );
    assert!(outcome.unnamed.is_empty());

    let folder = files.path("dataset");
    dataset.save(&folder).unwrap();
    let mut loaded = Dataset::load(&folder).unwrap();
    loaded.name = dataset.name.clone();
    assert_eq!(&loaded, dataset);
}

#[test]
fn an_array_without_a_name_is_left_out_and_told() {
    let files = Files::new();
    let arrays = [
        ("images", images(&[60])),
        ("labels", codes(&[0])),
        ("genders", codes(&[0])),
        ("weights", npy("|O", "(1,)", b"whatever")),
    ];
    write_npz(&files.path("test.npz"), &arrays);
    let outcome = files.import().unwrap();
    assert_eq!(
        outcome.unnamed,
        [(files.path("test.npz"), vec!["weights".to_owned()])]
    );
    assert_eq!(outcome.dataset.columns.len(), 3);
}

#[test]
fn the_splits_that_are_given_suffice() {
    let files = Files::new();
    let mut set = files.set();
    set.files.truncate(1);
    let dataset = import_npz(&[set], "shoes").unwrap().dataset;
    assert_eq!(dataset.splits, [Split::Train; 3]);
}

#[test]
fn several_sets_become_one_dataset_whose_columns_are_those_of_all() {
    let files = Files::new();
    let glasses = [("images", images(&[70, 80])), ("kinds", codes(&[1, 0]))];
    fs::create_dir(files.path("glasses")).unwrap();
    write_npz(&files.path("glasses/train.npz"), &glasses);
    fs::write(
        files.path("glasses/names.toml"),
        "[columns.type]\narray = \"kinds\"\nclasses = [\"glasses\", \"sunglasses\"]\n",
    )
    .unwrap();
    let sets = r#"
[[set]]
train = "glasses/train.npz"
names = "glasses/names.toml"
constant = { category = "glasses" }

[[set]]
train = "train.npz"
validation = "validation.npz"
names = "shoes.toml"
constant = { category = "shoes" }
"#;
    fs::write(files.path("sets.toml"), sets).unwrap();
    let sets = read_npz_sets(&files.path("sets.toml")).unwrap();
    let dataset = import_npz(&sets, "all").unwrap().dataset;
    assert_eq!(
        labels(&dataset, "category"),
        [
            "glasses", "glasses", "shoes", "shoes", "shoes", "shoes", "shoes"
        ]
    );
    assert_eq!(
        labels(&dataset, "gender"),
        ["", "", "male", "male", "female", "female", ""]
    );
    assert_eq!(
        labels(&dataset, "type"),
        [
            "sunglasses",
            "glasses",
            "boots",
            "trainers",
            "trainers",
            "ballerina",
            ""
        ]
    );
    // Both files are called `train.npz`.
    assert_eq!(dataset.photographs[0], "glasses/train/00000");
    assert_eq!(dataset.photographs[2], "train/00000");
    assert_eq!(dataset.images[[2, 0, 0, 0]], 10);
}

#[test]
fn codes_of_every_type_of_number_are_taken() {
    let files = Files::new();
    let arrays: [(&str, Vec<u8>); 9] = [
        ("|i1", vec![0, 1, 255]),
        ("|u1", vec![0, 1, 1]),
        ("<i2", vec![0, 0, 1, 0, 255, 255]),
        (">i2", vec![0, 0, 0, 1, 255, 255]),
        ("<u4", vec![0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]),
        (
            ">u8",
            [0u64, 1, 1].iter().flat_map(|c| c.to_be_bytes()).collect(),
        ),
        (
            "<f4",
            [0f32, 1.0, -1.0]
                .iter()
                .flat_map(|c| c.to_le_bytes())
                .collect(),
        ),
        (
            "<f8",
            [-0f64, 1.0, -1.0]
                .iter()
                .flat_map(|c| c.to_le_bytes())
                .collect(),
        ),
        ("|b1", vec![0, 1, 1]),
    ];
    for (descriptor, data) in arrays {
        let arrays = [
            ("images", images(&[1, 2, 3])),
            ("labels", codes(&[0, 0, -1])),
            ("genders", npy(descriptor, "(3,)", &data)),
        ];
        write_npz(&files.path("train.npz"), &arrays);
        let dataset = files.import().unwrap().dataset;
        let genders = &labels(&dataset, "gender")[..3];
        let signed = descriptor.contains(['i', 'f']);
        let third = if signed { "" } else { "female" };
        assert_eq!(genders, ["male", "female", third], "{descriptor}");
    }
}

#[test]
fn arrays_that_are_not_what_they_should_be_are_named() {
    let pixels = [0; 18];
    let good = || {
        [
            ("images", images(&[1, 2, 3])),
            ("labels", codes(&[0, 0, 0])),
            ("genders", codes(&[0, 0, 0])),
        ]
    };
    for (position, name, array, expected) in [
        (
            0,
            "images",
            npy("<f4", "(3, 1, 2, 3)", &[0; 72]),
            "array `images` of `validation.npz` is float32 of 3×1×2×3, expected uint8 of photographs×height×width×3",
        ),
        (
            0,
            "images",
            npy("|u1", "(3, 3, 2)", &pixels),
            "array `images` of `validation.npz` is uint8 of 3×3×2, expected uint8 of photographs×height×width×3",
        ),
        (
            0,
            "images",
            npy("|u1", "(3, 1, 6, 1)", &pixels),
            "array `images` of `validation.npz` is uint8 of 3×1×6×1, expected uint8 of photographs×height×width×3",
        ),
        (
            0,
            "images",
            npy("|O", "(3, 1, 2, 3)", b"\x80\x04."),
            "array `images` of `validation.npz` is object (pickled, which is never read) of 3×1×2×3, expected uint8 of photographs×height×width×3",
        ),
        (
            0,
            "images",
            npy("|u1", "(3, 2, 1, 3)", &pixels),
            "`validation.npz` has photographs of 1×2 pixels (width × height), expected 2×1 as in `train.npz`",
        ),
        (
            0,
            "images",
            npy("|u1", "(40000, 40000, 40000, 3)", &pixels),
            "`validation.npz` has photographs of 40000×40000 pixels (width × height), expected 2×1 as in `train.npz`",
        ),
        (
            0,
            "images",
            npy("|u1", "(400000000000, 1, 2, 3)", &pixels),
            "array `images` of `validation.npz`: has 18 bytes of data, expected 400000000000×1×2×3 of 1 bytes each",
        ),
        (
            0,
            "pictures",
            images(&[1, 2, 3]),
            "`validation.npz` has no array `images`; its arrays: `genders`, `labels`, `pictures`",
        ),
        (
            2,
            "gender",
            codes(&[0, 0, 0]),
            "`validation.npz` has no array `genders`; its arrays: `gender`, `images`, `labels`",
        ),
        (
            1,
            "labels",
            codes(&[0, 0]),
            "array `labels` of `validation.npz` has 2 codes, expected one for each of the 3 photographs",
        ),
        (
            1,
            "labels",
            npy("|i1", "(3, 1)", &[0; 3]),
            "array `labels` of `validation.npz`: has 2 dimensions, expected one with a code for each photograph",
        ),
        (
            1,
            "labels",
            npy("|i1", "()", &[0]),
            "array `labels` of `validation.npz`: has 0 dimensions, expected one with a code for each photograph",
        ),
        (
            1,
            "labels",
            npy("<U1", "(3,)", &[0; 12]),
            "array `labels` of `validation.npz`: has elements of type text (<U1), expected whole numbers",
        ),
        (
            1,
            "labels",
            npy("|O", "(3,)", b"\x80\x04."),
            "array `labels` of `validation.npz`: has elements of type object (pickled, which is never read), expected whole numbers",
        ),
        (
            1,
            "labels",
            npy(
                "<f4",
                "(3,)",
                &[0f32, 0.5, f32::NAN].map(f32::to_le_bytes).concat(),
            ),
            "array `labels` of `validation.npz`: has 0.5 in row 1, expected whole numbers",
        ),
        (
            1,
            "labels",
            npy(
                "<f4",
                "(3,)",
                &[0f32, 1.0, f32::NAN].map(f32::to_le_bytes).concat(),
            ),
            "array `labels` of `validation.npz`: has NaN in row 2, expected whole numbers",
        ),
        (
            1,
            "labels",
            codes(&[0, 1, 2]),
            "array `labels` of `validation.npz` has code 2 in row 2, expected −1 (no label) to 1, the classes of `type` where `gender` is `male` in `shoes.toml`",
        ),
        (
            1,
            "labels",
            codes(&[0, -2, 2]),
            "array `labels` of `validation.npz` has code -2 in row 1, expected −1 (no label) to 1, the classes of `type` where `gender` is `male` in `shoes.toml`",
        ),
        (
            1,
            "labels",
            npy("<u8", "(3,)", &[255; 24]),
            "array `labels` of `validation.npz` has code 18446744073709551615 in row 0, expected −1 (no label) to 1, the classes of `type` where `gender` is `male` in `shoes.toml`",
        ),
        (
            2,
            "genders",
            codes(&[0, 1, 2]),
            "array `genders` of `validation.npz` has code 2 in row 2, expected −1 (no label) to 1, the classes of `gender` in `shoes.toml`",
        ),
        (
            2,
            "genders",
            codes(&[0, -1, 0]),
            "array `labels` of `validation.npz` has code 0 in row 1, expected −1, for `type` has no classes where there is no `gender` in `shoes.toml`",
        ),
    ] {
        let files = Files::new();
        let mut arrays = good();
        arrays[position] = (name, array);
        write_npz(&files.path("validation.npz"), &arrays);
        assert_eq!(files.message(), expected);
    }
}

#[test]
fn damaged_archives_are_named() {
    let files = Files::new();
    let path = files.path("validation.npz");
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let words = files.message();
    let expected = "`validation.npz` is no intact NumPy archive: ";
    assert!(words.starts_with(expected), "{words}");

    fs::write(&path, npy("|u1", "(1, 1, 2, 3)", &[0; 6])).unwrap();
    let words = files.message();
    assert!(words.starts_with(expected), "{words}");

    // The pixels of the first photograph.
    let position = whole.windows(6).position(|window| window == [40; 6]);
    let mut changed = whole.clone();
    changed[position.unwrap()] ^= 1;
    fs::write(&path, changed).unwrap();
    let words = files.message();
    let expected = "array `images` of `validation.npz`: ";
    assert!(words.starts_with(expected), "{words}");

    fs::remove_file(&path).unwrap();
    let words = files.message();
    let expected = "cannot access `validation.npz`: ";
    assert!(words.starts_with(expected), "{words}");
}

#[test]
fn an_archive_with_two_arrays_of_one_name_is_refused() {
    let files = Files::new();
    let arrays = [
        ("images", images(&[60])),
        ("labels", codes(&[0])),
        ("labelz", codes(&[1])),
        ("genders", codes(&[0])),
    ];
    let path = files.path("test.npz");
    write_npz(&path, &arrays);
    replace_bytes(&path, b"labelz.npy", b"labels.npy");
    assert_eq!(
        files.message(),
        "`test.npz` holds several arrays of the same name"
    );
}

/// An archive may promise more than it holds, and a header agree with it.
#[test]
fn an_array_that_claims_gigabytes_is_refused_before_it_costs_memory() {
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let files = Files::new();
        let path = files.path("test.npz");
        // 4,294,967,168 bytes of header and pixels.
        let bomb = npy("|u1", "(715827840, 1, 2, 3)", &[0; 1000]);
        let claimed = 128 + 715_827_840 * 6_u32;
        let mut zip = ZipWriter::new(File::create(&path).unwrap());
        let options = SimpleFileOptions::default().compression_method(method);
        for (name, bytes) in [
            ("images", &bomb),
            ("labels", &codes(&[0])),
            ("genders", &codes(&[0])),
        ] {
            zip.start_file(format!("{name}.npy"), options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap();
        let size = (bomb.len() as u32).to_le_bytes();
        replace_bytes(&path, &size, &claimed.to_le_bytes());
        let words = files.message();
        let expected = "array `images` of `test.npz`: promises 4294967168 bytes, more than the ";
        assert!(words.starts_with(expected), "{words}");
    }
}

/// Replaces a sequence of bytes wherever it stands in a file.
fn replace_bytes(path: &Path, from: &[u8], to: &[u8]) {
    let mut bytes = fs::read(path).unwrap();
    let mut position = 0;
    while position + from.len() <= bytes.len() {
        if bytes[position..].starts_with(from) {
            bytes[position..position + from.len()].copy_from_slice(to);
        }
        position += 1;
    }
    fs::write(path, bytes).unwrap();
}

#[test]
fn files_that_cannot_be_told_apart_are_refused() {
    let files = Files::new();
    let mut set = files.set();
    set.files[2].1 = files.folder.path().join("./train.npz");
    assert_eq!(
        files.message_of(&[set]),
        "`./train.npz` is given for train and again for test"
    );
    let mut set = files.set();
    set.files[2].1 = files.path("train");
    fs::copy(files.path("test.npz"), files.path("train")).unwrap();
    assert_eq!(
        files.message_of(&[set]),
        "two of the files differ by nothing but `.npz`, and their photographs would have the same names"
    );
}

#[test]
fn constants_and_names_that_do_not_fit_together_are_named() {
    let files = Files::new();
    for (constants, expected) in [
        (
            vec![constant("gender", "male")],
            "`gender` is a constant and, in `shoes.toml`, line 2, a column of the files: expected one of the two",
        ),
        (
            vec![constant("category", "shoes"), constant("category", "boots")],
            "the constant `category` is given twice",
        ),
        (
            vec![constant("name", "shoes")],
            "the constant `name=shoes`: a label column cannot be called `name`: `dataset.npz` uses this name itself",
        ),
        (
            vec![constant("category", "")],
            "the constant `category=`: nothing can be labelled ``: it is empty, or has spaces around it",
        ),
    ] {
        let mut set = files.set();
        set.constants = constants;
        assert_eq!(files.message_of(&[set]), expected);
    }
    for (from, to, expected) in [
        (
            "by = \"gender\"",
            "by = \"sex\"",
            "`shoes.toml`, line 8: `by = \"sex\"` names no column that stands above `type` and no constant; there are: `category`, `gender`",
        ),
        (
            "by = \"gender\"",
            "by = \"type\"",
            "`shoes.toml`, line 8: `by = \"type\"` names no column that stands above `type` and no constant; there are: `category`, `gender`",
        ),
        (
            "female = [",
            "woman = [",
            "`shoes.toml`, line 11: the classes of `type` have a list for `woman`, which is no label of `gender`; its labels: `male`, `female`",
        ),
    ] {
        fs::write(files.path("shoes.toml"), SHOES.replace(from, to)).unwrap();
        assert_eq!(files.message(), expected);
    }
    fs::remove_file(files.path("shoes.toml")).unwrap();
    let words = files.message();
    assert!(words.starts_with("cannot read `shoes.toml`: "), "{words}");
}
