//! Labels photographs: one labeller for each thread.

use std::collections::BTreeMap;

use anyhow::Context;
use fitroom_data::{PhotographReader, Pictures, Row};
use fitroom_domain::route::{Labels, Walk};
use fitroom_train::{Predicted, Weights, use_one_thread};

use super::route_models::RouteModels;
use crate::models::ask;

/// A photograph with its labels.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LabelledPhotograph {
    pub(crate) path: String,
    /// For each of the route's columns a label with its probability, if it has one.
    pub(crate) labels: Vec<Option<(String, f64)>>,
    /// The probability of all answers together.
    pub(crate) joint: f64,
}

/// What came of one file.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It is a photograph.
    Labelled(LabelledPhotograph),
    /// It cannot be used: its path and why, in words that continue "the photograph …".
    Unreadable(String, String),
}

/// Reads photographs and asks the models of a route about them.
pub(crate) struct Labeller<'a> {
    models: &'a RouteModels,
    reader: PhotographReader<'a>,
    /// The weights of each model that may be asked.
    weights: BTreeMap<usize, Weights>,
}

impl<'a> Labeller<'a> {
    /// A labeller with weights of its own.
    ///
    /// # Errors
    /// When a model is damaged.
    pub(crate) fn new(
        models: &'a RouteModels,
        reader: PhotographReader<'a>,
    ) -> anyhow::Result<Labeller<'a>> {
        let asked = models.route.questions().into_iter();
        let asked = asked.filter_map(|place| Some((place, models.models.get(place)?)));
        let weights = asked.map(|(place, model)| Ok((place, model.weights()?)));
        Ok(Labeller {
            weights: weights.collect::<anyhow::Result<_>>()?,
            models,
            reader,
        })
    }

    /// Labels these photographs, on this thread alone; none if `stop` says so meanwhile. Memory grows with their number.
    pub(crate) fn label(
        &mut self,
        paths: &[&str],
        stop: &(dyn Fn() -> bool + Sync),
    ) -> anyhow::Result<Vec<Outcome>> {
        use_one_thread();
        let mut pixels = Vec::new();
        let mut read = Vec::with_capacity(paths.len());
        for path in paths {
            if stop() {
                return Ok(Vec::new());
            }
            read.push(match self.reader.prepare(path, self.models.size, false) {
                Ok(photograph) => {
                    pixels.extend_from_slice(&photograph.pixels);
                    Ok(())
                }
                Err(error) => Err(error.to_string()),
            });
        }
        let readable = read.iter().filter(|it| it.is_ok()).count();
        let walks = self.walk(&pixels, readable)?;
        let mut walks = walks.into_iter();
        let outcome = |(path, read): (&&str, Result<(), String>)| match read {
            Ok(()) => {
                let walk = walks.next().context("a photograph has no labels")?;
                Ok(Outcome::Labelled(self.labelled(path, &walk)))
            }
            Err(why) => Ok(Outcome::Unreadable((*path).to_owned(), why)),
        };
        paths.iter().zip(read).map(outcome).collect()
    }

    /// Follows the route with every photograph; each model is asked about all that come to it.
    fn walk(&self, pixels: &[u8], photographs: usize) -> anyhow::Result<Vec<Walk>> {
        let RouteModels {
            route, questions, ..
        } = self.models;
        let mut walks = vec![Walk::new(route, &Labels::new()); photographs];
        if photographs == 0 {
            return Ok(walks);
        }
        let pictures = Pictures::new(self.models.size, pixels)?;
        loop {
            let asked = walks.iter().filter_map(|walk| walk.asks(route)).min();
            let Some(question) = asked else {
                return Ok(walks);
            };
            let comes = |walk: &Walk| walk.asks(route) == Some(question);
            let rows: Vec<Row> = (0u32..)
                .zip(&walks)
                .filter(|(_, walk)| comes(walk))
                .map(|(photograph, _)| Row {
                    photograph,
                    class: 0,
                    mirrored: false,
                })
                .collect();
            let weights = self
                .weights
                .get(&question)
                .context("a model has no weights")?;
            let Predicted { logits, classes } = ask(weights, &pictures, &rows)?;
            for (row, logits) in rows.iter().zip(logits.chunks_exact(classes)) {
                if let Some(walk) = walks.get_mut(row.photograph as usize) {
                    walk.answer(route, questions, logits);
                }
            }
        }
    }

    fn labelled(&self, path: &str, walk: &Walk) -> LabelledPhotograph {
        let label = |column: &String| {
            let labelled = walk.labels().get(column)?;
            Some((labelled.label.clone(), labelled.probability))
        };
        LabelledPhotograph {
            path: path.to_owned(),
            labels: self.models.columns.iter().map(label).collect(),
            joint: walk.joint().unwrap_or_default(),
        }
    }
}
