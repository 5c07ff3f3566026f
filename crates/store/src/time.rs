//! Time stamps.

/// The time in UTC, to the millisecond, as RFC 3339 has it.
pub fn utc_now() -> String {
    format!("{:.3}", jiff::Timestamp::now())
}
