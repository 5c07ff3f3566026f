//! What the routes of a comparison get right, and by how much they differ.

use fitroom_domain::route::{Estimate, RouteComparison, RouteDifference, RouteResult};
use fitroom_domain::statistics::Interval;
use maud::{Markup, html};

use crate::routes_verdict::{in_points, share_of_points};
use crate::{numbers, page};

/// A row for each route.
pub(crate) fn results(comparison: &RouteComparison) -> Markup {
    let columns = &comparison.columns;
    let label = format!("What each route of {} gets right", comparison.combined);
    page::scrolling(
        &label,
        html! {
            table.routes {
                caption { "What each route gets right, and what it costs" }
                thead {
                    tr {
                        th scope="col" rowspan="2" { "route" }
                        th.number scope="col" rowspan="2" { "points" }
                        th.number scope="col" rowspan="2" { "all labels right" }
                        th.over scope="colgroup" colspan=(columns.len()) { "right" }
                        th.over scope="colgroup" colspan=(columns.len()) { "first mistake" }
                        th.over scope="colgroup" colspan="2" { "for a photograph" }
                    }
                    tr {
                        @for _ in 0..2 {
                            @for (place, column) in columns.iter().enumerate() {
                                th.number.first[place == 0] scope="col" { (page::breakable(column)) }
                            }
                        }
                        th.number.first scope="col" { "multiply-adds" }
                        th.number scope="col" { "milliseconds" }
                    }
                }
                tbody { @for route in &comparison.routes { (result(comparison, route)) } }
            }
        },
    )
}

fn result(comparison: &RouteComparison, route: &RouteResult) -> Markup {
    let pictures = comparison.pictures;
    html! {
        tr {
            th scope="row" { (route.route) }
            td.number {
                strong { (numbers::grouped(route.points)) } " of " (numbers::grouped(route.most_points))
                small { (share_of_points(route.points, route.most_points)) }
            }
            td.number {
                (numbers::percent(route.joint_accuracy, Some(pictures)))
                small { (numbers::percent_interval(route.joint_interval)) }
            }
            @for (place, right) in route.columns_right.iter().enumerate() {
                td.number.first[place == 0] {
                    (numbers::grouped(*right))
                    small { (share_of_points(*right, pictures)) }
                }
            }
            @for (place, wrong) in route.first_mistakes.iter().enumerate() {
                td.number.first[place == 0] {
                    (numbers::grouped(*wrong))
                    small { (share_of_points(*wrong, pictures)) }
                }
            }
            td.number.first { (numbers::rounded(route.cost.multiply_adds.round() as u64)) }
            td.number { (numbers::known(route.cost.milliseconds, |it| format!("{it:.2}"))) }
        }
    }
}

/// A row for each pair of routes.
pub(crate) fn differences(comparison: &RouteComparison) -> Markup {
    let label = format!("Differences of the routes of {}", comparison.combined);
    page::scrolling(
        &label,
        html! {
            table.narrow.routes {
                caption { "The first route less the second, with 95% intervals" }
                thead {
                    tr {
                        th scope="col" rowspan="2" { "routes" }
                        th.over scope="colgroup" colspan="3" { "points" }
                        th.over scope="colgroup" colspan="3" { "all labels right, in percentage points" }
                    }
                    tr {
                        @for _ in 0..2 {
                            th.number.first scope="col" { "difference" }
                            th.number scope="col" { "p" }
                            th.number scope="col" { "p (Holm)" }
                        }
                    }
                }
                tbody { @for pair in &comparison.differences { (difference(comparison, pair)) } }
            }
        },
    )
}

fn difference(comparison: &RouteComparison, pair: &RouteDifference) -> Markup {
    let interval = in_points(pair.points.interval, comparison.pictures);
    let points = pair.points.difference * comparison.pictures as f64;
    html! {
        tr {
            th scope="row" { (name(pair)) }
            td.number.first {
                strong { (signed(points)) }
                small { (signed_interval(interval)) }
            }
            (p_values(&pair.points))
            td.number.first {
                strong { (numbers::points(pair.joint.difference)) }
                small { (numbers::points_interval(pair.joint.interval)) }
            }
            (p_values(&pair.joint))
        }
    }
}

fn p_values(estimate: &Estimate) -> Markup {
    html! {
        td.number { (numbers::p_value(estimate.p_value)) }
        td.number { (numbers::p_value(estimate.adjusted_p_value)) }
    }
}

/// A pair as a difference: `combined − hierarchical`.
pub(crate) fn name(pair: &RouteDifference) -> String {
    format!("{} \u{2212} {}", pair.first, pair.second)
}

/// A count with its sign: `+10`, `−2`, `0`.
pub(crate) fn signed(points: f64) -> String {
    let whole = points.round();
    let digits = numbers::grouped(whole.abs() as u64);
    match whole {
        ..0.0 => format!("\u{2212}{digits}"),
        0.0 => digits,
        _ => format!("+{digits}"),
    }
}

/// An interval of counts: `−2 to +22`.
pub(crate) fn signed_interval(interval: Interval) -> String {
    format!("{} to {}", signed(interval.low), signed(interval.high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_of_counts_have_a_sign_unless_they_round_to_nothing() {
        assert_eq!(
            [10.4, -1234.0, -0.3, 0.0].map(signed),
            ["+10", "\u{2212}1\u{202f}234", "0", "0"]
        );
    }
}
