use proptest::prelude::*;

use super::*;
use crate::statistics::{
    Interval, holm, mcnemar, mean, paired_difference_interval, paired_t, wilson,
};

const GENDERS: [&str; 2] = ["female", "male"];
/// The classes of `shoes_all`: positions of the gender and of the type in [`TYPES`].
const CLASSES: [(usize, usize); 4] = [(0, 0), (0, 1), (1, 0), (1, 1)];
/// Types by gender.
const TYPES: [[&str; 2]; 2] = [["boots", "heels"], ["boots", "sneakers"]];
/// What it costs to ask about both, about the gender, and about men's and women's types.
const COSTS: [f64; 4] = [100.0, 10.0, 20.0, 40.0];

/// A picture and what the models say of it: logits of both, of the gender, and of men's and women's types.
#[derive(Debug, Clone)]
struct Shown {
    photograph: u32,
    truth: (usize, usize),
    logits: [Vec<f32>; 4],
}

/// As positions in [`CLASSES`] and in classes of the parts, each with its probability.
fn shown(photograph: u32, truth: usize, answers: [(usize, f64); 4]) -> Shown {
    let [all, gender, male, female] = answers;
    Shown {
        photograph,
        truth: CLASSES[truth],
        logits: [
            logits_of(all.0, all.1, 4),
            logits_of(gender.0, gender.1, 2),
            logits_of(male.0, male.1, 2),
            logits_of(female.0, female.1, 2),
        ],
    }
}

fn pictures(shown: &[Shown]) -> Vec<ComparedPicture> {
    let picture = |shown: &Shown| {
        let (gender, kind) = shown.truth;
        ComparedPicture {
            photograph: shown.photograph,
            truth: labels(&[("gender", GENDERS[gender]), ("type", TYPES[gender][kind])]),
        }
    };
    shown.iter().map(picture).collect()
}

fn costs() -> Vec<Cost> {
    let mut costs = vec![
        Cost {
            multiply_adds: 1e9,
            milliseconds: None
        };
        catalogue().len()
    ];
    for (place, multiply_adds) in (SHOES_ALL..).zip(COSTS) {
        costs[place] = Cost {
            multiply_adds,
            milliseconds: Some(multiply_adds / 1000.0),
        };
    }
    costs
}

fn compare_with(shown: &[Shown], costs: &[Cost]) -> Option<RouteComparison> {
    let questions = catalogue();
    let routes = comparable_routes(&questions).swap_remove(0);
    let logits = |question: usize, picture: usize| -> Option<&[f32]> {
        let place = question.checked_sub(SHOES_ALL)?;
        shown[picture].logits.get(place).map(Vec::as_slice)
    };
    routes.compare(&questions, costs, &pictures(shown), logits)
}

fn compare(shown: &[Shown]) -> Option<RouteComparison> {
    compare_with(shown, &costs())
}

fn assert_near(got: f64, want: f64) {
    assert!((got - want).abs() < 1e-9, "got {got}, want {want}");
}

/// Four photographs of which each route gets others right.
fn four() -> [Shown; 4] {
    [
        // Men's boots, which all see.
        shown(10, 2, [(2, 0.9), (1, 0.9), (0, 0.9), (0, 0.9)]),
        // Men's sneakers: at once they are men's boots; step by step women's boots, which men's sneakers outweigh.
        shown(11, 3, [(2, 0.9), (0, 0.55), (1, 0.95), (0, 0.6)]),
        // Women's heels, which are men's sneakers at once.
        shown(12, 1, [(3, 0.9), (0, 0.9), (0, 0.9), (1, 0.9)]),
        // Women's boots, which are heels step by step.
        shown(13, 0, [(0, 0.9), (0, 0.9), (0, 0.9), (1, 0.9)]),
    ]
}

