//! Which trainings belong to one trial, and which trials to one sweep: decided by folders and times alone.
//!
//! ```text
//! X/fit/run-1/train, X/fit/run-1/validation   parts of one trial (Keras)
//! X/hparam_tuning/run-1                       its hyperparameters, in a tree of its own (TensorFlow's tutorial)
//! X/run-1, X/run-1/1700000000.0               a trial and its hyperparameters (PyTorch's `add_hparams`)
//! X/run-1                                     all in one folder (we, tensorboardX)
//! ```

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use fitroom_domain::Split;

use super::log_runs::LogRun;
use super::series::Part;

/// Folders that stand between a sweep's and its trials'.
const TREES: [&str; 4] = ["fit", "hparam_tuning", "hparams", "logs"];

/// The logs of one trial.
#[derive(Debug)]
pub(crate) struct TrialLogs<'a> {
    /// The folder of its sweep, below the root; empty: the root itself.
    pub(crate) sweep: Vec<String>,
    /// What it is called in its sweep: its own folder, with its number where one folder holds several; empty: the root.
    pub(crate) run: String,
    /// Its folder below the root.
    pub(crate) folder: Vec<String>,
    /// Which of its folder's trainings it is, from 0.
    pub(crate) take: usize,
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
    let mut groups: Groups<'_> = BTreeMap::new();
    // The root has parts only if it is a trial: else `dev` and `test` in it are trials that are called so.
    let mut in_root = runs.iter().filter(|run| run.folder.len() <= 1);
    let is_trial = |run: &LogRun| run.folder.is_empty() || run.part == Some(Part::Of(Split::Train));
    let root_is_trial = in_root.any(is_trial);
    for run in runs {
        let base = match run.folder.split_last() {
            Some((_, [])) if !root_is_trial => &run.folder,
            Some((_, base)) if run.part.is_some() => base,
            _ => &run.folder,
        };
        groups.entry(base).or_default().runs.push(run);
    }
    let sessions_of = sessions_of(&groups);
    let joined: HashSet<&[String]> = sessions_of.values().flatten().copied().collect();
    let mut trials = Vec::new();
    for (base, group) in &groups {
        if joined.contains(base) || !(group.has_session() || group.has_curve()) {
            continue;
        }
        let sessions = sessions_of.get(base).map_or(&[][..], Vec::as_slice);
        let mut runs = group.runs.clone();
        runs.extend(sessions.iter().flat_map(|session| &groups[session].runs));
        let sweep = sweep_of(base, sessions.first().copied());
        let run = base[sweep.len()..].join("/");
        for (take, runs) in takes(&runs).into_iter().enumerate() {
            trials.push(TrialLogs {
                sweep: sweep.to_vec(),
                run: match take {
                    0 => run.clone(),
                    _ => format!("{run}#{}", take + 1),
                },
                folder: base.to_vec(),
                take,
                runs,
            });
        }
    }
    fold_constant_leaves(&mut trials);
    trials
}

/// What was logged, by folder.
type Groups<'a> = BTreeMap<&'a [String], Group<'a>>;

/// The sessions without curves that describe a training, by its folder.
fn sessions_of<'g>(groups: &Groups<'g>) -> BTreeMap<&'g [String], Vec<&'g [String]>> {
    let awaiting = groups.iter().filter(|(_, group)| group.awaits_session());
    let mut by_name: HashMap<(usize, Option<&String>), Vec<&'g [String]>> = HashMap::new();
    for (base, _) in awaiting {
        let name = (base.len(), base.last());
        by_name.entry(name).or_default().push(base);
    }
    let mut sessions_of: BTreeMap<&'g [String], Vec<&'g [String]>> = BTreeMap::new();
    for (session, _) in groups.iter().filter(|(_, group)| group.is_only_session()) {
        let alike = by_name.get(&(session.len(), session.last()));
        let alike = alike.map_or(&[][..], Vec::as_slice);
        if let Some(curves) = curves_of(session, groups, alike) {
            sessions_of.entry(curves).or_default().push(session);
        }
    }
    // Of several sessions in one training nobody can say which made the curve.
    sessions_of.retain(|base, sessions| {
        sessions.len() == 1 || one_for_each(&groups[base], sessions, groups)
    });
    sessions_of
}

