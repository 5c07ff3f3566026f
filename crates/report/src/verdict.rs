//! What a comparison with the best says, in numbers and words.

use fitroom_domain::statistics::{Evidence, Interval, Verdict};

use crate::analysis::CONFIDENCE;

/// A configuration's difference from the best one with its interval, and the one over seeds alone.
pub(crate) fn difference(evidence: &Evidence) -> Option<(f64, Interval, Option<Interval>)> {
    match evidence {
        Evidence::Seeds {
            two_way,
            seeds_only,
            ..
        }
        | Evidence::FewSeeds {
            two_way,
            seeds_only,
            ..
        } => Some((
            two_way.mean,
            two_way.interval(CONFIDENCE),
            seeds_only.map(|paired| paired.interval(CONFIDENCE)),
        )),
        Evidence::Models {
            difference,
            interval,
            ..
        } => Some((*difference, *interval, None)),
        Evidence::Nothing => None,
    }
}

/// A verdict's place when sorted, and its words.
pub(crate) fn verdict_words(verdict: Verdict) -> (u8, &'static str) {
    match verdict {
        Verdict::Best => (0, "best"),
        Verdict::NotShownWorse => (1, "not shown worse"),
        Verdict::ShownWorse => (3, "worse"),
        Verdict::NoVerdict => (2, "no verdict"),
    }
}
