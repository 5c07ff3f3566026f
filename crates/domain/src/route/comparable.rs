//! Where the same labels can be found both at once and one after the other.

use super::{Labels, Question, Route, RouteKind};

/// A model that predicts several columns at once, and models that predict the same ones step by step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparableRoutes {
    /// The model that predicts them at once: its position among the questions.
    pub combined: usize,
    /// What is known of the photographs that it is asked about.
    pub start: Labels,
    /// The columns that are predicted, in the order of the hierarchy.
    pub columns: Vec<String>,
    /// The route of one step.
    pub at_once: Route,
    /// The route of several.
    pub hierarchical: Route,
}

/// Every model of several columns for whose columns there is a hierarchical route that tells all of them, whatever its
/// models answer; in the order of the questions. A column that follows from another needs no model.
pub fn comparable_routes(questions: &[Question]) -> Vec<ComparableRoutes> {
    let comparable = |(combined, question): (usize, &Question)| {
        let definition = &question.definition;
        let predicts = &definition.predicts;
        // Positions must stay what they are, so other questions are made to ask nothing.
        let only = |keep: &dyn Fn(usize, &Question) -> bool| -> Vec<Question> {
            let silent = |(place, question): (usize, &Question)| {
                let mut question = question.clone();
                if !keep(place, &question) {
                    question.definition.predicts.clear();
                }
                question
            };
            questions.iter().enumerate().map(silent).collect()
        };
        let parts = only(&|_, part| {
            let columns = &part.definition.predicts;
            columns.len() < predicts.len() && columns.iter().all(|it| predicts.contains(it))
        });
        let start = &definition.where_;
        let hierarchical = Route::plan(&parts, RouteKind::Hierarchical, start);
        let whole = only(&|place, _| place == combined);
        let mut columns = hierarchical.columns();
        let implied = predicts.iter().filter(|it| !columns.contains(it)).cloned();
        columns.extend(implied.collect::<Vec<_>>());
        (predicts.len() > 1 && hierarchical.always_tells(predicts.iter())).then(|| {
            ComparableRoutes {
                combined,
                start: start.clone(),
                columns,
                at_once: Route::plan(&whole, RouteKind::Combined, start),
                hierarchical,
            }
        })
    };
    questions
        .iter()
        .enumerate()
        .filter_map(comparable)
        .collect()
}
