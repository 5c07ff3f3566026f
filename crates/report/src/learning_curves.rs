//! Loss and accuracy of every trial by epoch.
//!
//! plotters writes colours into the SVG, but the page's style decides on colours (light, dark, print):
//! everything is drawn in colours that stand for a class, and [`styled`] puts the classes in their place.

use fitroom_domain::{EpochMetrics, SettingValue};
use maud::{Markup, PreEscaped, html};
use plotters::coord::Shift;
use plotters::prelude::*;

use crate::epoch_axis::EpochAxis;
use crate::numbers;
use crate::sweep_report::TrialRow;
use crate::vertical_axis::VerticalAxis;

/// A plot that could not be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("failed to draw the plot of `{plot}`: {reason}")]
pub struct PlotError {
    /// What it shows.
    pub plot: String,
    /// The drawing library's words.
    pub reason: String,
}

// plotters rounds to whole units: twice the size at which a plot is shown keeps curves smooth.
const SIZE: (u32, u32) = (1120, 640);
const GRID: RGBColor = RGBColor(1, 0, 0);
const AXIS: RGBColor = RGBColor(1, 0, 1);
const LABEL: RGBColor = RGBColor(1, 0, 2);
const BEST_EPOCH: RGBColor = RGBColor(1, 0, 3);
/// The red of every curve; green and blue are the trial's number.
const CURVE: u8 = 2;

/// A plot of one figure on one split.
struct Plot<'a> {
    title: &'static str,
    axis: VerticalAxis,
    pick: fn(&EpochMetrics) -> f64,
    trials: &'a [&'a TrialRow],
}

/// The section with the four plots; nothing before the first epoch. `trials` are numbered as in the
/// leaderboard's rows, the best first if `has_best`.
pub(crate) fn learning_curves(trials: &[&TrialRow], has_best: bool) -> Result<Markup, PlotError> {
    let metrics = || {
        trials
            .iter()
            .flat_map(|row| &row.curve)
            .flat_map(|epoch| [epoch.train, epoch.validation])
    };
    let Some(losses) = VerticalAxis::of_losses(metrics()) else {
        return Ok(html! {});
    };
    let accuracies = VerticalAxis::of_accuracies(metrics());
    let plot = |title, axis, pick| Plot {
        title,
        axis,
        pick,
        trials,
    };
    let plots = [
        plot("Validation loss", losses, |epoch| epoch.validation.loss),
        plot("Train loss", losses, |epoch| epoch.train.loss),
        plot("Validation accuracy", accuracies, |epoch| {
            epoch.validation.accuracy
        }),
        plot("Train accuracy", accuracies, |epoch| epoch.train.accuracy),
    ];
    let cut = metrics().any(|metrics| metrics.loss < losses.range().start);
    let drawings = plots
        .iter()
        .map(|plot| Ok((plot.title, plot.draw(has_best)?)))
        .collect::<Result<Vec<_>, PlotError>>()?;
    let none = SettingValue::Number(0.0);
    let lambdas = trials.iter().filter_map(|row| row.trial.setting("lambda"));
    let penalty = lambdas.into_iter().any(|lambda| lambda > none);
    Ok(html! {
        section {
            h2 { "Learning curves" }
            p.legend {
                @if has_best {
                    span { span.swatch.best {} " best trial, with a dot at the epoch that was kept" }
                }
                span { span.swatch {} " every other trial that trained an epoch" }
                span.needs-script { span.swatch.lit {} " the one that you point at, here or in the leaderboard" }
            }
            // The more curves, the fainter each: where many run together stays visible.
            div.plots style=(format!("--fade:{:.2}", (25.0 / trials.len() as f64).clamp(0.12, 0.6))) {
                @for (title, svg) in &drawings {
                    figure {
                        figcaption { (title) " by epoch" }
                        (PreEscaped(svg))
                    }
                }
            }
            p.note {
                "Losses are in nats, on a logarithmic scale"
                @if penalty { ", without the L2 penalty" }
                @if trials.iter().any(|row| row.trial.is_imported()) {
                    ". Train figures are the last that were logged before each validation."
                } @else {
                    ". Train figures are means over an epoch while the weights still changed; validation \
                     figures are those of its end."
                }
                @if cut {
                    " Losses below " (numbers::loss(losses.range().start)) " are drawn at the bottom."
                }
            }
        }
    })
}

