use proptest::prelude::*;

use super::random::{any_kind, any_questions, some_labels};
use super::*;

/// The tasks that are asked about a photograph with these true labels if every answer is right, and what is known then.
fn followed<'q>(
    questions: &'q [Question],
    kind: RouteKind,
    truth: &[(&str, &str)],
) -> (Vec<&'q str>, Labels) {
    let truth = labels(truth);
    let route = Route::plan(questions, kind, &Labels::new());
    let (mut tasks, mut known) = (Vec::new(), Labels::new());
    let mut at = route.first();
    while let Some(place) = at {
        let node = &route.nodes()[place];
        let question = &questions[node.question];
        tasks.push(question.task.as_str());
        let is_right =
            |answer: &Answer| answer.labels.iter().all(|it| truth.get(it.0) == Some(it.1));
        let class = question.answers.iter().position(is_right).unwrap();
        known = node.known[class].clone();
        at = node.next[class];
    }
    (tasks, known)
}

const SHOES: [(&str, &str); 3] = [
    ("category", "shoes"),
    ("gender", "male"),
    ("type", "sneakers"),
];
const HEELS: [(&str, &str); 3] = [
    ("category", "shoes"),
    ("gender", "female"),
    ("type", "heels"),
];
const TROUSERS: [(&str, &str); 3] = [
    ("category", "trousers"),
    ("gender", "male"),
    ("type", "jeans"),
];
const SUNGLASSES: [(&str, &str); 2] = [("category", "glasses"), ("type", "sunglasses")];

fn assert_asks(questions: &[Question], kind: RouteKind, truth: &[(&str, &str)], tasks: &[&str]) {
    assert_eq!(
        followed(questions, kind, truth),
        (tasks.to_vec(), labels(truth)),
        "{kind}"
    );
}

fn always_tells(questions: &[Question], kind: RouteKind, names: &[&str]) -> bool {
    Route::plan(questions, kind, &Labels::new()).always_tells(columns(names).iter())
}

#[test]
fn a_combined_route_asks_for_all_columns_at_once() {
    let questions = catalogue();
    let kind = RouteKind::Combined;
    assert_asks(&questions, kind, &SHOES, &["primary", "shoes_all"]);
    assert_asks(&questions, kind, &HEELS, &["primary", "shoes_all"]);
    assert_asks(&questions, kind, &TROUSERS, &["primary", "trousers_all"]);
    assert_asks(&questions, kind, &SUNGLASSES, &["primary", "glasses"]);
    let route = Route::plan(&questions, kind, &Labels::new());
    assert_eq!(route.questions(), [0, 1, 2, 6]);
}

#[test]
fn a_hierarchical_route_asks_for_one_column_after_the_other() {
    let questions = catalogue();
    let kind = RouteKind::Hierarchical;
    let asked = ["primary", "shoes_gender", "shoes_male"];
    assert_asks(&questions, kind, &SHOES, &asked);
    let asked = ["primary", "shoes_gender", "shoes_female"];
    assert_asks(&questions, kind, &HEELS, &asked);
    let asked = ["primary", "trousers_gender", "trousers_male"];
    assert_asks(&questions, kind, &TROUSERS, &asked);
    assert_asks(&questions, kind, &SUNGLASSES, &["primary", "glasses"]);
    let route = Route::plan(&questions, kind, &Labels::new());
    assert_eq!(route.questions(), [0, 1, 3, 4, 5, 7, 8, 9]);
    assert_eq!(route.columns(), ["category", "type", "gender"]);
}

#[test]
fn only_columns_that_all_ways_end_with_are_always_told() {
    for kind in [RouteKind::Combined, RouteKind::Hierarchical] {
        assert!(always_tells(&catalogue(), kind, &["category", "type"]));
        // Glasses have none.
        assert!(!always_tells(&catalogue(), kind, &["gender"]));
        assert!(!always_tells(&catalogue(), kind, &["season"]));
    }
}

