//! Numbers as people read them.

use fitroom_domain::RecordedFigures;

/// An accuracy in percent, with as many decimals as one of the `validated` pictures is worth: two
/// accuracies that differ by a picture never look the same, and no digit is noise alone. Of unknown pictures two.
pub(crate) fn percent(accuracy: f64, validated: Option<u64>) -> String {
    let decimals = validated.map_or(2, percent_decimals);
    format!("{:.*}%", decimals, accuracy * 100.0)
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
    fn durations_are_in_two_units() {
        assert_eq!(duration(48.26), "48.3 s");
        assert_eq!(duration(725.0), "12 min 5 s");
        assert_eq!(duration(12_000.0), "3 h 20 min");
        assert_eq!(duration(353_000.0), "4 d 2 h");
    }
}
