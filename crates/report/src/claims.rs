//! Whether the winner is really the winner, in words.

use fitroom_domain::statistics::{Comparison, Evidence, Verdict};
use maud::{Markup, html};

use crate::analysis::Analysis;
use crate::configuration::Configuration;
use crate::numbers;
use crate::sweep_report::SweepReport;
use crate::verdict::difference;

/// What the comparisons rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Basis {
    /// At least five seeds.
    Seeds,
    /// Two to four seeds.
    FewSeeds,
    /// One trained model of each configuration.
    Models,
}

/// The section that says what the leaderboard shows and what it does not; nothing without finished trials.
pub(crate) fn claims(report: &SweepReport, analysis: &Analysis<'_>) -> Markup {
    if analysis.configurations.len() < 2 {
        return html! {};
    }
    html! {
        section #claims {
            h2 { "Is the winner really the winner?" }
            @match &analysis.comparison {
                Some(comparison) => {
                    ul.claims {
                        (band(analysis, comparison))
                        (shipping(analysis, comparison))
                        (luck(report, analysis))
                    }
                    p.note { (method(comparison)) }
                },
                None => {
                    p {
                        "Nobody can say: no predictions of the best can be read, and without them it is not known whether a \
                         difference is more than chance."
                    }
                },
            }
        }
    }
}

/// On what the verdicts rest; without any, on what the differences do.
fn basis(comparison: &Comparison) -> Option<Basis> {
    let of = |evidence: &Evidence| match evidence {
        Evidence::Seeds { .. } => Some(Basis::Seeds),
        Evidence::FewSeeds { .. } => Some(Basis::FewSeeds),
        Evidence::Models { .. } => Some(Basis::Models),
        Evidence::Nothing => None,
    };
    let entries = || comparison.entries.iter();
    let of_verdicts = entries().filter(|entry| entry.p_value.is_some());
    let bases = of_verdicts.chain(entries());
    bases.filter_map(|entry| of(&entry.evidence)).next()
}

/// Which configurations may be as good as the best.
fn band(analysis: &Analysis<'_>, comparison: &Comparison) -> Markup {
    let tied = analysis.count(Verdict::NotShownWorse);
    let worse = analysis.count(Verdict::ShownWorse);
    let open = analysis.count(Verdict::NoVerdict);
    let compared = tied + worse;
    if compared == 0 {
        return no_verdict(comparison);
    }
    html! {
        li {
            @if comparison.all_shown_worse {
                strong { "Yes, among these." }
                " Every other configuration is shown to be worse."
            } @else if tied == 0 {
                strong { "Shown worse: all " (worse) " that can be compared." }
            } @else {
                strong { "Not shown worse: " (tied) " of " (compared) "." }
                " Beside the best, " (numbers::counted(tied, "configuration"))
                " may be as good: the photographs do not show the difference to be more than chance. "
                @match worse {
                    0 => { "None is shown to be worse." },
                    1 => { "1 is shown to be worse." },
                    worse => { (worse) " are shown to be worse." },
                }
            }
            @if open > 0 {
                " Of " (open) " more nothing can be said: they share too few seeds with the best, or their predictions are \
                 missing."
            }
            @if basis(comparison) == Some(Basis::Models) {
                " That is said of the trained models with their one seed: another seed may turn it."
            }
        }
    }
}

/// Why no configuration has a verdict.
fn no_verdict(comparison: &Comparison) -> Markup {
    let of_seeds = (comparison.entries.iter())
        .filter(|entry| matches!(entry.evidence, Evidence::FewSeeds { .. }));
    let differences = of_seeds.filter_map(|entry| difference(&entry.evidence));
    let half = differences.map(|(_, interval, _)| (interval.high - interval.low) / 2.0);
    html! {
        li {
            strong { "No verdict." } " "
            @if basis(comparison) == Some(Basis::FewSeeds) {
                "Two to four seeds show how far results scatter, but not which configuration is better"
                @if let Some(half) = median(half.collect()) {
                    ": the intervals of the differences reach about " (points(half)) " points to either side"
                }
                ". Five seeds give a verdict."
            } @else {
                "No other configuration shares enough seeds with the best, or their predictions are missing."
            }
        }
    }
}

