use proptest::prelude::*;

use super::random::{COLUMNS, answered_questions, any_kind, some_labels};
use super::*;

fn shoes(kind: RouteKind) -> (Vec<Question>, Route, Labels) {
    let (questions, start) = (catalogue(), labels(&[("category", "shoes")]));
    let route = Route::plan(&questions, kind, &start);
    (questions, route, start)
}

fn found(walk: &Walk) -> Labels {
    let labelled = walk.labels().iter();
    labelled
        .map(|(column, it)| (column.clone(), it.label.clone()))
        .collect()
}

fn probability(walk: &Walk, column: &str) -> f64 {
    walk.labels()[column].probability
}

fn assert_near(got: f64, want: f64) {
    assert!((got - want).abs() < 1e-6, "got {got}, want {want}");
}

#[test]
fn answers_become_labels_with_the_probability_of_their_model() {
    let questions = catalogue();
    let route = Route::plan(&questions, RouteKind::Hierarchical, &Labels::new());
    let mut walk = Walk::new(&route, &Labels::new());
    assert_eq!((walk.joint(), walk.asks(&route)), (None, Some(0)));
    assert!(walk.labels().is_empty() && walk.steps().is_empty());

    walk.answer(&route, &questions, &logits_of(2, 0.9, 3));
    assert_eq!(walk.asks(&route), Some(SHOES_GENDER));
    walk.answer(&route, &questions, &logits_of(1, 0.8, 2));
    assert_eq!(walk.asks(&route), Some(SHOES_MALE));
    walk.answer(&route, &questions, &logits_of(1, 0.6, 2));
    assert_eq!(walk.asks(&route), None);

    let expected = [
        ("category", "shoes"),
        ("gender", "male"),
        ("type", "sneakers"),
    ];
    assert_eq!(found(&walk), labels(&expected));
    assert_near(probability(&walk, "category"), 0.9);
    assert_near(probability(&walk, "gender"), 0.8);
    assert_near(probability(&walk, "type"), 0.6);
    assert_near(walk.joint().unwrap(), 0.9 * 0.8 * 0.6);
    let steps = walk.steps().iter().map(|step| (step.question, step.class));
    let expected = [(0, 2), (SHOES_GENDER, 1), (SHOES_MALE, 1)];
    assert_eq!(steps.collect::<Vec<_>>(), expected);
}

#[test]
fn a_label_of_a_combined_answer_has_the_sum_over_all_classes_with_it() {
    let (questions, route, start) = shoes(RouteKind::Combined);
    let mut walk = Walk::new(&route, &start);
    // Female boots, female heels, male boots, male sneakers.
    let logits = [0.1f32, 0.3, 0.4, 0.2].map(f32::ln);
    walk.answer(&route, &questions, &logits);
    let expected = [("category", "shoes"), ("gender", "male"), ("type", "boots")];
    assert_eq!(found(&walk), labels(&expected));
    assert_near(probability(&walk, "gender"), 0.4 + 0.2);
    assert_near(probability(&walk, "type"), 0.1 + 0.4);
    assert_near(walk.joint().unwrap(), 0.4);
    assert_eq!(probability(&walk, "category"), 1.0);
}

#[test]
fn what_follows_from_an_answer_is_as_sure_as_can_be() {
    let mut questions = catalogue();
    questions[0].answers[0].implied = labels(&[("type", "sunglasses")]);
    let route = Route::plan(&questions, RouteKind::Combined, &Labels::new());
    let mut walk = Walk::new(&route, &Labels::new());
    walk.answer(&route, &questions, &logits_of(0, 0.7, 3));
    assert_eq!(walk.asks(&route), None);
    assert_eq!(walk.labels()["type"].label, "sunglasses");
    assert_eq!(probability(&walk, "type"), 1.0);
    assert_near(walk.joint().unwrap(), 0.7);
}

#[test]
fn another_number_of_logits_ends_the_walk() {
    let (questions, route, start) = shoes(RouteKind::Hierarchical);
    for logits in [&[][..], &[1.0], &[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]] {
        let mut walk = Walk::new(&route, &start);
        walk.answer(&route, &questions, logits);
        assert_eq!((walk.asks(&route), walk.joint()), (None, None));
        assert_eq!(found(&walk), start);
        // Nothing is asked any more, so that answers are to nothing.
        walk.answer(&route, &questions, &[1.0, 2.0]);
        assert!(walk.steps().is_empty());
    }
}

#[test]
fn an_empty_route_asks_nothing() {
    let start = labels(&[("category", "shoes")]);
    let route = Route::plan(&[], RouteKind::Combined, &start);
    let mut walk = Walk::new(&route, &start);
    walk.answer(&route, &[], &[]);
    assert_eq!((walk.asks(&route), walk.joint()), (None, None));
    assert_eq!(found(&walk), start);
}

#[test]
fn logits_that_are_not_finite_have_no_probability() {
    for wrong in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let (questions, route, start) = shoes(RouteKind::Hierarchical);
        let mut walk = Walk::new(&route, &start);
        walk.answer(&route, &questions, &[wrong, 1.0]);
        // Whatever it is taken for, the photograph goes on and ends as one that nobody is sure of.
        walk.answer(&route, &questions, &logits_of(0, 0.9, 2));
        assert_eq!(walk.asks(&route), None);
        assert_eq!(found(&walk).len(), 3);
        assert_eq!(walk.joint(), Some(0.0));
        let gender = probability(&walk, "gender");
        assert!(gender == 0.0 && gender.is_sign_positive(), "{gender}");
    }
}

#[test]
fn large_logits_are_certain_and_do_not_overflow() {
    let (questions, route, start) = shoes(RouteKind::Combined);
    let mut walk = Walk::new(&route, &start);
    walk.answer(&route, &questions, &[f32::MIN, f32::MAX, 0.0, -3.0]);
    assert_eq!(walk.joint(), Some(1.0));
    assert_eq!(probability(&walk, "type"), 1.0);
}

proptest! {
    #[test]
    fn every_walk_ends_within_the_number_of_columns(
        (questions, logits) in answered_questions(), kind in any_kind(), start in some_labels(),
    ) {
        let route = Route::plan(&questions, kind, &start);
        let mut walk = Walk::new(&route, &start);
        let mut before = found(&walk);
        prop_assert_eq!(&before, &start);
        let mut product = 1.0;
        while let Some(asked) = walk.asks(&route) {
            walk.answer(&route, &questions, &logits[asked]);
            let step = walk.steps().last().unwrap();
            prop_assert_eq!(step.question, asked);
            product *= shares(&logits[asked])[step.class];
            let after = found(&walk);
            prop_assert!(before.iter().all(|(column, label)| after.get(column) == Some(label)));
            let answers = &questions[asked].answers;
            for column in &questions[asked].definition.predicts {
                prop_assert_eq!(&after[column], &answers[step.class].labels[column]);
                // All classes that agree in this column.
                let agree = |(answer, share): (&Answer, f64)| {
                    if answer.labels[column] == after[column] { share } else { 0.0 }
                };
                let sum: f64 = answers.iter().zip(shares(&logits[asked])).map(agree).sum();
                let got = probability(&walk, column);
                prop_assert!((got - sum).abs() < 1e-12);
                prop_assert!(step.probability <= got + 1e-12 && got <= 1.0);
            }
            before = after;
        }
        prop_assert!(walk.steps().len() <= COLUMNS.len() - start.len());
        prop_assert_eq!(walk.joint().is_some(), route.first().is_some());
        prop_assert!((walk.joint().unwrap_or(1.0) - product).abs() < 1e-12);
    }
}
