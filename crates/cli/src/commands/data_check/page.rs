//! The findings as a page of thumbnails.

use anyhow::Context;
use fitroom_data::{
    AlikeGroup, Dataset, Disagreement, Findings, HASH_DISTANCE, PIXEL_DISTANCE, PoorPicture,
    thumbnail,
};
use fitroom_domain::Split;
use fitroom_report::{
    CheckGroup, CheckPairs, CheckPicture, CheckReport, CheckSection, CheckSmallClass,
};

use super::tables::leak_sentences;
use super::{labels, path};

/// Pictures that one section shows: the page must stay small enough to be sent.
const PICTURES: usize = 240;

/// Pictures that one group shows.
const PICTURES_OF_GROUP: usize = 12;

/// What the page is made of.
pub(super) fn report(
    dataset: &Dataset,
    findings: &Findings,
    generated_at: String,
) -> anyhow::Result<CheckReport> {
    let pairs = [
        ("identical", findings.pairs.identical),
        ("near-identical", findings.pairs.near_identical),
    ];
    Ok(CheckReport {
        dataset: dataset.key(),
        photographs: dataset.len(),
        generated_at,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        warnings: leak_sentences(dataset, findings),
        pairs: pairs
            .map(|(kind, pairs)| CheckPairs {
                kind: kind.to_owned(),
                within: pairs.within,
                across: pairs.across,
            })
            .to_vec(),
        sections: vec![
            alike_section(dataset, &findings.alike)?,
            disagreement_section(dataset, &findings.disagreements)?,
            poor_picture_section(dataset, &findings.poor_pictures)?,
        ],
        small_classes: findings
            .small_classes
            .iter()
            .map(|small| CheckSmallClass {
                column: small.column.clone(),
                class: small.class.clone(),
                split: small.split,
                photographs: small.photographs,
                expected: small.expected,
            })
            .collect(),
        skipped: dataset
            .skipped
            .listed
            .iter()
            .map(|skipped| (skipped.path.clone(), skipped.reason.clone()))
            .collect(),
        more_skipped: findings.skipped - dataset.skipped.listed.len().min(findings.skipped),
    })
}

/// A group about to be shown: its title, whether it is urgent, and its photographs with notes.
struct Wanted {
    title: String,
    urgent: bool,
    photographs: Vec<(usize, String)>,
}

fn alike_section(dataset: &Dataset, groups: &[AlikeGroup]) -> anyhow::Result<CheckSection> {
    let wanted = groups.iter().map(|group| {
        let kind = match group.identical {
            true => "identical",
            false => "near-identical",
        };
        let place = match group.across {
            true => "across splits",
            false => "in one split",
        };
        let photographs = group.members.iter().map(|member| {
            let note = match member.distance {
                0.0 => "has an identical one".to_owned(),
                distance => format!("differs by {distance:.2} from the nearest"),
            };
            (member.photograph, note)
        });
        Wanted {
            title: format!("{} {kind} {place}", group.members.len()),
            urgent: group.across,
            photographs: photographs.collect(),
        }
    });
    let rule = format!(
        "Two pictures are near-identical when their pixels differ by at most {PIXEL_DISTANCE} of 255 on \
         average, and their difference hashes in at most {HASH_DISTANCE} of 64 bits; whatever is \
         near-identical to one of a group belongs to it. Groups across splits come first: a model may know \
         the one by heart that it is measured on."
    );
    section(
        dataset,
        "Identical and near-identical photographs",
        rule,
        wanted,
    )
}

fn disagreement_section(
    dataset: &Dataset,
    disagreements: &[Disagreement],
) -> anyhow::Result<CheckSection> {
    let wanted = disagreements.iter().map(|found| {
        let kind = match found.identical {
            true => "identical",
            false => "near-identical",
        };
        let column = dataset.column(&found.column);
        let photographs = found.photographs.iter().map(|photograph| {
            let label = column.and_then(|column| column.label(*photograph));
            let label = label.unwrap_or_default();
            (*photograph, format!("{}: {label}", found.column))
        });
        Wanted {
            title: format!("{kind}, but another {}", found.column),
            urgent: found.identical,
            photographs: photographs.collect(),
        }
    });
    let rule = "Photographs that are alike and have different labels in a column: one of them is wrong, or \
                the label says what the picture does not show. Identical ones come first."
        .to_owned();
    section(dataset, "Labels that disagree", rule, wanted)
}

fn poor_picture_section(
    dataset: &Dataset,
    pictures: &[PoorPicture],
) -> anyhow::Result<CheckSection> {
    let wanted = pictures.iter().map(|poor| Wanted {
        title: poor.problem.as_str().to_owned(),
        urgent: false,
        photographs: vec![(poor.photograph, String::new())],
    });
    let rule =
        "Pictures of nearly one colour, and products that fill less than a 20th of their frame."
            .to_owned();
    section(dataset, "Pictures that show nearly nothing", rule, wanted)
}

/// The first groups with their pictures, as many as the page has room for.
fn section(
    dataset: &Dataset,
    title: &str,
    rule: String,
    wanted: impl Iterator<Item = Wanted>,
) -> anyhow::Result<CheckSection> {
    let mut room = PICTURES;
    let mut groups = Vec::new();
    let mut more_groups = 0;
    for group in wanted {
        let shown = group.photographs.len().min(PICTURES_OF_GROUP);
        if shown > room {
            room = 0;
            more_groups += 1;
            continue;
        }
        room -= shown;
        groups.push(CheckGroup {
            title: group.title,
            urgent: group.urgent,
            more_pictures: group.photographs.len() - shown,
            pictures: group
                .photographs
                .into_iter()
                .take(shown)
                .map(|(photograph, note)| picture(dataset, photograph, note))
                .collect::<anyhow::Result<_>>()?,
        });
    }
    Ok(CheckSection {
        title: title.to_owned(),
        rule,

        groups,
        more_groups,
    })
}

fn picture(dataset: &Dataset, photograph: usize, note: String) -> anyhow::Result<CheckPicture> {
    let path = path(dataset, photograph).to_owned();
    Ok(CheckPicture {
        png: thumbnail(dataset, photograph)
            .with_context(|| format!("failed to draw the photograph `{path}`"))?,
        path,
        split: dataset
            .splits
            .get(photograph)
            .copied()
            .unwrap_or(Split::Train),
        labels: labels(dataset, photograph),
        note,
    })
}
