//! The selected model of the sweep's task on the test split.

use std::collections::BTreeSet;

use fitroom_domain::Chosen;
use maud::{Markup, html};

use crate::analysis::Analysis;
use crate::class_table::{ClassColumns, percent, ratio, table_of_classes};
use crate::confusion_table::{how_to_read, matrix_of_classes};
use crate::sweep_report::SweepReport;
use crate::test_report::{Look, SplitAnswers, SplitFigures, TestReport};
use crate::{numbers, page};

/// With more looks than this, the sentence on them names the first and the last one.
const NAMED_LOOKS: usize = 4;

/// A split's answers with their figures.
struct Split<'a> {
    name: &'static str,
    answers: &'a SplitAnswers,
    figures: SplitFigures,
}

/// The section on test; nothing unless a model is selected.
pub(crate) fn test_section(report: &SweepReport, analysis: &Analysis<'_>) -> Markup {
    let Some(test) = &report.test else {
        return html! {};
    };
    let classes = report.class_count();
    let validation = split(classes, "validation", test.validation.as_ref());
    let tested = split(classes, "test", test.test.as_ref());
    html! {
        section #test {
            h2 { "Test" }
            (headline(test, validation.as_ref(), tested.as_ref()))
            p { (selection(report, test, analysis)) }
            (looks(&test.looks))
            @if let Some(tested) = &tested {
                @let splits: Vec<&Split<'_>> = validation.iter().chain([tested]).collect();
                (summary(&splits))
                h3 { "Each class" }
                (each_class(report, &splits))
                h3 { "What is taken for what on test" }
                p.note { (how_to_read(&tested.answers.pictures)) }
                (matrix_of_classes(report, &tested.figures.confusion, "Confusion matrix of the test split", tested.name))
            }
        }
    }
}

/// A line of what test says beside validation, for the head of the page; nothing before the model was evaluated.
pub(crate) fn test_line(report: &SweepReport) -> Markup {
    let classes = report.class_count();
    let evaluated = |test: &'_ TestReport| test.test.as_ref()?.figures(classes);
    let Some((test, figures)) =
        (report.test.as_ref()).and_then(|test| Some((test, evaluated(test)?)))
    else {
        return html! {};
    };
    html! {
        p {
            a href="#test" { "Test accuracy" } " of the task's selected model, "
            code title=(test.model) { (test.model_name) } ": "
            strong { (accuracy(&figures)) } "."
        }
    }
}

fn split<'a>(
    classes: usize,
    name: &'static str,
    answers: Option<&'a SplitAnswers>,
) -> Option<Split<'a>> {
    let answers = answers?;
    Some(Split {
        name,
        answers,
        figures: answers.figures(classes)?,
    })
}

/// An accuracy with its interval: `84.6% (81.7–87.1%)`.
fn accuracy(figures: &SplitFigures) -> String {
    format!(
        "{} ({})",
        numbers::percent(figures.accuracy, Some(figures.pictures)),
        numbers::percent_interval(figures.interval)
    )
}

fn headline(
    test: &TestReport,
    validation: Option<&Split<'_>>,
    tested: Option<&Split<'_>>,
) -> Markup {
    let model = html! { code title=(test.model) { (test.model_name) } };
    html! {
        @if let Some(tested) = tested {
            p.test-figures {
                @if let Some(validation) = validation {
                    "Validation " (accuracy(&validation.figures)) ", test "
                } @else { "Test " }
                strong { (accuracy(&tested.figures)) }
                " of the selected model, " (model) "."
            }
        } @else if test.test.is_some() {
            p { "What the selected model, " (model) ", says about the test split does not fit the task's classes." }
        } @else {
            p {
                "The selected model, " (model) ", was not evaluated yet: " code { "fitroom evaluate" } " does."
            }
        }
    }
}

