//! What the page's script works with, as JSON in the page.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, PreEscaped, html};
use serde::Serialize;

use crate::analysis::Analysis;
use crate::settings::{Settings, Swept};
use crate::sweep_report::{MOST_CLASSES, SweepReport};

#[derive(Serialize)]
struct Payload<'a> {
    classes: &'a [String],
    /// Of each validation picture: its photograph, its true class, and 1 for a mirrored copy.
    pictures: Vec<(u32, usize, u8)>,
    photographs: BTreeMap<u32, PhotographPayload<'a>>,
    configurations: Vec<ConfigurationPayload>,
    trials: BTreeMap<usize, TrialPayload<'a>>,
    /// Digits of base 36 that one predicted class takes.
    digits: usize,
}

#[derive(Serialize)]
struct PhotographPayload<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    jpeg: Option<String>,
}

#[derive(Serialize)]
struct ConfigurationPayload {
    /// Ranks of its trials.
    trials: Vec<usize>,
    /// The position of its value among those of each swept setting; −1: unknown.
    levels: Vec<i64>,
    accuracy: f64,
    multiply_adds: Option<u64>,
}

#[derive(Serialize)]
struct TrialPayload<'a> {
    name: &'a str,
    /// The class that each picture is taken for, in so many digits of base 36 each.
    #[serde(skip_serializing_if = "Option::is_none")]
    predicted: Option<String>,
}

/// The script element with the data of the first `drawn` configurations.
pub(crate) fn payload(
    report: &SweepReport,
    analysis: &Analysis<'_>,
    settings: &Settings,
    drawn: usize,
) -> Result<Markup, serde_json::Error> {
    let classes = report.summary().map_or(&[][..], |summary| &summary.classes);
    let digits = if classes.len() <= 36 { 1 } else { 2 };
    let photographs = report.photographs.iter().map(|(position, photograph)| {
        let jpeg = photograph.jpeg.as_ref().map(|jpeg| STANDARD.encode(jpeg));
        let path = &photograph.path;
        (*position, PhotographPayload { path, jpeg })
    });
    let configurations = analysis
        .configurations
        .iter()
        .take(drawn)
        .map(|configuration| {
            let level = |setting: &Swept| setting.level(configuration.row()?);
            ConfigurationPayload {
                trials: configuration
                    .trials
                    .iter()
                    .map(|trial| trial.rank)
                    .collect(),
                levels: (settings.swept.iter())
                    .map(|setting| level(setting).map_or(-1, |level| level as i64))
                    .collect(),
                accuracy: configuration.accuracy,
                multiply_adds: configuration.figures().multiply_adds,
            }
        });
    let trials = analysis.trials().map(|trial| {
        let predicted = trial
            .answers
            .as_ref()
            .filter(|_| classes.len() <= MOST_CLASSES)
            .map(|answers| encoded(&answers.predicted, digits));
        let name = &trial.row.name;
        (trial.rank, TrialPayload { name, predicted })
    });
    let payload = Payload {
        classes,
        pictures: (report.pictures.iter())
            .map(|picture| {
                (
                    picture.photograph,
                    picture.class,
                    u8::from(picture.mirrored),
                )
            })
            .collect(),
        photographs: photographs.collect(),
        configurations: configurations.collect(),
        trials: trials.collect(),
        digits,
    };
    // Within a script element nothing but its end means anything.
    let json = serde_json::to_string(&payload)?.replace('<', "\\u003c");
    Ok(html! { script #sweep-data type="application/json" { (PreEscaped(json)) } })
}

/// Classes as digits of base 36, so many for each.
fn encoded(classes: &[usize], digits: usize) -> String {
    let digit = |value: usize| char::from_digit((value % 36) as u32, 36).unwrap_or('0');
    let mut text = String::with_capacity(classes.len() * digits);
    for class in classes {
        if digits == 2 {
            text.push(digit(class / 36));
        }
        text.push(digit(*class));
    }
    text
}
