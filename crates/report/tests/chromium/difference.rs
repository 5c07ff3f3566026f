//! Two trials are chosen, and how they differ is read.

use fitroom_domain::highest_logit;
use fitroom_domain::statistics::{holm, mcnemar};
use fitroom_report::{SweepReport, TrialRow, ValidationPicture, sweep_page};

use crate::browser::{Browser, Page};
use crate::specimen;

const CLASSES: usize = 4;

/// The finished trials, best first.
fn ranked(report: &SweepReport) -> Vec<TrialRow> {
    let finished = report.trials.iter().filter(|row| row.figures.is_some());
    let mut finished: Vec<TrialRow> = finished.cloned().collect();
    fitroom_domain::leaderboard::sort(&mut finished, |row| (row.id.clone(), row.figures));
    finished
}

fn predicted(row: &TrialRow) -> Vec<usize> {
    let logits = row.logits.as_ref().unwrap().chunks(CLASSES);
    logits
        .map(|logits| highest_logit(logits.iter().copied()))
        .collect()
}

fn choose(page: &Page, first: usize, second: usize) {
    page.evaluate::<()>(&format!(
        "const [a, b] = document.querySelectorAll('.choose-two select');
         a.value = '{first}';
         b.value = '{second}';
         b.dispatchEvent(new Event('change', {{ bubbles: true }}));
         undefined"
    ));
}

/// A cell as the page shows it.
#[derive(Debug, PartialEq, serde::Deserialize)]
struct Cell {
    change: String,
    counts: String,
    significant: bool,
}

fn cells(page: &Page) -> Vec<Cell> {
    page.evaluate(
        "[...document.querySelectorAll('.difference td')].map((cell) => ({
             change: cell.querySelector('button').firstChild.textContent,
             counts: cell.querySelector('small').textContent,
             significant: cell.classList.contains('significant'),
         }))",
    )
}

/// The same, from the logits: for each photograph how many of its pictures lie in the cell.
fn expected(pictures: &[ValidationPicture], first: &[usize], second: &[usize]) -> Vec<Cell> {
    let mut found = Vec::new();
    let mut p_values = Vec::new();
    for truth in 0..CLASSES {
        for answer in 0..CLASSES {
            let mut counts = std::collections::BTreeMap::<u32, (u32, u32)>::new();
            for ((picture, first), second) in pictures.iter().zip(first).zip(second) {
                let count = counts.entry(picture.photograph).or_default();
                count.0 += u32::from(picture.class == truth && *first == answer);
                count.1 += u32::from(picture.class == truth && *second == answer);
            }
            let sum = |of: fn(&(u32, u32)) -> u32| -> i64 {
                counts.values().map(|it| i64::from(of(it))).sum()
            };
            let (before, after) = (sum(|it| it.0), sum(|it| it.1));
            let only = |more: fn(&(u32, u32)) -> bool| {
                counts.values().filter(|it| more(it)).count() as u64
            };
            p_values.push(mcnemar(only(|it| it.0 > it.1), only(|it| it.1 > it.0)));
            let change = match after - before {
                0 => "0".to_owned(),
                more @ 1.. => format!("+{more}"),
                less => format!("\u{2212}{}", -less),
            };
            found.push(Cell {
                change,
                counts: format!("{before} → {after}"),
                significant: false,
            });
        }
    }
    for (cell, p_value) in found.iter_mut().zip(holm(&p_values)) {
        cell.significant = p_value < 0.05;
    }
    found
}

