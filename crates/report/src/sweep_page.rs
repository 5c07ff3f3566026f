//! The report of one sweep.

use fitroom_domain::{Provenance, TRAINING_SEMANTICS};
use maud::{Markup, html};

use crate::analysis::Analysis;
use crate::claims::claims;
use crate::class_table::class_table;
use crate::confusion_table::confusion_table;
use crate::cost_plot::cost_plot;
use crate::difference_section::difference_section;
use crate::effects_section::effects_section;
use crate::headline::headline;
use crate::leaderboard_table::{MOST_ROWS, leaderboard_table};
use crate::learning_curves::learning_curves;
use crate::mistakes_section::mistakes_section;
use crate::page::{About, SWEEP_SCRIPT, age, link_to_index, page};
use crate::parallel_coordinates::parallel_coordinates;
use crate::payload::payload;
use crate::search_space::search_space;
use crate::settings::Settings;
use crate::styled_svg::PlotError;
use crate::sweep_report::{SweepReport, SweepSource, TrialRow};
use crate::test_section::test_section;
use crate::unranked::{unranked, warnings};

/// Trials whose curves are drawn: more would be one grey area, and too much for a file that is sent.
const MOST_CURVES: usize = 300;

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum SweepPageError {
    /// A plot cannot be drawn.
    #[error(transparent)]
    Plot(#[from] PlotError),
    /// A figure cannot be written as JSON.
    #[error("failed to write the page's data")]
    Data(#[from] serde_json::Error),
}

/// The report of a sweep as one HTML file that needs nothing else.
///
/// # Errors
/// When a plot cannot be drawn or a figure not be written.
pub fn sweep_page(report: &SweepReport) -> Result<String, SweepPageError> {
    let settings = Settings::new(&report.trials);
    let analysis = Analysis::new(report);
    let mut ranked: Vec<(usize, &TrialRow)> = analysis
        .trials()
        .map(|trial| (trial.rank, trial.row))
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    let others = report.trials.iter().filter(|row| row.figures.is_none());
    let mut drawn: Vec<&TrialRow> = ranked.iter().map(|(_, row)| *row).chain(others).collect();
    let left_out = drawn.len().saturating_sub(MOST_CURVES);
    drawn.truncate(MOST_CURVES);
    let title = format!("{} on {}", report.sweep, report.dataset.name);
    let about = About {
        title: &title,
        version: &report.version,
        generated_at: &report.generated_at,
    };
    let sections = html! {
        (headline(report, &settings, &analysis))
        (claims(report, &analysis))
        (leaderboard_table(report, &analysis, &settings))
        (warnings(report))
        (unranked(report))
        (parallel_coordinates(&analysis, &settings, MOST_ROWS))
        (cost_plot(report, &analysis, MOST_ROWS)?)
        (effects_section(&analysis, &settings))
        (learning_curves(&drawn, !ranked.is_empty(), left_out)?)
        (class_table(report, &analysis))
        (confusion_table(report, &analysis))
        (difference_section(report, &analysis))
        (mistakes_section(report, &analysis))
        (test_section(report, &analysis))
        (search_space(report, &settings))
        (reproduction(report))
        (link_to_index())
        (payload(report, &analysis, &settings, MOST_ROWS)?)
    };
    let content = html! {
        (header(report))
        (contents(&sections))
        (sections)
    };
    Ok(page(about, content, SWEEP_SCRIPT))
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
                (age(&report.generated_at))
            }
        }
    }
}

/// Links to the sections that this page has.
fn contents(page: &Markup) -> Markup {
    const SECTIONS: [(&str, &str); 11] = [
        ("claims", "winner"),
        ("leaderboard", "leaderboard"),
        ("parallel", "settings"),
        ("cost", "cost"),
        ("effects", "effects"),
        ("curves", "curves"),
        ("classes", "classes"),
        ("difference", "difference"),
        ("mistakes", "mistakes"),
        ("test", "test"),
        ("searched", "what was searched"),
    ];
    let is_there = |id: &str| page.0.contains(&format!("id=\"{id}\""));
    html! {
        nav.contents aria-label="Sections" {
            @for (id, words) in SECTIONS.into_iter().filter(|(id, _)| is_there(id)) {
                a href=(format!("#{id}")) { (words) } " "
            }
        }
    }
}

/// A command, and what it was given on.
fn shown_origin(origin: &Provenance) -> Markup {
    let Provenance {
        command_line,
        git,
        versions,
        machine,
        ..
    } = origin;
    let gibibytes = machine.memory_bytes as f64 / f64::from(1 << 30);
    html! {
        code { (command_line.join(" ")) }
        @match git {
            Some(git) => {
                ", commit " code { (git.commit.get(..12).unwrap_or(&git.commit)) }
                @if git.dirty { " and what differed from it" }
            },
            None => { ", no commit" },
        }
        ", Fitting Room " (versions.fitroom) ", LibTorch " (versions.libtorch)
        ", training rules " (versions.training_semantics) ", " (machine.cpu) ", " (machine.cores) " cores, "
        (format!("{gibibytes:.1} GiB"))
    }
}

/// What else the figures depend on.
fn reproduction(report: &SweepReport) -> Markup {
    if report.numerics.is_empty() {
        return html! {};
    }
    html! {
        section #numerics {
            h2 { "Code, machine and numerics" }
            @if report.numerics.len() > 1 {
                p.warning {
                    "These trials were trained with " (report.numerics.len()) " different numerics: \
                     small differences between their figures may come from that alone."
                }
            } @else {
                p { "The same trial trained again with the same numerics on a CPU gives the same bits." }
            }
            ul { @for numerics in &report.numerics { li { code { (numerics) } } } }
            @if !report.origins.is_empty() {
                h3 { "How the trials came about" }
                ul { @for origin in &report.origins { li { (shown_origin(origin)) } } }
            }
            p.note {
                "Training rules " (TRAINING_SEMANTICS) "; report by Fitting Room " (report.version) "."
            }
        }
    }
}
