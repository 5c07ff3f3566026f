//! Time stamps.

/// The time in UTC, to the millisecond, as RFC 3339 has it.
pub fn utc_now() -> String {
    format!("{:.3}", jiff::Timestamp::now())
}

/// A time in seconds since 1970 as such a text; `None` if no calendar has it.
pub(crate) fn utc_from_seconds(seconds: f64) -> Option<String> {
    let time = jiff::Timestamp::from_millisecond((seconds * 1e3) as i64).ok()?;
    Some(format!("{time:.3}"))
}
