//! The study's own files, as NumPy writes them, become datasets that NumPy reads.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use fitroom_data::{Constant, Dataset, NpzSet, import_npz, read_npz_sets};
use fitroom_domain::Split;
use tempfile::TempDir;

use crate::numpy::python;

/// Writes small files in the layout of the study's eight sets into the folder `sys.argv[1]`, with all
/// codes: each set in another way that NumPy has.
const WRITE_SETS: &str = "
import sys, pathlib, numpy
folder = pathlib.Path(sys.argv[1])
random = numpy.random.default_rng(0)
types = {'shoes': (5, 6), 'trousers': (2, 2)}

def save(name, split, labels, genders, save, order, dtype):
    images = random.integers(0, 256, (len(labels), 4, 3, 3), dtype=numpy.uint8)
    arrays = {'images': numpy.asarray(images, order=order), 'labels': numpy.array(labels, dtype)}
    if genders is not None:
        arrays['genders'] = numpy.array(genders, dtype)
    save(folder / f'{name}_{split}.npz', **arrays)

for split in ['train', 'validation', 'test']:
    save('primary', split, [0, 1, 2], None, numpy.savez, 'C', 'int64')
    save('glasses', split, [0, 1], None, numpy.savez_compressed, 'C', 'bool')
    for name, (male, female) in types.items():
        all_types = list(range(male)) + list(range(female))
        genders = [0] * male + [1] * female
        save(name, split, all_types, genders, numpy.savez_compressed, 'F', 'uint8')
        save(f'{name}_male', split, range(male), None, numpy.savez, 'F', '>i4')
        save(f'{name}_female', split, range(female), None, numpy.savez, 'C', 'float32')
";

fn study(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../sweeps/study")
        .join(file)
}

/// A folder with the files, if there is a NumPy to write them.
fn study_files() -> Option<TempDir> {
    let folder = tempfile::tempdir().unwrap();
    python(WRITE_SETS, folder.path())?;
    Some(folder)
}

/// The set `name` in the folder, with these constants.
fn set(folder: &Path, name: &str, constants: &[(&str, &str)]) -> NpzSet {
    let file = |split: Split| (split, folder.join(format!("{name}_{split}.npz")));
    let constant = |(column, label): &(&str, &str)| Constant {
        column: (*column).to_owned(),
        label: (*label).to_owned(),
    };
    NpzSet {
        files: Split::ALL.map(file).to_vec(),
        names: study(&format!("{name}.toml")),
        constants: constants.iter().map(constant).collect(),
    }
}

/// The labels that occur together, as `shoes male boots`.
fn combinations(dataset: &Dataset) -> BTreeSet<String> {
    (0..dataset.len())
        .map(|photograph| {
            let label = |column| dataset.column(column)?.label(photograph);
            let labels = ["category", "gender", "type"].map(|column| label(column).unwrap_or("–"));
            labels.join(" ")
        })
        .collect()
}

const SHOES: [&str; 11] = [
    "shoes male boots",
    "shoes male trainers",
    "shoes male sandals",
    "shoes male formal",
    "shoes male others",
    "shoes female boots",
    "shoes female ballerina",
    "shoes female trainers",
    "shoes female high heels",
    "shoes female sandals",
    "shoes female others",
];
const TROUSERS: [&str; 4] = [
    "trousers male trousers",
    "trousers male jeans",
    "trousers female trousers",
    "trousers female jeans",
];
const GLASSES: [&str; 2] = ["glasses – glasses", "glasses – sunglasses"];

