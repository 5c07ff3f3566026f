//! One photograph on its way along a route.

use std::collections::BTreeMap;

use super::{Labels, Question, Route};
use crate::decision::{highest_logit, softmax_of};

/// A photograph's labels so far, and which model is asked next.
#[derive(Debug, Clone, PartialEq)]
pub struct Walk {
    at: Option<usize>,
    labels: BTreeMap<String, Labelled>,
    steps: Vec<Step>,
}

/// A label, and how sure it is given the labels before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Labelled {
    /// The label.
    pub label: String,
    /// The probability that its model gives it, in [0, 1]: the sum over all classes with this label. 1 if it was known or
    /// follows from another label.
    pub probability: f64,
}

/// A model's answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The model: its position among the questions.
    pub question: usize,
    /// The class that it takes the photograph for.
    pub class: usize,
    /// The probability that it gives this class, in [0, 1]; 0 if its logits are not finite.
    pub probability: f64,
}

impl Walk {
    /// The start of a route.
    pub fn new(route: &Route, start: &Labels) -> Walk {
        let labelled = |(column, label): (&String, &String)| {
            let label = Labelled {
                label: label.clone(),
                probability: 1.0,
            };
            (column.clone(), label)
        };
        Walk {
            at: route.first(),
            labels: start.iter().map(labelled).collect(),
            steps: Vec::new(),
        }
    }

    /// The model that is asked next; `None` at the end.
    pub fn asks(&self, route: &Route) -> Option<usize> {
        Some(route.nodes().get(self.at?)?.question)
    }

    /// Goes on by the logits of the model that is asked, one for each of its classes. With another number of logits the
    /// walk ends.
    pub fn answer(&mut self, route: &Route, questions: &[Question], logits: &[f32]) {
        let node = self.at.take().and_then(|at| route.nodes().get(at));
        let Some(node) = node.filter(|node| node.known.len() == logits.len()) else {
            return;
        };
        let class = highest_logit(logits.iter().copied());
        let probability = softmax_of(class, logits).unwrap_or(0.0);
        let (Some(known), Some(next)) = (node.known.get(class), node.next.get(class)) else {
            return;
        };
        let answers = questions
            .get(node.question)
            .map_or(&[][..], |it| &it.answers);
        for (column, label) in known {
            let is_predicted = node.columns.contains(column);
            self.labels
                .entry(column.clone())
                .or_insert_with(|| Labelled {
                    label: label.clone(),
                    probability: match is_predicted {
                        true => (answers.iter().enumerate())
                            .filter(|(_, answer)| answer.labels.get(column) == Some(label))
                            .filter_map(|(class, _)| softmax_of(class, logits))
                            // No sum: that of nothing is −0.
                            .fold(0.0f64, |sum, it| sum + it)
                            .min(1.0),
                        false => 1.0,
                    },
                });
        }
        self.steps.push(Step {
            question: node.question,
            class,
            probability,
        });
        self.at = *next;
    }

    /// Labels so far, by column.
    pub fn labels(&self) -> &BTreeMap<String, Labelled> {
        &self.labels
    }

    /// Answers so far.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The probability of all answers together, in [0, 1]; `None` before the first.
    pub fn joint(&self) -> Option<f64> {
        (!self.steps.is_empty()).then(|| self.steps.iter().map(|step| step.probability).product())
    }
}
