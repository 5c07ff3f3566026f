//! What of the leaderboard and its plots is shown.

use fitroom_domain::statistics::Verdict;
use maud::{Markup, html};

use crate::analysis::Analysis;
use crate::settings::Settings;

/// Settings with more values than this are filtered from one value to another.
const MOST_VALUES: usize = 24;

/// The boxes and fields by which configurations are filtered; nothing for a single configuration. They filter the
/// same as brushing the axes of the parallel coordinates does, so that a keyboard is enough.
pub(crate) fn filter_panel(analysis: &Analysis<'_>, settings: &Settings) -> Markup {
    if analysis.configurations.len() < 2 {
        return html! {};
    }
    html! {
        form #filters .filters.needs-script {
            @for (number, setting) in settings.swept.iter().enumerate() {
                @if setting.values.len() > MOST_VALUES {
                    fieldset data-setting=(number) {
                        legend { (setting.name) }
                        @for (end, chosen) in [("from", 0), ("to", setting.values.len() - 1)] {
                            select aria-label=(format!("{} {end}", setting.name)) {
                                @for (level, value) in setting.values.iter().enumerate() {
                                    option value=(level) selected[level == chosen] { (value) }
                                }
                            }
                        }
                    }
                } @else {
                    fieldset data-setting=(number) {
                        legend { (setting.name) }
                        @for (level, value) in setting.values.iter().enumerate() {
                            label.chip {
                                input type="checkbox" value=(level) checked;
                                span { (value) }
                            }
                        }
                    }
                }
            }
            fieldset {
                legend { "accuracy, %" }
                input type="number" step="any" name="accuracy-from" aria-label="accuracy from, percent" placeholder="from";
                input type="number" step="any" name="accuracy-to" aria-label="accuracy to, percent" placeholder="to";
            }
            @if analysis.configurations.iter().any(|it| it.figures().multiply_adds.is_some()) {
                fieldset {
                    legend { "multiply-adds, M" }
                    input type="number" step="any" name="cost-from" aria-label="multiply-adds from, millions" placeholder="from";
                    input type="number" step="any" name="cost-to" aria-label="multiply-adds to, millions" placeholder="to";
                }
            }
            @if analysis.count(Verdict::NotShownWorse) + analysis.count(Verdict::ShownWorse) > 0 {
                fieldset {
                    legend { "verdict" }
                    select name="verdict" aria-label="verdict" {
                        option value="" { "all" }
                        option value="band" { "best, or not shown worse" }
                        option value="good" { "good enough to ship" }
                    }
                }
            }
            div.filter-end {
                button type="reset" { "Show all" }
                output name="shown" aria-live="polite" {}
            }
        }
    }
}
