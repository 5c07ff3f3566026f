//! What the best trial takes for what.

use fitroom_domain::ConfusionMatrix;
use maud::{Markup, html};

use crate::sweep_report::{BestTrial, SweepReport};
use crate::{numbers, page};

/// With more classes than this, their names stand upright above the columns.
const LEVEL_NAMES: usize = 5;

/// Mistakes that are put into words.
const NAMED_MISTAKES: usize = 3;

/// The section with the confusion matrix as a table; nothing without one.
pub(crate) fn confusion_table(report: &SweepReport) -> Markup {
    let Some(best) = &report.best else {
        return html! {};
    };
    let matrix = &best.confusion;
    let classes = report.summary().map_or(&[][..], |summary| &summary.classes);
    let names: Vec<String> = (0..matrix.classes())
        .map(|class| match classes.get(class) {
            Some(name) => name.clone(),
            None => format!("class {class}"),
        })
        .collect();
    html! {
        section {
            h2 { "What is taken for what" }
            p.note { (explanation(report, best)) }
            (mistakes(matrix, &names))
            (page::scrolling("Confusion matrix", html! {
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
            }))
        }
    }
}

fn explanation(report: &SweepReport, best: &BestTrial) -> Markup {
    let name = report
        .trials
        .iter()
        .find(|row| row.id == best.id)
        .map_or(best.id.short(), |row| row.name.as_str());
    html! {
        "Answers of " code { (name) } " on the validation split. Rows are true classes, columns are \
         predicted ones; each cell counts photographs, with their share of the row below."
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
            small { (share_text(share)) }
        }
    }
}

/// A share above 0 in whole percent, without calling a few none or almost all all.
fn share_text(share: f64) -> String {
    match share {
        0.0..0.005 => "<1%".to_owned(),
        0.995..1.0 => ">99%".to_owned(),
        share => format!("{:.0}%", share * 100.0),
    }
}

/// The most frequent mistakes in words.
fn mistakes(matrix: &ConfusionMatrix, names: &[String]) -> Markup {
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
        return html! { p { "Every validation photograph was classified correctly." } };
    }
    let name = |class: usize| names.get(class).map_or("", String::as_str);
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
