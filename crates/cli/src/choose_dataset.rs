//! Which dataset a command works on.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use fitroom_data::{check_can_be_written, draw_demo, read_manifest};
use fitroom_domain::Fingerprint;

use crate::exit::{Failure, OrInput};
use crate::output;

/// The dataset drawn by `fitroom data demo`: taken only when there is no other, and then drawn if it is
/// missing.
pub(crate) const DEMO: &str = "demo";

/// The folder of the dataset that `given` names (in the datasets folder, or as a path) or, where none
/// is given, of the only one beside the demo, which is announced. The demo is drawn when it is missing.
pub(crate) fn choose(given: Option<&str>, datasets: &Path) -> Result<PathBuf, Failure> {
    match given {
        Some(DEMO) => match named(DEMO, datasets) {
            Err(_) => draw_missing_demo(datasets),
            found => found,
        },
        Some(given) => named(given, datasets),
        None => {
            let names = names(datasets)
                .with_context(|| format!("failed to list `{}`", datasets.display()))?;
            let folder = match only(&names, datasets).or_input()? {
                Some(name) => datasets.join(name),
                None => draw_missing_demo(datasets)?,
            };
            output::message(&format!("dataset: {}", folder.display()));
            Ok(folder)
        }
    }
}

/// The folder of the dataset that `given` names.
pub(crate) fn named(given: &str, datasets: &Path) -> Result<PathBuf, Failure> {
    let in_datasets = datasets.join(given);
    let as_path = PathBuf::from(given);
    for folder in [&in_datasets, &as_path] {
        if is_dataset(folder) {
            return Ok(folder.clone());
        }
    }
    let known = names(datasets).unwrap_or_default();
    let known = match known.is_empty() {
        true => "there is none yet".to_owned(),
        false => format!("there are: {}", known.join(", ")),
    };
    let shown = datasets.display();
    Err(anyhow!(
        "no dataset `{given}` in `{shown}` or at that path ({known})"
    ))
    .or_input()
}

/// Draws the demo. Another process may be doing the same.
fn draw_missing_demo(datasets: &Path) -> Result<PathBuf, Failure> {
    let folder = datasets.join(DEMO);
    output::message(&format!(
        "drawing the demo catalogue into {} (your own photographs: `fitroom data import`)",
        folder.display()
    ));
    check_can_be_written(&folder).or_input()?;
    draw_demo(0)?.save_if_missing(&folder)?;
    Ok(folder)
}

/// The one dataset that is meant when none is named, or `None` where there is none at all.
fn only<'a>(names: &'a [String], datasets: &Path) -> anyhow::Result<Option<&'a str>> {
    let shown = datasets.display();
    let others: Vec<&String> = names.iter().filter(|name| *name != DEMO).collect();
    match (others.as_slice(), names) {
        ([one], _) => Ok(Some(one)),
        ([], names) => Ok(names.first().map(String::as_str)),
        (several, _) => {
            let list: Vec<&str> = several.iter().map(|name| name.as_str()).collect();
            let list = list.join(", ");
            Err(anyhow!(
                "several datasets in `{shown}`: {list}\n(name one with `--data`)"
            ))
        }
    }
}

/// Fingerprint and folder of every dataset in a folder, by name. One whose description cannot be read is left out.
pub(crate) fn fingerprints(datasets: &Path) -> Vec<(Fingerprint, PathBuf)> {
    let folders = names(datasets).unwrap_or_default().into_iter();
    let folders = folders.map(|name| datasets.join(name));
    folders
        .filter_map(|folder| Some((read_manifest(&folder).ok()?.fingerprint, folder)))
        .collect()
}

/// The datasets in a folder, by name.
fn names(datasets: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(datasets) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // A dataset that is still being written has a name that starts with a dot.
        if !name.starts_with('.') && is_dataset(&entry.path()) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn is_dataset(folder: &Path) -> bool {
    folder.join("dataset.toml").is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only_of(names: &[&str]) -> Result<Option<String>, String> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        only(&names, Path::new("data"))
            .map(|name| name.map(str::to_owned))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_only_dataset_beside_the_demo_is_meant() {
        let catalogue = Ok(Some("catalogue".to_owned()));
        assert_eq!(only_of(&["catalogue"]), catalogue);
        assert_eq!(only_of(&["catalogue", "demo"]), catalogue);
        assert_eq!(only_of(&["demo"]), Ok(Some("demo".to_owned())));
        assert_eq!(only_of(&[]), Ok(None));
    }

    #[test]
    fn several_are_refused_with_what_to_do() {
        let several = only_of(&["a", "b", "demo"]).unwrap_err();
        assert!(
            several.contains("a, b") && several.contains("--data"),
            "{several}"
        );
    }
}