/// Whether each of these sessions began in another of the trainings of one folder.
fn one_for_each(group: &Group<'_>, sessions: &[&[String]], groups: &Groups<'_>) -> bool {
    let starts = starts(&group.runs);
    let runs = sessions.iter().flat_map(|session| &groups[session].runs);
    let mut takes: Vec<usize> = runs.map(|run| take_of(&starts, run)).collect();
    let all = takes.len();
    takes.sort_unstable();
    takes.dedup();
    takes.len() == all
}

/// The group whose training a session without curves describes: that of the folder above, or the one with the same
/// name in another tree. `alike` are those that are as deep and called so.
fn curves_of<'g>(
    session: &[String],
    groups: &Groups<'g>,
    alike: &[&'g [String]],
) -> Option<&'g [String]> {
    let (_, above) = session.split_last()?;
    if let Some((above, group)) = groups.get_key_value(above)
        && group.awaits_session()
    {
        return Some(above);
    }
    let is_twin = |base: &&&[String]| base.iter().zip(session).filter(|(a, b)| a != b).count() == 1;
    let mut twins = alike.iter().filter(is_twin);
    match (twins.next(), twins.next()) {
        (Some(twin), None) => Some(twin),
        _ => None,
    }
}

/// Where every trial lies in a folder of the same name in one of its own (`trial_1/0`, `trial_2/0`), that folder is
/// the trial's, and the one above the sweep's.
fn fold_constant_leaves(trials: &mut [TrialLogs<'_>]) {
    let mut of_sweep: BTreeMap<&[String], BTreeSet<&[String]>> = BTreeMap::new();
    for trial in trials.iter() {
        of_sweep
            .entry(&trial.sweep)
            .or_default()
            .insert(&trial.folder);
    }
    // Sweeps of one trial each, by the folder above and the name below.
    let mut alike: BTreeMap<(&[String], &String), Vec<Vec<String>>> = BTreeMap::new();
    for (sweep, folders) in &of_sweep {
        let mut folders = folders.iter();
        if let (Some(folder), None) = (folders.next(), folders.next())
            && folder.len() == sweep.len() + 1
            && let (Some((_, above)), Some(leaf)) = (sweep.split_last(), folder.last())
        {
            alike.entry((above, leaf)).or_default().push(sweep.to_vec());
        }
    }
    let folded = alike.into_values().filter(|sweeps| sweeps.len() > 1);
    let folded: HashSet<Vec<String>> = folded.flatten().collect();
    for trial in trials
        .iter_mut()
        .filter(|trial| folded.contains(&trial.sweep))
    {
        if let (Some(name), Some(leaf)) = (trial.sweep.pop(), trial.folder.last()) {
            trial.run = trial.run.replacen(leaf.as_str(), &name, 1);
        }
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

/// The trainings of one trial's folders, one after the other.
fn takes<'a>(runs: &[&'a LogRun]) -> Vec<Vec<&'a LogRun>> {
    let starts = starts(runs);
    let mut takes: Vec<Vec<&LogRun>> = vec![Vec::new(); starts.len().max(1)];
    for run in runs {
        takes[take_of(&starts, run)].push(run);
    }
    takes.retain(|runs| runs.iter().any(|run| has_logged(run)));
    takes
}

/// When each training of one trial's folders began: the folder that holds the most says so.
fn starts(runs: &[&LogRun]) -> Vec<f64> {
    let mut by_folder: BTreeMap<&[String], Vec<&LogRun>> = BTreeMap::new();
    for run in runs {
        let counts = run.session.is_some() || !run.series.is_empty();
        if counts && run.part != Some(Part::Other) {
            by_folder.entry(&run.folder).or_default().push(run);
        }
    }
    // Of equal numbers a session's: it begins before its curves.
    let has_session = |runs: &[&LogRun]| runs.iter().any(|run| run.session.is_some());
    let most = by_folder
        .values()
        .max_by_key(|runs| (runs.len(), has_session(runs)));
    let mut starts: Vec<f64> = most.into_iter().flatten().map(|run| began(run)).collect();
    starts.sort_by(f64::total_cmp);
    starts
}

/// The last of these trainings that had begun when this was logged.
fn take_of(starts: &[f64], run: &LogRun) -> usize {
    let before = starts.partition_point(|start| *start <= began(run));
    before.saturating_sub(1)
}

fn began(run: &LogRun) -> f64 {
    run.times.map_or(f64::NEG_INFINITY, |(first, _)| first)
}

/// Whether it says more than that it began.
fn has_logged(run: &LogRun) -> bool {
    !run.last.is_empty() || run.end.is_some()
}

#[cfg(test)]
mod tests;
