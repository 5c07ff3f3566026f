//! Every configuration as one line across its settings, its cost and its accuracy.

use maud::{Markup, html};

use crate::analysis::Analysis;
use crate::configuration::Configuration;
use crate::numbers;
use crate::settings::{Settings, Swept};

const WIDTH: f64 = 1120.0;
const HEIGHT: f64 = 400.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 372.0;
const SIDE: f64 = 70.0;

/// Labels that one axis has room for.
const MOST_LABELS: usize = 12;

/// What an axis stands for; the page's script knows it by these words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Setting(usize),
    Cost,
    Accuracy,
}

/// A vertical axis.
struct Axis {
    kind: Kind,
    title: String,
    /// Its lowest and highest value, as the script filters by them.
    ends: (f64, f64),
    /// How high each configuration lies, from 0 to 1; `None` where that is not known.
    heights: Vec<Option<f64>>,
    /// Heights and texts of its labels.
    labels: Vec<(f64, String)>,
}

/// The section with the plot; nothing unless two configurations differ in some setting.
pub(crate) fn parallel_coordinates(
    analysis: &Analysis<'_>,
    settings: &Settings,
    drawn: usize,
) -> Markup {
    let configurations = &analysis.configurations[..drawn.min(analysis.configurations.len())];
    if configurations.len() < 2 || settings.swept.is_empty() {
        return html! {};
    }
    let swept = settings.swept.iter().enumerate();
    let mut axes: Vec<Axis> = swept
        .map(|(number, setting)| of_setting(number, setting, configurations))
        .collect();
    axes.extend(of_cost(configurations));
    axes.push(of_accuracy(configurations));
    let step = (WIDTH - 2.0 * SIDE) / (axes.len() - 1).max(1) as f64;
    let x = |axis: usize| SIDE + step * axis as f64;
    let shades = &axes
        .last()
        .map(|axis| axis.heights.clone())
        .unwrap_or_default();
    html! {
        section #parallel {
            h2 { "Settings, cost and accuracy" }
            p.note {
                "One line for each configuration; the bluer, the more accurate"
                @if settings.several_seeds() { " (mean over seeds)" }
                "."
                span.needs-script {
                    " Drag along an axis to keep only the lines that pass there, here and in the leaderboard; a click \
                     on the axis lets go. The fields above the leaderboard do the same without a mouse."
                }
            }
            svg.plot.parallel viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img"
                aria-label=(format!("parallel coordinates of {}", numbers::counted(configurations.len(), "configuration"))) {
                // The best comes last, on top of the others.
                @for place in (0..configurations.len()).rev() {
                    @let shade = shades.get(place).copied().flatten().unwrap_or(0.0);
                    polyline.line.best[place == 0] data-c=(place) points=(points(&axes, place, x))
                        style=(format!("--shade:{:.0}%", 100.0 * shade)) {}
                }
                @for (number, axis) in axes.iter().enumerate() { (drawn_axis(axis, x(number))) }
            }
        }
    }
}

fn points(axes: &[Axis], place: usize, x: impl Fn(usize) -> f64) -> String {
    let known = axes.iter().enumerate().filter_map(|(number, axis)| {
        let height = axis.heights.get(place).copied().flatten()?;
        Some(format!("{:.0},{:.1}", x(number), y(height)))
    });
    known.collect::<Vec<_>>().join(" ")
}

fn y(height: f64) -> f64 {
    BOTTOM - (BOTTOM - TOP) * height
}

fn drawn_axis(axis: &Axis, x: f64) -> Markup {
    let (kind, setting) = match axis.kind {
        Kind::Setting(number) => ("setting", Some(number)),
        Kind::Cost => ("cost", None),
        Kind::Accuracy => ("accuracy", None),
    };
    html! {
        g.brush data-kind=(kind) data-setting=[setting] data-low=(axis.ends.0) data-high=(axis.ends.1)
            data-top=(TOP) data-bottom=(BOTTOM) {
            line.axis x1=(x) x2=(x) y1=(TOP) y2=(BOTTOM) {}
            text.title x=(x) y=(TOP - 18.0) text-anchor="middle" { (axis.title) }
            @for (height, text) in &axis.labels {
                text.label x=(x + 8.0) y=(format!("{:.1}", y(*height) + 4.5)) { (text) }
            }
            rect.selection x=(x - 9.0) y=(TOP) width="18" height="0" {}
            rect.hit x=(x - 20.0) y=(TOP - 8.0) width="40" height=(BOTTOM - TOP + 16.0) {}
        }
    }
}

fn of_setting(number: usize, setting: &Swept, configurations: &[Configuration<'_>]) -> Axis {
    let last = setting.values.len().saturating_sub(1).max(1) as f64;
    let heights = configurations.iter().map(|configuration| {
        let level = setting.level(configuration.row()?)?;
        Some(level as f64 / last)
    });
    let skip = setting.values.len().div_ceil(MOST_LABELS);
    let labels = setting.values.iter().enumerate().step_by(skip.max(1));
    Axis {
        kind: Kind::Setting(number),
        title: setting.name.clone(),
        ends: (0.0, last),
        heights: heights.collect(),
        labels: labels
            .map(|(level, value)| (level as f64 / last, value.to_string()))
            .collect(),
    }
}

/// Multiply-adds on a logarithmic scale, if they differ.
fn of_cost(configurations: &[Configuration<'_>]) -> Option<Axis> {
    let cost = |it: &Configuration<'_>| {
        it.figures()
            .multiply_adds
            .map(|cost| (cost.max(1) as f64).log10())
    };
    let (low, high) = ends(configurations.iter().filter_map(cost))?;
    let height = |cost: f64| (cost - low) / (high - low);
    let labels = [0.0, 0.25, 0.5, 0.75, 1.0].map(|height| {
        let cost = 10f64.powf(low + (high - low) * height);
        (height, numbers::rounded(cost.round() as u64))
    });
    (high > low).then(|| Axis {
        kind: Kind::Cost,
        title: "multiply-adds".to_owned(),
        ends: (low, high),
        heights: configurations
            .iter()
            .map(|it| cost(it).map(height))
            .collect(),
        labels: labels.to_vec(),
    })
}

fn of_accuracy(configurations: &[Configuration<'_>]) -> Axis {
    let accuracies = || configurations.iter().map(|it| it.accuracy);
    let (low, high) = ends(accuracies()).unwrap_or((0.0, 1.0));
    let high = if high > low { high } else { low + 0.01 };
    let labels = [0.0, 0.25, 0.5, 0.75, 1.0].map(|height| {
        (
            height,
            numbers::percent_within(low + (high - low) * height, high - low),
        )
    });
    Axis {
        kind: Kind::Accuracy,
        title: "accuracy".to_owned(),
        ends: (low, high),
        heights: accuracies()
            .map(|accuracy| Some((accuracy - low) / (high - low)))
            .collect(),
        labels: labels.to_vec(),
    }
}

fn ends(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |ends, value| match ends {
        None => Some((value, value)),
        Some((low, high)) => Some((f64::min(low, value), f64::max(high, value))),
    })
}
