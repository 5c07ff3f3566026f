use proptest::prelude::*;

use super::random::{answered_questions, any_kind, some_labels};
use super::*;

/// Every way through a route from a step on, in the order of classes: its labels and its probability.
fn ways(
    route: &Route,
    place: usize,
    probability: f64,
    shares: &dyn Fn(usize) -> Vec<f64>,
) -> Vec<(Labels, f64)> {
    let node = &route.nodes()[place];
    let classes = node.known.iter().zip(&node.next).zip(shares(node.question));
    classes
        .flat_map(|((known, next), share)| match next {
            Some(next) => ways(route, *next, probability * share, shares),
            None => vec![(known.clone(), probability * share)],
        })
        .collect()
}

/// The first of the most probable.
fn most_probable(ways: &[(Labels, f64)]) -> &(Labels, f64) {
    let highest = ways.iter().map(|way| way.1).fold(0.0, f64::max);
    ways.iter().find(|way| way.1 == highest).unwrap()
}

fn shoes(questions: &[Question]) -> Route {
    let start = labels(&[("category", "shoes")]);
    Route::plan(questions, RouteKind::Hierarchical, &start)
}

#[test]
fn a_wrong_first_step_is_undone() {
    let questions = catalogue();
    let route = shoes(&questions);
    let mut answers = vec![Vec::new(); questions.len()];
    answers[SHOES_GENDER] = logits_of(0, 0.55, 2);
    answers[SHOES_MALE] = logits_of(1, 0.95, 2);
    answers[SHOES_FEMALE] = logits_of(1, 0.6, 2);

    let mut walk = Walk::new(&route, &labels(&[("category", "shoes")]));
    while let Some(asked) = walk.asks(&route) {
        walk.answer(&route, &questions, &answers[asked]);
    }
    assert_eq!(walk.labels()["gender"].label, "female");

    let logits = |question: usize| answers.get(question).map(Vec::as_slice);
    let (found, probability) = route.most_probable(logits).unwrap();
    let expected = [
        ("category", "shoes"),
        ("gender", "male"),
        ("type", "sneakers"),
    ];
    assert_eq!(found, &labels(&expected));
    assert!((probability - 0.45 * 0.95).abs() < 1e-6, "{probability}");
}

#[test]
fn the_first_of_equals_is_the_first_in_the_order_of_classes() {
    let questions = catalogue();
    let logits = |_| Some(&[0.0f32, 0.0][..]);
    let route = shoes(&questions);
    let (found, probability) = route.most_probable(logits).unwrap();
    let expected = [
        ("category", "shoes"),
        ("gender", "female"),
        ("type", "boots"),
    ];
    assert_eq!((found, probability), (&labels(&expected), 0.25));
}

#[test]
fn a_longer_way_of_an_earlier_class_comes_before_a_shorter_one() {
    let female = [("category", "shoes"), ("gender", "female")];
    let mut questions = catalogue();
    questions[SHOES_MALE].definition.predicts.clear();
    questions[SHOES_FEMALE] = question("shoes_female", &female, &["type"], &[&["heels"]]);
    let route = shoes(&questions);
    // Women have a single type, and men none: both ways have one half.
    let logits = |question| Some(&[0.0f32, 0.0][..if question == SHOES_FEMALE { 1 } else { 2 }]);
    let (found, probability) = route.most_probable(logits).unwrap();
    assert_eq!((found["gender"].as_str(), probability), ("female", 0.5));
}

#[test]
fn all_models_must_have_answered() {
    let questions = catalogue();
    let route = shoes(&questions);
    let sure = [5.0f32, 0.0];
    assert!(route.most_probable(|_| Some(&sure[..])).is_some());
    let wrong = [
        None,
        Some(&[][..]),
        Some(&[1.0][..]),
        Some(&[1.0, 2.0, 3.0][..]),
        Some(&[1.0, f32::NAN][..]),
        Some(&[f32::INFINITY, 1.0][..]),
    ];
    // Also those that the most probable answers would not have asked.
    for model in [SHOES_GENDER, SHOES_MALE, SHOES_FEMALE] {
        for wrong in wrong {
            let logits = |question| {
                if question == model {
                    wrong
                } else {
                    Some(&sure[..])
                }
            };
            assert_eq!(route.most_probable(logits), None, "{model}: {wrong:?}");
        }
    }
    let empty = Route::plan(&[], RouteKind::Hierarchical, &Labels::new());
    assert_eq!(empty.most_probable(|_| Some(&sure[..])), None);
}

proptest! {
    #[test]
    fn it_is_the_most_probable_of_all_ways(
        (questions, logits) in answered_questions(), kind in any_kind(), start in some_labels(),
    ) {
        let route = Route::plan(&questions, kind, &start);
        let found = route.most_probable(|question| logits.get(question).map(Vec::as_slice));
        prop_assert_eq!(found.is_some(), route.first().is_some());
        let Some((found, probability)) = found else { return Ok(()) };
        let mut ways = ways(&route, 0, 1.0, &|question| shares(&logits[question]));
        let sum: f64 = ways.iter().map(|(_, probability)| probability).sum();
        prop_assert!((sum - 1.0).abs() < 1e-12);
        let best = most_probable(&ways).clone();
        prop_assert!((best.1 - probability).abs() < 1e-12);
        ways.retain(|(_, other)| *other > best.1 - 1e-9);
        prop_assert!(ways.iter().any(|(labels, _)| labels == found));

        let mut walk = Walk::new(&route, &start);
        while let Some(asked) = walk.asks(&route) {
            walk.answer(&route, &questions, &logits[asked]);
        }
        prop_assert!(walk.joint().unwrap() <= probability + 1e-12);
    }

    // Thirds are no sums of powers of two, but equal ones have equal products.
    #[test]
    fn of_equal_ways_it_is_the_first(
        (questions, logits) in answered_questions(), kind in any_kind(),
    ) {
        let route = Route::plan(&questions, kind, &Labels::new());
        let Some(first) = route.first() else { return Ok(()) };
        let equal: Vec<Vec<f32>> = logits.iter().map(|it| vec![0.0; it.len()]).collect();
        let shares = |question: usize| {
            let classes = questions[question].answers.len();
            vec![1.0 / classes as f64; classes]
        };
        let ways = ways(&route, first, 1.0, &shares);
        let (expected, probability) = most_probable(&ways);
        let found = route.most_probable(|question| equal.get(question).map(Vec::as_slice));
        prop_assert_eq!(found, Some((expected, *probability)));
    }
}
