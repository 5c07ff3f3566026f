//! `fitroom compare`: the combined beside the hierarchical route, on the same test photographs.

use anyhow::anyhow;
use fitroom_data::read_manifest;
use fitroom_domain::route::{RouteComparison, RouteResult};
use fitroom_domain::statistics::Interval;
use fitroom_domain::{DatasetKey, Fingerprint};
use fitroom_report::{RoutesReport, verdict_sentence};
use fitroom_store::SweepRecord;
use serde::Serialize;

use crate::arguments::{CompareArguments, Places};
use crate::choose_dataset;
use crate::database::Database;
use crate::exit::{Exit, Failure, OrInput};
use crate::output;
use crate::reporting::{routes_report, write_routes};

/// What `--json` prints.
#[derive(Serialize)]
struct CompareJson<'a> {
    dataset: &'a str,
    fingerprint: &'a str,
    /// Whether mirrored copies count as photographs of their own where points are counted.
    as_study: bool,
    comparisons: &'a [RouteComparison],
    /// Why other routes are not compared.
    missing: &'a [String],
}

pub(crate) fn run(places: &Places, arguments: &CompareArguments) -> Result<Exit, Failure> {
    let folder = choose_dataset::choose(arguments.data.as_deref(), &places.datasets)?;
    let fingerprint = read_manifest(&folder).or_input()?.fingerprint;
    let sweeps = Database::sweeps_in(&places.runs)?;
    let dataset = last_called(&sweeps, &fingerprint).unwrap_or_else(|| DatasetKey {
        name: folder.display().to_string(),
        fingerprint,
    });
    let report = routes_report(&places.runs, &sweeps, &dataset, arguments.as_study).or_input()?;
    if report.comparisons.is_empty() {
        let why = match report.missing.is_empty() {
            true => no_routes(&report),
            false => report.missing.join("\n"),
        };
        return Err(anyhow!(
            "no routes of dataset `{}` can be compared: {why}",
            dataset.name
        ))
        .or_input();
    }
    show(places, &report, arguments.json)
}

/// Why there is nothing to compare, where no model of several columns says why.
fn no_routes(report: &RoutesReport) -> String {
    let tasks: Vec<&str> = report.models.iter().map(|it| it.task.as_str()).collect();
    match tasks.is_empty() {
        true => "it has no models (`fitroom evaluate` keeps and evaluates them)".to_owned(),
        false => format!(
            "none of its models ({}) predicts several columns at once",
            tasks.join(", ")
        ),
    }
}

/// A dataset by the name that it had when a sweep last ran on it: its models and pages lie under that.
fn last_called(sweeps: &[SweepRecord], fingerprint: &Fingerprint) -> Option<DatasetKey> {
    let sweep = sweeps
        .iter()
        .find(|sweep| sweep.fingerprint == *fingerprint)?;
    Some(DatasetKey {
        name: sweep.dataset.clone(),
        fingerprint: fingerprint.clone(),
    })
}

/// Prints a comparison and writes its page.
pub(super) fn show(places: &Places, report: &RoutesReport, json: bool) -> Result<Exit, Failure> {
    if json {
        output::data(&serde_json::to_string_pretty(&CompareJson {
            dataset: &report.dataset.name,
            fingerprint: report.dataset.fingerprint.as_str(),
            as_study: report.as_study,
            comparisons: &report.comparisons,
            missing: &report.missing,
        })?)?;
    } else {
        let texts: Vec<String> = report.comparisons.iter().map(text).collect();
        output::data(&texts.join("\n\n"))?;
        output::message(
            "(points: Student's paired t; all right: Tango's interval and McNemar's exact test, two methods that may \
             disagree where p is near 0.05; each pair by itself, on the page also adjusted for all; ms: measured when \
             each model was evaluated)",
        );
    }
    for missing in &report.missing {
        output::message(missing);
    }
    let page = write_routes(places, report)?;
    output::message(&format!("report: {}", page.path.display()));
    Ok(Exit::Well)
}

/// A comparison for people.
fn text(comparison: &RouteComparison) -> String {
    let copies = comparison.pictures - comparison.photographs;
    let copies = match copies {
        0 => String::new(),
        copies => format!(" and {copies} mirrored copies"),
    };
    format!(
        "{} beside {}: {} test photographs{copies}\n{}\n{}\n{}",
        comparison.combined,
        comparison.hierarchical.join(", "),
        comparison.photographs,
        routes_table(comparison),
        differences_table(comparison),
        verdict_sentence(comparison)
    )
}

fn routes_table(comparison: &RouteComparison) -> String {
    let mut headings = vec![
        "route".to_owned(),
        "points".to_owned(),
        "all right".to_owned(),
    ];
    headings.push("95 % interval".to_owned());
    headings.extend(
        comparison
            .columns
            .iter()
            .map(|column| format!("{column} right")),
    );
    headings.extend(
        comparison
            .columns
            .iter()
            .map(|it| format!("first wrong: {it}")),
    );
    headings.extend(["multiply-adds", "ms"].map(str::to_owned));
    let row = |result: &RouteResult| {
        let mut row = vec![
            result.route.to_string(),
            format!("{} of {}", result.points, result.most_points),
            output::percent(result.joint_accuracy),
            output::percents(result.joint_interval.low, result.joint_interval.high),
        ];
        row.extend(result.columns_right.iter().map(u64::to_string));
        row.extend(result.first_mistakes.iter().map(u64::to_string));
        row.push(format!("{:.1} M", result.cost.multiply_adds / 1e6));
        row.push((result.cost.milliseconds).map_or_else(String::new, |it| format!("{it:.2}")));
        row
    };
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    output::table(&headings, &headings[1..], comparison.routes.iter().map(row))
}

fn differences_table(comparison: &RouteComparison) -> String {
    let headings = [
        "difference",
        "points for 100 photographs",
        "95 % interval",
        "p",
        "all right",
        "95 % interval of that",
        "p of that",
    ];
    let signed = |share: f64| {
        let tenths = (1000.0 * share).round() / 10.0;
        // Neither +0.0 nor −0.0.
        match tenths == 0.0 {
            true => "0.0".to_owned(),
            false => format!("{tenths:+.1}").replace('-', "−"),
        }
    };
    let range =
        |interval: Interval| format!("{} to {}", signed(interval.low), signed(interval.high));
    let rows = comparison.differences.iter().map(|it| {
        vec![
            format!("{} − {}", it.first, it.second),
            signed(it.points.difference),
            range(it.points.interval),
            format!("{:.3}", it.points.p_value),
            format!("{} %", signed(it.joint.difference)),
            range(it.joint.interval),
            format!("{:.3}", it.joint.p_value),
        ]
    });
    output::table(&headings, &headings[1..], rows)
}
