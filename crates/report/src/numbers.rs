//! Numbers as people read them.

use fitroom_domain::RecordedFigures;
use fitroom_domain::statistics::Interval;

/// An accuracy in percent, with as many decimals as one of the `validated` pictures is worth: two
/// accuracies that differ by a picture never look the same, and no digit is noise alone. Of unknown pictures two.
pub(crate) fn percent(accuracy: f64, validated: Option<u64>) -> String {
    let decimals = validated.map_or(2, percent_decimals);
    format!("{:.*}%", decimals, accuracy * 100.0)
}

/// An interval of accuracies in percent, with whole percents where it is wider than ten of them: `79.5–90.1%`.
pub(crate) fn percent_interval(interval: Interval) -> String {
    let decimals = usize::from(interval.high - interval.low < 0.1);
    format!(
        "{:.decimals$}–{:.decimals$}%",
        interval.low * 100.0,
        interval.high * 100.0
    )
}

/// An accuracy in percent beside others that span `range`: with so many decimals that they look different.
pub(crate) fn percent_within(accuracy: f64, range: f64) -> String {
    let decimals = if range < 0.02 { 2 } else { 1 };
    format!("{:.decimals$}%", 100.0 * accuracy)
}

/// A share in whole percent, without calling a little none or almost all all.
pub(crate) fn share(share: f64) -> String {
    match share {
        share if share > 0.0 && share < 0.005 => "<1%".to_owned(),
        share if (0.995..1.0).contains(&share) => ">99%".to_owned(),
        share => format!("{:.0}%", share * 100.0),
    }
}

/// A difference of accuracies in percentage points, with its sign: `+1.2`, `−0.6`, `0.0`.
pub(crate) fn points(difference: f64) -> String {
    let text = format!("{:.1}", (difference * 100.0).abs());
    match text.trim_start_matches(['0', '.']).is_empty() {
        true => text,
        false if difference < 0.0 => format!("\u{2212}{text}"),
        false => format!("+{text}"),
    }
}

/// An interval of differences in percentage points: `−4.0 to +1.6`.
pub(crate) fn points_interval(interval: Interval) -> String {
    format!("{} to {}", points(interval.low), points(interval.high))
}

/// A p-value with two significant digits, and none that it does not deserve: `0.041`, `0.62`, `<0.001`.
pub(crate) fn p_value(p_value: f64) -> String {
    match p_value {
        ..0.001 => "<0.001".to_owned(),
        0.001..0.1 => format!("{p_value:.3}"),
        _ => format!("{p_value:.2}"),
    }
}

/// A large count with three significant digits: `940`, `12.3 k`, `1.93 M`.
pub(crate) fn rounded(count: u64) -> String {
    let units = [(1e9, "G"), (1e6, "M"), (1e3, "k")];
    let count = count as f64;
    match units.into_iter().find(|(unit, _)| count >= *unit * 0.9995) {
        Some((unit, name)) => {
            let value = count / unit;
            let decimals = match value {
                ..9.995 => 2,
                ..99.95 => 1,
                _ => 0,
            };
            format!("{value:.decimals$}\u{202f}{name}")
        }
        None => format!("{count}"),
    }
}

/// The epoch whose weights were kept, and how many there were: `5 of 7`.
pub(crate) fn kept_epoch(figures: &RecordedFigures) -> String {
    let epochs = |epochs: u32| format!(" of {epochs}");
    known(figures.best_epoch, |epoch| {
        format!("{epoch}{}", figures.epochs.map(epochs).unwrap_or_default())
    })
}

/// A figure, or a dash where it is unknown.
pub(crate) fn known<T>(figure: Option<T>, show: impl FnOnce(T) -> String) -> String {
    figure.map_or_else(|| "–".to_owned(), show)
}

/// None up to 100 pictures, one up to 1000, and so on.
fn percent_decimals(validated: u64) -> usize {
    let mut decimals = 0;
    let mut pictures = 100;
    while pictures < validated && decimals < 4 {
        decimals += 1;
        pictures *= 10;
    }
    decimals
}

/// What one of `validated` pictures is worth, in percentage points, with two significant digits.
pub(crate) fn points_of_one(validated: u64) -> String {
    let points = 100.0 / validated.max(1) as f64;
    let decimals = (1.0 - points.log10().floor()).max(0.0) as usize;
    format!("{points:.decimals$}")
}

