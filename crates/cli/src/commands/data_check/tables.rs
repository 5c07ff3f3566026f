//! The findings as tables for people.

use std::collections::BTreeSet;

use fitroom_data::{AlikeGroup, Dataset, Disagreement, Findings, SmallClass};
use fitroom_domain::Split;

use super::{path, split};
use crate::output;

/// Rows of a table that are printed; the page and `--json` have more.
const LISTED: usize = 20;

/// Paths of one group that are printed.
const PATHS: usize = 3;

/// All findings.
pub(super) fn tables(dataset: &Dataset, findings: &Findings) -> String {
    let counts = Split::ALL.map(|split| count(dataset, split));
    let mut parts = vec![format!(
        "{}: {} photographs, {} to train on, {} to validate, {} to test",
        dataset.name,
        dataset.len(),
        counts[0],
        counts[1],
        counts[2]
    )];
    parts.push(pairs(findings));
    let leaks = leak_sentences(dataset, findings);
    if !leaks.is_empty() {
        parts.extend(leaks);
        parts.push(
            "(`data import --split 80/10/10` makes a split without leaks, `--drop-leaks` leaves them out \
             of train)"
                .to_owned(),
        );
    }
    let across = findings.alike.iter().filter(|group| group.across).count();
    if !findings.alike.is_empty() {
        parts.push(format!(
            "\n{} groups of identical and near-identical photographs, {across} of them across splits:",
            findings.alike.len()
        ));
        let headings = ["splits", "photographs", "pixels differ by", "paths"];
        let rows = findings.alike.iter().map(|group| group_row(dataset, group));
        parts.push(listed(&headings, &headings[1..3], rows));
    }
    let headings = ["pixels", "column", "labels", "paths"];
    if !findings.disagreements.is_empty() {
        parts.push("\nlabels that differ on photographs that are alike:".to_owned());
        let rows = findings.disagreements.iter();
        let rows = rows.map(|found| disagreement_row(dataset, found));
        parts.push(listed(&headings, &[], rows));
    }
    let headings = ["column", "class", "split", "photographs", "at least"];
    if !findings.small_classes.is_empty() {
        parts.push("\nclasses too small to learn or to measure:".to_owned());
        let rows = findings.small_classes.iter().map(small_class_row);
        parts.push(listed(&headings, &headings[3..], rows));
    }
    if !findings.poor_pictures.is_empty() {
        parts.push("\npictures that show nearly nothing:".to_owned());
        let rows = findings.poor_pictures.iter().map(|poor| {
            vec![
                path(dataset, poor.photograph).to_owned(),
                split(dataset, poor.photograph).to_owned(),
                poor.problem.as_str().to_owned(),
            ]
        });
        parts.push(listed(&["path", "split", "problem"], &[], rows));
    }
    if findings.skipped > 0 {
        let count = findings.skipped;
        parts.push(format!(
            "\nphotographs that the import could not use: {count}"
        ));
        let rows = dataset.skipped.listed.iter().map(|skipped| {
            let line = skipped.line.to_string();
            vec![skipped.path.clone(), line, skipped.reason.clone()]
        });
        let hidden = findings.skipped.saturating_sub(LISTED);
        let table = output::table(&["path", "line", "problem"], &["line"], rows.take(LISTED));
        parts.push(with_more(table, hidden));
    }
    if findings.is_empty() {
        parts.push("nothing found that somebody should look at".to_owned());
    }
    parts.join("\n")
}

/// One sentence for each kind of leak that there is.
pub(super) fn leak_sentences(dataset: &Dataset, findings: &Findings) -> Vec<String> {
    let leaks = findings.leaks;
    [
        (leaks.validation_in_train, Split::Validation, Split::Train),
        (leaks.test_in_train, Split::Test, Split::Train),
        (leaks.test_in_validation, Split::Test, Split::Validation),
    ]
    .into_iter()
    .filter(|(leaking, ..)| *leaking > 0)
    .map(|(leaking, of, from)| {
        let all = count(dataset, of);
        format!("leak: {leaking} of {all} {of} photographs nearly equal one of {from}")
    })
    .collect()
}

fn pairs(findings: &Findings) -> String {
    let pairs = [
        ("identical", findings.pairs.identical),
        ("near-identical", findings.pairs.near_identical),
    ];
    let headings = ["pairs of photographs", "in one split", "across splits"];
    let rows = pairs.map(|(kind, pairs)| {
        let counts = [pairs.within, pairs.across].map(|count| count.to_string());
        [vec![kind.to_owned()], counts.to_vec()].concat()
    });
    output::table(&headings, &headings[1..], rows)
}

fn count(dataset: &Dataset, split: Split) -> usize {
    let splits = dataset.splits.iter();
    splits.filter(|found| **found == split).count()
}

fn group_row(dataset: &Dataset, group: &AlikeGroup) -> Vec<String> {
    let photographs = group.members.iter().map(|member| member.photograph);
    let splits = Split::ALL.into_iter().filter(|split| {
        let is_there = |photograph| dataset.splits.get(photograph) == Some(split);
        photographs.clone().any(is_there)
    });
    let splits: Vec<&str> = splits.map(Split::as_str).collect();
    let most = group.members.iter().map(|member| member.distance);
    let most = most.fold(0.0, f64::max);
    vec![
        splits.join(", "),
        group.members.len().to_string(),
        match group.identical {
            true => "nothing".to_owned(),
            false => format!("up to {most:.2}"),
        },
        paths(dataset, photographs),
    ]
}

fn disagreement_row(dataset: &Dataset, found: &Disagreement) -> Vec<String> {
    let column = dataset.column(&found.column);
    let labels: BTreeSet<&str> = found
        .photographs
        .iter()
        .filter_map(|photograph| column?.label(*photograph))
        .collect();
    vec![
        match found.identical {
            true => "identical".to_owned(),
            false => "near-identical".to_owned(),
        },
        found.column.clone(),
        labels.into_iter().collect::<Vec<_>>().join(", "),
        paths(dataset, found.photographs.iter().copied()),
    ]
}

fn small_class_row(small: &SmallClass) -> Vec<String> {
    vec![
        small.column.clone(),
        small.class.clone(),
        small.split.to_string(),
        small.photographs.to_string(),
        small.expected.to_string(),
    ]
}

fn paths(dataset: &Dataset, photographs: impl ExactSizeIterator<Item = usize>) -> String {
    let hidden = photographs.len().saturating_sub(PATHS);
    let shown: Vec<&str> = photographs
        .take(PATHS)
        .map(|photograph| path(dataset, photograph))
        .collect();
    with_more(shown.join(", "), hidden)
}

/// A table of the first rows.
fn listed(
    headings: &[&str],
    numbers: &[&str],
    rows: impl ExactSizeIterator<Item = Vec<String>>,
) -> String {
    let hidden = rows.len().saturating_sub(LISTED);
    with_more(output::table(headings, numbers, rows.take(LISTED)), hidden)
}

fn with_more(text: String, hidden: usize) -> String {
    match hidden {
        0 => text,
        hidden => format!("{text}\n… and {hidden} more"),
    }
}
