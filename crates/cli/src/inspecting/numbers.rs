//! Numbers and times as people read them.

use jiff::Timestamp;

/// A whole number with its thousands apart: `1,234,567`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of bytes: `812 B`, `24.1 KiB`, `3.9 GiB`.
pub(super) fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let mut amount = bytes as f64;
    let mut shown = format!("{bytes} B");
    for unit in UNITS {
        // What would be rounded to 1024 is one of the next.
        if amount < 1023.95 {
            break;
        }
        amount /= 1024.0;
        shown = format!("{amount:.1} {unit}");
    }
    shown
}

/// A time: `9.3 s`, `3 min 20 s`, `2 h 5 min`.
pub(super) fn duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..60 => format!("{seconds:.1} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

/// A place in a row: `1st`, `12th`.
pub(super) fn ordinal(place: u64) -> String {
    let ending = match (place % 10, place % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{}{ending}", grouped(place))
}

/// A time in UTC to the second: `2026-02-28 17:05:12`; what is no time stays as it is.
pub(super) fn second(time: &str) -> String {
    match time.get(..19) {
        Some(start) if time.parse::<Timestamp>().is_ok() => start.replace('T', " "),
        _ => time.to_owned(),
    }
}

/// The seconds from one time to another; `None` if one is no time.
pub(super) fn seconds_between(from: &str, to: &str) -> Option<f64> {
    let (from, to): (Timestamp, Timestamp) = (from.parse().ok()?, to.parse().ok()?);
    Some(to.duration_since(from).as_secs_f64())
}

/// A number that differs from none with its sign, in so many decimals: `+0.5`, `−1.2`, `0.0`.
pub(super) fn signed(number: f64, decimals: usize) -> String {
    let text = format!("{number:+.decimals$}");
    match text[1..].bytes().any(|it| (b'1'..=b'9').contains(&it)) {
        true => text.replace('-', "−"),
        // Neither +0.0 nor −0.0.
        false => text[1..].to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!(
            [7, 999, 1000, 1_234_567].map(grouped).join(" "),
            "7 999 1,000 1,234,567"
        );
        let sizes = [812, 1024, 24_700, 1_048_570, 1 << 32].map(bytes);
        assert_eq!(
            sizes.join(" · "),
            "812 B · 1.0 KiB · 24.1 KiB · 1.0 MiB · 4.0 GiB"
        );
        let times = [0.04, 9.31, 59.4, 59.7, 200.0, 7_530.0].map(duration);
        assert_eq!(
            times.join(" · "),
            "0.0 s · 9.3 s · 59.4 s · 1 min 0 s · 3 min 20 s · 2 h 5 min"
        );
        let places = [1, 2, 3, 4, 11, 12, 13, 21, 111, 1002].map(ordinal);
        assert_eq!(
            places.join(" "),
            "1st 2nd 3rd 4th 11th 12th 13th 21st 111th 1,002nd"
        );
        let differences = [0.04, -0.04, 0.06, -1.25].map(|it| signed(it, 1));
        assert_eq!(differences.join(" "), "0.0 0.0 +0.1 −1.2");
    }

    #[test]
    fn times_are_readable_and_what_is_none_is_shown_as_it_is() {
        assert_eq!(second("2026-02-28T17:05:12.345678Z"), "2026-02-28 17:05:12");
        assert_eq!(second("some day in last week"), "some day in last week");
        let (from, to) = ("2026-02-28T17:05:12.5Z", "2026-02-28T17:06:13Z");
        assert_eq!(seconds_between(from, to), Some(60.5));
        assert_eq!(seconds_between("", to), None);
    }
}
