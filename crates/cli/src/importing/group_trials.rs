//! Which trainings belong to one trial, and which trials to one sweep: decided by folders and times alone.
//!
//! ```text
//! X/fit/run-1/train, X/fit/run-1/validation   parts of one trial (Keras)
//! X/hparam_tuning/run-1                       its hyperparameters, in a tree of its own (TensorFlow's tutorial)
//! X/run-1, X/run-1/1700000000.0               a trial and its hyperparameters (PyTorch's `add_hparams`)
//! X/run-1                                     all in one folder (we, tensorboardX)
//! ```

use std::collections::BTreeMap;

use super::log_runs::LogRun;
use super::series::{Part, part};

/// Folders that stand between a sweep's and its trials'.
const TREES: [&str; 4] = ["fit", "hparam_tuning", "hparams", "logs"];

/// The logs of one trial.
#[derive(Debug)]
pub(crate) struct TrialLogs<'a> {
    /// The folder of its sweep, below the root; empty: the root itself.
    pub(crate) sweep: Vec<String>,
    /// Its own folder below that of its sweep, with its number where one folder holds several.
    pub(crate) run: String,
    /// The folder of its session below the root: metrics are named from there.
    pub(crate) session_folder: Vec<String>,
    /// Everything that was logged of it.
    pub(crate) runs: Vec<&'a LogRun>,
}

/// What was logged in a folder and its parts.
#[derive(Debug, Default)]
struct Group<'a> {
    runs: Vec<&'a LogRun>,
}

impl Group<'_> {
    fn has_session(&self) -> bool {
        self.runs.iter().any(|run| run.session.is_some())
    }

    /// Whether it has series of epochs.
    fn has_curve(&self) -> bool {
        let has_session = self.has_session();
        let counts = |run: &&LogRun| {
            run.series
                .keys()
                .any(|kind| kind.split.is_some() || !has_session)
        };
        self.runs.iter().any(counts)
    }

    fn is_only_session(&self) -> bool {
        self.has_session() && !self.has_curve()
    }

    fn awaits_session(&self) -> bool {
        self.has_curve() && !self.has_session()
    }
}

/// The trials of these runs, in the order of their folders.
pub(crate) fn group_trials(runs: &[LogRun]) -> Vec<TrialLogs<'_>> {
    let mut groups: BTreeMap<&[String], Group<'_>> = BTreeMap::new();
    for run in runs {
        let base = match run.folder.split_last() {
            Some((last, base)) if part(last).is_some() => base,
            _ => &run.folder,
        };
        groups.entry(base).or_default().runs.push(run);
    }
    let sessions = groups.iter().filter(|(_, group)| group.is_only_session());
    let mut session_of: BTreeMap<&[String], Vec<&[String]>> = BTreeMap::new();
    for (base, _) in sessions {
        if let Some(curves) = curves_of(base, &groups) {
            session_of.entry(curves).or_default().push(base);
        }
    }
    // Of several sessions in one training nobody can say which made the curve.
    session_of.retain(|_, sessions| sessions.len() == 1);
    let joined: Vec<&[String]> = session_of.values().flatten().copied().collect();
    let mut trials = Vec::new();
    for (base, group) in &groups {
        if joined.contains(base) || !(group.has_session() || group.has_curve()) {
            continue;
        }
        let session = session_of.get(base).and_then(|sessions| sessions.first());
        let session_folder = *session.unwrap_or(base);
        let mut runs = group.runs.clone();
        if let Some(session) = session {
            runs.extend(&groups[session].runs);
        }
        let sweep = sweep_of(base, session.copied());
        let run = base[sweep.len()..].join("/");
        let takes = takes(&runs);
        for (index, runs) in takes.into_iter().enumerate() {
            trials.push(TrialLogs {
                sweep: sweep.to_vec(),
                run: match index {
                    0 => run.clone(),
                    _ => format!("{run}#{}", index + 1),
                },
                session_folder: session_folder.to_vec(),
                runs,
            });
        }
    }
    trials
}

