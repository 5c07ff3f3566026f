//! What a comparison of routes comes to, in one sentence for each pair.

use fitroom_domain::route::{RouteComparison, RouteDifference, RouteResult, RouteStyle};
use fitroom_domain::statistics::Interval;

use crate::numbers;

/// Differences with a smaller p-value are called shown.
const LEVEL: f64 = 0.05;

/// Which of the two routes that are asked about first has more points, and whether that is more than luck: plain text.
/// Of the p-values it takes the one of this pair by itself.
pub fn verdict_sentence(comparison: &RouteComparison) -> String {
    let first = comparison.differences.first();
    let sentence = first.and_then(|it| pair_sentence(comparison, it, "p", it.points.p_value));
    sentence.unwrap_or_else(|| "No two routes were compared.".to_owned())
}

/// The same of every other pair, by p-values that are adjusted over all pairs.
pub(crate) fn other_sentences(comparison: &RouteComparison) -> Vec<String> {
    let others = comparison.differences.iter().skip(1);
    let sentence = |it: &RouteDifference| {
        pair_sentence(comparison, it, "adjusted p", it.points.adjusted_p_value)
    };
    others.filter_map(sentence).collect()
}

/// `None` unless there are results of both routes.
fn pair_sentence(
    comparison: &RouteComparison,
    difference: &RouteDifference,
    symbol: &str,
    p_value: f64,
) -> Option<String> {
    let of = |route| comparison.routes.iter().find(|it| it.route == route);
    let (first, second): (&RouteResult, &RouteResult) =
        (of(difference.first)?, of(difference.second)?);
    let interval = in_points(difference.points.interval, comparison.pictures);
    let most = numbers::grouped(first.most_points);
    let p = match numbers::p_value(p_value) {
        text if text.starts_with('<') => format!("{symbol} < {}", text.trim_start_matches('<')),
        text => format!("{symbol} = {text}"),
    };
    if first.points == second.points {
        return Some(format!(
            "{} and {} have {} of {most} points each: not shown to differ ({p}; {}).",
            capitalised(first.route),
            second.route,
            numbers::grouped(first.points),
            range(interval)
        ));
    }
    let (ahead, behind, interval) = match first.points > second.points {
        true => (first, second, interval),
        false => (second, first, negated(interval)),
    };
    let more = ahead.points - behind.points;
    let verdict = match p_value < LEVEL {
        true => "shown to be better",
        false => "not shown to be more than luck",
    };
    Some(format!(
        "{} has {} of {most} points more than {} ({}): {verdict} ({p}; {}).",
        capitalised(ahead.route),
        numbers::grouped(more),
        behind.route,
        share_of_points(more, first.most_points),
        range(interval)
    ))
}

/// Points as a share of the most that there are: `0.8%`.
pub(crate) fn share_of_points(points: u64, most: u64) -> String {
    format!("{:.1}%", 100.0 * points as f64 / most.max(1) as f64)
}

/// An interval of points for each picture as one of points on so many pictures.
pub(crate) fn in_points(interval: Interval, pictures: u64) -> Interval {
    Interval {
        low: interval.low * pictures as f64,
        high: interval.high * pictures as f64,
    }
}

/// From how many fewer to how many more.
fn range(interval: Interval) -> String {
    let (low, high) = (interval.low.round(), interval.high.round());
    let count = |points: f64| numbers::grouped(points.abs() as u64);
    match (low < 0.0, high < 0.0) {
        (true, true) => format!("between {} and {} fewer", count(high), count(low)),
        (true, false) => format!("between {} fewer and {} more", count(low), count(high)),
        _ => format!("between {} and {} more", count(low), count(high)),
    }
}

fn negated(interval: Interval) -> Interval {
    Interval {
        low: -interval.high,
        high: -interval.low,
    }
}

/// A route's words at the start of a sentence.
fn capitalised(route: RouteStyle) -> String {
    let mut letters = route.as_str().chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_say_on_which_side_of_nothing_their_ends_lie() {
        let range = |low, high| range(Interval { low, high });
        assert_eq!(range(-2.2, 22.4), "between 2 fewer and 22 more");
        assert_eq!(range(14.0, 1200.0), "between 14 and 1\u{202f}200 more");
        assert_eq!(range(-9.0, -3.0), "between 3 and 9 fewer");
        assert_eq!(range(-0.3, 4.0), "between 0 and 4 more");
    }

    #[test]
    fn the_study_s_ten_points_are_not_ten_percent() {
        assert_eq!(share_of_points(991 - 981, 1238), "0.8%");
    }
}
