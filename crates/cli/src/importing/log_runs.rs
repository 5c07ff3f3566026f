//! Folders with event files, and what is needed of each training that they hold.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fitroom_tensorboard::{
    FileEnd, FileReport, FindRunsError, LoggedEnd, LoggedMetric, LoggedStart, Run, RunFiles,
    find_runs, read_run,
};

use super::keras_model::KerasModel;
use super::series::{self, SeriesKind};

/// A training as one folder has it. A folder may hold several, one after the other.
#[derive(Debug, Default)]
pub(crate) struct LogRun {
    /// The names of the folders from the root to its own.
    pub(crate) folder: Vec<String>,
    /// The series that count: steps, rising, and values.
    pub(crate) series: BTreeMap<SeriesKind, Vec<(i64, f64)>>,
    /// The last step and value of every tag.
    pub(crate) last: BTreeMap<String, (i64, f64)>,
    /// The metrics of its experiment.
    pub(crate) metrics: Vec<LoggedMetric>,
    /// Its hyperparameters.
    pub(crate) session: Option<LoggedStart>,
    /// How it ended.
    pub(crate) end: Option<LoggedEnd>,
    /// Its model.
    pub(crate) model: Option<KerasModel>,
    /// When it was first and last written to, in seconds since 1970.
    pub(crate) times: Option<(f64, f64)>,
}

/// What was read, and what could not be.
#[derive(Debug, Default)]
pub(crate) struct LogRuns {
    /// By folder, and within it by time.
    pub(crate) runs: Vec<LogRun>,
    /// Event files.
    pub(crate) files: usize,
    /// Events in them.
    pub(crate) events: u64,
    /// Files whose last record is not whole: still being written, or their writer was killed.
    pub(crate) growing: Vec<PathBuf>,
    /// What is wrong, one sentence for each file or folder.
    pub(crate) problems: Vec<String>,
}

/// Reads every event file below `root`. Of what cannot be read it says so and goes on.
///
/// # Errors
/// When `root` itself cannot be listed.
pub(crate) fn read_log_runs(root: &Path) -> Result<LogRuns, FindRunsError> {
    let found = find_runs(root)?;
    let mut read = LogRuns::default();
    for problem in found.problems {
        let problem = anyhow::Error::from(problem);
        read.problems.push(format!("{problem:#}"));
    }
    for files in found.runs {
        read.add_folder(root, &files);
    }
    Ok(read)
}

impl LogRuns {
    fn add_folder(&mut self, root: &Path, files: &RunFiles) {
        let below = files.folder.strip_prefix(root).unwrap_or(&files.folder);
        let names = below.iter().map(|name| name.to_string_lossy().into_owned());
        let folder: Vec<String> = names.collect();
        // Files of the training that is being put together, and what they hold.
        let mut takes: Vec<(Vec<&PathBuf>, Run)> = Vec::new();
        for file in &files.files {
            let (run, reports) = read_run(&[file]);
            reports.iter().for_each(|report| self.add_report(report));
            match takes.last_mut() {
                Some((of_take, before)) if goes_on(before, &run) => {
                    of_take.push(file);
                    *before = read_run(of_take).0;
                    // TensorBoard takes the first for good; here the last try counts.
                    before.session_start = run.session_start.or(before.session_start.take());
                    before.session_end = run.session_end.or(before.session_end.take());
                }
                _ => takes.push((vec![file], run)),
            }
        }
        let runs = takes.into_iter().map(|(_, run)| log_run(&folder, run));
        self.runs.extend(runs);
    }

    fn add_report(&mut self, report: &FileReport) {
        self.files += 1;
        self.events += report.events;
        if let FileEnd::Truncated { .. } = report.end {
            self.growing.push(report.path.clone());
        }
        let Some(first) = report.problems.listed.first() else {
            return;
        };
        let (path, count) = (report.path.display(), report.problems.count());
        let first = with_causes(first);
        self.problems.push(match count {
            1 => format!("`{path}`: {first}"),
            _ => format!("`{path}`: {first} ({count} such problems in all)"),
        });
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

/// Whether a file goes on with the training of the files before: it says so itself, or its steps come after theirs.
/// Steps that were there before are another training's.
fn goes_on(before: &Run, next: &Run) -> bool {
    if next.starts {
        return true;
    }
    let two_sessions = before.session_start.is_some() && next.session_start.is_some();
    let comes_after = next.scalars.iter().all(|(tag, series)| {
        let last = before
            .scalars
            .get(tag)
            .and_then(|series| series.last_key_value());
        let first = series.first_key_value();
        last.zip(first)
            .is_none_or(|((last, _), (first, _))| first > last)
    });
    !two_sessions && comes_after
}

fn log_run(folder: &[String], run: Run) -> LogRun {
    let part = folder.last().and_then(|name| series::part(name));
    // Of several tags of a kind the one with the fewest words says the least beside it.
    let mut chosen: BTreeMap<SeriesKind, (usize, &String)> = BTreeMap::new();
    for tag in run.scalars.keys() {
        if let Some(kind) = series::kind(tag, part) {
            let candidate = (series::words(tag).len(), tag);
            let best = chosen.entry(kind).or_insert(candidate);
            *best = candidate.min(*best);
        }
    }
    let series = chosen.iter().map(|(kind, (_, tag))| {
        let points = run.scalars[*tag].iter();
        (
            *kind,
            points.map(|(step, point)| (*step, point.value)).collect(),
        )
    });
    let last = run.scalars.iter().filter_map(|(tag, series)| {
        let (step, point) = series.last_key_value()?;
        Some((tag.clone(), (*step, point.value)))
    });
    LogRun {
        folder: folder.to_vec(),
        series: series.collect(),
        last: last.collect(),
        metrics: run.experiment.map(|it| it.metrics).unwrap_or_default(),
        session: run.session_start,
        end: run.session_end,
        model: run.keras_model.as_deref().and_then(KerasModel::read),
        times: run.first_wall_time.zip(run.last_wall_time),
    }
}
