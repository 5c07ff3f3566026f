//! The photographs that the best trial is most sure and wrong about.

use maud::{Markup, html};

use crate::analysis::Analysis;
use crate::numbers;
use crate::page::jpeg_source;
use crate::sweep_report::SweepReport;

/// Mistakes that are shown.
const MOST_MISTAKES: usize = 24;

/// The section with the pictures; nothing without mistakes.
pub(crate) fn mistakes_section(report: &SweepReport, analysis: &Analysis<'_>) -> Markup {
    let mistakes = analysis.mistakes(report);
    if mistakes.is_empty() {
        return html! {};
    }
    let shown = &mistakes[..mistakes.len().min(MOST_MISTAKES)];
    html! {
        section #mistakes {
            h2 { "Most confident mistakes" }
            p.note {
                "What the best trial is most sure and wrong about: " (shown.len()) " of "
                (numbers::counted(mistakes.len(), "photograph")) ". A wrong label is as likely a reason as a weak model."
            }
            (without_pictures(report))
            ul.pictures {
                @for mistake in shown {
                    @if let Some(picture) = report.pictures.get(mistake.row) {
                        @let photograph = report.photographs.get(&picture.photograph);
                        @let path = photograph.map_or_else(|| format!("photograph {}", picture.photograph), |it| it.path.clone());
                        li {
                            figure {
                                @match photograph.and_then(|photograph| photograph.jpeg.as_ref()) {
                                    Some(jpeg) => {
                                        img class=[picture.mirrored.then_some("mirrored")] src=(jpeg_source(jpeg)) alt=(path) loading="lazy";
                                    },
                                    None => { div.no-picture { "no picture" } },
                                }
                                figcaption {
                                    span { (report.class_name(mistake.truth)) }
                                    span.taken-for { "taken for " (report.class_name(mistake.predicted)) }
                                    span.quiet {
                                        (numbers::share(mistake.confidence)) " sure"
                                        @if picture.mirrored { ", mirrored" }
                                    }
                                    code title=(path) { (path) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Why photographs are not shown, if any is not.
fn without_pictures(report: &SweepReport) -> Markup {
    let all = report.photographs.len();
    let drawn = report
        .photographs
        .values()
        .filter(|it| it.jpeg.is_some())
        .count();
    html! {
        @if all == 0 {
            p.note {
                "The dataset was not there, or other photographs are in it now, when this page was made: it cannot show \
                 them."
            }
        } @else if drawn < all {
            p.note {
                "The page has room for " (numbers::grouped(drawn as u64)) " of "
                (numbers::counted(all, "photograph")) ": those that most trials get wrong."
            }
        }
    }
}
