//! The models of a dataset, and the route that they make.

use std::path::Path;

use anyhow::{Context, anyhow};
use fitroom_domain::ImageSize;
use fitroom_domain::route::{Labels, MOST_STEPS, Question, Route, RouteKind};

use crate::models::{KeptModel, models_in};

/// Models that together label photographs of which nothing is known.
#[derive(Debug, Clone)]
pub(crate) struct RouteModels {
    pub(crate) models: Vec<KeptModel>,
    pub(crate) questions: Vec<Question>,
    pub(crate) route: Route,
    /// The size that every model takes.
    pub(crate) size: ImageSize,
    /// Every column that a photograph may get a label in: first those that models predict, in the order of the route.
    pub(crate) columns: Vec<String>,
}

impl RouteModels {
    /// The models in the folders below `folder`.
    ///
    /// # Errors
    /// When one is damaged, or as of [`RouteModels::new`].
    pub(crate) fn read(folder: &Path, kind: RouteKind) -> anyhow::Result<RouteModels> {
        let models = models_in(folder)?;
        RouteModels::new(models, kind).with_context(|| format!("`{}`", folder.display()))
    }

    /// The route that these models make.
    ///
    /// # Errors
    /// When there is none to begin with, or they are of different datasets, or have too many ways.
    pub(crate) fn new(models: Vec<KeptModel>, kind: RouteKind) -> anyhow::Result<RouteModels> {
        let of = |model: &KeptModel| model.file.dataset.fingerprint.clone();
        if let Some(other) = models.iter().find(|model| of(model) != of(&models[0])) {
            let (one, another) = (&models[0].file, &other.file);
            return Err(anyhow!(
                "models of different datasets: {} was trained on {} ({}), {} on {} ({})",
                one.task.name,
                one.dataset.name,
                one.dataset.fingerprint,
                another.task.name,
                another.dataset.name,
                another.dataset.fingerprint
            ));
        }
        let questions: Vec<Question> = models.iter().map(|it| it.file.question()).collect();
        let route = Route::plan(&questions, kind, &Labels::new());
        if !route.is_whole() {
            return Err(anyhow!(
                "the {kind} route has more than {MOST_STEPS} steps: too many models that need to know nothing"
            ));
        }
        let first = route
            .nodes()
            .first()
            .and_then(|node| models.get(node.question));
        let Some(first) = first else {
            let tasks: Vec<&str> = models.iter().map(|it| it.file.task.name.as_str()).collect();
            let found = match tasks.is_empty() {
                true => "there are no models".to_owned(),
                false => format!("all of {} need to know something", tasks.join(", ")),
            };
            return Err(anyhow!(
                "{found}, expected one for photographs of which nothing is known, a task without `where`\n\
                 (`fitroom best` keeps the models of tasks that were trained)"
            ));
        };
        let size = first.file.image;
        let mut columns = route.columns();
        let others = route
            .nodes()
            .iter()
            .flat_map(|node| &node.known)
            .flat_map(Labels::keys);
        for column in others {
            if !columns.contains(column) {
                columns.push(column.clone());
            }
        }
        Ok(RouteModels {
            questions,
            route,
            size,
            columns,
            models,
        })
    }

    /// Every label that a column may get, in the order in which models have them.
    pub(crate) fn labels_of(&self, column: &str) -> Vec<String> {
        let mut labels: Vec<String> = Vec::new();
        let known = self.route.nodes().iter().flat_map(|node| &node.known);
        for label in known.filter_map(|known| known.get(column)) {
            if !labels.contains(label) {
                labels.push(label.clone());
            }
        }
        labels
    }

    /// What stays open at some end of the route, in words: the columns, and of which photographs.
    pub(crate) fn open_ends(&self) -> Vec<String> {
        let ends = self.route.nodes().iter().flat_map(|node| {
            let ends = node.known.iter().zip(&node.next);
            ends.filter(|(_, next)| next.is_none())
                .map(|(known, _)| known)
        });
        ends.filter_map(|known| {
            let open = self
                .columns
                .iter()
                .filter(|column| !known.contains_key(*column));
            let open: Vec<&str> = open.map(String::as_str).collect();
            let labels: Vec<&str> = known.values().map(String::as_str).collect();
            (!open.is_empty()).then(|| {
                format!(
                    "no model tells {} of {}",
                    open.join(" and "),
                    labels.join(" · ")
                )
            })
        })
        .collect()
    }
}
