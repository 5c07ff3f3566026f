//! The sheet of photographs that models have labelled, on which somebody corrects them.
//!
//! It is written card by card: with the pictures of thousands of photographs it is larger than all else together.

use std::io::{self, Write};

use maud::{Markup, PreEscaped, html};

use crate::contact_sheet_card::card_markup;
use crate::numbers;
use crate::page::{About, age, foot, head};

const STYLE: &str = include_str!("contact_sheet.css");

const SCRIPT: &str = include_str!("js/contact_sheet.js");

/// A label column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetColumn {
    /// What it is called.
    pub name: String,
    /// Every label that can be chosen, in the order in which they are offered. None is empty.
    pub labels: Vec<String>,
}

/// What the sheet says of all its photographs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetAbout {
    /// Where the photographs lie.
    pub source: String,
    /// When it was made: `2026-02-28 17:05`, UTC.
    pub generated_at: String,
    /// Version of Fitting Room.
    pub version: String,
    /// What was labelled, in the order of every card's labels.
    pub columns: Vec<SheetColumn>,
    /// The photographs that were labelled.
    pub photographs: u64,
    /// Those of them whose labels are doubtful.
    pub to_review: u64,
    /// Those of them that have a card: the first ones, where there are fewer than `photographs`.
    pub shown: u64,
    /// Files that could not be read, which are not among `photographs`.
    pub unreadable: u64,
    /// How the labels came about, in sentences.
    pub notes: Vec<String>,
}

/// A photograph with its labels.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetCard {
    /// As an import is to find it.
    pub path: String,
    /// A small copy of it, as a JPEG file.
    pub jpeg: Vec<u8>,
    /// One for each column, in their order; `None` where it has none.
    pub labels: Vec<Option<SheetLabel>>,
    /// How probable it is that all labels are right, if that is known.
    pub joint: Option<f64>,
    /// Whether somebody should look at it.
    pub needs_review: bool,
}

/// A label that was found for a photograph.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetLabel {
    /// The label.
    pub label: String,
    /// How probable it is, in [0, 1]; 1 where it follows from others. Never NaN.
    pub probability: f64,
}

/// Writes a page of its own with the cards in their order, of which it keeps one at a time. Those to review are expected
/// first. Ends with the first error of the cards or of `out`.
pub fn write_contact_sheet(
    out: &mut impl Write,
    about: &SheetAbout,
    cards: impl Iterator<Item = io::Result<SheetCard>>,
) -> io::Result<()> {
    let title = format!("Labels of {}", about.source);
    let page = About {
        title: &title,
        version: &about.version,
        generated_at: &about.generated_at,
    };
    let names: Vec<&str> = (about.columns.iter())
        .map(|column| column.name.as_str())
        .collect();
    let start = html! {
        (head(page, STYLE))
        (header(about))
        (explanation(about))
        (bar())
        (PreEscaped("<ol class=\"sheet\" data-columns=\""))
        (serde_json::to_string(&names)?)
        (PreEscaped("\">\n"))
    };
    out.write_all(start.into_string().as_bytes())?;
    for card in cards {
        let card = card_markup(&about.columns, &card?)?;
        out.write_all(card.into_string().as_bytes())?;
        out.write_all(b"\n")?;
    }
    let end = html! { (PreEscaped("</ol>")) (foot(page, SCRIPT)) };
    out.write_all(end.into_string().as_bytes())?;
    out.flush()
}

fn header(about: &SheetAbout) -> Markup {
    html! {
        header {
            p.eyebrow { "Labels to look through" }
            h1 { (about.source) }
            p.subject {
                span { strong { (numbers::grouped(about.photographs)) } " " (photographs(about.photographs)) }
                span { strong { (numbers::grouped(about.to_review)) } " to review" }
                @if about.unreadable > 0 {
                    span { strong { (numbers::grouped(about.unreadable)) } " unreadable" }
                }
                (age(&about.generated_at))
            }
        }
    }
}

fn explanation(about: &SheetAbout) -> Markup {
    html! {
        section.explanation {
            @for note in &about.notes { p { (note) } }
            @if about.shown < about.photographs {
                p.warning {
                    "Only " (numbers::grouped(about.shown)) " of "
                    (numbers::grouped(about.photographs)) " " (photographs(about.photographs))
                    " are shown, those to review first. The labels of all stand in the CSV beside this page."
                }
            }
            p.needs-script {
                "Correct what is wrong, check what is right, and save: the file holds the photographs that are checked, and "
                code { "fitroom data import FOLDER --labels corrections.csv --size WIDTHxHEIGHT --out data/NAME" }
                " makes a dataset of them. A correction checks its photograph, and so does a click on the picture."
            }
        }
    }
}

/// What works on all cards. The script fills it.
fn bar() -> Markup {
    html! {
        div.sheet-bar.needs-script role="group" aria-label="All photographs" {
            p {
                output #sheet-progress {}
                strong #sheet-unsaved hidden { "not saved" }
            }
            label { input #sheet-review type="checkbox"; "Show only those to review" }
            button #sheet-check type="button" { "Mark all shown as checked" }
            button #sheet-undo type="button" hidden { "Undo" }
            button #sheet-save type="button" { "Save corrections as CSV" }
        }
    }
}

fn photographs(count: u64) -> &'static str {
    if count == 1 {
        "photograph"
    } else {
        "photographs"
    }
}

#[cfg(test)]
#[path = "contact_sheet_tests.rs"]
mod tests;
