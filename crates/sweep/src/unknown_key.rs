//! The error that a file has a key that nobody reads, with the known key that was probably meant.

use crate::document::Place;

/// A key that nobody reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: unknown key `{key}`: {hint}")]
pub struct UnknownKey {
    /// Where it was written.
    pub place: Place,
    /// The key.
    pub key: String,
    /// The nearest known key, or a list of them.
    pub hint: String,
}

/// A name that would have been understood.
pub(crate) struct Known {
    pub(crate) name: String,
    /// How a hint shows it.
    pub(crate) shown: String,
    /// Whether it would have been understood in this very place.
    pub(crate) here: bool,
}

impl Known {
    pub(crate) fn here(name: &str) -> Known {
        Known {
            name: name.to_owned(),
            shown: format!("`{name}`"),
            here: true,
        }
    }
}

/// Below this likeness (0 to 1), a guess confuses more than it helps.
const ALIKE: f64 = 0.8;

/// The nearest known name, of equally near ones the first, if any is near.
pub(crate) fn nearest<'a>(unknown: &str, known: &'a [Known]) -> Option<&'a Known> {
    let unknown = unknown.to_lowercase();
    known
        .iter()
        .map(|known| (strsim::jaro_winkler(&unknown, &known.name), known))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .rev()
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, known)| known)
}

/// Suggests the nearest known name, or lists those known here.
pub(crate) fn hint(unknown: &str, known: &[Known]) -> String {
    if let Some(known) = nearest(unknown, known) {
        return format!("did you mean {}?", known.shown);
    }
    let here: Vec<&str> = known
        .iter()
        .filter(|known| known.here)
        .map(|known| known.shown.as_str())
        .collect();
    format!("expected {}", here.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_suggested_and_otherwise_those_known_here_are_listed() {
        let elsewhere = Known {
            shown: "`kernel_num` in `[hyperparameters]`".to_owned(),
            here: false,
            ..Known::here("kernel_num")
        };
        let known = [Known::here("epochs"), Known::here("patience"), elsewhere];
        for (unknown, expected) in [
            ("epoch", "did you mean `epochs`?"),
            ("Patience", "did you mean `patience`?"),
            (
                "kernel_nun",
                "did you mean `kernel_num` in `[hyperparameters]`?",
            ),
            ("momentum", "expected `epochs`, `patience`"),
        ] {
            assert_eq!(hint(unknown, &known), expected);
        }
    }
}
