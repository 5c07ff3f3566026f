//! Which route is right more often, and whether that is more than luck.

use std::fmt;

use serde::Serialize;

use super::difference::{RouteDifference, differences, joint_scores};
use super::{ComparableRoutes, Labels, Question, Route, Walk};
use crate::statistics::{Interval, mean, photograph_scores, wilson};

/// How sure the intervals of a comparison are.
pub(super) const CONFIDENCE: f64 = 0.95;

/// A picture on which routes are compared: a test photograph, or its mirrored copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedPicture {
    /// The photograph's position in the dataset.
    pub photograph: u32,
    /// Its true label in each of the compared columns.
    pub truth: Labels,
}

/// What it costs to ask a model about one photograph.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Cost {
    /// Multiplications, each with its addition.
    pub multiply_adds: f64,
    /// Milliseconds, if they were measured.
    pub milliseconds: Option<f64>,
}

/// A way to find all labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RouteStyle {
    /// One model predicts all columns at once.
    Combined,
    /// One model after the other; each answer decides who is asked next.
    Hierarchical,
    /// All models of the hierarchy are asked, and the most probable way through it counts.
    SoftHierarchical,
}

impl RouteStyle {
    /// Every style, in the order in which they are shown.
    pub const ALL: [RouteStyle; 3] = [
        RouteStyle::Combined,
        RouteStyle::Hierarchical,
        RouteStyle::SoftHierarchical,
    ];

    /// Its words.
    pub fn as_str(self) -> &'static str {
        match self {
            RouteStyle::Combined => "combined",
            RouteStyle::Hierarchical => "hierarchical",
            RouteStyle::SoftHierarchical => "hierarchical, soft",
        }
    }
}

impl fmt::Display for RouteStyle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// Routes on the same pictures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RouteComparison {
    /// The task whose model predicts all columns at once.
    pub combined: String,
    /// The tasks whose models predict them step by step.
    pub hierarchical: Vec<String>,
    /// The columns, in the order of the hierarchy.
    pub columns: Vec<String>,
    /// Photographs, each counted once.
    pub photographs: u64,
    /// Pictures that points are counted on: photographs and, if they count as such, their mirrored copies.
    pub pictures: u64,
    /// One result for each of [`RouteStyle::ALL`], in that order.
    pub routes: Vec<RouteResult>,
    /// Each pair of routes.
    pub differences: Vec<RouteDifference>,
}

/// What one route gets right.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RouteResult {
    /// The route.
    pub route: RouteStyle,
    /// One point for each right label of each picture.
    pub points: u64,
    /// The most that it could have.
    pub most_points: u64,
    /// Pictures with each column right, in the order of the columns.
    pub columns_right: Vec<u64>,
    /// Pictures by the column of their first mistake, in the order of the columns.
    pub first_mistakes: Vec<u64>,
    /// Pictures with all labels right.
    pub all_right: u64,
    /// The share of photographs with all labels right, in [0, 1]; a mirrored copy counts half of its photograph.
    pub joint_accuracy: f64,
    /// Its 95 % Wilson interval.
    pub joint_interval: Interval,
    /// What a photograph costs on average.
    pub cost: Cost,
}

/// What a route said about each picture: for each column whether it is right, and the models that it asked.
pub(super) struct Answered {
    pub(super) right: Vec<Vec<bool>>,
    pub(super) cost: Cost,
}