/// A loss with four decimals, or in powers of ten where they would say nothing.
pub(crate) fn loss(loss: f64) -> String {
    if loss != 0.0 && !(1e-3..1e5).contains(&loss.abs()) {
        format!("{loss:.2e}")
    } else {
        format!("{loss:.4}")
    }
}

/// A count in groups of three digits, separated by narrow no-break spaces.
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// A duration in the two units that matter: `48.3 s`, `12 min 5 s`, `3 h 20 min`, `4 d 2 h`.
pub(crate) fn duration(seconds: f64) -> String {
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round() as u64;
    match whole {
        0..3600 => format!("{} min {} s", whole / 60, whole % 60),
        3600..86_400 => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
        _ => format!("{} d {} h", whole / 86_400, whole % 86_400 / 3600),
    }
}

/// `1 trial`, `2 trials`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", grouped(count as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accuracies_one_picture_apart_look_different_at_every_size() {
        for validated in [7, 60, 100, 101, 999, 1000, 1001, 12_345] {
            let mut texts: Vec<_> = (0..=validated)
                .map(|right| percent(right as f64 / validated as f64, Some(validated)))
                .collect();
            texts.dedup();
            assert_eq!(texts.len() as u64, validated + 1, "{validated}");
        }
    }

    #[test]
    fn an_accuracy_has_no_decimals_that_its_pictures_do_not_earn() {
        assert_eq!(percent(0.91667, Some(60)), "92%");
        assert_eq!(percent(0.91667, Some(600)), "91.7%");
        assert_eq!(percent(0.91667, Some(6000)), "91.67%");
        assert_eq!(percent(1.0, Some(0)), "100%");
    }

    #[test]
    fn the_worth_of_a_picture_has_two_digits() {
        assert_eq!(points_of_one(60), "1.7");
        assert_eq!(points_of_one(1300), "0.077");
        assert_eq!(points_of_one(5), "20");
    }

    #[test]
    fn digits_are_grouped_by_three() {
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_928_356), "1\u{202f}928\u{202f}356");
    }

    #[test]
    fn tiny_and_huge_losses_keep_their_digits() {
        assert_eq!(loss(0.18734), "0.1873");
        assert_eq!(loss(0.000_012_3), "1.23e-5");
        assert_eq!(loss(0.0), "0.0000");
        assert_eq!(loss(1.5e9), "1.50e9");
    }

    #[test]
    fn differences_have_a_sign_unless_they_round_to_nothing() {
        assert_eq!(points(0.0123), "+1.2");
        assert_eq!(points(-0.0123), "\u{2212}1.2");
        assert_eq!(points(-0.0004), "0.0");
        assert_eq!(points(0.0), "0.0");
    }

    #[test]
    fn p_values_and_shares_never_round_to_certainty() {
        assert_eq!(
            [0.0004, 0.0414, 0.62].map(p_value),
            ["<0.001", "0.041", "0.62"]
        );
        assert_eq!(
            [0.0, 0.001, 0.5, 0.999, 1.0].map(share),
            ["0%", "<1%", "50%", ">99%", "100%"]
        );
    }

    #[test]
    fn wide_intervals_have_no_decimals() {
        let interval = |low, high| percent_interval(Interval { low, high });
        assert_eq!(interval(0.795, 0.901), "80–90%");
        assert_eq!(interval(0.8512, 0.8623), "85.1–86.2%");
    }

    #[test]
    fn accuracies_of_a_narrow_range_have_more_decimals() {
        assert_eq!(percent_within(0.99881, 0.0019), "99.88%");
        assert_eq!(percent_within(0.85123, 0.2), "85.1%");
    }

    #[test]
    fn large_counts_have_three_digits() {
        assert_eq!(
            [940, 12_345, 999_960, 1_928_356, 28_300_000_000].map(rounded),
            [
                "940",
                "12.3\u{202f}k",
                "1.00\u{202f}M",
                "1.93\u{202f}M",
                "28.3\u{202f}G"
            ]
        );
    }

    #[test]
    fn durations_are_in_two_units() {
        assert_eq!(duration(48.26), "48.3 s");
        assert_eq!(duration(725.0), "12 min 5 s");
        assert_eq!(duration(12_000.0), "3 h 20 min");
        assert_eq!(duration(353_000.0), "4 d 2 h");
    }
}
