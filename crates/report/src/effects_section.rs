//! How much of the accuracy each setting explains.

use fitroom_domain::statistics::{Share, VarianceShares};
use maud::{Markup, html};

use crate::analysis::Analysis;
use crate::numbers;
use crate::settings::Settings;

/// A bar: its words, its share, and whether it is noise.
struct Bar {
    words: String,
    share: f64,
    quiet: bool,
}

/// The section on the effects of hyperparameters; nothing without settings to compare.
pub(crate) fn effects_section(analysis: &Analysis<'_>, settings: &Settings) -> Markup {
    if settings.swept.is_empty() || analysis.configurations.len() < 2 {
        return html! {};
    }
    html! {
        section #effects {
            h2 { "What the accuracy depends on" }
            @match &analysis.effects {
                Ok(shares) => {
                    div.columns {
                        (bars(shares, settings))
                        (means(shares, settings))
                    }
                    p.note {
                        "Exact shares of the variance of validation accuracy over the complete grid."
                        @if shares.noise.is_some_and(|noise| noise > 0.5) {
                            " Most of it is noise of the seeds: no setting explains it."
                        }
                        @if shares.higher_and_noise.is_some() {
                            " With one seed for each configuration, interaction and noise cannot be told apart."
                        }
                    }
                },
                Err(reason) => { p { "Not available: " (reason) "." } },
            }
        }
    }
}

fn bars(shares: &VarianceShares, settings: &Settings) -> Markup {
    let words = |share: &Share| {
        let names = share
            .factors
            .iter()
            .filter_map(|factor| settings.swept.get(*factor));
        names
            .map(|setting| setting.name.as_str())
            .collect::<Vec<_>>()
            .join(" × ")
    };
    let known = shares.mains.iter().chain(&shares.pairs).map(|share| Bar {
        words: words(share),
        share: share.share,
        quiet: false,
    });
    let mut bars: Vec<Bar> = known.collect();
    bars.sort_by(|one, other| other.share.total_cmp(&one.share));
    let rest = [
        ("interactions of three and more", shares.higher),
        ("seed noise", shares.noise),
        ("other interactions and seed noise", shares.higher_and_noise),
    ];
    bars.extend(rest.into_iter().filter_map(|(words, share)| {
        Some(Bar {
            words: words.to_owned(),
            share: share?,
            quiet: true,
        })
    }));
    html! {
        table.bars {
            caption { "Share of the variance" }
            thead { tr { th scope="col" { "setting" } th scope="col" { "share" } } }
            tbody {
                @for bar in &bars {
                    tr.quiet[bar.quiet] {
                        th scope="row" { (bar.words) }
                        td.bar style=(format!("--share:{:.2}%", 100.0 * bar.share)) {
                            span { (numbers::share(bar.share)) }
                        }
                    }
                }
            }
        }
    }
}

/// The mean accuracy at each value of each setting.
fn means(shares: &VarianceShares, settings: &Settings) -> Markup {
    let all = shares
        .mains
        .iter()
        .flat_map(|share| share.marginal_means.iter().copied());
    let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), mean| {
        (low.min(mean), high.max(mean))
    });
    let place = |mean: f64| 5.0 + 90.0 * (mean - low) / (high - low).max(1e-12);
    html! {
        table.bars {
            caption { "Mean accuracy at each value, all else averaged" }
            thead { tr { th scope="col" { "setting" } th scope="col" { "value" } th scope="col" { "mean accuracy" } } }
            tbody {
                @for share in &shares.mains {
                    @if let [factor] = share.factors[..] && let Some(setting) = settings.swept.get(factor) {
                        @for (level, (value, mean)) in setting.values.iter().zip(&share.marginal_means).enumerate() {
                            tr {
                                @if level == 0 {
                                    th scope="rowgroup" rowspan=(setting.values.len()) { (setting.name) }
                                }
                                td.number { (value) }
                                td.dot style=(format!("--place:{:.1}%", place(*mean))) {
                                    span { (numbers::percent_within(*mean, high - low)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
