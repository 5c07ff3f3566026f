//! Which labels need a look: chosen on validation, and seen on test.

use std::collections::HashMap;

use fitroom_data::ShownPredictions;
use fitroom_domain::route::{Labels, ReviewRule, Walk, review_rule};
use fitroom_domain::statistics::{Interval, wilson};

use super::route_models::RouteModels;

const CONFIDENCE: f64 = 0.95;

/// Which labels need a look, and how good those are that need none.
#[derive(Debug, Clone)]
pub(crate) struct Reviewing {
    /// `None`: no threshold reaches the precision, so that all labels need a look.
    pub(crate) rule: Option<ReviewRule>,
    /// Validation photographs that the rule was chosen on, or would have been.
    pub(crate) photographs: u64,
    /// How good the rule is on test photographs; `None` unless all models were evaluated.
    pub(crate) test: Option<Precision>,
}

/// How good the labels of photographs are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Precision {
    /// Photographs.
    pub(crate) photographs: u64,
    /// Those with all labels right.
    pub(crate) all_right: u64,
    /// Photographs that need no look.
    pub(crate) accepted: u64,
    /// Those of them with all labels right.
    pub(crate) right: u64,
}

impl Precision {
    /// The share of right ones among those that need no look, with its 95 % interval.
    pub(crate) fn share(&self) -> Option<(f64, Interval)> {
        let share = self.right as f64 / self.accepted as f64;
        (self.accepted > 0).then(|| (share, wilson(share, self.accepted, CONFIDENCE)))
    }
}

impl Reviewing {
    /// The rule that reaches `precision` on the validation photographs of the models' dataset.
    ///
    /// # Errors
    /// When what a model said about them cannot be read.
    pub(crate) fn new(models: &RouteModels, precision: f64) -> anyhow::Result<Reviewing> {
        let kept = models.models.iter();
        let validation: Vec<ShownPredictions> = kept
            .clone()
            .map(|model| model.validation())
            .collect::<anyhow::Result<_>>()?;
        let validated = outcomes(models, &validation);
        let rule = review_rule(&validated, precision, CONFIDENCE);
        // What is damaged `evaluate` makes anew; nothing but a statement depends on it here.
        let test: Option<Vec<ShownPredictions>> = kept
            .map(|model| Some(model.evaluation().ok().flatten()?.1))
            .collect();
        let test = test.map(|test| {
            let outcomes = outcomes(models, &test);
            let accepts = |joint: f64| rule.is_some_and(|rule| joint >= rule.threshold);
            let count = |counts: &dyn Fn(&(f64, bool)) -> bool| {
                outcomes.iter().filter(|it| counts(it)).count() as u64
            };
            Precision {
                photographs: outcomes.len() as u64,
                all_right: count(&|(_, right)| *right),
                accepted: count(&|(joint, _)| accepts(*joint)),
                right: count(&|(joint, right)| accepts(*joint) && *right),
            }
        });
        Ok(Reviewing {
            photographs: validated.len() as u64,
            rule,
            test,
        })
    }

    /// Whether somebody should look at labels of this joint probability.
    pub(crate) fn needs_review(&self, joint: f64) -> bool {
        self.rule.is_none_or(|rule| joint < rule.threshold)
    }
}

/// For each photograph whose true labels are known, in the order of the first model's: the joint probability that the
/// route gives it, and whether all labels are right. A label that follows from another is not asked for.
fn outcomes(models: &RouteModels, predictions: &[ShownPredictions]) -> Vec<(f64, bool)> {
    let rows: Vec<HashMap<u32, usize>> = predictions
        .iter()
        .map(|predictions| {
            let shown = predictions
                .shown
                .iter()
                .enumerate()
                .filter(|(_, it)| !it.mirrored);
            shown.map(|(row, it)| (it.photograph, row)).collect()
        })
        .collect();
    let first = models.route.nodes().first().map(|node| node.question);
    let Some(first) = first.and_then(|question| predictions.get(question)) else {
        return Vec::new();
    };
    let photographs = first.shown.iter().filter(|shown| !shown.mirrored);
    let outcome = |photograph: u32| {
        let logits = |question: usize| -> Option<&[f32]> {
            let row = rows.get(question)?.get(&photograph)?;
            predictions.get(question)?.logits.row(*row).to_slice()
        };
        let mut walk = Walk::new(&models.route, &Labels::new());
        while let Some(question) = walk.asks(&models.route) {
            walk.answer(&models.route, &models.questions, logits(question)?);
        }
        let truth = truth(models, predictions, &rows, photograph);
        let asked = walk
            .steps()
            .iter()
            .filter_map(|step| models.questions.get(step.question));
        let mut is_known = true;
        for column in asked.flat_map(|question| &question.definition.predicts) {
            let found = walk.labels().get(column).map(|it| &it.label);
            match truth.get(column) {
                Some(label) if found == Some(label) => {}
                Some(_) => return Some((walk.joint()?, false)),
                None => is_known = false,
            }
        }
        is_known.then_some((walk.joint()?, true))
    };
    photographs
        .filter_map(|shown| outcome(shown.photograph))
        .collect()
}

/// A photograph's true labels, as far as the classes of the models tell.
fn truth(
    models: &RouteModels,
    predictions: &[ShownPredictions],
    rows: &[HashMap<u32, usize>],
    photograph: u32,
) -> Labels {
    let mut truth = Labels::new();
    for ((question, predictions), rows) in models.questions.iter().zip(predictions).zip(rows) {
        let shown = rows
            .get(&photograph)
            .and_then(|row| predictions.shown.get(*row));
        let class = shown.and_then(|shown| shown.class);
        let answer = class.and_then(|class| question.answers.get(usize::from(class)));
        if let Some(answer) = answer {
            truth.extend(answer.labels.clone());
            truth.extend(question.definition.where_.clone());
        }
    }
    truth
}
