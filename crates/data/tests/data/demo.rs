//! The demo catalogue is the same everywhere, and every task can be asked of it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use fitroom_data::{Dataset, draw_demo, near_identical_groups, task_rows};
use fitroom_domain::{Flip, ImageSize, Task, TaskDefinition};

static DEMO: LazyLock<Dataset> = LazyLock::new(|| draw_demo(0).unwrap());

#[test]
fn the_same_seed_draws_the_same_bytes_on_every_machine() {
    // If this number changes, all trials of the demo become strangers: say so in the changelog.
    assert_eq!(
        DEMO.fingerprint.as_str(),
        "16be3601827ac2a07b8cef4c02ce6510"
    );
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let alone = pool.unwrap().install(|| draw_demo(0).unwrap());
    assert_eq!(alone, *DEMO);
}

#[test]
fn another_seed_draws_other_photographs_of_the_same_catalogue() {
    let other = draw_demo(1).unwrap();
    assert_ne!(other.fingerprint, DEMO.fingerprint);
    assert_eq!(other.photographs, DEMO.photographs);
    let drawn = |dataset: &Dataset| dataset.images.iter().copied().collect::<Vec<u8>>();
    let (one, two) = (drawn(&DEMO), drawn(&other));
    let bytes = one.len() / DEMO.len();
    let equal = one.chunks(bytes).zip(two.chunks(bytes));
    assert_eq!(equal.filter(|(one, two)| one == two).count(), 0);
}

#[test]
fn every_class_of_every_task_has_photographs_in_each_split() {
    let tasks: toml::Table = include_str!("../../../../sweeps/tasks.toml")
        .parse()
        .unwrap();
    assert!(tasks.len() >= 10);
    for (name, asked) in tasks {
        let conditions: Option<toml::Value> = asked.get("where").cloned();
        let definition = TaskDefinition {
            where_: conditions.map_or_else(BTreeMap::new, |table| table.try_into().unwrap()),
            predicts: asked["predicts"].clone().try_into().unwrap(),
            flip: Flip::None,
        };
        let task = Task { name, definition };
        let (rows, name) = (task_rows(&DEMO, &task).unwrap(), &task.name);
        assert_eq!(rows.left_out, 0, "{name}");
        for split in [&rows.train, &rows.validation, &rows.test] {
            for (class, expected) in rows.classes.iter().enumerate() {
                let found = split.iter().filter(|row| usize::from(row.class) == class);
                let found = found.count();
                assert!(
                    found >= 8,
                    "{name}: {found} photographs of {}",
                    expected.name
                );
            }
        }
    }
}

#[test]
fn it_has_the_types_of_the_study() {
    let mut products: Vec<(&str, &str, &str)> = (0..DEMO.len())
        .map(|photograph| {
            let label = |column: &str| DEMO.column(column).unwrap().label(photograph);
            (
                label("category").unwrap(),
                label("gender").unwrap_or("-"),
                label("type").unwrap(),
            )
        })
        .collect();
    products.sort_unstable();
    products.dedup();
    assert_eq!(
        products,
        [
            ("glasses", "-", "glasses"),
            ("glasses", "-", "sunglasses"),
            ("shoes", "female", "ballerina"),
            ("shoes", "female", "boots"),
            ("shoes", "female", "high heels"),
            ("shoes", "female", "others"),
            ("shoes", "female", "sandals"),
            ("shoes", "female", "trainers"),
            ("shoes", "male", "boots"),
            ("shoes", "male", "formal shoes"),
            ("shoes", "male", "others"),
            ("shoes", "male", "sandals"),
            ("shoes", "male", "trainers"),
            ("trousers", "female", "jeans"),
            ("trousers", "female", "trousers"),
            ("trousers", "male", "jeans"),
            ("trousers", "male", "trousers"),
        ]
    );
}

#[test]
fn photographs_that_look_the_same_are_few_and_never_in_two_splits() {
    let groups = near_identical_groups(&DEMO.images);
    let mut twins = 0;
    for (photograph, first) in groups.iter().enumerate() {
        assert_eq!(
            DEMO.splits[photograph], DEMO.splits[*first],
            "{} and {}",
            DEMO.photographs[photograph], DEMO.photographs[*first]
        );
        twins += usize::from(photograph != *first);
    }
    assert!(
        twins * 50 < DEMO.len(),
        "{twins} near-identical photographs"
    );
}

#[test]
fn products_stand_on_white_and_are_seen() {
    let ImageSize { height, width } = DEMO.image_size();
    assert_eq!((height, width), (36, 27));
    let mut pale = Vec::new();
    for (picture, path) in DEMO.images.outer_iter().zip(&DEMO.photographs) {
        let corner = picture.slice(ndarray::s![..2, ..2, ..]);
        assert!(
            corner.iter().all(|value| *value > 200),
            "{path}: no white corner"
        );
        let pixels = picture.lanes(ndarray::Axis(2));
        let coloured = pixels
            .into_iter()
            .filter(|pixel| pixel.iter().any(|value| *value < 225));
        if coloured.count() < 25 {
            pale.push(path);
        }
    }
    // Glasses can have clear lenses in a pale frame.
    assert!(pale.len() * 100 < DEMO.len(), "no product: {pale:?}");
}
