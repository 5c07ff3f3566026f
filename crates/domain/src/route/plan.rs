//! Which model is asked when.

use std::cmp::Reverse;

use super::{Labels, Question, RouteKind};

/// A plan of which model to ask first, and which after each of its answers. Every step makes at least one more column
/// known, so that every route ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    nodes: Vec<Node>,
    is_whole: bool,
}

/// Steps that a route has at most. Their number is the product of the numbers of classes where models need to know
/// nothing of each other.
pub const MOST_STEPS: usize = 20_000;

/// One step of a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The model that is asked: its position among the questions.
    pub question: usize,
    /// The columns that it makes known, in the order of its task.
    pub columns: Vec<String>,
    /// For each of its classes what is known of a photograph then.
    pub known: Vec<Labels>,
    /// For each of its classes the next step, if there is one.
    pub next: Vec<Option<usize>>,
}

impl Route {
    /// The route from what is known of all photographs, `start`, that asks only these `questions`. The first of several
    /// that suit equally well is asked.
    pub fn plan(questions: &[Question], kind: RouteKind, start: &Labels) -> Route {
        let mut route = Route {
            nodes: Vec::new(),
            is_whole: true,
        };
        route.add(questions, kind, start);
        route
    }

    /// The first step; `None` if no model can answer.
    pub fn first(&self) -> Option<usize> {
        (!self.nodes.is_empty()).then_some(0)
    }

    /// Whether no step is missing for having more than [`MOST_STEPS`].
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// All steps, the first one first; a step lies before those that follow it.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The models that may be asked, each once, in rising order.
    pub fn questions(&self) -> Vec<usize> {
        let mut questions: Vec<usize> = self.nodes.iter().map(|node| node.question).collect();
        questions.sort_unstable();
        questions.dedup();
        questions
    }

    /// The columns that may become known by asking models, in the order of the steps.
    pub fn columns(&self) -> Vec<String> {
        let mut columns: Vec<String> = Vec::new();
        for column in self.nodes.iter().flat_map(|node| &node.columns) {
            if !columns.contains(column) {
                columns.push(column.clone());
            }
        }
        columns
    }

    /// Whether all these columns are known in the end, whatever the models answer.
    pub fn always_tells<'a>(&self, columns: impl Iterator<Item = &'a String> + Clone) -> bool {
        let ends = self.nodes.iter().flat_map(|node| {
            let ends = node.known.iter().zip(&node.next);
            ends.filter(|(_, next)| next.is_none())
        });
        let mut ends = ends.map(|(known, _)| known).peekable();
        self.is_whole
            && ends.peek().is_some()
            && ends.all(|known| columns.clone().all(|column| known.contains_key(column)))
    }

    /// Adds the step for what is known, and all that follow it.
    fn add(&mut self, questions: &[Question], kind: RouteKind, known: &Labels) -> Option<usize> {
        let question = best_question(questions, kind, known)?;
        let asked = questions.get(question)?;
        if self.nodes.len() >= MOST_STEPS {
            self.is_whole = false;
            return None;
        }
        let place = self.nodes.len();
        self.nodes.push(Node {
            question,
            columns: asked.definition.predicts.clone(),
            known: Vec::new(),
            next: Vec::new(),
        });
        for answer in &asked.answers {
            // What was known before stays: an implied label never contradicts an answer.
            let mut after = answer.implied.clone();
            after.extend(answer.labels.clone());
            after.extend(known.clone());
            let next = self.add(questions, kind, &after);
            if let Some(node) = self.nodes.get_mut(place) {
                node.known.push(after);
                node.next.push(next);
            }
        }
        Some(place)
    }
}

/// The question to ask when this is known: one whose photographs have these labels, and that predicts nothing that is
/// known. The number of columns decides by the kind of route, then the more special question wins, then the first.
fn best_question(questions: &[Question], kind: RouteKind, known: &Labels) -> Option<usize> {
    let suits = |question: &Question| {
        let definition = &question.definition;
        let applies = |(column, label): (&String, &String)| known.get(column) == Some(label);
        definition.where_.iter().all(applies)
            && !definition.predicts.is_empty()
            && !definition.predicts.iter().any(|it| known.contains_key(it))
    };
    let rank = |question: &Question| {
        let columns = question.definition.predicts.len();
        let by_kind = match kind {
            RouteKind::Combined => usize::MAX - columns,
            RouteKind::Hierarchical => columns,
        };
        (by_kind, Reverse(question.definition.where_.len()))
    };
    let suitable = questions.iter().enumerate().filter(|(_, it)| suits(it));
    suitable
        .min_by_key(|(_, question)| rank(question))
        .map(|(place, _)| place)
}