#[test]
fn points_and_first_mistakes_are_counted() {
    let found = compare(&four()).unwrap();
    assert_eq!(found.combined, "shoes_all");
    assert_eq!(
        found.hierarchical,
        ["shoes_gender", "shoes_male", "shoes_female"]
    );
    assert_eq!(found.columns, ["gender", "type"]);
    assert_eq!((found.photographs, found.pictures), (4, 4));

    let [combined, hierarchical, soft] = &found.routes[..] else {
        panic!("{} routes", found.routes.len());
    };
    let routes = [combined.route, hierarchical.route, soft.route];
    assert_eq!(routes, RouteStyle::ALL);

    assert_eq!((combined.points, combined.most_points), (5, 8));
    assert_eq!(combined.columns_right, [3, 2]);
    assert_eq!(combined.first_mistakes, [1, 1]);
    assert_eq!((combined.all_right, combined.joint_accuracy), (2, 0.5));

    assert_eq!((hierarchical.points, hierarchical.most_points), (5, 8));
    assert_eq!(hierarchical.columns_right, [3, 2]);
    assert_eq!(hierarchical.first_mistakes, [1, 1]);
    let joint = (hierarchical.all_right, hierarchical.joint_accuracy);
    assert_eq!(joint, (2, 0.5));

    assert_eq!((soft.points, soft.most_points), (7, 8));
    assert_eq!(soft.columns_right, [4, 3]);
    assert_eq!(soft.first_mistakes, [0, 1]);
    assert_eq!((soft.all_right, soft.joint_accuracy), (3, 0.75));
    assert_eq!(soft.joint_interval, wilson(0.75, 4, 0.95));
}

#[test]
fn a_route_costs_what_it_asks() {
    let found = compare(&four()).unwrap();
    // Hierarchical: four genders, one man's type, three women's. Soft: all three, always.
    let expected = [100.0, (40.0 + 20.0 + 120.0) / 4.0, 70.0];
    for (route, expected) in found.routes.iter().zip(expected) {
        assert_near(route.cost.multiply_adds, expected);
        assert_near(route.cost.milliseconds.unwrap(), expected / 1000.0);
    }
    // What was not measured is not known of routes that may ask it.
    let mut costs = costs();
    costs[SHOES_MALE].milliseconds = None;
    let known = |shown: &[Shown]| -> Vec<bool> {
        let found = compare_with(shown, &costs).unwrap();
        let costs = found.routes.iter().map(|route| route.cost);
        costs.map(|cost| cost.milliseconds.is_some()).collect()
    };
    assert_eq!(known(&four()), [true, false, false]);
    assert_eq!(known(&four()[1..]), [true, true, false]);
}

#[test]
fn differences_are_those_of_the_same_photographs() {
    let found = compare(&four()).unwrap();
    let pairs = found.differences.iter().map(|it| (it.first, it.second));
    let (combined, hierarchical, soft) = (
        RouteStyle::Combined,
        RouteStyle::Hierarchical,
        RouteStyle::SoftHierarchical,
    );
    let expected = [
        (combined, hierarchical),
        (combined, soft),
        (hierarchical, soft),
    ];
    assert_eq!(pairs.collect::<Vec<_>>(), expected);

    // Points of each photograph: 2, 1, 0, 2 at once; 2, 0, 2, 1 step by step; 2, 2, 2, 1 by all ways. The t
    // distribution's quantile is 3.182446305284263 with 3 degrees of freedom.
    let points = [
        (0.0, -2.250329363228183, 1.0),
        (-0.5, -2.554_260_256_760_521, 0.495_025_346_059_711),
        (-0.5, -2.091_223_152_641_854, 0.391_002_218_955_770_5),
    ];
    for (difference, (mean, low, p_value)) in found.differences.iter().zip(points) {
        let found = difference.points;
        assert_near(found.difference, mean);
        assert_near(found.interval.low, low);
        assert_near(found.interval.high, 2.0 * mean - low);
        assert_near(found.p_value, p_value);
        // Three times the smallest is more than 1.
        assert_eq!(found.adjusted_p_value, 1.0);
    }
    // Photographs that only the first and only the second gets all right.
    for (difference, (first, second)) in found.differences.iter().zip([(1, 1), (1, 2), (0, 1)]) {
        let found = difference.joint;
        let [only_first, only_second] = [first, second].map(f64::from);
        assert_near(found.difference, (only_first - only_second) / 4.0);
        let interval = paired_difference_interval(only_first, only_second, 4, 0.95);
        assert_eq!(found.interval, interval);
        assert_eq!((found.p_value, found.adjusted_p_value), (1.0, 1.0));
    }
}

