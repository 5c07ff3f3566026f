//! Questions drawn by chance: their columns overlap, and some contradict each other.

use proptest::prelude::*;

use super::*;

pub(super) const COLUMNS: [&str; 4] = ["a", "b", "c", "d"];

fn column() -> impl Strategy<Value = String> {
    prop::sample::select(&COLUMNS[..]).prop_map(str::to_owned)
}

fn label() -> impl Strategy<Value = String> {
    prop::sample::select(&["x", "y"][..]).prop_map(str::to_owned)
}

pub(super) fn some_labels() -> impl Strategy<Value = Labels> {
    prop::collection::btree_map(column(), label(), 0..3)
}

prop_compose! {
    fn any_question()(
        where_ in some_labels(),
        predicts in prop::sample::subsequence(&COLUMNS[..], 1..=3).prop_shuffle(),
        answers in prop::collection::vec((prop::collection::vec(label(), 3), some_labels()), 1..4),
    ) -> Question {
        let predicts: Vec<String> = predicts.into_iter().map(str::to_owned).collect();
        let answer = |(labels, mut implied): (Vec<String>, Labels)| {
            implied.retain(|column, _| !predicts.contains(column));
            Answer { labels: predicts.iter().cloned().zip(labels).collect(), implied }
        };
        Question {
            task: String::new(),
            answers: answers.into_iter().map(answer).collect(),
            definition: TaskDefinition { where_, predicts, flip: Flip::None },
        }
    }
}

pub(super) fn any_questions() -> impl Strategy<Value = Vec<Question>> {
    prop::collection::vec(any_question(), 0..8)
}

pub(super) fn any_kind() -> impl Strategy<Value = RouteKind> {
    prop::sample::select(&[RouteKind::Combined, RouteKind::Hierarchical][..])
}

/// Questions, and logits of each.
pub(super) fn answered_questions() -> impl Strategy<Value = (Vec<Question>, Vec<Vec<f32>>)> {
    let logits = prop::collection::vec(prop::collection::vec(-4.0..4.0f32, 3), 8);
    (any_questions(), logits).prop_map(|(questions, mut logits)| {
        logits.truncate(questions.len());
        for (logits, question) in logits.iter_mut().zip(&questions) {
            logits.truncate(question.answers.len());
        }
        (questions, logits)
    })
}
