//! Names for photographs that have none: those of an `.npz`.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Component, Path};

/// What the photographs of each file are called before their position: the file's name without `.npz` or,
/// where two files have the same, its path below the folder that holds all files. `None` where that is
/// the same too. Nothing above that folder is in a name: the same files elsewhere make the same dataset.
pub(crate) fn distinct_names(files: &[&Path]) -> Option<Vec<String>> {
    let parts: Vec<Vec<String>> = files.iter().map(|file| parts(file)).collect();
    let shortest = parts.iter().map(Vec::len).min().unwrap_or(0);
    let same = |depth: &usize| {
        parts
            .windows(2)
            .all(|pair| pair[0][*depth] == pair[1][*depth])
    };
    // The last part is the file's own name.
    let common = (0..shortest.saturating_sub(1)).take_while(same).count();
    let own = |parts: &Vec<String>| parts.last().cloned().unwrap_or_default();
    let below = |parts: &Vec<String>| parts[common..].join("/");
    [
        parts.iter().map(own).collect::<Vec<String>>(),
        parts.iter().map(below).collect(),
    ]
    .into_iter()
    .find(|names| names.iter().collect::<HashSet<_>>().len() == names.len())
}

/// The name of the photograph at `position` of a file, counted from 0 as NumPy does.
pub(crate) fn photograph_name(file: &str, position: usize) -> String {
    format!("{file}/{position:05}")
}

/// The folders and the name of a file, the latter without `.npz`.
fn parts(file: &Path) -> Vec<String> {
    let shorter = match file.extension() == Some(OsStr::new("npz")) {
        true => file.with_extension(""),
        false => file.to_owned(),
    };
    shorter
        .components()
        .filter_map(|component| match component {
            Component::Normal(part) => Some(part.to_string_lossy().into_owned()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(files: &[&str]) -> Option<Vec<String>> {
        let files: Vec<&Path> = files.iter().map(Path::new).collect();
        distinct_names(&files)
    }

    #[test]
    fn a_file_gives_its_own_name_and_its_folders_only_where_they_are_needed() {
        assert_eq!(
            names(&["/a/shoes.train.npz", "/a/shoes.test.npz"]).unwrap(),
            ["shoes.train", "shoes.test"]
        );
        assert_eq!(
            names(&["/a/train/shoes.npz", "/a/test/shoes.npz"]).unwrap(),
            ["train/shoes", "test/shoes"]
        );
        assert_eq!(
            names(&["/a/x/y.npz", "/a/b/x/y.npz", "/a/z.npz"]).unwrap(),
            ["x/y", "b/x/y", "z"]
        );
        assert_eq!(
            names(&["/a/x/y.npz", "/b/x/y.npz"]).unwrap(),
            ["a/x/y", "b/x/y"]
        );
        assert_eq!(names(&["/a/y.npz"]).unwrap(), ["y"]);
        assert_eq!(names(&[]).unwrap(), [""; 0]);
        assert_eq!(names(&["/a/y.npz", "/a/y"]), None);
        assert_eq!(photograph_name("train", 12), "train/00012");
    }
}
