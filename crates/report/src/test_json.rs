//! The selected model of a task on the test split, for programs.

use fitroom_domain::Chosen;
use fitroom_domain::statistics::Interval;
use serde::Serialize;

use crate::answers_json::{ClassJson, classes, confusion};
use crate::sweep_report::SweepReport;
use crate::test_report::{Look, SplitAnswers, TestReport};

/// What the page says of the selected model on the test split.
#[derive(Debug, Serialize)]
pub(crate) struct TestJson {
    model: String,
    model_name: String,
    trained_by: String,
    chosen: Chosen,
    validation: Option<SplitJson>,
    /// Null if it was not evaluated yet.
    test: Option<SplitJson>,
    /// Each time when test photographs were read for the task, the oldest first.
    looks: Vec<LookJson>,
}

#[derive(Debug, Serialize)]
struct SplitJson {
    /// Without mirrored copies.
    photographs: u64,
    /// With mirrored copies.
    pictures: u64,
    accuracy: f64,
    interval: Interval,
    macro_f1: Option<f64>,
    balanced_accuracy: Option<f64>,
    classes: Vec<ClassJson>,
    /// Pictures by true class (rows) and predicted class; empty with very many classes.
    confusion: Vec<Vec<u64>>,
}

#[derive(Debug, Serialize)]
struct LookJson {
    at: String,
    model: String,
    model_name: String,
    photographs: u64,
    accuracy: f64,
}

impl TestJson {
    /// What is known of the selected model of the report's task.
    pub(crate) fn new(report: &SweepReport, test: &TestReport) -> TestJson {
        let answers = |answers: &Option<SplitAnswers>| split(report, answers.as_ref()?);
        TestJson {
            model: test.model.as_str().to_owned(),
            model_name: test.model_name.clone(),
            trained_by: test.trained_by.clone(),
            chosen: test.chosen,
            validation: answers(&test.validation),
            test: answers(&test.test),
            looks: test.looks.iter().map(look).collect(),
        }
    }
}

fn split(report: &SweepReport, answers: &SplitAnswers) -> Option<SplitJson> {
    let figures = answers.figures(report.class_count())?;
    Some(SplitJson {
        photographs: figures.photographs,
        pictures: figures.pictures,
        accuracy: figures.accuracy,
        interval: figures.interval,
        macro_f1: figures.macro_f1,
        balanced_accuracy: figures.balanced_accuracy,
        classes: classes(report, &figures.classes),
        confusion: confusion(&figures.confusion),
    })
}

fn look(look: &Look) -> LookJson {
    LookJson {
        at: look.at.clone(),
        model: look.model.as_str().to_owned(),
        model_name: look.model_name.clone(),
        photographs: look.photographs,
        accuracy: look.accuracy,
    }
}