#[test]
fn the_order_of_the_questions_does_not_matter() {
    let mut questions = catalogue();
    questions.reverse();
    let asked = ["primary", "shoes_gender", "shoes_male"];
    assert_asks(&questions, RouteKind::Hierarchical, &SHOES, &asked);
    let asked = ["primary", "trousers_all"];
    assert_asks(&questions, RouteKind::Combined, &TROUSERS, &asked);
}

#[test]
fn what_follows_from_an_answer_needs_no_model() {
    for with_model in [false, true] {
        let mut questions = match with_model {
            true => catalogue(),
            false => catalogue_without(&["glasses"]),
        };
        for kind in [RouteKind::Combined, RouteKind::Hierarchical] {
            let tells_type = always_tells(&questions, kind, &["type"]);
            assert_eq!(tells_type, with_model);
        }
        of_task(&mut questions, "primary").answers[0].implied = labels(&[("type", "sunglasses")]);
        for kind in [RouteKind::Combined, RouteKind::Hierarchical] {
            assert_asks(&questions, kind, &SUNGLASSES, &["primary"]);
            assert!(always_tells(&questions, kind, &["category", "type"]));
        }
        assert_asks(
            &questions,
            RouteKind::Combined,
            &SHOES,
            &["primary", "shoes_all"],
        );
    }
}

#[test]
fn what_was_known_before_stays() {
    let mut questions = catalogue();
    // Of all these only the season is new.
    questions[SHOES_ALL].answers[0].implied = labels(&[
        ("category", "trousers"),
        ("gender", "male"),
        ("season", "winter"),
    ]);
    let start = labels(&[("category", "shoes")]);
    let route = Route::plan(&questions, RouteKind::Combined, &start);
    let known = [
        ("category", "shoes"),
        ("gender", "female"),
        ("season", "winter"),
        ("type", "boots"),
    ];
    assert_eq!(route.nodes()[0].known[0], labels(&known));
}

#[test]
fn a_missing_model_leaves_its_column_open() {
    let questions = catalogue_without(&["shoes_male"]);
    let kind = RouteKind::Hierarchical;
    // The model of both columns cannot stand in: one of them is known by now.
    assert_eq!(
        followed(&questions, kind, &SHOES),
        (vec!["primary", "shoes_gender"], labels(&SHOES[..2]))
    );
    let asked = ["primary", "shoes_gender", "shoes_female"];
    assert_asks(&questions, kind, &HEELS, &asked);
    assert!(!always_tells(&questions, kind, &["type"]));
    assert!(always_tells(&questions, kind, &["category"]));
    assert!(always_tells(&questions, RouteKind::Combined, &["type"]));

    let start = labels(&[("category", "shoes")]);
    let route = Route::plan(&questions, kind, &start);
    assert!(route.always_tells(columns(&["gender"]).iter()));
    assert!(!route.always_tells(columns(&["gender", "type"]).iter()));
}

#[test]
fn without_a_model_there_is_no_first_step() {
    let without_primary = catalogue_without(&["primary"]);
    for questions in [&[][..], &without_primary] {
        let route = Route::plan(questions, RouteKind::Combined, &Labels::new());
        assert_eq!((route.first(), route.nodes()), (None, &[][..]));
        assert!(route.questions().is_empty() && route.columns().is_empty());
        assert!(!route.always_tells(columns(&["category"]).iter()));
        assert!(!route.always_tells([].iter()));
    }
    let without_columns = [question("nothing", &[], &[], &[&[], &[]])];
    let route = Route::plan(&without_columns, RouteKind::Combined, &Labels::new());
    assert_eq!(route.first(), None);
}

