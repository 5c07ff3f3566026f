//! By what two trials differ.

use similar::TextDiff;

use super::answers::PhotographPaths;
use super::differences::{Compared, curves, figures, origin, settings};
use super::facts::TrialFacts;
use super::flips::{Flips, flips};
use super::kinship::Kinship;
use fitroom_data::Predictions;

/// Lines around a change that are shown with it.
const CONTEXT: usize = 1;

/// Two trials beside each other.
#[derive(Debug)]
pub(crate) struct TrialDiff<'a> {
    pub(super) a: &'a TrialFacts,
    pub(super) b: &'a TrialFacts,
    pub(super) kinship: Kinship,
    pub(super) settings: Vec<Compared>,
    pub(super) figures: Vec<Compared>,
    pub(super) curves: Vec<Compared>,
    pub(super) origin: Vec<Compared>,
    /// By which lines the sweep files differ; `None` if they do not, or one is not known.
    pub(super) text: Option<String>,
    /// On which photographs they differ, or why that cannot be said.
    pub(super) flips: Result<Flips, String>,
    pub(super) paths: PhotographPaths,
}

impl<'a> TrialDiff<'a> {
    /// Compares two trials, with what they say about the same photographs or why there is nothing of that kind.
    pub(crate) fn new(
        a: &'a TrialFacts,
        b: &'a TrialFacts,
        answers: Result<(Predictions, Predictions), String>,
        paths: PhotographPaths,
    ) -> TrialDiff<'a> {
        let text = |facts: &'a TrialFacts| Some(facts.last_run()?.1.text.as_str());
        TrialDiff {
            kinship: Kinship::of(&a.row, &b.row),
            settings: settings(a, b),
            figures: figures(a, b),
            curves: curves(a, b),
            origin: origin(a, b),
            text: text(a).zip(text(b)).and_then(|(a, b)| line_diff(a, b)),
            flips: answers.map(|(a, b)| flips(&a, &b)),
            paths,
            a,
            b,
        }
    }

    /// Leaves out what is the same in both, but for the figures.
    pub(crate) fn without_what_is_the_same(mut self) -> TrialDiff<'a> {
        for compared in [&mut self.settings, &mut self.origin] {
            compared.retain(|it| !it.is_same());
        }
        self
    }
}

/// The changed lines of two texts with what is around them; `None` if there are none.
fn line_diff(a: &str, b: &str) -> Option<String> {
    let diff = TextDiff::from_lines(a, b);
    let text = diff.unified_diff().context_radius(CONTEXT).to_string();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_compared_by_line() {
        let a = "task = \"shapes\"\n\n[train]\nepochs = 4\nseeds = [0]\n";
        let b = "task = \"shapes\"\n\n[train]\nepochs = 6\nseeds = [0]\n";
        assert_eq!(line_diff(a, a), None);
        let text = line_diff(a, b).unwrap();
        assert_eq!(
            text,
            "@@ -3,3 +3,3 @@\n [train]\n-epochs = 4\n+epochs = 6\n seeds = [0]\n"
        );
    }
}
