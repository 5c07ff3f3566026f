//! How well the best trial tells each class.

use maud::{Markup, html};

use crate::analysis::{Analysis, interval};
use crate::numbers;
use crate::page;
use crate::sweep_report::SweepReport;

/// The section with figures beyond accuracy; nothing without predictions.
pub(crate) fn class_table(report: &SweepReport, analysis: &Analysis<'_>) -> Markup {
    let Some((best, answers)) = analysis
        .best_trial()
        .and_then(|best| Some((best, best.answers.as_ref()?)))
    else {
        return html! {};
    };
    let percent =
        |share: Option<f64>| numbers::known(share, |share| format!("{:.1}%", 100.0 * share));
    let ratio = |value: Option<f64>| numbers::known(value, |value| format!("{value:.3}"));
    html! {
        section #classes {
            h2 { "How well the best trial tells each class" }
            p.note { "Answers of " code { (best.row.name) } " on the validation split." }
            dl {
                div { dt { "macro-F1" } dd { (ratio(answers.macro_f1)) } }
                div { dt { "balanced accuracy" } dd { (percent(answers.balanced_accuracy)) } }
                @if answers.top_2_accuracy.is_some() {
                    div { dt { "top-2 accuracy" } dd { (percent(answers.top_2_accuracy)) } }
                }
                div { dt { "expected calibration error" } dd { (percent(answers.calibration_error)) } }
            }
            (page::scrolling("Classes", html! {
                table.classes-table {
                    caption { "Precision and recall by class, with the 95% interval of the recall" }
                    thead {
                        tr {
                            th scope="col" { "class" }
                            th.number scope="col" { "photographs" }
                            th.number scope="col" { "precision" }
                            th.number scope="col" { "recall" }
                            th.number scope="col" { "interval" }
                            th.number scope="col" { "F1" }
                        }
                    }
                    tbody {
                        @for (class, figures) in answers.classes.iter().enumerate() {
                            tr {
                                th scope="row" { (report.class_name(class)) }
                                td.number { (numbers::grouped(report.photographs_of(class))) }
                                td.number { (percent(figures.precision)) }
                                td.number { (percent(figures.recall)) }
                                td.number {
                                    @if let Some(recall) = figures.recall {
                                        (numbers::percent_interval(interval(recall, report.photographs_of(class))))
                                    }
                                }
                                td.number { (ratio(figures.f1)) }
                            }
                        }
                    }
                }
            }))
            p.note {
                "Macro-F1 is the mean of the classes' F1, balanced accuracy that of their recalls"
                @if answers.top_2_accuracy.is_some() { "; top-2 accuracy counts the second guess too" }
                ". The calibration error says by how much probabilities are off on average (15 bins of the highest one)."
            }
        }
    }
}
