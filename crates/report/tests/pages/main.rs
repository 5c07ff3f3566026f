//! What a reader of the pages finds in them.
//!
//! - `leaderboard`: what the page of a sweep says of its trials
//! - `drawings`: curves, the confusion matrix, and the size of it all
//! - `safety`: nothing that a name says is taken for markup, and nothing is fetched
//! - `other_pages`: the index, and the page of a check
//! - `test_split`: what is said of the test split
//! - `routes`: the page of routes
//! - `imported`: what logs of others do not say

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../specimen/mod.rs"]
mod specimen;

mod drawings;
mod imported;
mod leaderboard;
mod other_pages;
mod routes;
mod safety;
mod test_split;

use fitroom_domain::Hyperparameters;
use fitroom_report::TrialRow;

/// The first table of this class, or nothing.
fn table<'a>(page: &'a str, class: &str) -> &'a str {
    page.split("<table")
        .skip(1)
        .find(|table| table.starts_with(&format!(" class=\"{class}")))
        .map_or("", |table| table.split("</table>").next().unwrap())
}

/// The texts of a table's rows, cells separated by `|`.
fn rows(table: &str) -> Vec<String> {
    table
        .split("<tr")
        .skip(2)
        .map(|row| {
            let cells = row
                .split("</t")
                .map(|cell| text(cell.split_once('>').unwrap().1));
            cells.collect::<Vec<_>>().join("|")
        })
        .collect()
}

/// What is left without tags, scripts and styles.
fn text(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let name = ["script", "style"]
            .into_iter()
            .find(|name| tag.starts_with(name));
        let end = name.map_or_else(|| ">".to_owned(), |name| format!("</{name}>"));
        rest = tag.split_once(&end).map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text.trim().to_owned()
}

fn trial(kernel_num: u32, accuracy: f64, parameters: u64) -> TrialRow {
    let hyperparameters = Hyperparameters::new(3, 3, kernel_num, 256, 0.0, 0.0).unwrap();
    let mut row = specimen::finished(hyperparameters, 0, 678);
    let figures = row.figures.as_mut().unwrap();
    figures.accuracy = accuracy;
    figures.parameters = Some(parameters);
    row
}
