//! What accuracy costs: multiply-adds, and what nothing cheaper reaches.

use std::collections::BTreeSet;

use maud::{Markup, PreEscaped, html};
use plotters::coord::Shift;
use plotters::prelude::*;

use crate::analysis::Analysis;
use crate::configuration::Configuration;
use crate::cost_axis::CostAxis;
use crate::numbers;
use crate::styled_svg::{AXIS, GRID, LABEL, MARK, PlotError, Svg, color_of, draw};
use crate::sweep_report::SweepReport;

/// A configuration's place in the plot.
#[derive(Debug, Clone, Copy)]
struct Point {
    configuration: usize,
    multiply_adds: u64,
    accuracy: f64,
}

/// The section with the plot; nothing unless two configurations differ in their cost.
pub(crate) fn cost_plot(
    report: &SweepReport,
    analysis: &Analysis<'_>,
    drawn: usize,
) -> Result<Markup, PlotError> {
    let point = |(configuration, it): (usize, &Configuration<'_>)| {
        Some(Point {
            configuration,
            multiply_adds: it.figures().multiply_adds?.max(1),
            accuracy: it.accuracy,
        })
    };
    let places = analysis.configurations.iter().take(drawn).enumerate();
    let points: Vec<Point> = places.filter_map(point).collect();
    let costs: BTreeSet<u64> = points.iter().map(|point| point.multiply_adds).collect();
    if costs.len() < 2 {
        return Ok(html! {});
    }
    let front = pareto_front(&points);
    let label = format!(
        "accuracy against multiply-adds of {}",
        numbers::counted(points.len(), "configuration")
    );
    let svg = Svg {
        label: &label,
        class: "point",
        attribute: "data-c",
        best: Some(0),
    };
    let drawing = draw("accuracy against cost", &svg, |area| {
        draw_points(&area, &points, &front)
    })?;
    let validated = report.validated();
    Ok(html! {
        section #cost {
            h2 { "Accuracy against cost" }
            div.columns {
                figure {
                    figcaption { "Accuracy by multiply-adds for one photograph (logarithmic)" }
                    (PreEscaped(drawing))
                }
                div {
                    table {
                        caption { "Pareto front: no other is both cheaper and at least as accurate" }
                        thead {
                            tr {
                                th scope="col" { "configuration" }
                                th.number scope="col" { "accuracy" }
                                th.number scope="col" { "multiply-adds" }
                            }
                        }
                        tbody {
                            @for point in &front {
                                tr data-c=(point.configuration) {
                                    th scope="row" { code { (analysis.name(point.configuration)) } }
                                    td.number { @if let Some(it) = analysis.configurations.get(point.configuration) {
                                            (it.percent(validated))
                                        } }
                                    td.number { (numbers::rounded(point.multiply_adds)) }
                                }
                            }
                        }
                    }
                    p.note {
                        @if front.len() > 1 { "The line joins the front. " }
                        "The front is made of the figures as they are, luck included."
                    }
                }
            }
        }
    })
}

/// The points that no other beats in cost without losing accuracy, cheapest first.
fn pareto_front(points: &[Point]) -> Vec<Point> {
    let mut sorted = points.to_vec();
    sorted.sort_by(|one, other| {
        let by_cost = one.multiply_adds.cmp(&other.multiply_adds);
        by_cost.then_with(|| other.accuracy.total_cmp(&one.accuracy))
    });
    let mut front: Vec<Point> = Vec::new();
    for point in sorted {
        if front
            .last()
            .is_none_or(|last| point.accuracy > last.accuracy)
        {
            front.push(point);
        }
    }
    front
}

fn draw_points(
    area: &DrawingArea<SVGBackend<'_>, Shift>,
    points: &[Point],
    front: &[Point],
) -> Result<(), Box<dyn std::error::Error>> {
    let accuracies = || points.iter().map(|point| point.accuracy);
    let low = accuracies().fold(f64::INFINITY, f64::min);
    let high = accuracies().fold(f64::NEG_INFINITY, f64::max);
    let pad = ((high - low) * 0.08).max(0.002);
    let costs = || points.iter().map(|point| point.multiply_adds as f64);
    let cheapest = costs().fold(f64::INFINITY, f64::min);
    let dearest = costs().fold(0.0, f64::max);
    let mut chart = ChartBuilder::on(area)
        .margin_top(20)
        .margin_right(40)
        .margin_bottom(4)
        .x_label_area_size(52)
        .y_label_area_size(104)
        .build_cartesian_2d(
            CostAxis::new(cheapest / 1.1, dearest * 1.1),
            low - pad..(high + pad).min(1.0 + pad / 2.0),
        )?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID)
        .axis_style(AXIS)
        .y_labels(6)
        .y_label_formatter(&|accuracy| match *accuracy {
            // Above 100 % there is only room for the points at it.
            1.0000001.. => String::new(),
            accuracy => numbers::percent_within(accuracy, high - low),
        })
        .label_style(("sans-serif", 32).into_font().color(&LABEL))
        .draw()?;
    let steps = front.windows(2).flat_map(|pair| match pair {
        [one, other] => vec![
            (one.multiply_adds as f64, one.accuracy),
            (other.multiply_adds as f64, one.accuracy),
            (other.multiply_adds as f64, other.accuracy),
        ],
        _ => Vec::new(),
    });
    chart.draw_series(LineSeries::new(steps, MARK))?;
    for point in points.iter().rev() {
        let place = (point.multiply_adds as f64, point.accuracy);
        let color = color_of(point.configuration);
        chart.draw_series([Circle::new(place, 9, color.filled())])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_front_rises_and_leaves_out_what_costs_more_for_no_more() {
        let points: Vec<Point> = [
            (10, 0.7),
            (20, 0.7),
            (20, 0.8),
            (30, 0.75),
            (40, 0.9),
            (40, 0.9),
        ]
        .into_iter()
        .enumerate()
        .map(|(configuration, (multiply_adds, accuracy))| Point {
            configuration,
            multiply_adds,
            accuracy,
        })
        .collect();
        let front: Vec<usize> = pareto_front(&points)
            .iter()
            .map(|point| point.configuration)
            .collect();
        assert_eq!(front, [0, 2, 4]);
    }
}
