//! How well each class is told from the others.

use fitroom_domain::statistics::ClassFigures;
use maud::{Markup, html};

use crate::analysis::{Analysis, interval};
use crate::numbers;
use crate::page;
use crate::sweep_report::{SweepReport, ValidationPicture, photographs_of};

/// What a table of classes says about one split.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClassColumns<'a> {
    /// The split, named above its columns if there is another one.
    pub(crate) split: &'a str,
    /// Its pictures.
    pub(crate) pictures: &'a [ValidationPicture],
    /// The figures of each class on it.
    pub(crate) figures: &'a [ClassFigures],
}

/// The section with the best trial's figures beyond accuracy; nothing without predictions.
pub(crate) fn class_table(report: &SweepReport, analysis: &Analysis<'_>) -> Markup {
    let Some((best, answers)) = analysis
        .best_trial()
        .and_then(|best| Some((best, best.answers.as_ref()?)))
    else {
        return html! {};
    };
    let columns = ClassColumns {
        split: "validation",
        pictures: &report.pictures,
        figures: &answers.classes,
    };
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
            (table_of_classes(report, "Classes", &[columns]))
            p.note {
                "Macro-F1 is the mean of the classes' F1, balanced accuracy that of their recalls"
                @if answers.top_2_accuracy.is_some() { "; top-2 accuracy counts the second guess too" }
                ". The calibration error says by how much probabilities are off on average (15 bins of the highest one)."
            }
        }
    }
}

/// A row for each class, with the same columns for each split.
pub(crate) fn table_of_classes(
    report: &SweepReport,
    label: &str,
    splits: &[ClassColumns<'_>],
) -> Markup {
    let several = splits.len() > 1;
    page::scrolling(
        label,
        html! {
            table.classes-table.two-splits[several] {
                caption { "Precision and recall by class, with the 95% interval of the recall" }
                thead {
                    @if several {
                        tr {
                            th scope="col" rowspan="2" { "class" }
                            @for split in splits { th.over scope="colgroup" colspan="5" { (split.split) } }
                        }
                    }
                    tr {
                        @if !several { th scope="col" { "class" } }
                        @for _ in splits {
                            th.number.first[several] scope="col" { "photographs" }
                            th.number scope="col" { "precision" }
                            th.number scope="col" { "recall" }
                            th.number scope="col" { "interval" }
                            th.number scope="col" { "F1" }
                        }
                    }
                }
                tbody {
                    @for class in 0..report.class_count() {
                        tr {
                            th scope="row" { (report.class_name(class)) }
                            @for split in splits { (cells(split, class, several)) }
                        }
                    }
                }
            }
        },
    )
}

fn cells(split: &ClassColumns<'_>, class: usize, several: bool) -> Markup {
    let photographs = photographs_of(split.pictures, class);
    let figures = split.figures.get(class);
    let recall = figures.and_then(|figures| figures.recall);
    html! {
        td.number.first[several] { (numbers::grouped(photographs)) }
        td.number { (percent(figures.and_then(|figures| figures.precision))) }
        td.number { (percent(recall)) }
        td.number {
            @if let Some(recall) = recall { (numbers::percent_interval(interval(recall, photographs))) }
        }
        td.number { (ratio(figures.and_then(|figures| figures.f1))) }
    }
}

/// A share in percent, or a dash.
pub(crate) fn percent(share: Option<f64>) -> String {
    numbers::known(share, |share| format!("{:.1}%", 100.0 * share))
}

/// A share as a number, or a dash.
pub(crate) fn ratio(value: Option<f64>) -> String {
    numbers::known(value, |value| format!("{value:.3}"))
}
