//! By how many points routes differ, as a drawing of the intervals.

use fitroom_domain::route::{RouteComparison, RouteDifference};
use fitroom_domain::statistics::Interval;
use maud::{Markup, html};

use crate::routes_tables::{name, signed, signed_interval};
use crate::routes_verdict::in_points;

const WIDTH: f64 = 720.0;
/// Where the names end and the drawing begins.
const LEFT: f64 = 270.0;
const RIGHT: f64 = 30.0;
const ROW: f64 = 34.0;
const TOP: f64 = 8.0;
/// Below the rows: for the numbers of the axis.
const BOTTOM: f64 = 26.0;

/// At most so many steps lie between the ends of the axis.
const MOST_STEPS: f64 = 8.0;

/// Each pair's difference with its interval; nothing if all are certain to be equal.
pub(crate) fn plot(comparison: &RouteComparison) -> Markup {
    let pairs = comparison.differences.iter();
    let rows: Vec<(&RouteDifference, f64, Interval)> = pairs
        .map(|pair| {
            let points = pair.points.difference * comparison.pictures as f64;
            (
                pair,
                points,
                in_points(pair.points.interval, comparison.pictures),
            )
        })
        .collect();
    let Some(axis) = Axis::new(rows.iter().map(|(_, _, interval)| *interval)) else {
        return html! {};
    };
    let bottom = TOP + ROW * rows.len() as f64;
    let said = rows.iter().map(|(pair, points, interval)| {
        format!(
            "{} {} ({})",
            name(pair),
            signed(*points),
            signed_interval(*interval)
        )
    });
    let label = format!(
        "Differences in points: {}",
        said.collect::<Vec<_>>().join("; ")
    );
    html! {
        figure.forest {
            figcaption { "Difference in points, with 95% intervals" }
            svg.plot viewBox=(format!("0 0 {WIDTH} {}", bottom + BOTTOM)) role="img" aria-label=(label) {
                @for tick in axis.ticks() {
                    @let x = axis.place(tick);
                    line.(if tick == 0.0 { "axis" } else { "grid" }) x1=(x) x2=(x) y1=(TOP) y2=(bottom) {}
                    text.label x=(x) y=(bottom + 19.0) text-anchor="middle" font-size="14" { (signed(tick)) }
                }
                @for (row, (pair, points, interval)) in rows.iter().enumerate() {
                    @let y = TOP + ROW * (row as f64 + 0.5);
                    text.label x=(LEFT - 18.0) y=(y + 5.0) text-anchor="end" font-size="15" { (name(pair)) }
                    line.mark x1=(axis.place(interval.low)) x2=(axis.place(interval.high)) y1=(y) y2=(y) stroke-width="3" {}
                    circle.mark cx=(axis.place(*points)) cy=(y) r="6" {}
                }
            }
        }
    }
}

/// The horizontal axis: points from here to there, nothing among them.
#[derive(Debug, Clone, Copy)]
struct Axis {
    lowest: f64,
    highest: f64,
}

impl Axis {
    /// An axis for these intervals; `None` unless they are finite and leave anything open.
    fn new(intervals: impl Iterator<Item = Interval>) -> Option<Axis> {
        let (lowest, highest) = intervals.fold((0.0f64, 0.0f64), |(lowest, highest), it| {
            (lowest.min(it.low), highest.max(it.high))
        });
        let is_wide = highest - lowest >= 1.0 && (highest - lowest).is_finite();
        is_wide.then_some(Axis { lowest, highest })
    }

    /// Round numbers, 0 among them.
    fn ticks(self) -> Vec<f64> {
        let range = self.highest - self.lowest;
        let decade = 10f64.powf((range / MOST_STEPS).log10().floor()).max(1.0);
        let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * decade);
        let fits = |step: &f64| range / step <= MOST_STEPS;
        let step = steps.into_iter().find(fits).unwrap_or(range);
        let numbers = (self.lowest / step).ceil() as i64..=(self.highest / step).floor() as i64;
        numbers.map(|number| number as f64 * step).collect()
    }

    /// How far to the right a number of points lies, in tenths of a unit.
    fn place(self, points: f64) -> f64 {
        let share = (points - self.lowest) / (self.highest - self.lowest);
        let x = LEFT + share * (WIDTH - LEFT - RIGHT);
        (x * 10.0).round() / 10.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(low: f64, high: f64) -> Option<Axis> {
        Axis::new([Interval { low, high }].into_iter())
    }

    #[test]
    fn ticks_are_round_and_few_and_have_0_among_them() {
        let ticks = |low, high| axis(low, high).unwrap().ticks();
        assert_eq!(ticks(-2.3, 22.0), [0.0, 5.0, 10.0, 15.0, 20.0]);
        assert_eq!(ticks(3.0, 5.0), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        for high in [1.0, 7.0, 64.0, 999.0, 12_345_678.0] {
            let ticks = ticks(-high / 3.0, high);
            assert!(
                (2..=9).contains(&ticks.len()) && ticks.contains(&0.0),
                "{ticks:?}"
            );
        }
    }

    #[test]
    fn without_a_difference_or_with_an_endless_one_there_is_no_axis() {
        assert!(axis(0.0, 0.0).is_none());
        assert!(axis(f64::NEG_INFINITY, 1.0).is_none());
        assert!(axis(f64::NAN, f64::NAN).is_none());
    }
}