/// The group whose training a session without curves describes: that of the folder above, or the one with the same
/// name in another tree.
fn curves_of<'g>(
    session: &[String],
    groups: &BTreeMap<&'g [String], Group<'_>>,
) -> Option<&'g [String]> {
    let (last, above) = session.split_last()?;
    if let Some((above, group)) = groups.get_key_value(above)
        && group.awaits_session()
    {
        return Some(above);
    }
    let is_twin = |base: &[String]| {
        let differing = base.iter().zip(session).filter(|(a, b)| a != b).count();
        base.len() == session.len() && base.last() == Some(last) && differing == 1
    };
    let twins = groups
        .iter()
        .filter(|(base, group)| is_twin(base) && group.awaits_session());
    let twins: Vec<&[String]> = twins.map(|(base, _)| *base).collect();
    match twins[..] {
        [twin] => Some(twin),
        _ => None,
    }
}

/// The folder of a trial's sweep.
fn sweep_of<'g>(base: &'g [String], session: Option<&[String]>) -> &'g [String] {
    let above = base.split_last().map_or(base, |(_, above)| above);
    let sweep = match session {
        Some(session) if session.len() == base.len() => {
            let same = base.iter().zip(session).take_while(|(a, b)| a == b).count();
            &base[..same]
        }
        _ => above,
    };
    match sweep.split_last() {
        Some((last, above)) if TREES.contains(&last.as_str()) => above,
        _ => sweep,
    }
}

/// The trainings of one trial's folders, one after the other: the folder that holds the most says when each began.
fn takes<'a>(runs: &[&'a LogRun]) -> Vec<Vec<&'a LogRun>> {
    let mut by_folder: BTreeMap<&[String], Vec<&LogRun>> = BTreeMap::new();
    for run in runs {
        let is_part_of_training = run.session.is_some() || !run.series.is_empty();
        if is_part_of_training && is_counted(run) {
            by_folder.entry(&run.folder).or_default().push(run);
        }
    }
    // Of equal numbers a session's: it begins before its curves.
    let weight = |runs: &Vec<&LogRun>| (runs.len(), runs.iter().any(|run| run.session.is_some()));
    let starts = by_folder.values().max_by_key(|runs| weight(runs));
    let mut starts: Vec<f64> = (starts.into_iter().flatten())
        .map(|run| run.times.map_or(f64::NEG_INFINITY, |(first, _)| first))
        .collect();
    starts.sort_by(f64::total_cmp);
    let mut takes: Vec<Vec<&LogRun>> = vec![Vec::new(); starts.len().max(1)];
    for run in runs {
        let began = run.times.map_or(f64::NEG_INFINITY, |(first, _)| first);
        let before = starts.partition_point(|start| *start <= began);
        takes[before.saturating_sub(1)].push(run);
    }
    takes.retain(|runs| runs.iter().any(|run| has_logged(run)));
    takes
}

/// Whether its folder is no part without series of ours, such as pictures.
fn is_counted(run: &LogRun) -> bool {
    let part = run.folder.last().and_then(|name| part(name));
    part != Some(Part::Other)
}

/// Whether it says more than that it began.
fn has_logged(run: &LogRun) -> bool {
    !run.last.is_empty() || run.end.is_some()
}

#[cfg(test)]
mod tests {
    use fitroom_domain::Split;
    use fitroom_tensorboard::LoggedStart;

    use super::*;
    use crate::importing::series::{Measure, SeriesKind};

    fn run(folder: &str, began: f64) -> LogRun {
        LogRun {
            folder: folder
                .split('/')
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect(),
            times: Some((began, began + 5.0)),
            ..LogRun::default()
        }
    }

    fn curve(folder: &str, began: f64) -> LogRun {
        let kind = SeriesKind {
            measure: Measure::Loss,
            split: Some(Split::Train),
        };
        LogRun {
            series: [(kind, vec![(0, 0.5)])].into(),
            last: [("loss".to_owned(), (0, 0.5))].into(),
            ..run(folder, began)
        }
    }