#[test]
fn each_shipped_names_file_gives_its_set_the_labels_that_the_tasks_name() {
    let Some(folder) = study_files() else { return };
    let [shoes, trousers, male, female] = [
        ("category", "shoes"),
        ("category", "trousers"),
        ("gender", "male"),
        ("gender", "female"),
    ];
    for (name, constants, expected) in [
        (
            "primary",
            &[][..],
            &["glasses – –", "trousers – –", "shoes – –"][..],
        ),
        ("glasses", &[("category", "glasses")], &GLASSES),
        ("shoes", &[shoes], &SHOES),
        ("shoes_male", &[shoes, male], &SHOES[..5]),
        ("shoes_female", &[shoes, female], &SHOES[5..]),
        ("trousers", &[trousers], &TROUSERS),
        ("trousers_male", &[trousers, male], &TROUSERS[..2]),
        ("trousers_female", &[trousers, female], &TROUSERS[2..]),
    ] {
        let set = set(folder.path(), name, constants);
        let outcome = import_npz(&[set], name).unwrap();
        let expected: BTreeSet<String> = expected.iter().map(ToString::to_string).collect();
        assert_eq!(combinations(&outcome.dataset), expected, "{name}");
        assert!(outcome.unnamed.is_empty(), "{name}");
    }
}

#[test]
fn the_shipped_sets_file_makes_one_catalogue_of_three_sets() {
    let Some(folder) = study_files() else { return };
    for file in [
        "catalogue.toml",
        "glasses.toml",
        "shoes.toml",
        "trousers.toml",
    ] {
        std::fs::copy(study(file), folder.path().join(file)).unwrap();
    }
    let sets = read_npz_sets(&folder.path().join("catalogue.toml")).unwrap();
    let dataset = import_npz(&sets, "study").unwrap().dataset;
    let expected = GLASSES.iter().chain(&TROUSERS).chain(&SHOES);
    assert_eq!(
        combinations(&dataset),
        expected.map(ToString::to_string).collect()
    );
    assert_eq!(
        dataset.column("category").unwrap().classes,
        ["glasses", "trousers", "shoes"]
    );
    assert_eq!(dataset.photographs[0], "glasses_train/00000");
}

#[test]
fn numpy_finds_the_same_pixels_and_codes_in_the_dataset() {
    let Some(folder) = study_files() else { return };
    let compare = "
import sys, pathlib, numpy
folder = pathlib.Path(sys.argv[1])
dataset = numpy.load(folder / 'dataset' / 'dataset.npz', allow_pickle=False)
files = [numpy.load(folder / f'SET_{split}.npz') for split in ['train', 'validation', 'test']]
print((dataset['images'] == numpy.concatenate([file['images'] for file in files])).all())
sizes = [len(file['labels']) for file in files]
print((dataset['split'] == numpy.repeat([0, 1, 2], sizes)).all())
for column, array in [('type', 'labels'), ('gender', 'genders')]:
    if array in files[0]:
        print((dataset[column] == numpy.concatenate([file[array] for file in files])).all())
";
    // The types of men's and women's trousers have the same codes.
    for (name, constants) in [
        ("trousers", &[("category", "trousers")][..]),
        (
            "trousers_male",
            &[("category", "trousers"), ("gender", "male")],
        ),
        ("glasses", &[]),
        ("shoes_female", &[]),
    ] {
        let set = set(folder.path(), name, constants);
        let dataset = import_npz(&[set], name).unwrap().dataset;
        dataset.save(&folder.path().join("dataset")).unwrap();
        let printed = python(&compare.replace("SET", name), folder.path()).unwrap();
        let expected = if name == "trousers" { 4 } else { 3 };
        assert_eq!(printed, "True\n".repeat(expected), "{name}");
    }
}

#[test]
fn a_pickled_array_is_refused_and_nothing_in_it_is_executed() {
    let Some(folder) = study_files() else { return };
    let pickle = "
import sys, pathlib, numpy
folder = pathlib.Path(sys.argv[1])
class Trap:
    def __reduce__(self):
        return (pathlib.Path.touch, (folder / 'executed',))
path = folder / 'glasses_train.npz'
arrays = dict(numpy.load(path))
arrays['labels'] = numpy.array([Trap(), Trap()], dtype=object)
numpy.savez(path, **arrays)
";
    python(pickle, folder.path()).unwrap();
    let set = set(folder.path(), "glasses", &[]);
    let words = import_npz(&[set], "glasses").unwrap_err().to_string();
    assert!(
        words.ends_with(
            "has elements of type object (pickled, which is never read), expected whole numbers"
        ),
        "{words}"
    );
    assert!(!folder.path().join("executed").exists());
}