/// Which are good enough to ship, and the cheapest of them.
fn shipping(analysis: &Analysis<'_>, comparison: &Comparison) -> Markup {
    let Some(cheapest) = comparison.cheapest else {
        return html! {};
    };
    let good = analysis.good_enough();
    let margin = points(comparison.margin);
    let unit = if margin == "1.0" { "point" } else { "points" };
    html! {
        li {
            @if good > 1 {
                strong { "Good enough to ship: " (good) "." }
                " With 95% confidence these lack at most " (margin) " " (unit) " of accuracy against the best. "
                @if cheapest == comparison.best { "The best is also the cheapest of them." }
                @else {
                    "The cheapest is " code { (analysis.name(cheapest)) } (cost(analysis, cheapest)) "."
                }
            } @else if comparison.all_shown_worse {
                strong { "Good enough to ship: only the best." }
            } @else {
                strong { "The validation set is too small to choose" }
                @if let Some(smallest) = comparison.smallest_difference {
                    "; smallest difference that it can show: " strong { (points(smallest)) " points" }
                    " (in a single comparison)"
                }
                ". No configuration but the best is certain to be within " (margin) " " (unit) " of it. "
                @if is_cheapest_of_all(analysis, comparison.best) {
                    "There is nothing to trade either: none is cheaper than the best."
                } @else {
                    "More validation photographs, or five seeds and more, show more."
                }
            }
        }
    }
}

/// Whether no configuration takes fewer multiply-adds.
fn is_cheapest_of_all(analysis: &Analysis<'_>, configuration: usize) -> bool {
    let multiply_adds = |it: &Configuration<'_>| it.figures().multiply_adds;
    let all = analysis.configurations.iter().filter_map(multiply_adds);
    let own = analysis
        .configurations
        .get(configuration)
        .and_then(multiply_adds);
    own.is_some() && all.min() == own
}

/// By how much the winner was lucky.
fn luck(report: &SweepReport, analysis: &Analysis<'_>) -> Markup {
    let (Some(optimism), Some(best)) = (analysis.optimism, analysis.best_trial()) else {
        return html! {};
    };
    let honest = numbers::percent(
        (best.figures.accuracy - optimism).max(0.0),
        report.validated(),
    );
    html! {
        li {
            strong { "The best of " (analysis.trials().count()) " is too good by about " (points(optimism)) " points." }
            " It was chosen by the same photographs that it is measured on; on others like these expect about "
            (honest) "."
        }
    }
}

/// How the differences were tested.
fn method(comparison: &Comparison) -> Markup {
    let tests = comparison
        .entries
        .iter()
        .filter(|entry| entry.p_value.is_some())
        .count();
    html! {
        @match basis(comparison) {
            Some(Basis::Seeds | Basis::FewSeeds) => {
                "Differences are means over photographs and seeds in pairs, with 95% intervals for other photographs and \
                 other seeds (two-way bootstrap, with Student's t for few seeds); “seeds alone” is the paired t interval. "
            },
            Some(Basis::Models) => {
                "Differences are between two trained models on the same photographs: exact McNemar test, Tango's \
                 95% interval. "
            },
            None => {},
        }
        @if tests > 0 {
            "p-values are corrected for " (tests) @if tests == 1 { " comparison" } @else { " comparisons" }
            " by Holm's method; level 0.05. The best was chosen by the same photographs, so that of equals some may be called \
             worse; but the truly best one is in the band with 95% confidence. “Good enough” is a one-sided 95% bound for each, not corrected. "
        }
        "A photograph and its mirrored copy count as one."
    }
}

/// What a configuration costs beside the best.
fn cost(analysis: &Analysis<'_>, configuration: usize) -> Markup {
    let multiply_adds = |place: usize| analysis.configurations.get(place)?.figures().multiply_adds;
    let best = analysis
        .comparison
        .as_ref()
        .and_then(|comparison| multiply_adds(comparison.best));
    html! {
        @if let (Some(cost), Some(best @ 1..)) = (multiply_adds(configuration), best) {
            ", with " (numbers::share(cost as f64 / best as f64)) " of the best's multiply-adds"
        }
    }
}

/// A size in percentage points, without a sign.
fn points(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
