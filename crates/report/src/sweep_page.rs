//! The report of one sweep.

use maud::{Markup, html};

use crate::confusion_table::confusion_table;
use crate::headline::headline;
use crate::leaderboard_table::leaderboard_table;
use crate::learning_curves::{PlotError, learning_curves};
use crate::page::page;
use crate::search_space::search_space;
use crate::seeds_table::seeds_table;
use crate::settings::Settings;
use crate::sweep_report::{SweepReport, SweepSource, TrialRow};
use crate::unranked::{unranked, warnings};

/// The report of a sweep as one HTML file that needs nothing else.
///
/// # Errors
/// When a plot cannot be drawn.
pub fn sweep_page(report: &SweepReport) -> Result<String, PlotError> {
    let settings = Settings::new(&report.trials);
    let leaderboard = report.leaderboard();
    let validated = report.validated();
    let ranked = leaderboard.iter().map(|(row, _)| *row);
    let others = report.trials.iter().filter(|row| row.figures.is_none());
    let drawn: Vec<&TrialRow> = ranked.chain(others).collect();
    let curves = learning_curves(&drawn, !leaderboard.is_empty())?;
    let title = format!("{} on {}", report.sweep, report.dataset.name);
    let content = html! {
        (header(report))
        (headline(report, &settings, &leaderboard))
        (search_space(report, &settings))
        (leaderboard_table(&settings, &leaderboard, validated))
        (seeds_table(&settings, &leaderboard, validated))
        (warnings(report))
        (unranked(report))
        (curves)
        (confusion_table(report))
        (reproduction(report))
    };
    Ok(page(&title, &report.version, &report.generated_at, content))
}

fn header(report: &SweepReport) -> Markup {
    html! {
        header {
            p.eyebrow { "Sweep report" }
            h1 { (report.sweep) }
            p.subject {
                @match &report.source {
                    SweepSource::Ours { task, .. } => {
                        span { "task " strong { (task.name) } }
                        span { "dataset " strong { (report.dataset.name) } }
                        span { "fingerprint " code { (report.dataset.fingerprint) } }
                    }
                    SweepSource::Imported { .. } => {
                        span { "imported from the logs in " strong { (report.dataset.name) } }
                    }
                }
            }
        }
    }
}

/// What else the figures depend on.
fn reproduction(report: &SweepReport) -> Markup {
    if report.numerics.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { "Numerics" }
            @if report.numerics.len() > 1 {
                p.warning {
                    "These trials were trained with " (report.numerics.len()) " different numerics: \
                     small differences between their figures may come from that alone."
                }
            } @else {
                p { "The same trial trained again with the same numerics on a CPU gives the same bits." }
            }
            ul { @for numerics in &report.numerics { li { code { (numerics) } } } }
        }
    }
}
