//! Two trials as `runs diff` prints them for people.

mod photographs;

use comfy_table::{ContentArrangement, Table, presets};

use super::differences::Compared;
use super::facts_text::title;
use super::sheet::Sheet;
use super::trial_diff::TrialDiff;
use crate::colour::Colours;

/// By what two trials differ, so many columns wide, with at most so many photographs.
pub(crate) fn diff_text(
    diff: &TrialDiff<'_>,
    most_photographs: usize,
    width: u16,
    colours: Colours,
) -> String {
    let mut sheet = Sheet::new(colours, width);
    sheet.heading("Trials");
    sheet.line("A", &title(diff.a, colours));
    sheet.line("B", &title(diff.b, colours));
    if let Some(sentence) = diff.kinship.sentence() {
        sheet.paragraph(sentence);
    }
    let same = "all the same";
    let same_origin = match diff.a.last_run().or(diff.b.last_run()) {
        Some(_) => same,
        None => "dataset, task and numerics are the same; how they came about was not recorded",
    };
    for (heading, compared, same) in [
        ("Settings", &diff.settings, same),
        ("Figures", &diff.figures, same),
        ("Training", &diff.curves, same),
        ("Origin", &diff.origin, same_origin),
    ] {
        sheet.heading(heading);
        match compared.is_empty() {
            true => sheet.paragraph(same),
            false => sheet.block(&table(compared, width)),
        }
    }
    if let Some(text) = &diff.text {
        sheet.heading("Sweep file");
        sheet.block(&painted(text.trim_end(), colours));
    }
    photographs::section(&mut sheet, diff, most_photographs);
    sheet.into_text()
}

/// Quantities of both, a row for each.
fn table(compared: &[Compared], width: u16) -> String {
    let with_difference = compared.iter().any(|it| !it.difference_text().is_empty());
    let mut headings = vec!["", "A", "B"];
    headings.extend(with_difference.then_some("B − A"));
    let rows = compared.iter().map(|it| {
        let [a, b] = it.texts();
        let mut row = vec![it.name.clone(), a, b];
        row.extend(with_difference.then(|| it.difference_text()));
        row
    });
    columns(&headings, rows, usize::from(width))
}

/// Rows without borders, in so many columns.
fn columns(headings: &[&str], rows: impl Iterator<Item = Vec<String>>, width: usize) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width.saturating_sub(1)).unwrap_or(u16::MAX))
        .set_header(headings)
        .add_rows(rows);
    let lines = table.lines().map(|line| format!(" {}", line.trim_end()));
    lines.collect::<Vec<String>>().join("\n")
}

/// Lines of a difference of texts, indented; those of A red, those of B green.
fn painted(text: &str, colours: Colours) -> String {
    let line = |line: &str| {
        let style = match line.as_bytes().first() {
            Some(b'-') => anstyle::AnsiColor::Red.on_default(),
            Some(b'+') => anstyle::AnsiColor::Green.on_default(),
            _ => anstyle::Style::new(),
        };
        format!("  {}", colours.paint(style, line))
    };
    text.lines().map(line).collect::<Vec<String>>().join("\n")
}