impl ComparableRoutes {
    /// Compares the routes on these pictures by what the models said: `logits` gives those of a question about a picture,
    /// by their positions. `None` with fewer than two photographs, or if logits are missing, not one for each class, or
    /// not finite. `costs` has one entry for each question.
    pub fn compare<'a>(
        &self,
        questions: &[Question],
        costs: &[Cost],
        pictures: &[ComparedPicture],
        logits: impl Fn(usize, usize) -> Option<&'a [f32]>,
    ) -> Option<RouteComparison> {
        let answered = [
            self.walk(&self.at_once, questions, costs, pictures, &logits)?,
            self.walk(&self.hierarchical, questions, costs, pictures, &logits)?,
            self.soft(costs, pictures, &logits)?,
        ];
        let names = |asked: Vec<usize>| -> Vec<String> {
            let asked = asked.into_iter().filter_map(|it| questions.get(it));
            asked.map(|question| question.task.clone()).collect()
        };
        let routes = RouteStyle::ALL.into_iter().zip(&answered);
        let routes: Option<Vec<RouteResult>> = routes
            .map(|(route, answered)| self.result(route, answered, pictures))
            .collect();
        let photographs = pictures.iter().map(|picture| (picture.photograph, true));
        Some(RouteComparison {
            combined: names(vec![self.combined]).concat(),
            hierarchical: names(self.hierarchical.questions()),
            columns: self.columns.clone(),
            photographs: photograph_scores(photographs).len() as u64,
            pictures: pictures.len() as u64,
            routes: routes?,
            differences: differences(&answered, pictures)?,
        })
    }

    /// Follows a route with every picture.
    fn walk<'a>(
        &self,
        route: &Route,
        questions: &[Question],
        costs: &[Cost],
        pictures: &[ComparedPicture],
        logits: &impl Fn(usize, usize) -> Option<&'a [f32]>,
    ) -> Option<Answered> {
        let mut right = Vec::with_capacity(pictures.len());
        let mut asked = Vec::new();
        for (place, picture) in pictures.iter().enumerate() {
            let mut walk = Walk::new(route, &self.start);
            while let Some(question) = walk.asks(route) {
                let classes = questions.get(question)?.answers.len();
                let logits = usable(logits(question, place)?, classes)?;
                walk.answer(route, questions, logits);
            }
            let found = |column: &String| walk.labels().get(column).map(|it| it.label.as_str());
            right.push(self.compared(picture, found));
            asked.extend(walk.steps().iter().map(|step| step.question));
        }
        let cost = mean_cost(asked.into_iter(), costs, pictures.len());
        Some(Answered { right, cost })
    }

    /// Asks every model of the hierarchy about every picture.
    fn soft<'a>(
        &self,
        costs: &[Cost],
        pictures: &[ComparedPicture],
        logits: &impl Fn(usize, usize) -> Option<&'a [f32]>,
    ) -> Option<Answered> {
        let mut right = Vec::with_capacity(pictures.len());
        for (place, picture) in pictures.iter().enumerate() {
            let logits = |question| logits(question, place);
            let (labels, _) = self.hierarchical.most_probable(logits)?;
            let found = |column: &String| labels.get(column).map(String::as_str);
            right.push(self.compared(picture, found));
        }
        let asked = self.hierarchical.questions().into_iter();
        Some(Answered {
            right,
            cost: mean_cost(asked, costs, 1),
        })
    }

    /// Which columns are right.
    fn compared<'l>(
        &self,
        picture: &ComparedPicture,
        found: impl Fn(&String) -> Option<&'l str>,
    ) -> Vec<bool> {
        let is_right = |column: &String| {
            let truth = picture.truth.get(column).map(String::as_str);
            truth.is_some() && truth == found(column)
        };
        self.columns.iter().map(is_right).collect()
    }

    fn result(
        &self,
        route: RouteStyle,
        answered: &Answered,
        pictures: &[ComparedPicture],
    ) -> Option<RouteResult> {
        let places = 0..self.columns.len();
        let count = |is_counted: &dyn Fn(&Vec<bool>) -> bool| {
            answered
                .right
                .iter()
                .filter(|right| is_counted(right))
                .count() as u64
        };
        let is_right = |right: &Vec<bool>, place: usize| right.get(place) == Some(&true);
        let columns_right: Vec<u64> = (places.clone())
            .map(|place| count(&|right| is_right(right, place)))
            .collect();
        let first_mistakes = places.map(|place| {
            count(&|right| right.iter().position(|is_right| !is_right) == Some(place))
        });
        let first_mistakes = first_mistakes.collect();
        let scores = joint_scores(answered, pictures);
        let joint_accuracy = mean(&scores)?;
        Some(RouteResult {
            route,
            points: columns_right.iter().sum(),
            most_points: (self.columns.len() * pictures.len()) as u64,
            columns_right,
            first_mistakes,
            all_right: count(&|right| right.iter().all(|is_right| *is_right)),
            joint_accuracy,
            joint_interval: wilson(joint_accuracy, scores.len() as u64, CONFIDENCE),
            cost: answered.cost,
        })
    }
}

/// Logits, if there is one for each class and all are finite.
fn usable(logits: &[f32], classes: usize) -> Option<&[f32]> {
    let are_usable = logits.len() == classes && logits.iter().all(|logit| logit.is_finite());
    are_usable.then_some(logits)
}

/// The cost of asking these models, shared by so many pictures.
fn mean_cost(asked: impl Iterator<Item = usize>, costs: &[Cost], pictures: usize) -> Cost {
    let nothing = Cost {
        multiply_adds: 0.0,
        milliseconds: Some(0.0),
    };
    let sum = asked
        .filter_map(|it| costs.get(it))
        .fold(nothing, |sum, cost| Cost {
            multiply_adds: sum.multiply_adds + cost.multiply_adds,
            milliseconds: sum.milliseconds.zip(cost.milliseconds).map(|(a, b)| a + b),
        });
    let pictures = pictures.max(1) as f64;
    Cost {
        multiply_adds: sum.multiply_adds / pictures,
        milliseconds: sum.milliseconds.map(|it| it / pictures),
    }
}
