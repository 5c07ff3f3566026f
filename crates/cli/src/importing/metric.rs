//! The figure that a session calls its accuracy.

use std::collections::BTreeMap;

use fitroom_domain::Split;
use fitroom_tensorboard::LoggedMetric;

use super::log_runs::{Last, LogRun};
use super::series::{self, Part};

/// The accuracy of a whole training.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Metric<'a> {
    pub(crate) tag: &'a str,
    /// The step of its last value.
    pub(crate) step: i64,
    /// Its last value.
    pub(crate) value: f64,
    /// How many values it has.
    pub(crate) count: usize,
}

/// The metrics of experiments, by their folders: a session's experiment may lie in a folder above.
#[derive(Debug)]
pub(crate) struct Experiments<'a>(BTreeMap<&'a [String], &'a [LoggedMetric]>);

impl<'a> Experiments<'a> {
    /// The experiments of these runs.
    pub(crate) fn of(runs: &'a [LogRun]) -> Experiments<'a> {
        let with_metrics = runs.iter().filter(|run| !run.metrics.is_empty());
        let experiments = with_metrics.map(|run| (run.folder.as_slice(), run.metrics.as_slice()));
        Experiments(experiments.collect())
    }

    /// The metrics of the experiment in the nearest folder, from the session's own up.
    fn metrics(&self, folder: &[String]) -> &'a [LoggedMetric] {
        let folders = (0..=folder.len()).rev().map(|depth| &folder[..depth]);
        let mut found = folders.filter_map(|folder| self.0.get(folder));
        found.next().copied().unwrap_or_default()
    }
}

/// The accuracy on validation among a session's metrics: those that its experiment names, those that say validation
/// first, else what its own folder has. `None` without a session. One of several values is a curve's, not a whole
/// training's: it counts only where accuracy on validation was not logged otherwise (`has_validated`).
pub(crate) fn metric<'a>(
    runs: &[&'a LogRun],
    experiments: &Experiments<'_>,
    has_validated: bool,
) -> Option<Metric<'a>> {
    let session = runs.iter().find(|run| run.session.is_some())?;
    let named = experiments.metrics(&session.folder).iter();
    let mut named: Vec<(bool, Metric<'_>)> = named
        .filter_map(|metric| of_experiment(metric, session, runs))
        .collect();
    named.sort_by_key(|(says_validation, _)| !says_validation);
    let own = session
        .last
        .iter()
        .filter_map(|(tag, last)| own(tag, last, session));
    let all = named.into_iter().map(|(_, metric)| metric).chain(own);
    let mut counted =
        all.filter(|metric| metric.value.is_finite() && (metric.count == 1 || !has_validated));
    counted.next()
}

/// The loss on validation that a session has beside its accuracy, as one value for the whole training.
pub(crate) fn loss_of_session(runs: &[&LogRun]) -> Option<f64> {
    let session = runs.iter().find(|run| run.session.is_some())?;
    let losses = session.last.iter();
    let mut losses = losses.filter(|(tag, last)| series::is_loss(tag) && last.count == 1);
    losses
        .next()
        .map(|(_, last)| last.value)
        .filter(|loss| loss.is_finite())
}

/// The metric of an experiment, if it is an accuracy that was logged, and whether it says that it is of validation.
fn of_experiment<'a>(
    LoggedMetric { group, tag }: &LoggedMetric,
    session: &LogRun,
    runs: &[&'a LogRun],
) -> Option<(bool, Metric<'a>)> {
    let names = group.split('/').filter(|name| !name.is_empty());
    let folder: Vec<String> = session
        .folder
        .iter()
        .cloned()
        .chain(names.map(str::to_owned))
        .collect();
    let part = group.rsplit('/').next().and_then(series::part);
    let is_of_others = matches!(part, Some(Part::Of(Split::Train) | Part::Other));
    if is_of_others || !series::is_accuracy(tag) {
        return None;
    }
    let mut in_folder = runs.iter().filter(|run| run.folder == folder);
    let (tag, last) = in_folder.find_map(|run| run.last.get_key_value(tag))?;
    let says_validation = series::says_validation(tag) || part.is_some();
    Some((says_validation, of_last(tag, last)))
}

/// A value of the session's own folder that may be the accuracy. Where that folder has curves of a split, one that
/// names none is of train.
fn own<'a>(tag: &'a str, last: &Last, session: &LogRun) -> Option<Metric<'a>> {
    let kind = series::kind(tag, session.part);
    let has_splits = session.series.keys().any(|kind| kind.split.is_some());
    let is_curve = kind.is_some_and(|kind| kind.split.is_some() || has_splits);
    (series::is_accuracy(tag) && !is_curve).then(|| of_last(tag, last))
}

