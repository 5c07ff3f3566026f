//! What a model takes for what.

use fitroom_domain::ConfusionMatrix;
use maud::{Markup, html};

use crate::analysis::Analysis;
use crate::sweep_report::{MOST_CLASSES, SweepReport, ValidationPicture};
use crate::{numbers, page};

/// With more classes than this, their names stand upright above the columns.
const LEVEL_NAMES: usize = 5;

/// Mistakes that are put into words.
const NAMED_MISTAKES: usize = 3;

/// The section with the best trial's confusion matrix as a table; nothing without one.
pub(crate) fn confusion_table(report: &SweepReport, analysis: &Analysis<'_>) -> Markup {
    let Some((best, answers)) = analysis
        .best_trial()
        .and_then(|best| Some((best, best.answers.as_ref()?)))
    else {
        return html! {};
    };
    html! {
        section {
            h2 { "What is taken for what" }
            p.note {
                "Answers of " code { (best.row.name) } " on the validation split. "
                (how_to_read(&report.pictures))
            }
            (matrix_of_classes(report, &answers.confusion, "Confusion matrix", "validation"))
        }
    }
}

/// The most frequent mistakes in words, and all counts of a split as a table if there are few enough classes.
pub(crate) fn matrix_of_classes(
    report: &SweepReport,
    matrix: &ConfusionMatrix,
    label: &str,
    split: &str,
) -> Markup {
    let names: Vec<&str> = (0..matrix.classes())
        .map(|class| report.class_name(class))
        .collect();
    html! {
        (mistakes(matrix, &names, split))
        @if names.len() > MOST_CLASSES {
            p.note { "A matrix of " (names.len()) " classes would not be readable, and is left out." }
        } @else { (page::scrolling(label, html! {
            table.confusion.upright[names.len() > LEVEL_NAMES] {
                caption { "Photographs by true and predicted class" }
                thead {
                    tr {
                        th scope="col" { "true class" }
                        @for name in &names { th scope="col" { span { (name) } } }
                        th.number scope="col" { span { "all" } }
                    }
                }
                tbody {
                    @for (truth, name) in names.iter().enumerate() {
                        tr {
                            th scope="row" { (name) }
                            @for predicted in 0..names.len() { (cell(matrix, truth, predicted)) }
                            td.number { (numbers::grouped(matrix.support(truth))) }
                        }
                    }
                }
            }
        })) }
    }
}

/// What rows, columns and cells are.
pub(crate) fn how_to_read(pictures: &[ValidationPicture]) -> Markup {
    html! {
        "Rows are true classes, columns are predicted ones; each cell counts photographs"
        @if pictures.iter().any(|picture| picture.mirrored) { " and mirrored copies" }
        ", with their share of the row below."
    }
}

/// One count. The darker its ground, the larger its share; right answers and mistakes differ in hue.
fn cell(matrix: &ConfusionMatrix, truth: usize, predicted: usize) -> Markup {
    let count = matrix.count(truth, predicted);
    if count == 0 {
        return html! { td.none { "0" } };
    }
    let share = count as f64 / matrix.support(truth) as f64;
    // Few mistakes are still mistakes: even one of a thousand is tinted.
    let strength = 0.08 + 0.52 * share;
    let class = if truth == predicted { "right" } else { "wrong" };
    html! {
        td.(class) style=(format!("--strength:{strength:.2}")) {
            (numbers::grouped(count))
            small { (numbers::share(share)) }
        }
    }
}

/// The most frequent mistakes in words.
fn mistakes(matrix: &ConfusionMatrix, names: &[&str], split: &str) -> Markup {
    let mut mistakes: Vec<(u64, usize, usize)> = (0..names.len())
        .flat_map(|truth| (0..names.len()).map(move |predicted| (truth, predicted)))
        .filter(|(truth, predicted)| truth != predicted)
        .map(|(truth, predicted)| (matrix.count(truth, predicted), truth, predicted))
        .filter(|(count, ..)| *count > 0)
        .collect();
    mistakes
        .sort_by_key(|(count, truth, predicted)| (std::cmp::Reverse(*count), *truth, *predicted));
    let total: u64 = mistakes.iter().map(|(count, ..)| count).sum();
    if mistakes.is_empty() {
        return html! { p { "Every " (split) " photograph was classified correctly." } };
    }
    let name = |class: usize| names.get(class).copied().unwrap_or_default();
    html! {
        p {
            "Wrong answers: " (numbers::grouped(total)) " of " (numbers::grouped(matrix.total()))
            ". Most often"
            @for (index, (count, truth, predicted)) in mistakes.iter().take(NAMED_MISTAKES).enumerate() {
                @if index > 0 { "," }
                " " strong { (name(*truth)) } " is taken for " strong { (name(*predicted)) }
                " (" (numbers::grouped(*count)) " of "
                (numbers::grouped(matrix.support(*truth))) ")"
            }
            "."
        }
    }
}
