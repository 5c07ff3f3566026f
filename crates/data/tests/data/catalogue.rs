//! A real catalogue. `FITROOM_TEST_DATA` names the folder in which `fashion-catalogue.zip` lies.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fitroom_data::{
    Dataset, ImportOutcome, ImportRequest, SplitFractions, check, import, leaks,
    near_identical_groups, task_rows,
};
use fitroom_domain::{Flip, ImageSize, Split, Task, TaskDefinition};

#[test]
fn a_real_catalogue_imports_whole_loads_again_and_answers_a_task() {
    let Some(folder) = std::env::var_os("FITROOM_TEST_DATA") else {
        eprintln!("SKIPPED: FITROOM_TEST_DATA does not name the folder of a real catalogue");
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

    // Few facts, so that another way to compare may find a few more or less.
    let findings = timed("check", || check(&loaded));
    let pairs = findings.pairs;
    assert_eq!((pairs.identical.within, pairs.identical.across), (46, 33));
    assert!((60..120).contains(&(pairs.near_identical.within + pairs.near_identical.across)));
    let leaking = leaks(loaded.duplicates(), &rows);
    assert!((1..30).contains(&leaking.validation), "{leaking:?}");
    assert!((22..60).contains(&findings.leaks.validation_in_train));
    let identical = findings
        .disagreements
        .iter()
        .filter(|found| found.identical);
    assert_eq!(identical.count(), 0);
    assert_eq!(findings.small_classes, []);
    assert_eq!(findings.poor_pictures, []);
    let numbers = timed("compare", || near_identical_groups(&dataset.images));
    let in_groups = findings.alike.iter().map(|group| group.members.len());
    let alone = numbers.iter().collect::<BTreeSet<_>>().len() - findings.alike.len();
    assert_eq!(in_groups.sum::<usize>() + alone, 10_287);

    for (split, drop_leaks) in [(Some(SplitFractions::default()), false), (None, true)] {
        let request = ImportRequest {
            split,
            drop_leaks,
            ..request.clone()
        };
        let outcome = import(&request, &|_| ()).unwrap();
        let left = check(&outcome.dataset).leaks;
        assert_eq!((left.validation_in_train, left.test_in_train), (0, 0));
        assert_eq!(left.test_in_validation > 0, drop_leaks);
        assert_eq!(outcome.dropped > 0, drop_leaks);
    }
}

/// Says how long something took.
fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = std::time::Instant::now();
    let result = work();
    eprintln!("{what}: {:.2?}", start.elapsed());
    result
}
