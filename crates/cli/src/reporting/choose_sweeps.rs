//! Which sweeps are meant by the names that somebody gave.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::anyhow;
use fitroom_store::SweepRecord;

/// Below this likeness (0 to 1), a guess confuses more than it helps.
const ALIKE: f64 = 0.8;

/// Whether a sweep is one of those that are named, or none is.
pub(crate) fn is_chosen(sweep: &SweepRecord, names: &[String]) -> bool {
    names.is_empty() || names.contains(&sweep.name)
}

/// There is a sweep of each name.
///
/// # Errors
/// When there is none, with the nearest and all that there are.
pub(crate) fn check_names(
    names: &[String],
    sweeps: &[SweepRecord],
    runs: &Path,
) -> anyhow::Result<()> {
    let known: BTreeSet<&str> = sweeps.iter().map(|sweep| sweep.name.as_str()).collect();
    match names.iter().find(|name| !known.contains(name.as_str())) {
        None => Ok(()),
        Some(unknown) => Err(unknown_sweep(unknown, &known, runs)),
    }
}

fn unknown_sweep(unknown: &str, known: &BTreeSet<&str>, runs: &Path) -> anyhow::Error {
    let runs = runs.display();
    let likeness = |name: &str| strsim::jaro_winkler(&unknown.to_lowercase(), &name.to_lowercase());
    let nearest = (known.iter())
        .map(|name| (likeness(name), name))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|one, other| one.0.total_cmp(&other.0));
    let hint = match nearest {
        Some((_, name)) => format!(": did you mean `{name}`?"),
        None => String::new(),
    };
    let all: Vec<&str> = known.iter().copied().collect();
    let all = match all.is_empty() {
        true => "there is none yet".to_owned(),
        false => format!("there are: {}", all.join(", ")),
    };
    anyhow!("no sweep `{unknown}` in `{runs}`{hint}\n({all})")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(unknown: &str, known: &[&str]) -> String {
        let known = known.iter().copied().collect();
        unknown_sweep(unknown, &known, Path::new("runs")).to_string()
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest_and_all() {
        let known = ["trousers_all", "shoes_all"];
        assert_eq!(
            message("trousers_al", &known),
            "no sweep `trousers_al` in `runs`: did you mean `trousers_all`?\n\
             (there are: shoes_all, trousers_all)"
        );
        assert_eq!(
            message("primary", &known),
            "no sweep `primary` in `runs`\n(there are: shoes_all, trousers_all)"
        );
        assert_eq!(
            message("primary", &[]),
            "no sweep `primary` in `runs`\n(there is none yet)"
        );
    }
}