#[test]
fn mirrored_copies_are_counted_and_not_tested() {
    // The photograph's copy is right at once and its original is not; another photograph is right in both.
    let wrong = shown(7, 2, [(1, 0.9), (1, 0.9), (0, 0.9), (0, 0.9)]);
    let right = shown(7, 2, [(2, 0.9), (1, 0.9), (0, 0.9), (0, 0.9)]);
    let other = Shown {
        photograph: 3,
        ..right.clone()
    };
    let found = compare(&[wrong, other.clone(), right, other]).unwrap();
    assert_eq!((found.photographs, found.pictures), (2, 4));
    let combined = &found.routes[0];
    assert_eq!((combined.points, combined.most_points), (6, 8));
    assert_eq!((combined.all_right, combined.joint_accuracy), (3, 0.75));
    assert_eq!(combined.joint_interval, wilson(0.75, 2, 0.95));
    assert_eq!(found.routes[1].joint_accuracy, 1.0);

    let difference = &found.differences[0];
    // Of the photographs one has half of its two points less.
    let points = paired_t(&[0.0, -1.0]).unwrap();
    assert_eq!(difference.points.difference, -0.5);
    assert_eq!(difference.points.interval, points.interval(0.95));
    assert_eq!(difference.points.p_value, points.p_value());
    assert_eq!(difference.joint.difference, -0.25);
    let interval = paired_difference_interval(0.0, 0.5, 2, 0.95);
    assert_eq!(difference.joint.interval, interval);
    assert_eq!(difference.joint.p_value, mcnemar(0, 1));
}

#[test]
fn routes_that_always_agree_do_not_differ() {
    let all = [
        shown(0, 0, [(0, 0.9), (0, 0.9), (0, 0.9), (0, 0.9)]),
        shown(1, 3, [(3, 0.9), (1, 0.9), (1, 0.9), (0, 0.9)]),
        // All take it for women's heels.
        shown(2, 0, [(1, 0.9), (0, 0.9), (0, 0.9), (1, 0.9)]),
    ];
    for difference in compare(&all).unwrap().differences {
        for estimate in [difference.points, difference.joint] {
            assert_eq!(estimate.difference, 0.0);
            assert_eq!((estimate.p_value, estimate.adjusted_p_value), (1.0, 1.0));
        }
        let none = Interval {
            low: 0.0,
            high: 0.0,
        };
        assert_eq!(difference.points.interval, none);
        let joint = difference.joint.interval;
        assert!(joint.low < 0.0 && 0.0 < joint.high);
        assert_near(joint.low, -joint.high);
    }
}

#[test]
fn a_label_that_nobody_knows_is_not_right() {
    let questions = catalogue();
    let routes = comparable_routes(&questions).swap_remove(0);
    let shown = four();
    let mut pictures = pictures(&shown);
    pictures[0].truth.remove("type");
    let logits = |question: usize, picture: usize| {
        Some(shown[picture].logits[question - SHOES_ALL].as_slice())
    };
    let found = routes.compare(&questions, &costs(), &pictures, logits);
    let combined = &found.unwrap().routes[0];
    assert_eq!((combined.points, combined.all_right), (4, 1));
    assert_eq!(combined.first_mistakes, [1, 2]);
}

#[test]
fn nothing_is_compared_by_halves() {
    assert_eq!(compare(&[]), None);
    assert_eq!(compare(&four()[..1]), None);
    // A photograph and its copy are one.
    let one = four()[0].clone();
    assert_eq!(compare(&[one.clone(), one]), None);
    for model in 0..4 {
        let classes = if model == 0 { 4 } else { 2 };
        let mut undefined = vec![0.0; classes];
        undefined[1] = f32::NAN;
        for wrong in [vec![], vec![0.0; classes + 1], undefined] {
            let mut all = four();
            all[3].logits[model] = wrong.clone();
            assert_eq!(compare(&all), None, "{model}: {wrong:?}");
        }
    }
    let questions = catalogue();
    let routes = comparable_routes(&questions).swap_remove(0);
    let found = routes.compare(&questions, &costs(), &pictures(&four()), |_, _| None);
    assert_eq!(found, None);
}

