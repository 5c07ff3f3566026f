//! Routes through the questions of a catalogue, and through questions drawn by chance.

mod comparable;
mod comparison;
mod plan;
mod random;
mod review;
mod soft;
mod walk;

use crate::task::Flip;

use super::*;

fn labels(pairs: &[(&str, &str)]) -> Labels {
    let owned = |(column, label): &(&str, &str)| ((*column).to_owned(), (*label).to_owned());
    pairs.iter().map(owned).collect()
}

/// A question with one answer for each of `answers`, which lists labels in the order of `predicts`.
fn question(
    task: &str,
    where_: &[(&str, &str)],
    predicts: &[&str],
    answers: &[&[&str]],
) -> Question {
    let answer = |answer: &&[&str]| Answer {
        labels: (predicts.iter().zip(*answer))
            .map(|(column, label)| ((*column).to_owned(), (*label).to_owned()))
            .collect(),
        implied: Labels::new(),
    };
    Question {
        task: task.to_owned(),
        definition: TaskDefinition {
            where_: labels(where_),
            predicts: predicts.iter().map(|it| (*it).to_owned()).collect(),
            flip: Flip::None,
        },
        answers: answers.iter().map(answer).collect(),
    }
}

/// The positions of the shoes' questions in the [`catalogue`].
const SHOES_ALL: usize = 2;
const SHOES_GENDER: usize = 3;
const SHOES_MALE: usize = 4;
const SHOES_FEMALE: usize = 5;

/// The questions of `sweeps/tasks.toml`, in its order.
fn catalogue() -> Vec<Question> {
    let glasses = [("category", "glasses")];
    let shoes = [("category", "shoes")];
    let male_shoes = [("category", "shoes"), ("gender", "male")];
    let female_shoes = [("category", "shoes"), ("gender", "female")];
    let trousers = [("category", "trousers")];
    let male_trousers = [("category", "trousers"), ("gender", "male")];
    let female_trousers = [("category", "trousers"), ("gender", "female")];
    vec![
        question(
            "primary",
            &[],
            &["category"],
            &[&["glasses"], &["trousers"], &["shoes"]],
        ),
        question(
            "glasses",
            &glasses,
            &["type"],
            &[&["glasses"], &["sunglasses"]],
        ),
        question(
            "shoes_all",
            &shoes,
            &["gender", "type"],
            &[
                &["female", "boots"],
                &["female", "heels"],
                &["male", "boots"],
                &["male", "sneakers"],
            ],
        ),
        question(
            "shoes_gender",
            &shoes,
            &["gender"],
            &[&["female"], &["male"]],
        ),
        question(
            "shoes_male",
            &male_shoes,
            &["type"],
            &[&["boots"], &["sneakers"]],
        ),
        question(
            "shoes_female",
            &female_shoes,
            &["type"],
            &[&["boots"], &["heels"]],
        ),
        question(
            "trousers_all",
            &trousers,
            &["gender", "type"],
            &[
                &["female", "jeans"],
                &["female", "trousers"],
                &["male", "jeans"],
                &["male", "trousers"],
            ],
        ),
        question(
            "trousers_gender",
            &trousers,
            &["gender"],
            &[&["female"], &["male"]],
        ),
        question(
            "trousers_male",
            &male_trousers,
            &["type"],
            &[&["jeans"], &["trousers"]],
        ),
        question(
            "trousers_female",
            &female_trousers,
            &["type"],
            &[&["jeans"], &["trousers"]],
        ),
    ]
}

/// The catalogue without the models of these tasks.
fn catalogue_without(tasks: &[&str]) -> Vec<Question> {
    let mut questions = catalogue();
    questions.retain(|question| !tasks.contains(&question.task.as_str()));
    questions
}

/// The question of a task.
fn of_task<'q>(questions: &'q mut [Question], task: &str) -> &'q mut Question {
    let of_task = questions.iter_mut().find(|it| it.task == task);
    of_task.unwrap()
}

fn columns(names: &[&str]) -> Vec<String> {
    names.iter().map(|it| (*it).to_owned()).collect()
}

/// Logits of so many classes of which one is taken with this probability, and the others share the rest.
fn logits_of(class: usize, probability: f64, classes: usize) -> Vec<f32> {
    let mut logits = vec![0.0; classes];
    logits[class] = (probability * (classes - 1) as f64 / (1.0 - probability)).ln() as f32;
    logits
}

/// The probabilities that logits stand for.
fn shares(logits: &[f32]) -> Vec<f64> {
    let powers: Vec<f64> = logits.iter().map(|it| f64::from(*it).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.into_iter().map(|it| it / sum).collect()
}

#[test]
fn kinds_of_routes_are_read_as_they_are_written() {
    for kind in [RouteKind::Combined, RouteKind::Hierarchical] {
        assert_eq!(kind.to_string().parse(), Ok(kind));
    }
    let unknown = "both".parse::<RouteKind>().unwrap_err().to_string();
    assert_eq!(
        unknown,
        "`both` is no route, expected `combined` or `hierarchical`"
    );
}