impl Plot<'_> {
    /// The plot as SVG that takes its colours from the page.
    fn draw(&self, has_best: bool) -> Result<String, PlotError> {
        let mut svg = String::new();
        self.draw_onto(
            SVGBackend::with_string(&mut svg, SIZE).into_drawing_area(),
            has_best,
        )
        .map_err(|error| PlotError {
            plot: self.title.to_owned(),
            reason: error.to_string(),
        })?;
        let drawn = self
            .trials
            .iter()
            .filter(|row| !row.curve.is_empty())
            .count();
        let label = format!(
            "{} by epoch, one line for each of {}",
            self.title,
            numbers::counted(drawn, "trial")
        );
        Ok(styled(&svg, &label, has_best))
    }

    fn draw_onto(
        &self,
        area: DrawingArea<SVGBackend<'_>, Shift>,
        has_best: bool,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let last_epoch = self
            .trials
            .iter()
            .flat_map(|row| &row.curve)
            .map(|epoch| epoch.epoch)
            .max()
            .unwrap_or(1);
        let mut chart = ChartBuilder::on(&area)
            .margin_top(20)
            .margin_right(24)
            .margin_bottom(4)
            .x_label_area_size(52)
            .y_label_area_size(92)
            .build_cartesian_2d(EpochAxis::new(last_epoch), self.axis)?;
        let label = ("sans-serif", 32).into_font().color(&LABEL);
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .axis_style(AXIS)
            .label_style(label)
            .draw()?;
        // The best comes last, on top of the others.
        for (number, row) in self.trials.iter().enumerate().rev() {
            let points: Vec<(u32, f64)> = row
                .curve
                .iter()
                .map(|epoch| (epoch.epoch, (self.pick)(epoch)))
                .filter(|(_, value)| value.is_finite())
                .collect();
            let color = color_of(number);
            if let [point] = points[..] {
                chart.draw_series([Circle::new(point, 4, color)])?;
            }
            let kept = row.figures.and_then(|figures| figures.best_epoch);
            let dot = points
                .iter()
                .copied()
                .find(|(epoch, _)| Some(*epoch) == kept);
            chart.draw_series(LineSeries::new(points, color))?;
            if let (true, 0, Some(dot)) = (has_best, number, dot) {
                chart.draw_series([Circle::new(dot, 9, BEST_EPOCH.filled())])?;
            }
        }
        area.present()?;
        Ok(())
    }
}

/// The colour that stands for a trial; beyond 65536 trials, numbers start again.
fn color_of(number: usize) -> RGBColor {
    let [high, low] = (number as u16).to_be_bytes();
    RGBColor(CURVE, high, low)
}

/// Gives the drawing a label, and classes for the colours that stand for them.
fn styled(drawing: &str, label: &str, has_best: bool) -> String {
    let body = drawing.split_once('>').map_or("", |(_, body)| body);
    let mut body = body
        .replace(" opacity=\"1\"", "")
        .replace(" fill=\"none\"", "")
        .replace(" stroke=\"none\"", "")
        .replace(" stroke-width=\"1\"", "")
        .replace(" font-family=\"sans-serif\"", "")
        .replace(" \"/>", "\"/>");
    for (color, class) in [
        (GRID, "grid"),
        (AXIS, "axis"),
        (LABEL, "label"),
        (BEST_EPOCH, "kept"),
    ] {
        let RGBColor(red, green, blue) = color;
        for attribute in ["fill", "stroke"] {
            let drawn = format!("{attribute}=\"#{red:02X}{green:02X}{blue:02X}\"");
            body = body.replace(&drawn, &format!("class=\"{class}\""));
        }
    }
    let curve = format!("stroke=\"#{CURVE:02X}");
    let mut parts = body.split(&curve);
    let mut content = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // Four hexadecimal digits and the closing quote.
        let (digits, rest) = part.split_once('"').unwrap_or((part, ""));
        let number = u16::from_str_radix(digits, 16).unwrap_or_default();
        let class = if has_best && number == 0 {
            "curve best"
        } else {
            "curve"
        };
        content.push_str(&format!("class=\"{class}\" data-trial=\"{number}\"{rest}"));
    }
    let (width, height) = SIZE;
    format!(
        "<svg class=\"plot\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{label}\">{content}"
    )
}