#[test]
fn a_kind_falls_back_to_the_models_that_there_are() {
    let parts = ["shoes_gender", "shoes_male", "shoes_female"];
    let questions = catalogue_without(&parts);
    let kind = RouteKind::Hierarchical;
    assert_asks(&questions, kind, &SHOES, &["primary", "shoes_all"]);
    let asked = ["primary", "trousers_gender", "trousers_male"];
    assert_asks(&questions, kind, &TROUSERS, &asked);

    let questions = catalogue_without(&["trousers_all"]);
    let kind = RouteKind::Combined;
    assert_asks(&questions, kind, &SHOES, &["primary", "shoes_all"]);
    assert_asks(&questions, kind, &TROUSERS, &asked);
}

#[test]
fn the_more_special_question_wins() {
    let any_gender = question("any_gender", &[], &["gender"], &[&["female"], &["male"]]);
    let shoes_type = question(
        "shoes_type",
        &[("category", "shoes")],
        &["type"],
        &[&["boots"], &["sneakers"], &["heels"]],
    );
    let start = labels(&[("category", "shoes")]);
    // At both ends, so that order cannot have decided.
    for last in [false, true] {
        let mut questions = catalogue();
        let place = if last { questions.len() } else { 0 };
        questions.splice(place..place, [any_gender.clone(), shoes_type.clone()]);
        questions.retain(|it| it.task != "shoes_female");
        let route = Route::plan(&questions, RouteKind::Hierarchical, &start);
        let task = |node: usize| questions[route.nodes()[node].question].task.as_str();
        let first = &route.nodes()[0];
        if task(0) == "shoes_gender" {
            // For women only the general model of types is left.
            let next = [first.next[0].unwrap(), first.next[1].unwrap()];
            assert_eq!(next.map(task), ["shoes_type", "shoes_male"]);
        } else {
            // Types of shoes are as special a question as their gender, and stand first.
            assert!(!last);
            assert_eq!(task(0), "shoes_type");
            assert!(
                first
                    .next
                    .iter()
                    .all(|it| task(it.unwrap()) == "shoes_gender")
            );
        }
    }
}

#[test]
fn the_number_of_columns_decides_before_the_more_special_question() {
    let both = question("both", &[], &["gender", "type"], &[&["male", "boots"]]);
    let start = labels(&[("category", "shoes")]);
    let questions = [both, catalogue()[SHOES_GENDER].clone()];
    let first = |kind| Route::plan(&questions, kind, &start).nodes()[0].question;
    assert_eq!(first(RouteKind::Combined), 0);
    assert_eq!(first(RouteKind::Hierarchical), 1);
}

#[test]
fn the_first_of_equal_questions_is_asked() {
    let mut questions = catalogue();
    questions.extend(catalogue());
    for kind in [RouteKind::Combined, RouteKind::Hierarchical] {
        let route = Route::plan(&questions, kind, &Labels::new());
        assert_eq!(
            route,
            Route::plan(&catalogue(), kind, &Labels::new()),
            "{kind}"
        );
    }
}

#[test]
fn three_columns_are_found_in_one_two_or_three_steps() {
    let coats = [("category", "coats")];
    let all = question(
        "all",
        &coats,
        &["gender", "type", "season"],
        &[&["male", "parka", "winter"]],
    );
    let two = question("two", &coats, &["gender", "type"], &[&["male", "parka"]]);
    let season = question("season", &coats, &["season"], &[&["winter"], &["summer"]]);
    let gender = question("gender", &coats, &["gender"], &[&["male"]]);
    let parka = [("category", "coats"), ("gender", "male")];
    let male = question("male", &parka, &["type"], &[&["parka"]]);
    let questions = [all, two, season, gender, male];
    let tasks = |questions: &[Question], kind| -> Vec<String> {
        let route = Route::plan(questions, kind, &labels(&coats));
        let (mut tasks, mut at) = (Vec::new(), route.first());
        assert!(route.always_tells(columns(&["gender", "type", "season"]).iter()));
        while let Some(node) = at.map(|place| &route.nodes()[place]) {
            tasks.push(questions[node.question].task.clone());
            at = node.next[0];
        }
        tasks
    };
    assert_eq!(tasks(&questions, RouteKind::Combined), ["all"]);
    assert_eq!(
        tasks(&questions[1..], RouteKind::Combined),
        ["two", "season"]
    );
    let one_by_one = ["season", "gender", "male"];
    assert_eq!(tasks(&questions, RouteKind::Hierarchical), one_by_one);
    assert_eq!(
        tasks(&questions[..3], RouteKind::Hierarchical),
        ["season", "two"]
    );
}

