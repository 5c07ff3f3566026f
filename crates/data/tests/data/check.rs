//! What somebody should look at is found, and nothing else.

use fitroom_data::{
    Column, Dataset, Disagreement, Findings, Origin, Problem, Skipped, SkippedPhotographs,
    SmallClass, SplitLeaks, check, thumbnail,
};
use fitroom_domain::Split::{self, Test, Train, Validation};
use ndarray::Array4;

const SIDE: usize = 24;

/// A picture: what it shows, and how bright its noise is.
#[derive(Clone, Copy)]
enum Picture {
    /// A chessboard with fields of this many pixels, all values raised by this much.
    Board(usize, u8),
    /// One grey.
    Grey(u8),
    /// A dark dot of this many pixels in the middle.
    Dot(usize),
}
use Picture::{Board, Dot, Grey};

impl Picture {
    fn value(self, y: usize, x: usize) -> u8 {
        match self {
            Board(field, raised) => [30, 160][(y / field + x / field) % 2] + raised,
            Grey(value) => value,
            Dot(side) => {
                let from = (SIDE - side) / 2;
                let inside = |at: usize| (from..from + side).contains(&at);
                let ink = (20 + 60 * (x % 2)) as u8;
                if inside(y) && inside(x) { ink } else { 255 }
            }
        }
    }
}

/// A dataset of these pictures with one column, whose classes are `a` and `b`.
fn dataset(photographs: &[(Picture, Split, i32)]) -> Dataset {
    let images = Array4::from_shape_fn((photographs.len(), SIDE, SIDE, 3), |(number, y, x, _)| {
        photographs[number].0.value(y, x)
    });
    let column = Column {
        name: "type".to_owned(),
        classes: vec!["a".to_owned(), "b".to_owned()],
        codes: photographs.iter().map(|(.., code)| *code).collect(),
    };
    let origin = Origin {
        source: "made for tests".to_owned(),
        preparation: "none".to_owned(),
        split: "by hand".to_owned(),
    };
    Dataset::new(
        "small".to_owned(),
        images,
        photographs.iter().map(|(_, split, _)| *split).collect(),
        vec![column],
        (0..photographs.len())
            .map(|number| format!("{number}.png"))
            .collect(),
        origin,
    )
    .unwrap()
}

fn found(photographs: &[(Picture, Split, i32)]) -> Findings {
    check(&dataset(photographs))
}

#[test]
fn identical_and_near_identical_pairs_are_counted_within_and_across_splits() {
    let findings = found(&[
        (Board(2, 0), Train, 0),
        (Board(5, 0), Train, 0),
        (Board(2, 0), Train, 0),
        (Board(2, 1), Validation, 0),
        (Board(5, 0), Train, 0),
        (Board(2, 0), Test, 0),
        (Board(9, 0), Test, 0),
    ]);
    let [across, within] = &findings.alike[..] else {
        panic!("{findings:?}");
    };
    let photographs: Vec<usize> = across
        .members
        .iter()
        .map(|member| member.photograph)
        .collect();
    assert_eq!(photographs, [0, 2, 3, 5]);
    assert!(across.across && !across.identical);
    assert!(!within.across && within.identical);
    // The near-identical one is one step brighter; the others have a twin.
    let distances: Vec<f64> = across
        .members
        .iter()
        .map(|member| member.distance)
        .collect();
    assert_eq!(distances, [0.0, 0.0, 1.0, 0.0]);
    assert_eq!(
        (across.members[0].nearest, across.members[2].nearest),
        (2, 0)
    );
    let pairs = findings.pairs;
    assert_eq!((pairs.identical.within, pairs.identical.across), (2, 2));
    assert_eq!(
        (pairs.near_identical.within, pairs.near_identical.across),
        (0, 3)
    );
    let expected = SplitLeaks {
        validation_in_train: 1,
        test_in_train: 1,
        test_in_validation: 1,
    };
    assert_eq!(findings.leaks, expected);
}

#[test]
fn labels_that_differ_on_alike_photographs_are_found_identical_ones_first() {
    let findings = found(&[
        (Board(2, 0), Train, 0),
        (Board(2, 2), Train, 1),
        (Board(5, 0), Train, 0),
        (Board(5, 0), Train, 1),
        (Board(5, 1), Train, 1),
        // A missing label disagrees with none, and the same label neither.
        (Board(9, 0), Train, 0),
        (Board(9, 0), Train, -1),
        (Board(3, 0), Train, 1),
        (Board(3, 0), Train, 1),
    ]);
    let disagreement = |identical, photographs: &[usize]| Disagreement {
        column: "type".to_owned(),
        identical,
        photographs: photographs.to_vec(),
    };
    assert_eq!(
        findings.disagreements,
        [disagreement(true, &[2, 3]), disagreement(false, &[0, 1])]
    );
}

