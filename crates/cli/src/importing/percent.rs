//! Accuracies in percent become shares.

use std::collections::BTreeMap;

use super::log_runs::LogRun;
use super::series::is_any_accuracy;

/// Divides what is in percent by 100. Returns its tags, each with the runs that have no value above 1.
///
/// What is in percent is decided by a tag's values in all runs: of one alone, 0.9 % looks like a high share.
pub(crate) fn scale_percent(runs: &mut [LogRun]) -> BTreeMap<String, Vec<String>> {
    let mut highest: BTreeMap<&str, f64> = BTreeMap::new();
    let tags = runs.iter().flat_map(|run| &run.last);
    for (tag, last) in tags.filter(|(tag, _)| is_any_accuracy(tag)) {
        let so_far = highest.entry(tag).or_insert(last.highest);
        *so_far = so_far.max(last.highest);
    }
    let mut percent: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (tag, _) in highest.iter().filter(|(_, highest)| is_percent(**highest)) {
        let last = |run: &LogRun| {
            run.last
                .get(*tag)
                .is_some_and(|last| !is_percent(last.highest))
        };
        let low = runs.iter().filter(|run| last(run));
        let low = low.map(|run| run.folder.join("/")).collect();
        percent.insert((*tag).to_owned(), low);
    }
    for run in runs {
        for series in run.series.values_mut() {
            if percent.contains_key(&series.tag) {
                series
                    .points
                    .iter_mut()
                    .for_each(|(_, value)| *value /= 100.0);
            }
        }
        for (tag, last) in &mut run.last {
            if percent.contains_key(tag) {
                last.value /= 100.0;
            }
        }
    }
    percent
}

/// The highest share that counts as 1: sums in single precision may be a little above it.
pub(crate) const HIGHEST_SHARE: f64 = 1.0001;

/// Whether a tag with this highest value is in percent.
fn is_percent(highest: f64) -> bool {
    highest > HIGHEST_SHARE && highest <= 100.01
}
