//! Whose weights are kept.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// The `keep` setting of a sweep.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Keep {
    /// Weights of the five best trials of the sweep.
    #[default]
    Top,
    /// Weights of every trial.
    All,
}

/// How many trials of a sweep keep their weights under [`Keep::Top`].
pub const TOP: usize = 5;

/// The trials of one sweep whose weights it wants kept, given all its finished trials, best first.
pub fn wanted<K: Ord + Clone>(keep: Keep, best_first: &[K]) -> BTreeSet<K> {
    let count = match keep {
        Keep::Top => TOP.min(best_first.len()),
        Keep::All => best_first.len(),
    };
    best_first[..count].iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn top_keeps_the_five_best_and_all_keeps_all() {
        let trials: Vec<u32> = (0..8).collect();
        assert_eq!(wanted(Keep::Top, &trials), (0..5).collect());
        assert_eq!(wanted(Keep::All, &trials).len(), 8);
        assert_eq!(wanted(Keep::Top, &trials[..2]).len(), 2);
    }
}
