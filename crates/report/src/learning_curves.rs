//! Loss and accuracy of every trial by epoch.

use fitroom_domain::{EpochMetrics, SettingValue};
use maud::{Markup, PreEscaped, html};
use plotters::coord::Shift;
use plotters::prelude::*;

use crate::epoch_axis::EpochAxis;
use crate::numbers;
use crate::styled_svg::{AXIS, GRID, LABEL, MARK, PlotError, Svg, color_of, draw};
use crate::sweep_report::TrialRow;
use crate::vertical_axis::VerticalAxis;

/// A plot of one figure on one split.
struct Plot<'a> {
    title: &'static str,
    axis: VerticalAxis,
    pick: fn(&EpochMetrics) -> f64,
    trials: &'a [&'a TrialRow],
}

/// The section with the four plots; nothing before the first epoch. `trials` are numbered as in the
/// leaderboard's rows, the best first if `has_best`; `left_out` others are not among them.
pub(crate) fn learning_curves(
    trials: &[&TrialRow],
    has_best: bool,
    left_out: usize,
) -> Result<Markup, PlotError> {
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
        section #curves {
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
                @if left_out > 0 {
                    " Not drawn: " (numbers::grouped(left_out as u64)) " trials with lower accuracies or none."
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
        let svg = Svg {
            label: &label,
            class: "curve",
            attribute: "data-trial",
            best: has_best.then_some(0),
        };
        draw(self.title, &svg, |area| self.draw_onto(&area, has_best))
    }

    fn draw_onto(
        &self,
        area: &DrawingArea<SVGBackend<'_>, Shift>,
        has_best: bool,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let last_epoch = self
            .trials
            .iter()
            .flat_map(|row| &row.curve)
            .map(|epoch| epoch.epoch)
            .max()
            .unwrap_or(1);
        let mut chart = ChartBuilder::on(area)
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
                chart.draw_series([Circle::new(dot, 9, MARK.filled())])?;
            }
        }
        Ok(())
    }
}
