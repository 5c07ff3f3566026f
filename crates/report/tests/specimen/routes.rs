//! Invented models that find the same labels at once and step by step.

use std::collections::BTreeMap;

use fitroom_domain::route::{
    Answer, ComparedPicture, Cost, Labels, Question, RouteComparison, comparable_routes,
};
use fitroom_domain::{Flip, TaskDefinition};
use fitroom_report::{RoutesModel, RoutesReport};

use super::{dataset, noise};

const GENDERS: [&str; 2] = ["female", "male"];
const TYPES: [&str; 2] = ["jeans", "trousers"];

fn labels(pairs: &[(&str, &str)]) -> Labels {
    let owned = pairs
        .iter()
        .map(|(column, label)| ((*column).to_owned(), (*label).to_owned()));
    owned.collect()
}

fn question(
    task: &str,
    known: &[(&str, &str)],
    predicts: &[&str],
    answers: Vec<Labels>,
) -> Question {
    let answer = |labels| Answer {
        labels,
        implied: BTreeMap::new(),
    };
    Question {
        task: task.to_owned(),
        definition: TaskDefinition {
            where_: labels(known),
            predicts: predicts.iter().map(|column| (*column).to_owned()).collect(),
            flip: Flip::Train,
        },
        answers: answers.into_iter().map(answer).collect(),
    }
}

/// The questions about `kind`, the one that predicts both columns first.
fn questions(kind: &str) -> Vec<Question> {
    let start = ("category", kind);
    let types = || TYPES.map(|it| labels(&[("type", it)])).to_vec();
    let genders = GENDERS.map(|it| labels(&[("gender", it)])).to_vec();
    let both = GENDERS
        .iter()
        .flat_map(|gender| TYPES.map(|it| labels(&[("gender", gender), ("type", it)])));
    let mut questions = vec![
        question(
            &format!("{kind}_all"),
            &[start],
            &["gender", "type"],
            both.collect(),
        ),
        question(&format!("{kind}_gender"), &[start], &["gender"], genders),
    ];
    for gender in GENDERS {
        let known = [start, ("gender", gender)];
        questions.push(question(
            &format!("{kind}_{gender}"),
            &known,
            &["type"],
            types(),
        ));
    }
    questions
}

/// Routes on so many photographs; each model is wrong about this share of its labels: the combined one and the others.
pub(crate) fn compared(
    kind: &str,
    photographs: u32,
    wrong: [f64; 2],
    mirrored: bool,
) -> RouteComparison {
    let questions = questions(kind);
    let copies = if mirrored { 2 } else { 1 };
    let pictures: Vec<ComparedPicture> = (0..photographs * copies)
        .map(|picture| {
            let photograph = picture / copies;
            let of = |column: u32| usize::from(noise(u64::from(4 * photograph + column)) < 0.45);
            ComparedPicture {
                photograph,
                truth: labels(&[
                    ("category", kind),
                    ("gender", GENDERS[of(0)]),
                    ("type", TYPES[of(1)]),
                ]),
            }
        })
        .collect();
    // Some photographs are hard for all models.
    let is_wrong = |model: usize, place: usize| {
        let share = wrong[usize::from(model > 0)];
        let own = noise(1_000_000 * (model as u64 + 1) + place as u64);
        0.5 * noise(77_000 + place as u64) + 0.5 * own < (share / 2.0).sqrt()
    };
    let logits: Vec<Vec<Vec<f32>>> = (questions.iter().enumerate())
        .map(|(model, question)| {
            let of = |(place, picture): (usize, &ComparedPicture)| {
                let right = |answer: &Answer| {
                    answer
                        .labels
                        .iter()
                        .all(|(column, label)| picture.truth.get(column) == Some(label))
                };
                let right = question.answers.iter().position(right).unwrap_or_default();
                let shift = usize::from(is_wrong(model, place));
                let answer = (right + shift) % question.answers.len();
                // Who is wrong is less sure.
                let doubt = noise(31 * place as u64 + model as u64) as f32;
                let sure = if shift == 1 {
                    0.1 + 0.6 * doubt
                } else {
                    0.1 + 3.0 * doubt
                };
                let logit = |class| if class == answer { sure } else { 0.0 };
                (0..question.answers.len()).map(logit).collect()
            };
            pictures.iter().enumerate().map(of).collect()
        })
        .collect();
    let costs: Vec<Cost> = (0..questions.len())
        .map(|model| Cost {
            multiply_adds: 4.1e7 + 1.3e7 * model as f64,
            milliseconds: Some(0.62 + 0.17 * model as f64),
        })
        .collect();
    let routes = comparable_routes(&questions).remove(0);
    let said =
        |question: usize, picture: usize| logits.get(question)?.get(picture).map(Vec::as_slice);
    routes.compare(&questions, &costs, &pictures, said).unwrap()
}

/// Routes to the labels of two kinds: about as good as each other, and one of them better.
pub(crate) fn report() -> RoutesReport {
    let model = |task: &str, validation_accuracy, test_accuracy| RoutesModel {
        task: task.to_owned(),
        trial: "k5x3-n64-d512-s0-1a2b3c4d".to_owned(),
        validation_accuracy,
        test_accuracy,
        photographs: 677,
    };
    RoutesReport {
        dataset: dataset(),
        generated_at: "2025-03-14 09:26".to_owned(),
        version: "0.1.0".to_owned(),
        as_study: false,
        comparisons: vec![
            compared("trousers", 677, [0.20, 0.12], false),
            compared("shoes", 619, [0.20, 0.08], true),
        ],
        models: vec![
            model("trousers_all", 0.8466, Some(0.836)),
            model("trousers_gender", 0.951, Some(0.9394)),
            model("trousers_female", 0.88, None),
        ],
        missing: vec!["glasses predicts one column: there is only one way to it.".to_owned()],
    }
}
