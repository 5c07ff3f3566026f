//! What a model takes for what, for programs.

use fitroom_domain::ConfusionMatrix;
use fitroom_domain::statistics::ClassFigures;
use serde::Serialize;

use crate::sweep_report::{MOST_CLASSES, SweepReport};

/// A class's figures under its name.
#[derive(Debug, Serialize)]
pub(crate) struct ClassJson {
    class: String,
    support: u64,
    precision: Option<f64>,
    recall: Option<f64>,
    f1: Option<f64>,
}

/// The figures of each class under its name.
pub(crate) fn classes(report: &SweepReport, figures: &[ClassFigures]) -> Vec<ClassJson> {
    let class = |(class, figures): (usize, &ClassFigures)| ClassJson {
        class: report.class_name(class).to_owned(),
        support: figures.support,
        precision: figures.precision,
        recall: figures.recall,
        f1: figures.f1,
    };
    figures.iter().enumerate().map(class).collect()
}

/// Counts by true class (rows) and predicted class; empty with very many classes.
pub(crate) fn confusion(matrix: &ConfusionMatrix) -> Vec<Vec<u64>> {
    if matrix.classes() > MOST_CLASSES {
        return Vec::new();
    }
    let row = |truth| {
        (0..matrix.classes())
            .map(|predicted| matrix.count(truth, predicted))
            .collect()
    };
    (0..matrix.classes()).map(row).collect()
}