    fn session(folder: &str, began: f64) -> LogRun {
        LogRun {
            session: Some(LoggedStart::default()),
            last: [("accuracy".to_owned(), (1, 0.5))].into(),
            ..run(folder, began)
        }
    }

    /// `sweep: run = folders and times of what belongs to it`, for each trial.
    fn grouped(runs: &[LogRun]) -> Vec<String> {
        let shown = |logs: TrialLogs<'_>| {
            let parts = logs.runs.iter().map(|run| {
                let began = run.times.map_or(0.0, |(first, _)| first);
                format!("{}@{began}", run.folder.join("/"))
            });
            let parts: Vec<String> = parts.collect();
            format!(
                "{}: {} = {}",
                logs.sweep.join("/"),
                logs.run,
                parts.join(" ")
            )
        };
        group_trials(runs).into_iter().map(shown).collect()
    }

    #[test]
    fn trees_of_curves_and_hyperparameters_are_joined_by_the_trials_name() {
        let runs = [
            curve("A/fit/run-1/train", 2.0),
            curve("A/fit/run-1/validation", 3.0),
            run("A/fit/run-1/cm", 1.5),
            curve("A/fit/run-2/train", 12.0),
            session("A/hparam_tuning/run-1", 1.0),
            session("A/hparam_tuning/run-2", 11.0),
            session("B/hparam_tuning/run-1", 1.0),
        ];
        assert_eq!(
            grouped(&runs),
            [
                "A: fit/run-1 = A/fit/run-1/train@2 A/fit/run-1/validation@3 A/fit/run-1/cm@1.5 \
                 A/hparam_tuning/run-1@1",
                "A: fit/run-2 = A/fit/run-2/train@12 A/hparam_tuning/run-2@11",
                "B: hparam_tuning/run-1 = B/hparam_tuning/run-1@1",
            ]
        );
    }

    #[test]
    fn sessions_below_a_training_are_its_own_unless_there_are_several() {
        let runs = [
            curve("one", 1.0),
            session("one/170.5", 9.0),
            curve("many", 1.0),
            session("many/170.5", 9.0),
            session("many/171.5", 19.0),
        ];
        assert_eq!(
            grouped(&runs),
            [
                ": many = many@1",
                "many: 170.5 = many/170.5@9",
                "many: 171.5 = many/171.5@19",
                ": one = one@1 one/170.5@9",
            ]
        );
    }

    #[test]
    fn trainings_one_after_the_other_in_the_same_folders_are_told_apart_by_time() {
        let runs = [
            curve("fit/run-1/train", 2.0),
            curve("fit/run-1/train", 12.0),
            curve("fit/run-1/validation", 4.0),
            curve("fit/run-1/validation", 14.0),
            session("hparam_tuning/run-1", 1.0),
            session("hparam_tuning/run-1", 11.0),
        ];
        let validation = "fit/run-1/validation";
        assert_eq!(
            grouped(&runs),
            [
                format!(": fit/run-1 = fit/run-1/train@2 {validation}@4 hparam_tuning/run-1@1"),
                format!(
                    ": fit/run-1#2 = fit/run-1/train@12 {validation}@14 hparam_tuning/run-1@11"
                ),
            ]
        );
    }

    #[test]
    fn a_session_that_logged_nothing_is_no_trial() {
        let died = LogRun {
            last: BTreeMap::new(),
            ..session("hparam_tuning/run-1", 1.0)
        };
        let runs = [
            curve("fit/run-1/train", 12.0),
            died,
            session("hparam_tuning/run-1", 11.0),
        ];
        assert_eq!(
            grouped(&runs),
            [": fit/run-1 = fit/run-1/train@12 hparam_tuning/run-1@11"]
        );
        let died = LogRun {
            last: BTreeMap::new(),
            ..session("run-1", 1.0)
        };
        assert!(grouped(&[died, run("pictures", 1.0)]).is_empty());
    }

    #[test]
    fn the_root_may_be_a_trial_itself() {
        let runs = [curve("train", 2.0), curve("validation", 3.0)];
        assert_eq!(grouped(&runs), [":  = train@2 validation@3"]);
    }
}