#[test]
fn the_difference_of_any_two_trials_is_that_of_their_predictions() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let mut report = specimen::nearly_done(&[0]);
    // One that takes most of a class for another: more than chance.
    let last = ranked(&report).pop().unwrap().id;
    let row = report.trials.iter_mut().find(|row| row.id == last).unwrap();
    let logits = row.logits.as_mut().unwrap();
    for (picture, logits) in report.pictures.iter().zip(logits.chunks_mut(CLASSES)) {
        if picture.class == 1 && picture.photograph % 4 != 0 {
            logits.copy_from_slice(&[9.0, 0.0, 0.0, 0.0]);
        }
    }
    let trials = ranked(&report);
    let page = browser.open(&sweep_page(&report).unwrap());
    for (first, second) in [(0, 1), (0, 65), (65, 3)] {
        choose(&page, first, second);
        let (a, b) = (predicted(&trials[first]), predicted(&trials[second]));
        let expected = expected(&report.pictures, &a, &b);
        assert_eq!(cells(&page), expected, "{first}, {second}");
        assert_eq!(
            expected.iter().any(|cell| cell.significant),
            second == 65 || first == 65
        );
        let right =
            |answers: &[usize], picture: usize| answers[picture] == report.pictures[picture].class;
        let only = |one: &[usize], other: &[usize]| {
            let pictures = 0..report.pictures.len();
            pictures
                .filter(|it| right(one, *it) && !right(other, *it))
                .count()
        };
        let said: String = page.evaluate("document.querySelector('.result').textContent");
        let (gained, lost) = (only(&b, &a), only(&a, &b));
        assert!(
            said.contains(&format!("{gained} photographs the second")),
            "{said}"
        );
        assert!(
            said.contains(&format!("not, {lost} the other way")),
            "{said}"
        );
        let p_value = mcnemar(gained as u64, lost as u64);
        let shown = match p_value {
            ..0.001 => "p < 0.001".to_owned(),
            0.001..0.1 => format!("p = {p_value:.3}"),
            _ => format!("p = {p_value:.2}"),
        };
        assert!(said.contains(&shown), "{said}, expected {shown}");
    }
    // The other way round, every change has the other sign.
    let before = cells(&page);
    page.click(".choose-two button[name='swap']");
    for (before, after) in before.iter().zip(cells(&page)) {
        let turned = before
            .change
            .replace('+', "-")
            .replace('\u{2212}', "+")
            .replace('-', "\u{2212}");
        assert_eq!(after.change, turned);
    }
    assert_eq!(page.console(), [""; 0]);
}

#[test]
fn a_click_on_a_cell_shows_its_photographs() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let report = specimen::nearly_done(&[0]);
    let trials = ranked(&report);
    let page = browser.open(&sweep_page(&report).unwrap());
    choose(&page, 0, 65);
    // True class 2, taken for 3.
    page.click(".difference tbody tr:nth-child(3) td:nth-child(5) button");
    let (a, b) = (predicted(&trials[0]), predicted(&trials[65]));
    let count = |of: fn(bool, bool) -> bool| {
        let pictures = report.pictures.iter().zip(&a).zip(&b);
        pictures
            .filter(|((it, a), b)| it.class == 2 && of(**a == 3, **b == 3))
            .count()
    };
    let headings: Vec<String> = page.evaluate(
        "[...document.querySelectorAll('.cell-photographs h3, .cell-photographs h4')].map((it) => it.textContent)",
    );
    let expected = [
        "male · jeans, taken for male · trousers".to_owned(),
        format!("only by the second trial: {}", count(|a, b| !a && b)),
        format!("only by the first trial: {}", count(|a, b| a && !b)),
        format!("by both: {}", count(|a, b| a && b)),
    ];
    assert_eq!(headings, expected);
    let widths: Vec<u32> = page.evaluate(
        "const pictures = [...document.querySelectorAll('.cell-photographs img')];
         await Promise.all(pictures.map((picture) => picture.decode()));
         pictures.map((picture) => picture.naturalWidth)",
    );
    assert_eq!(widths, vec![6; count(|a, b| a || b)]);
    assert_eq!(page.requests(), [page.url()]);
    assert_eq!(page.console(), [""; 0]);
}

#[test]
fn a_photograph_and_its_mirrored_copy_count_as_one() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let mut report = specimen::nearly_done(&[0]);
    let copies: Vec<ValidationPicture> = (report.pictures.iter())
        .map(|picture| ValidationPicture {
            mirrored: true,
            ..*picture
        })
        .collect();
    report.pictures.extend(copies);
    for row in &mut report.trials {
        if let Some(logits) = &mut row.logits {
            logits.extend_from_within(..);
        }
    }
    let trials = ranked(&report);
    let page = browser.open(&sweep_page(&report).unwrap());
    choose(&page, 0, 40);
    let (a, b) = (predicted(&trials[0]), predicted(&trials[40]));
    assert_eq!(cells(&page), expected(&report.pictures, &a, &b));
    // Copies answer alike here: the test is that of the photographs alone.
    let half = report.pictures.len() / 2;
    let right =
        |answers: &[usize], picture: usize| answers[picture] == report.pictures[picture].class;
    let gained = (0..half)
        .filter(|it| right(&b, *it) && !right(&a, *it))
        .count();
    let said: String = page.evaluate("document.querySelector('.result').textContent");
    assert!(
        said.contains(&format!("{gained} photographs the second")),
        "{said}"
    );
}