fn any_shown() -> impl Strategy<Value = Vec<Shown>> {
    let logits = |classes: usize| prop::collection::vec(-3.0..3.0f32, classes);
    let models = (logits(4), logits(2), logits(2), logits(2));
    let shown = (0u32..30, 0usize..4, models, any::<bool>());
    let shown = shown.prop_map(|(photograph, truth, (all, gender, male, female), helped)| {
        let mut shown = Shown {
            photograph,
            truth: CLASSES[truth],
            logits: [all, gender, male, female],
        };
        // So that one route is better by some.
        if helped {
            shown.logits[0][truth] += 3.0;
        }
        shown
    });
    prop::collection::vec(shown, 2..60)
}

fn highest(logits: &[f32]) -> usize {
    let classes = 0..logits.len();
    classes
        .max_by(|one, other| logits[*one].total_cmp(&logits[*other]))
        .unwrap()
}

/// Gender and type by each of the routes.
fn answers(shown: &Shown) -> [(usize, usize); 3] {
    let [all, gender, male, female] = &shown.logits;
    let types = [female, male];
    let first = highest(gender);
    let ways = CLASSES.map(|(one, kind)| shares(gender)[one] * shares(types[one])[kind]);
    let most = (0..4)
        .max_by(|one, other| ways[*one].total_cmp(&ways[*other]))
        .unwrap();
    [
        CLASSES[highest(all)],
        (first, highest(types[first])),
        CLASSES[most],
    ]
}

/// Whether gender and type are right: by their words, for boots are both men's and women's.
fn right(shown: &Shown, answer: (usize, usize)) -> [bool; 2] {
    let truth = shown.truth;
    let kind = |(gender, kind): (usize, usize)| TYPES[gender][kind];
    [answer.0 == truth.0, kind(answer) == kind(truth)]
}

