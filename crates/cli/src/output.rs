//! The two channels: data goes to stdout, messages to stderr.

use std::io::{self, Write};

use comfy_table::presets::UTF8_BORDERS_ONLY;
use comfy_table::{Cell, CellAlignment, Color, Table};
use fitroom_store::utc_now;
use indicatif::{ProgressBar, ProgressStyle};

use crate::colour::{Colours, state_style};

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
            let cell = match *heading {
                "state" => painted(text),
                _ => Cell::new(text),
            };
            match numbers.contains(heading) {
                true => cell.set_alignment(CellAlignment::Right),
                false => cell,
            }
        }));
    }
    table.to_string()
}

/// A state in its colour, where colours are shown.
fn painted(state: String) -> Cell {
    use anstyle::{AnsiColor, Color as Style};
    let colour = match (Colours::of_stdout(), state_style(&state).get_fg_color()) {
        (Colours::None, _) => None,
        (Colours::Shown, Some(Style::Ansi(AnsiColor::Green))) => Some(Color::DarkGreen),
        (Colours::Shown, Some(Style::Ansi(AnsiColor::Red))) => Some(Color::DarkRed),
        (Colours::Shown, Some(Style::Ansi(AnsiColor::Yellow))) => Some(Color::DarkYellow),
        (Colours::Shown, _) => Some(Color::DarkGrey),
    };
    let cell = Cell::new(state);
    match colour {
        Some(colour) => cell.fg(colour),
        None => cell,
    }
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
    to_the_minute(&utc_now())
}

/// A time in UTC likewise.
pub(crate) fn to_the_minute(time: &str) -> String {
    time.get(..16).unwrap_or(time).replace('T', " ")
}

/// Bytes as people read them: `2.4 MB`, `1.3 GB`.
pub(crate) fn megabytes(bytes: u64) -> String {
    let megabytes = bytes as f64 / 1e6;
    match megabytes < 1000.0 {
        true => format!("{megabytes:.1} MB"),
        false => format!("{:.1} GB", megabytes / 1000.0),
    }
}

/// From one share to another: `82.10 % to 88.40 %`.
pub(crate) fn percents(low: f64, high: f64) -> String {
    format!("{} to {}", percent(low), percent(high))
}

/// A share as people read it: `85.60 %`.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}
