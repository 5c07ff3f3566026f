//! How two trials differ in what they take for what; the page's script fills it.

use maud::{Markup, html};

use crate::analysis::Analysis;
use crate::configuration::RankedTrial;
use crate::numbers;
use crate::sweep_report::{MOST_CLASSES, SweepReport};

/// The section in which two trials are chosen; nothing unless two have predictions and there are few
/// enough classes.
pub(crate) fn difference_section(report: &SweepReport, analysis: &Analysis<'_>) -> Markup {
    let mut trials: Vec<&RankedTrial<'_>> = analysis
        .trials()
        .filter(|trial| trial.answers.is_some())
        .collect();
    trials.sort_by_key(|trial| trial.rank);
    if trials.len() < 2 || report.class_count() > MOST_CLASSES {
        return html! {};
    }
    let validated = report.validated();
    let configuration = |number: usize| {
        trials
            .get(number)
            .map(|it: &&RankedTrial<'_>| it.row.trial.configuration_id())
    };
    let another = (1..trials.len()).find(|number| configuration(*number) != configuration(0));
    let choice = |name: &str, words: &str, chosen: usize| {
        html! {
            label {
                (words) " "
                select name=(name) {
                    @for (number, trial) in trials.iter().enumerate() {
                        option value=(trial.rank) selected[number == chosen] {
                            (trial.rank + 1) ". " (trial.row.name) ", "
                            (numbers::percent(trial.figures.accuracy, validated))
                        }
                    }
                }
            }
        }
    };
    html! {
        section #difference .needs-script {
            h2 { "Difference of two trials" }
            form.choose-two {
                (choice("a", "From", 0))
                (choice("b", "to", another.unwrap_or(1)))
                button type="button" name="swap" { "Swap" }
            }
            p.result aria-live="polite" {}
            div.scroll role="region" aria-label="Difference of the confusion matrices" tabindex="0" {
                table.confusion.difference {
                    caption { "Change of each count from the first trial to the second" }
                    thead {}
                    tbody {}
                }
            }
            p.note {
                "Rows are true classes, columns predicted ones. A cell with a thick border changed by more than chance \
                 (exact McNemar test, Holm's correction over all cells of this table). Both statements are about these \
                 two trained models. A click on a cell shows its photographs."
            }
            div.cell-photographs {}
        }
    }
}
