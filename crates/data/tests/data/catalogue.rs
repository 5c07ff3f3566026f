//! A real catalogue. `FITROOM_TEST_DATA` names the folder in which `fashion-catalogue.zip` lies.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fitroom_data::{
    Dataset, ImportOutcome, ImportRequest, import, near_identical_groups, task_rows,
};
use fitroom_domain::{Flip, ImageSize, Split, Task, TaskDefinition};

#[test]
fn a_real_catalogue_imports_whole_loads_again_and_answers_a_task() {
    let Some(folder) = std::env::var_os("FITROOM_TEST_DATA") else {
        eprintln!("skipped: FITROOM_TEST_DATA does not name the folder of a real catalogue");
        return;
    };
    let request = ImportRequest {
        source: Path::new(&folder).join("fashion-catalogue.zip"),
        labels: PathBuf::from("labels.csv"),
        size: ImageSize {
            height: 80,
            width: 60,
        },
        name: "catalogue".to_owned(),
        path_column: None,
        columns: None,
        split: None,
        seed: 0,
        drop_leaks: false,
    };
    let ImportOutcome {
        dataset,
        skipped,
        unlisted,
        ..
    } = timed("import", || import(&request, &|_| ())).unwrap();
    assert_eq!((&skipped[..], unlisted), (&[][..], 0));
    assert_eq!(dataset.images.dim(), (10_287, 80, 60, 3));
    let count = |split| {
        dataset
            .splits
            .iter()
            .filter(|found| **found == split)
            .count()
    };
    assert_eq!(Split::ALL.map(count), [8225, 1031, 1031]);
    assert_eq!(
        dataset.column("category").unwrap().classes,
        ["glasses", "shoes", "trousers"]
    );

    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("catalogue");
    timed("save", || dataset.save(&folder)).unwrap();
    let loaded = timed("load", || Dataset::load(&folder)).unwrap();
    assert!(loaded == dataset, "the loaded dataset differs");

    let trousers_all = Task {
        name: "trousers_all".to_owned(),
        definition: TaskDefinition {
            where_: BTreeMap::from([("category".to_owned(), "trousers".to_owned())]),
            predicts: vec!["gender".to_owned(), "type".to_owned()],
            flip: Flip::Train,
        },
    };
    let rows = task_rows(&dataset, &trousers_all).unwrap();
    let names: Vec<&str> = rows.classes.iter().map(|class| &class.name[..]).collect();
    assert_eq!(
        names,
        [
            "female · jeans",
            "female · trousers",
            "male · jeans",
            "male · trousers"
        ]
    );
    assert_eq!(rows.left_out, 0);
    assert_eq!(
        rows.train.len() / 2 + rows.validation.len() + rows.test.len(),
        1656
    );

    let groups = timed("compare", || near_identical_groups(&dataset.images));
    let alike = groups
        .iter()
        .enumerate()
        .filter(|(photograph, group)| photograph != *group)
        .count();
    eprintln!("{alike} photographs nearly equal an earlier one");
    assert!((79..300).contains(&alike), "{alike}");
}

/// Says how long something took.
fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = std::time::Instant::now();
    let result = work();
    eprintln!("{what}: {:.2?}", start.elapsed());
    result
}