#[test]
fn questions_with_columns_in_common_end() {
    let ab = question("ab", &[], &["a", "b"], &[&["x", "x"], &["y", "x"]]);
    let bc = question("bc", &[], &["b", "c"], &[&["x", "x"], &["y", "x"]]);
    let ca = question("ca", &[], &["c", "a"], &[&["x", "x"], &["y", "x"]]);
    let mut questions = vec![ab, bc, ca];
    let route = Route::plan(&questions, RouteKind::Combined, &Labels::new());
    assert_eq!(route.questions(), [0]);
    assert!(!route.always_tells(columns(&["c"]).iter()));
    questions.push(question("c", &[], &["c"], &[&["x"], &["y"]]));
    let route = Route::plan(&questions, RouteKind::Combined, &Labels::new());
    assert_eq!((route.questions(), route.nodes().len()), (vec![0, 3], 3));
    assert_eq!(route.columns(), ["a", "b", "c"]);
}

/// Whether a question can be asked when this is known.
fn can_be_asked(question: &Question, known: &Labels) -> bool {
    let definition = &question.definition;
    let is_known = |(column, label)| known.get(column) == Some(label);
    definition.where_.iter().all(is_known)
        && definition.predicts.iter().all(|it| !known.contains_key(it))
}

proptest! {
    #[test]
    fn each_step_asks_the_best_question_and_no_way_ends_early(
        questions in any_questions(), kind in any_kind(), start in some_labels(),
    ) {
        let route = Route::plan(&questions, kind, &start);
        prop_assert_eq!(&route, &Route::plan(&questions, kind, &start));
        let mut open = vec![(route.first(), start)];
        let mut steps = 0;
        while let Some((at, known)) = open.pop() {
            let suitable: Vec<&Question> =
                questions.iter().filter(|it| can_be_asked(it, &known)).collect();
            let Some(place) = at else {
                prop_assert!(suitable.is_empty());
                continue;
            };
            steps += 1;
            let node = &route.nodes()[place];
            let asked = &questions[node.question];
            prop_assert!(can_be_asked(asked, &known));
            prop_assert_eq!(&node.columns, &asked.definition.predicts);
            let rank = |question: &Question| {
                let columns = question.definition.predicts.len() as isize;
                let fewest = if kind == RouteKind::Combined { -columns } else { columns };
                (fewest, -(question.definition.where_.len() as isize))
            };
            let best = suitable.iter().map(|it| rank(it)).min();
            let first = questions.iter().position(|it| {
                can_be_asked(it, &known) && Some(rank(it)) == best
            });
            prop_assert_eq!(Some(node.question), first);
            prop_assert_eq!(node.known.len(), asked.answers.len());
            prop_assert_eq!(node.next.len(), asked.answers.len());
            for ((after, next), answer) in node.known.iter().zip(&node.next).zip(&asked.answers) {
                prop_assert!(known.iter().all(|(column, label)| after.get(column) == Some(label)));
                let mut told = answer.labels.iter();
                prop_assert!(told.all(|(column, label)| after.get(column) == Some(label)));
                prop_assert!(answer.implied.keys().all(|column| after.contains_key(column)));
                let sources = known.len() + answer.labels.len() + answer.implied.len();
                prop_assert!(known.len() < after.len() && after.len() <= sources);
                prop_assert!(next.is_none_or(|next| next > place));
                open.push((*next, after.clone()));
            }
        }
        prop_assert_eq!(steps, route.nodes().len());
    }
}
