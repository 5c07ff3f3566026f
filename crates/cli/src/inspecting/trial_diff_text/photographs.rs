//! The photographs that make the difference.

use super::columns;
use crate::inspecting::facts::TrialFacts;
use crate::inspecting::flips::{Answer, FlippedPhotograph, Paired, shares};
use crate::inspecting::numbers::{grouped, signed};
use crate::inspecting::sheet::Sheet;
use crate::inspecting::trial_diff::TrialDiff;

/// The section of them, with at most so many.
pub(super) fn section(sheet: &mut Sheet, diff: &TrialDiff<'_>, most: usize) {
    sheet.heading("Validation photographs");
    let flips = match &diff.flips {
        Ok(flips) => flips,
        Err(reason) => return sheet.paragraph(&format!("not compared: {reason}")),
    };
    counts(sheet, flips.paired);
    let (of_a, of_b) = shares(most, flips.only_a.len(), flips.only_b.len());
    let shown = (flips.only_a.iter().take(of_a)).chain(flips.only_b.iter().take(of_b));
    let paths = shown.filter_map(|it| diff.paths.path(it.photograph));
    let folder = common_folder(paths);
    sheet.line_if(
        "paths from",
        (!folder.is_empty()).then(|| folder.to_owned()),
    );
    for (who, photographs, shown) in [("A", &flips.only_a, of_a), ("B", &flips.only_b, of_b)] {
        let all = photographs.len();
        if shown == 0 {
            continue;
        }
        let which = match shown == all {
            true => all.to_string(),
            false => format!("{shown} of {all}, the surest mistakes"),
        };
        sheet.heading(&format!("Only {who} is right ({which})"));
        let shown = photographs.get(..shown).unwrap_or(photographs);
        let text = table(diff, shown, folder, sheet.width);
        sheet.block(&text);
    }
}

fn counts(sheet: &mut Sheet, paired: Paired) {
    sheet.line("only A right", &grouped(paired.only_a));
    sheet.line("only B right", &grouped(paired.only_b));
    sheet.line("both right", &grouped(paired.both));
    sheet.line("neither right", &grouped(paired.neither));
    if paired.half > 0 {
        sheet.line(
            "each half",
            &format!(
                "{} (of a photograph and its mirrored copy)",
                grouped(paired.half)
            ),
        );
    }
    sheet.line("photographs", &grouped(paired.photographs));
    let points = |share: f64| signed(100.0 * share, 2);
    sheet.line(
        "B − A",
        &format!(
            "{} points (95 % interval {} to {}; exact McNemar test p = {})",
            points(paired.difference),
            points(paired.interval.low),
            points(paired.interval.high),
            p_text(paired.p_value)
        ),
    );
}

/// `0.0352`; a small one is not rounded to none.
fn p_text(p: f64) -> String {
    match p < 1e-4 {
        true => format!("{p:.1e}"),
        false => format!("{p:.4}"),
    }
}

/// What all these paths begin with, up to a `/`.
fn common_folder<'p>(mut paths: impl Iterator<Item = &'p str>) -> &'p str {
    let folder = |path: &'p str| path.rfind('/').map_or("", |end| &path[..=end]);
    let Some(mut common) = paths.next().map(folder) else {
        return "";
    };
    for path in paths {
        while !path.starts_with(common) {
            common = folder(common.trim_end_matches('/'));
        }
    }
    common
}

/// The photographs; their paths without the folder.
fn table(
    diff: &TrialDiff<'_>,
    photographs: &[FlippedPhotograph],
    folder: &str,
    width: usize,
) -> String {
    let rows = photographs.iter().filter_map(|it| {
        // That of the photograph itself comes before that of its mirrored copy.
        let picture = it.pictures.first()?;
        let path = diff.paths.path(it.photograph);
        let path = path.map(|path| path.strip_prefix(folder).unwrap_or(path).to_owned());
        let place = path.unwrap_or_else(|| format!("row {}", it.photograph));
        let mirrored = if picture.mirrored { ", mirrored" } else { "" };
        Some(vec![
            format!("{place}{mirrored}"),
            diff.a.class_name(it.class),
            answer(diff.a, it.class, picture.a),
            answer(diff.b, it.class, picture.b),
        ])
    });
    columns(
        &["photograph", "true class", "A says", "B says"],
        rows,
        width,
    )
}

/// `right, 87 %`, or `male · jeans, 65 %`.
fn answer(facts: &TrialFacts, class: usize, answer: Answer) -> String {
    let name = match answer.class == class {
        true => "right".to_owned(),
        false => facts.class_name(answer.class),
    };
    match answer.probability {
        Some(probability) => format!("{name}, {:.0} %", 100.0 * probability),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_paths_begin_with_is_whole_folders() {
        for (paths, expected) in [
            (&["a/b/1.jpg", "a/b/2.jpg"][..], "a/b/"),
            (&["a/b/1.jpg", "a/c/2.jpg"], "a/"),
            (&["a/b1/1.jpg", "a/b/2.jpg"], "a/"),
            (&["a/1.jpg", "2.jpg"], ""),
            (&["/a/1.jpg", "/b/2.jpg"], "/"),
            (&["1.jpg"], ""),
            (&[], ""),
        ] {
            assert_eq!(common_folder(paths.iter().copied()), expected, "{paths:?}");
        }
    }

    #[test]
    fn a_small_p_value_is_not_rounded_to_none() {
        assert_eq!(p_text(0.03521), "0.0352");
        assert_eq!(p_text(1.0), "1.0000");
        assert_eq!(p_text(3.2e-9), "3.2e-9");
    }
}