proptest! {
    #[test]
    fn a_comparison_is_what_it_is_by_hand(all in any_shown()) {
        let mut photographs: Vec<u32> = all.iter().map(|shown| shown.photograph).collect();
        photographs.sort_unstable();
        photographs.dedup();
        let Some(found) = compare(&all) else {
            prop_assert_eq!(photographs.len(), 1);
            return Ok(());
        };
        prop_assert_eq!(found.photographs, photographs.len() as u64);
        prop_assert_eq!(found.pictures, all.len() as u64);

        let (mut points, mut joint) = (Vec::new(), Vec::new());
        for (style, result) in found.routes.iter().enumerate() {
            let rights: Vec<[bool; 2]> =
                all.iter().map(|shown| right(shown, answers(shown)[style])).collect();
            let count = |counts: &dyn Fn(&[bool; 2]) -> bool| {
                rights.iter().filter(|right| counts(right)).count() as u64
            };
            let (genders, types) = (count(&|it| it[0]), count(&|it| it[1]));
            prop_assert_eq!(&result.columns_right, &[genders, types]);
            prop_assert_eq!(result.points, genders + types);
            prop_assert_eq!(result.most_points, 2 * all.len() as u64);
            let mistakes = [count(&|it| !it[0]), count(&|it| it[0] && !it[1])];
            prop_assert_eq!(&result.first_mistakes, &mistakes);
            prop_assert_eq!(result.all_right, count(&|it| it[0] && it[1]));
            prop_assert_eq!(result.all_right + mistakes[0] + mistakes[1], all.len() as u64);

            // For each photograph the means over its pictures.
            let means = |worth: &dyn Fn(&[bool; 2]) -> f64| -> Vec<f64> {
                let of_one = |photograph: &u32| {
                    let pairs = all.iter().zip(&rights);
                    let own = pairs.filter(|(shown, _)| shown.photograph == *photograph);
                    mean(&own.map(|(_, right)| worth(right)).collect::<Vec<_>>()).unwrap()
                };
                photographs.iter().map(of_one).collect()
            };
            points.push(means(&|it| f64::from(u8::from(it[0]) + u8::from(it[1]))));
            joint.push(means(&|it| f64::from(u8::from(it[0] && it[1]))));
            let accuracy = mean(&joint[style]).unwrap();
            prop_assert!((result.joint_accuracy - accuracy).abs() < 1e-12);
            let interval = wilson(accuracy, found.photographs, 0.95);
            prop_assert!((result.joint_interval.low - interval.low).abs() < 1e-12);
            prop_assert!((result.joint_interval.high - interval.high).abs() < 1e-12);
        }

        let men = all.iter().filter(|shown| answers(shown)[1].0 == 1).count() as f64;
        let women = all.len() as f64 - men;
        let by_steps = COSTS[1] + (men * COSTS[2] + women * COSTS[3]) / all.len() as f64;
        let expected = [COSTS[0], by_steps, COSTS[1] + COSTS[2] + COSTS[3]];
        for (route, expected) in found.routes.iter().zip(expected) {
            prop_assert!((route.cost.multiply_adds - expected).abs() < 1e-9 * expected);
        }

        let (mut points_alone, mut joint_alone) = (Vec::new(), Vec::new());
        for (difference, (one, other)) in found.differences.iter().zip([(0, 1), (0, 2), (1, 2)]) {
            let less = |of: &[Vec<f64>]| -> Vec<f64> {
                of[one].iter().zip(&of[other]).map(|(a, b)| a - b).collect()
            };
            let alone = less(&points);
            let expected = paired_t(&alone).unwrap();
            let more = alone.iter().filter(|it| **it > 0.0).count() as u64;
            let fewer = alone.iter().filter(|it| **it < 0.0).count() as u64;
            // Without any spread only the signs say something.
            let p_value = match expected.standard_error {
                0.0 => mcnemar(more, fewer),
                _ => expected.p_value(),
            };
            prop_assert!((difference.points.difference - expected.mean).abs() < 1e-12);
            prop_assert!((difference.points.p_value - p_value).abs() < 1e-9);
            let interval = expected.interval(0.95);
            prop_assert!((difference.points.interval.low - interval.low).abs() < 1e-9);
            prop_assert!((difference.points.interval.high - interval.high).abs() < 1e-9);
            points_alone.push(p_value);

            let joint = less(&joint);
            let sign = |sign: f64| joint.iter().filter(|it| **it * sign > 0.0).count() as u64;
            let by = |sign: f64| joint.iter().map(|it| (it * sign).max(0.0)).sum::<f64>();
            prop_assert_eq!(difference.joint.p_value, mcnemar(sign(1.0), sign(-1.0)));
            let expected = mean(&joint).unwrap();
            prop_assert!((difference.joint.difference - expected).abs() < 1e-12);
            let interval = paired_difference_interval(by(1.0), by(-1.0), found.photographs, 0.95);
            prop_assert!((difference.joint.interval.low - interval.low).abs() < 1e-9);
            prop_assert!((difference.joint.interval.high - interval.high).abs() < 1e-9);
            joint_alone.push(difference.joint.p_value);
        }
        let adjusted = holm(&points_alone).into_iter().zip(holm(&joint_alone));
        for (difference, (points, joint)) in found.differences.iter().zip(adjusted) {
            prop_assert!((difference.points.adjusted_p_value - points).abs() < 1e-9);
            prop_assert_eq!(difference.joint.adjusted_p_value, joint);
        }
    }

    // A copy of which the models say the same as of its photograph is no second try.
    #[test]
    fn copies_that_say_the_same_change_no_test(all in any_shown()) {
        let twice: Vec<Shown> = all.iter().chain(&all).cloned().collect();
        let (once, twice) = (compare(&all), compare(&twice));
        prop_assert_eq!(once.is_some(), twice.is_some());
        let (Some(once), Some(twice)) = (once, twice) else { return Ok(()) };
        prop_assert_eq!(once.differences, twice.differences);
        prop_assert_eq!(once.photographs, twice.photographs);
        prop_assert_eq!(once.pictures * 2, twice.pictures);
        for (once, twice) in once.routes.iter().zip(&twice.routes) {
            prop_assert_eq!(once.points * 2, twice.points);
            prop_assert_eq!(once.joint_accuracy, twice.joint_accuracy);
            prop_assert_eq!(once.joint_interval, twice.joint_interval);
            let costs = (once.cost.multiply_adds, twice.cost.multiply_adds);
            prop_assert!((costs.0 - costs.1).abs() < 1e-9);
        }
    }
}