fn of_last<'a>(tag: &'a str, last: &Last) -> Metric<'a> {
    Metric {
        tag,
        step: last.step,
        value: last.value,
        count: last.count,
    }
}

#[cfg(test)]
mod tests {
    use fitroom_tensorboard::LoggedStart;

    use super::*;
    use crate::importing::log_runs::Series;
    use crate::importing::series::kind;

    /// A run in this folder with tags, their last values, and how many they have.
    fn run(folder: &str, tags: &[(&str, f64, usize)]) -> LogRun {
        let names = folder.split('/').filter(|name| !name.is_empty());
        let folder: Vec<String> = names.map(str::to_owned).collect();
        let part = folder.last().and_then(|name| series::part(name));
        let last = tags.iter().map(|(tag, value, count)| {
            let (value, count) = (*value, *count);
            let last = Last {
                step: 7,
                value,
                highest: value,
                count,
            };
            ((*tag).to_owned(), last)
        });
        let series = tags
            .iter()
            .filter_map(|(tag, ..)| Some((kind(tag, part)?, Series::default())));
        LogRun {
            part,
            series: series.collect(),
            last: last.collect(),
            folder,
            ..LogRun::default()
        }
    }

    fn session(folder: &str, tags: &[(&str, f64, usize)], metrics: &[(&str, &str)]) -> LogRun {
        let metrics = metrics.iter().map(|(group, tag)| LoggedMetric {
            group: (*group).to_owned(),
            tag: (*tag).to_owned(),
        });
        LogRun {
            session: Some(LoggedStart::default()),
            metrics: metrics.collect(),
            ..run(folder, tags)
        }
    }

    fn found(runs: &[LogRun], has_validated: bool) -> Option<f64> {
        let all: Vec<&LogRun> = runs.iter().collect();
        metric(&all, &Experiments::of(runs), has_validated).map(|metric| metric.value)
    }

    #[test]
    fn accuracy_on_train_and_of_steps_is_none() {
        let keras = [
            session(
                "run",
                &[],
                &[
                    ("train", "epoch_accuracy"),
                    ("train", "batch_accuracy"),
                    ("validation", "epoch_accuracy"),
                ],
            ),
            run(
                "run/train",
                &[("epoch_accuracy", 1.0, 9), ("batch_accuracy", 1.0, 9)],
            ),
            run("run/validation", &[("epoch_accuracy", 0.75, 9)]),
        ];
        assert_eq!(
            found(&keras, true),
            None,
            "the curve says which epoch is best"
        );
        assert_eq!(found(&keras, false), Some(0.75));
        let lightning = [session(
            "run",
            &[("val_acc_step", 1.0, 9), ("val_acc_epoch", 0.7, 3)],
            &[],
        )];
        assert_eq!(found(&lightning, true), None);
    }

    #[test]
    fn the_metric_that_says_validation_comes_first() {
        let tags = [
            ("hparam/acc_top_5", 0.99, 1),
            ("hparam/accuracy", 0.6, 1),
            ("hparam/val_acc", 0.5, 1),
        ];
        let names = tags.map(|(tag, ..)| ("", tag));
        assert_eq!(found(&[session("run", &tags, &names)], true), Some(0.5));
        assert_eq!(
            found(&[session("run", &tags[..2], &names[..2])], true),
            Some(0.6)
        );
        assert_eq!(
            found(&[session("run", &tags[..1], &names[..1])], true),
            None
        );
    }

    #[test]
    fn what_names_no_split_is_of_train_beside_curves_and_of_all_in_a_folder_of_its_own() {
        let beside = [session(
            "run",
            &[("accuracy", 0.99, 1), ("val_accuracy", 0.6, 5)],
            &[],
        )];
        assert_eq!(found(&beside, true), None);
        let alone = [
            session("hparam_tuning/run", &[("accuracy", 0.9, 1)], &[]),
            run("fit/run/validation", &[("epoch_accuracy", 0.8, 5)]),
        ];
        assert_eq!(found(&alone, true), Some(0.9));
        assert_eq!(
            found(&[run("run", &[("accuracy", 0.9, 1)])], false),
            None,
            "no session"
        );
    }

    #[test]
    fn an_experiment_in_a_folder_above_names_the_metric() {
        let above = LogRun {
            metrics: vec![LoggedMetric {
                group: String::new(),
                tag: "accuracy".to_owned(),
            }],
            ..run("sweep", &[])
        };
        let runs = [
            above,
            session("sweep/hparam_tuning/run-1", &[("accuracy", 0.9, 1)], &[]),
        ];
        assert_eq!(found(&runs, true), Some(0.9));
    }
}