/// Which model it is, by what it was chosen, and what test had to do with that.
fn selection(report: &SweepReport, test: &TestReport, analysis: &Analysis<'_>) -> Markup {
    let is_best = analysis
        .best_trial()
        .is_some_and(|best| best.row.id == test.model);
    html! {
        @match test.chosen {
            Chosen::Accuracy => {
                "The model was selected on validation: it has the best accuracy there of all sweeps of this task. Test \
                 was not used for that."
            },
            Chosen::Cheapest => {
                "The model was selected on validation: it is the cheapest that is good enough to ship. Test was not used \
                 for that."
            },
            Chosen::Pinned => {
                "The model is pinned: somebody chose it, and not its place on the leaderboard. Nothing here used test for \
                 that; what the person knew of it is not recorded."
            },
        }
        @if test.trained_by != report.sweep {
            " It was trained by another sweep, " strong { (test.trained_by) } "."
        }
        @if !is_best { " It is not the best trial of this page." }
        @if test.chosen != Chosen::Pinned && test.test.is_some() {
            " Its validation accuracy was chosen for being high, and so is a little too good; test is what to expect of \
             other photographs like these."
        }
    }
}

/// How often and when test photographs were read; a table tells which models saw them.
fn looks(looks: &[Look]) -> Markup {
    let models: BTreeSet<_> = looks.iter().map(|look| &look.model).collect();
    let when = |look: &Look| html! { time { (look.at) } " UTC" };
    html! {
        @match looks {
            [] => {},
            [look] => {
                p {
                    "Test photographs were read for this task once, on " (when(look)) ", for "
                    code title=(look.model) { (look.model_name) } "."
                }
            },
            [first, .., last] => {
                p {
                    "Test photographs were read for this task "
                    strong { (numbers::grouped(looks.len() as u64)) " times" } ": "
                    @if looks.len() > NAMED_LOOKS {
                        "first on " (when(first)) ", last on " (when(last)) "."
                    } @else {
                        @for (number, look) in looks.iter().enumerate() {
                            @if number > 0 { ", " } (when(look))
                        }
                        "."
                    }
                    @if models.len() > 1 {
                        " Of " (models.len()) " models. Every look makes test less of a test: who chooses after it \
                         chooses by it."
                    } @else { " It was the same model each time." }
                }
                (table_of_looks(looks))
            },
        }
    }
}

fn table_of_looks(looks: &[Look]) -> Markup {
    html! {
        details.looks {
            summary { "Each look at test" }
            (page::scrolling("Looks at test photographs", html! {
                table.narrow {
                    thead {
                        tr {
                            th scope="col" { "when (UTC)" }
                            th scope="col" { "model" }
                            th.number scope="col" { "photographs" }
                            th.number scope="col" { "accuracy" }
                        }
                    }
                    tbody {
                        @for look in looks {
                            tr {
                                td { (look.at) }
                                td { code title=(look.model) { (look.model_name) } }
                                td.number { (numbers::grouped(look.photographs)) }
                                td.number { (numbers::percent(look.accuracy, Some(look.photographs))) }
                            }
                        }
                    }
                }
            }))
        }
    }
}

fn summary(splits: &[&Split<'_>]) -> Markup {
    html! {
        (page::scrolling("Validation and test", html! {
            table.narrow.splits {
                caption { "The selected model on both splits; in brackets 95% intervals over photographs" }
                thead {
                    tr {
                        th scope="col" { "split" }
                        th.number scope="col" { "photographs" }
                        th.number scope="col" { "accuracy" }
                        th.number scope="col" { "macro-F1" }
                        th.number scope="col" { "balanced accuracy" }
                    }
                }
                tbody {
                    @for Split { name, figures, .. } in splits {
                        tr {
                            th scope="row" { (name) }
                            td.number { (numbers::grouped(figures.photographs)) }
                            td.number { (accuracy(figures)) }
                            td.number { (ratio(figures.macro_f1)) }
                            td.number { (percent(figures.balanced_accuracy)) }
                        }
                    }
                }
            }
        }))
    }
}

fn each_class(report: &SweepReport, splits: &[&Split<'_>]) -> Markup {
    let columns = splits.iter().map(|split| ClassColumns {
        split: split.name,
        pictures: &split.answers.pictures,
        figures: &split.figures.classes,
    });
    table_of_classes(
        report,
        "Classes on validation and test",
        &columns.collect::<Vec<_>>(),
    )
}
