//! The two channels: data goes to stdout, messages to stderr.

use std::io::{self, Write};

use comfy_table::presets::UTF8_BORDERS_ONLY;
use comfy_table::{Cell, CellAlignment, Table};
use fitroom_store::utc_now;
use indicatif::{ProgressBar, ProgressStyle};

/// Prints data. A reader that has gone away (`| head`) is no error.
pub(crate) fn data(text: &str) -> io::Result<()> {
    raw(&format!("{text}\n")).map(|_| ())
}

/// Prints data as they are, and says whether somebody still reads them.
pub(crate) fn raw(text: &str) -> io::Result<bool> {
    let mut stdout = io::stdout().lock();
    let printed = stdout.write_all(text.as_bytes());
    match printed.and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        result => result.map(|()| true),
    }
}

/// Prints a message. There is nobody to tell that it could not be printed.
pub(crate) fn message(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// A table with these headings; columns whose heading is in `numbers` are aligned right.
pub(crate) fn table(
    headings: &[&str],
    numbers: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
) -> String {
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY).set_header(headings);
    for row in rows {
        table.add_row(row.into_iter().zip(headings).map(|(text, heading)| {
            let cell = Cell::new(text);
            match numbers.contains(heading) {
                true => cell.set_alignment(CellAlignment::Right),
                false => cell,
            }
        }));
    }
    table.to_string()
}

/// How far a command has come with so many photographs, on stderr.
pub(crate) fn photographs_bar(total: usize) -> anyhow::Result<ProgressBar> {
    let bar = ProgressBar::new(total as u64);
    bar.set_style(ProgressStyle::with_template(
        "{bar:30} {pos} of {len} photographs, {per_sec}, {eta} left",
    )?);
    Ok(bar)
}

/// The time in UTC, to the minute, as pages show it: `2026-02-28 17:05`.
pub(crate) fn minute() -> String {
    let now = utc_now();
    now.get(..16).unwrap_or(&now).replace('T', " ")
}

/// From one share to another: `82.10 % to 88.40 %`.
pub(crate) fn percents(low: f64, high: f64) -> String {
    format!("{} to {}", percent(low), percent(high))
}

/// A share as people read it: `85.60 %`.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}