/// So many photographs of a class in a split.
fn photographs(count: usize, split: Split, code: i32) -> Vec<(Picture, Split, i32)> {
    vec![(Board(2, 0), split, code); count]
}

#[test]
fn classes_below_the_documented_numbers_are_small() {
    let enough = [
        photographs(20, Train, 0),
        photographs(5, Validation, 0),
        photographs(5, Test, 0),
        photographs(20, Train, 1),
    ]
    .concat();
    let few = [photographs(4, Validation, 1), photographs(5, Test, 1)].concat();
    let small = |split, photographs, expected| SmallClass {
        column: "type".to_owned(),
        class: "b".to_owned(),
        split,
        photographs,
        expected,
    };
    let all = [enough, few].concat();
    assert_eq!(found(&all).small_classes, [small(Validation, 4, 5)]);
    assert_eq!(
        found(&all[1..]).small_classes.len(),
        2,
        "19 of a class are too few to train on"
    );
}

#[test]
fn without_a_test_split_no_class_is_too_small_in_it() {
    let all = [
        photographs(20, Train, 0),
        photographs(20, Train, 1),
        photographs(5, Validation, 0),
        photographs(5, Validation, 1),
    ]
    .concat();
    assert_eq!(found(&all).small_classes, []);
}

#[test]
fn blank_and_tiny_pictures_are_found() {
    let findings = found(&[
        (Board(2, 0), Train, 0),
        (Grey(255), Train, 0),
        (Dot(4), Test, 0),
        (Grey(80), Validation, 0),
        (Dot(12), Validation, 0),
    ]);
    let found: Vec<(usize, Problem)> = findings
        .poor_pictures
        .iter()
        .map(|poor| (poor.photograph, poor.problem))
        .collect();
    assert_eq!(
        found,
        [(1, Problem::Blank), (2, Problem::Tiny), (3, Problem::Blank)]
    );
}

#[test]
fn a_dataset_without_anything_to_look_at_has_no_findings_until_something_was_skipped() {
    // Classes have to be large enough, and no two photographs alike.
    let mut photographs = Vec::new();
    for number in 0..60 {
        let split = [Train, Train, Train, Train, Validation, Test][number / 2 % 6];
        photographs.push((Board(12, 0), split, (number % 2) as i32));
    }
    let mut dataset = dataset(&photographs);
    for (number, mut picture) in dataset.images.outer_iter_mut().enumerate() {
        let (y, x) = (number / 8 * 3, number % 8 * 3);
        picture
            .slice_mut(ndarray::s![y..y + 3, x..x + 3, ..])
            .fill(255);
    }
    assert_eq!(check(&dataset).small_classes, []);
    assert!(check(&dataset).is_empty(), "{:?}", check(&dataset));
    dataset.skipped = SkippedPhotographs::of(&[Skipped {
        path: "half.jpg".to_owned(),
        line: 7,
        reason: "cannot be decoded".to_owned(),
    }]);
    assert_eq!(check(&dataset).skipped, 1);
    assert!(!check(&dataset).is_empty());
}

#[test]
fn a_thumbnail_is_a_png_of_the_photograph_that_is_shrunk_if_it_is_large() {
    let dataset = dataset(&[(Board(2, 0), Train, 0)]);
    let decoded = |bytes: Vec<u8>| image::load_from_memory(&bytes).unwrap().into_rgb8();
    let small = decoded(thumbnail(&dataset, 0).unwrap());
    assert_eq!(small.as_raw(), dataset.pixels(0));
    let images = Array4::from_elem((1, 400, 300, 3), 70);
    let large = Dataset::new(
        "large".to_owned(),
        images,
        vec![Train],
        Vec::new(),
        vec!["a.png".to_owned()],
        dataset.origin.clone(),
    );
    let large = decoded(thumbnail(&large.unwrap(), 0).unwrap());
    assert_eq!(large.dimensions(), (120, 160));
    assert!(thumbnail(&dataset, 1).is_err());
}
