//! Two trials as `runs diff --json` prints them.

use serde::Serialize;

use super::differences::Compared;
use super::facts::TrialFacts;
use super::flips::{Answer, FlippedPhotograph, Paired};
use super::trial_diff::TrialDiff;
use crate::commands::trial_json::TrialJson;

/// The object of `runs diff --json`. Differences are B's less A's; what is unknown is null.
#[derive(Serialize)]
pub(crate) struct TrialDiffJson<'a> {
    /// The first trial, as `runs list --json` has it.
    a: TrialJson<'a>,
    /// The second.
    b: TrialJson<'a>,
    /// What is to be said of how nearly they are the same.
    kinship: Option<&'static str>,
    /// Hyperparameters, training settings and seed that differ; with `--all` also those that do not.
    settings: &'a [Compared],
    /// Figures, all of them.
    figures: &'a [Compared],
    /// How training went.
    curves: &'a [Compared],
    /// What differs in how their last attempts came about; with `--all` also what does not.
    origin: &'a [Compared],
    /// By which lines the sweep files differ, as `diff -u` prints them.
    text: Option<&'a str>,
    /// How they compare on the photographs that both are validated on.
    validation: Option<Paired>,
    /// Why they cannot be compared so.
    not_compared: Option<&'a str>,
    /// The photographs that one gets right, or more right, and the other does not.
    flipped: Option<FlippedJson<'a>>,
}

/// Where the wrong answer is surest comes first.
#[derive(Serialize)]
struct FlippedJson<'a> {
    only_a: Vec<PhotographJson<'a>>,
    only_b: Vec<PhotographJson<'a>>,
}

#[derive(Serialize)]
struct PhotographJson<'a> {
    /// Its position in the dataset.
    photograph: u32,
    /// Null if the dataset is not in the datasets folder.
    path: Option<&'a str>,
    /// Its true class.
    class: String,
    /// Its pictures of which one answer is right and the other wrong: itself, its mirrored copy, or both.
    pictures: Vec<PictureJson>,
}

#[derive(Serialize)]
struct PictureJson {
    mirrored: bool,
    a: AnswerJson,
    b: AnswerJson,
}

#[derive(Serialize)]
struct AnswerJson {
    class: String,
    /// That the model gives this class.
    probability: Option<f64>,
}

impl<'a> TrialDiffJson<'a> {
    /// Two trials.
    pub(crate) fn new(diff: &'a TrialDiff<'_>) -> TrialDiffJson<'a> {
        let flips = diff.flips.as_ref().ok();
        let shown = |photographs: &'a [FlippedPhotograph]| -> Vec<PhotographJson<'a>> {
            photographs.iter().map(|it| photograph(diff, it)).collect()
        };
        TrialDiffJson {
            a: TrialJson::new(&diff.a.row),
            b: TrialJson::new(&diff.b.row),
            kinship: diff.kinship.sentence(),
            settings: &diff.settings,
            figures: &diff.figures,
            curves: &diff.curves,
            origin: &diff.origin,
            text: diff.text.as_deref(),
            validation: flips.map(|flips| flips.paired),
            not_compared: diff.flips.as_ref().err().map(String::as_str),
            flipped: flips.map(|flips| FlippedJson {
                only_a: shown(&flips.only_a),
                only_b: shown(&flips.only_b),
            }),
        }
    }
}

fn photograph<'a>(diff: &'a TrialDiff<'_>, it: &FlippedPhotograph) -> PhotographJson<'a> {
    let pictures = it.pictures.iter().map(|picture| PictureJson {
        mirrored: picture.mirrored,
        a: answer(diff.a, picture.a),
        b: answer(diff.b, picture.b),
    });
    PhotographJson {
        photograph: it.photograph,
        path: diff.paths.path(it.photograph),
        class: diff.a.class_name(it.class),
        pictures: pictures.collect(),
    }
}

fn answer(facts: &TrialFacts, answer: Answer) -> AnswerJson {
    AnswerJson {
        class: facts.class_name(answer.class),
        probability: answer.probability,
    }
}
