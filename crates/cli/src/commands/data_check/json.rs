//! The findings as JSON for programs: all of them.

use std::collections::BTreeMap;

use fitroom_data::{
    Dataset, Findings, HASH_DISTANCE, PIXEL_DISTANCE, Skipped, TOO_FEW, WithinAndAcross,
};
use serde::Serialize;

use super::{path, split};

#[derive(Serialize)]
struct CheckJson<'a> {
    dataset: &'a str,
    fingerprint: &'a str,
    photographs: usize,
    limits: LimitsJson,
    pairs: BTreeMap<&'static str, PairsJson>,
    leaks: LeaksJson,
    groups: Vec<GroupJson<'a>>,
    disagreements: Vec<DisagreementJson<'a>>,
    small_classes: Vec<SmallClassJson<'a>>,
    poor_pictures: Vec<PoorPictureJson<'a>>,
    skipped: SkippedJson<'a>,
}

#[derive(Serialize)]
struct LimitsJson {
    hash_distance: u32,
    pixel_distance: u64,
    too_few: BTreeMap<&'static str, usize>,
}

#[derive(Serialize)]
struct PairsJson {
    within: u64,
    across: u64,
}

#[derive(Serialize)]
struct LeaksJson {
    validation_in_train: usize,
    test_in_train: usize,
    test_in_validation: usize,
}

#[derive(Serialize)]
struct GroupJson<'a> {
    across: bool,
    identical: bool,
    photographs: Vec<MemberJson<'a>>,
}

#[derive(Serialize)]
struct MemberJson<'a> {
    path: &'a str,
    split: &'static str,
    labels: BTreeMap<&'a str, Option<&'a str>>,
    nearest: &'a str,
    distance: f64,
}

#[derive(Serialize)]
struct DisagreementJson<'a> {
    column: &'a str,
    identical: bool,
    photographs: Vec<LabelJson<'a>>,
}

#[derive(Serialize)]
struct LabelJson<'a> {
    path: &'a str,
    split: &'static str,
    label: Option<&'a str>,
}

#[derive(Serialize)]
struct SmallClassJson<'a> {
    column: &'a str,
    class: &'a str,
    split: &'static str,
    photographs: usize,
    expected: usize,
}

#[derive(Serialize)]
struct PoorPictureJson<'a> {
    path: &'a str,
    split: &'static str,
    problem: &'static str,
}

#[derive(Serialize)]
struct SkippedJson<'a> {
    count: usize,
    listed: &'a [Skipped],
}

/// All findings as one object.
pub(super) fn json(dataset: &Dataset, findings: &Findings) -> serde_json::Result<String> {
    let pairs = |pairs: WithinAndAcross| PairsJson {
        within: pairs.within,
        across: pairs.across,
    };
    let leaks = findings.leaks;
    serde_json::to_string_pretty(&CheckJson {
        dataset: &dataset.name,
        fingerprint: dataset.fingerprint.as_str(),
        photographs: dataset.len(),
        limits: LimitsJson {
            hash_distance: HASH_DISTANCE,
            pixel_distance: PIXEL_DISTANCE,
            too_few: TOO_FEW
                .iter()
                .map(|(split, expected)| (split.as_str(), *expected))
                .collect(),
        },
        pairs: BTreeMap::from([
            ("identical", pairs(findings.pairs.identical)),
            ("near_identical", pairs(findings.pairs.near_identical)),
        ]),
        leaks: LeaksJson {
            validation_in_train: leaks.validation_in_train,
            test_in_train: leaks.test_in_train,
            test_in_validation: leaks.test_in_validation,
        },
        groups: groups(dataset, findings),
        disagreements: disagreements(dataset, findings),
        small_classes: findings
            .small_classes
            .iter()
            .map(|small| SmallClassJson {
                column: &small.column,
                class: &small.class,
                split: small.split.as_str(),
                photographs: small.photographs,
                expected: small.expected,
            })
            .collect(),
        poor_pictures: findings
            .poor_pictures
            .iter()
            .map(|poor| PoorPictureJson {
                path: path(dataset, poor.photograph),
                split: split(dataset, poor.photograph),
                problem: poor.problem.as_str(),
            })
            .collect(),
        skipped: SkippedJson {
            count: findings.skipped,
            listed: &dataset.skipped.listed,
        },
    })
}

fn groups<'a>(dataset: &'a Dataset, findings: &Findings) -> Vec<GroupJson<'a>> {
    let labels = |photograph| {
        let columns = dataset.columns.iter();
        columns
            .map(|column| (&column.name[..], column.label(photograph)))
            .collect()
    };
    findings
        .alike
        .iter()
        .map(|group| GroupJson {
            across: group.across,
            identical: group.identical,
            photographs: group
                .members
                .iter()
                .map(|member| MemberJson {
                    path: path(dataset, member.photograph),
                    split: split(dataset, member.photograph),
                    labels: labels(member.photograph),
                    nearest: path(dataset, member.nearest),
                    distance: member.distance,
                })
                .collect(),
        })
        .collect()
}

fn disagreements<'a>(dataset: &'a Dataset, findings: &'a Findings) -> Vec<DisagreementJson<'a>> {
    findings
        .disagreements
        .iter()
        .map(|found| DisagreementJson {
            column: &found.column,
            identical: found.identical,
            photographs: found
                .photographs
                .iter()
                .map(|photograph| LabelJson {
                    path: path(dataset, *photograph),
                    split: split(dataset, *photograph),
                    label: dataset
                        .column(&found.column)
                        .and_then(|column| column.label(*photograph)),
                })
                .collect(),
        })
        .collect()
}
