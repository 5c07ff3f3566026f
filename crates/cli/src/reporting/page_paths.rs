//! Where the page of each sweep lies.

use std::collections::BTreeSet;

use fitroom_store::SweepRecord;

/// Bytes of a page's or folder's name; file systems take 255, and numbers may follow.
const LONGEST_NAME: usize = 180;

/// The pages of a dataset's routes.
const ROUTES: &str = "routes";
const ROUTES_AS_STUDY: &str = "routes-as-study";

/// The page of a dataset's routes, relative to the reports folder.
pub(super) fn routes_path(dataset: &str, as_study: bool) -> String {
    let page = if as_study { ROUTES_AS_STUDY } else { ROUTES };
    format!("{}/{page}.html", in_path(dataset))
}

/// The page of each sweep, relative to the reports folder. Sweeps come the one that ran last first: it
/// gets the plain name, an older one on other photographs or with another task definition one with its
/// fingerprint or number.
pub(super) fn page_paths(sweeps: &[SweepRecord]) -> Vec<String> {
    // A dataset's check and its routes have pages of their own.
    let mut taken: BTreeSet<String> = (sweeps.iter())
        .flat_map(|sweep| {
            let folder = in_path(&sweep.dataset);
            ["check", ROUTES, ROUTES_AS_STUDY].map(|page| format!("{folder}/{page}"))
        })
        .collect();
    let mut paths = Vec::with_capacity(sweeps.len());
    for sweep in sweeps {
        let plain = format!("{}/{}", in_path(&sweep.dataset), in_path(&sweep.name));
        let other = format!("{plain}-{}", sweep.fingerprint.short());
        let numbered = format!("{other}-{}", sweep.key);
        let path = [plain, other, numbered]
            .into_iter()
            .find(|path| taken.insert(path.clone()));
        paths.push(format!("{}.html", path.unwrap_or_default()));
    }
    paths
}

/// A name as part of a path. Ours are plain; those of imported sweeps are names of any folders, and may be too long.
fn in_path(name: &str) -> String {
    let plain = |character: char| match character {
        _ if character.is_alphanumeric() => character,
        '_' | '-' | '.' | ' ' | '(' | ')' => character,
        _ => '_',
    };
    let path: String = name.chars().map(plain).collect();
    let path = match path.strip_prefix('.') {
        Some(rest) => format!("_{rest}"),
        None => path,
    };
    match path.len() {
        0 => "_".to_owned(),
        1..=LONGEST_NAME => path,
        _ => {
            let start: String = path.chars().take(LONGEST_NAME / 4).collect();
            format!("{start}-{}", &blake3::hash(name.as_bytes()).to_hex()[..16])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_becomes_one_part_of_a_path() {
        for (name, expected) in [
            ("trousers_all", "trousers_all"),
            ("Model 1 (new)", "Model 1 (new)"),
            ("a/b\\c", "a_b_c"),
            ("..", "_."),
            ("", "_"),
        ] {
            assert_eq!(in_path(name), expected);
        }
        let (one, other) = (in_path(&"é".repeat(200)), in_path(&"é".repeat(201)));
        assert!(one.len() < LONGEST_NAME && one != other, "{one} {other}");
    }
}
