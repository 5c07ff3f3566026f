//! Folders with event files, and what is needed of each training that they hold.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use fitroom_tensorboard::{
    FileEnd, FileReport, FindRunsError, LoggedEnd, LoggedMetric, LoggedStart, Run, RunFiles,
    find_runs, read_run,
};

use super::keras_model::KerasModel;
use super::percent::scale_percent;
use super::series::{self, Part, SeriesKind};
use crate::sweeping::SUMMARY;

/// A training as one folder has it. A folder may hold several, one after the other.
#[derive(Debug, Default)]
pub(crate) struct LogRun {
    /// The names of the folders from the root to its own.
    pub(crate) folder: Vec<String>,
    /// The part of a trial that its folder holds, if it holds no whole one.
    pub(crate) part: Option<Part>,
    /// Which of the trainings in its folder it is, from 0.
    pub(crate) take: usize,
    /// The series that count.
    pub(crate) series: BTreeMap<SeriesKind, Series>,
    /// Every tag's last value.
    pub(crate) last: BTreeMap<String, Last>,
    /// What our own logs say of a trial from its start on, by name.
    pub(crate) summary: BTreeMap<String, String>,
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
    /// The seconds that its files span together, where it went on in several; pauses between them do not count.
    pub(crate) seconds_of_files: Option<f64>,
}

/// The values of a tag.
#[derive(Debug, Default)]
pub(crate) struct Series {
    pub(crate) tag: String,
    /// Steps, rising, and values.
    pub(crate) points: Vec<(i64, f64)>,
}

/// The end of a tag's values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Last {
    pub(crate) step: i64,
    pub(crate) value: f64,
    /// The highest of all.
    pub(crate) highest: f64,
    /// How many there are.
    pub(crate) count: usize,
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
    /// Tags whose values are in percent, with the runs that have none above 1.
    pub(crate) percent: BTreeMap<String, Vec<String>>,
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
    read.percent = scale_percent(&mut read.runs);
    Ok(read)
}

/// Files of one training in one folder.
struct Take<'a> {
    files: Vec<&'a PathBuf>,
    /// What the first file holds; of several it is read again with the others.
    first: Run,
    /// The last step of each tag.
    last_steps: BTreeMap<String, i64>,
    /// TensorBoard takes the first session for good; here that of the last try counts.
    session: Option<LoggedStart>,
    end: Option<LoggedEnd>,
    /// The seconds that the files span, one by one.
    seconds: f64,
}

impl LogRuns {
    fn add_folder(&mut self, root: &Path, files: &RunFiles) {
        let below = files.folder.strip_prefix(root).unwrap_or(&files.folder);
        let folder: Vec<String> = below.iter().map(shown).collect();
        let mut takes: Vec<Take<'_>> = Vec::new();
        for file in &files.files {
            let (mut run, reports) = read_run(&[file]);
            reports
                .into_iter()
                .for_each(|report| self.add_report(report));
            let last_steps = run.scalars.iter().filter_map(|(tag, series)| {
                let (step, _) = series.last_key_value()?;
                Some((tag.clone(), *step))
            });
            let last_steps: Vec<_> = last_steps.collect();
            let span = run.first_wall_time.zip(run.last_wall_time);
            let seconds = span.map_or(0.0, |(first, last)| last - first);
            match takes.last_mut() {
                Some(take) if take.goes_on_with(&run) => {
                    take.files.push(file);
                    take.last_steps.extend(last_steps);
                    take.session = run.session_start.or(take.session.take());
                    take.end = run.session_end.or(take.end.take());
                    take.seconds += seconds;
                }
                _ => takes.push(Take {
                    files: vec![file],
                    session: run.session_start.take(),
                    end: run.session_end.take(),
                    first: run,
                    last_steps: last_steps.into_iter().collect(),
                    seconds,
                }),
            }
        }
        for (number, take) in takes.into_iter().enumerate() {
            let run = match take.files.len() {
                1 => take.first,
                _ => read_run(&take.files).0,
            };
            self.runs.push(LogRun {
                take: number,
                session: take.session,
                end: take.end,
                seconds_of_files: (take.files.len() > 1).then_some(take.seconds),
                ..log_run(&folder, run)
            });
        }
    }

    fn add_report(&mut self, report: FileReport) {
        self.files += 1;
        self.events += report.events;
        if let FileEnd::Truncated { .. } = report.end {
            self.growing.push(report.path.clone());
        }
        let count = report.problems.count();
        let Some(first) = report.problems.listed.into_iter().next() else {
            return;
        };
        let (path, first) = (report.path.display(), anyhow::Error::from(first));
        self.problems.push(match count {
            1 => format!("`{path}`: {first:#}"),
            _ => format!("`{path}`: {first:#} ({count} such problems in all)"),
        });
    }
}

impl Take<'_> {
    /// Whether a file goes on with this training: it says so itself, or its steps come after those before. Steps
    /// that were there before are another training's.
    fn goes_on_with(&self, next: &Run) -> bool {
        if next.starts {
            return true;
        }
        let two_sessions = self.session.is_some() && next.session_start.is_some();
        let comes_after = next.scalars.iter().all(|(tag, series)| {
            let first = series.first_key_value();
            let last = self.last_steps.get(tag);
            first
                .zip(last)
                .is_none_or(|((first, _), last)| first > last)
        });
        !two_sessions && comes_after
    }
}

/// A folder's name as it can be printed.
fn shown(name: &OsStr) -> String {
    let name = name.to_string_lossy();
    name.replace(char::is_control, "\u{fffd}")
}

fn log_run(folder: &[String], run: Run) -> LogRun {
    let part = folder.last().and_then(|name| series::part(name));
    let part = part.filter(|part| {
        !run.scalars
            .keys()
            .any(|tag| series::contradicts(tag, *part))
    });
    // Of several tags of a kind the one with the fewest words says the least beside it.
    let mut chosen: BTreeMap<SeriesKind, (usize, &String)> = BTreeMap::new();
    for tag in run.scalars.keys() {
        if let Some(kind) = series::kind(tag, part) {
            let words = series::words(tag);
            let meaning = words
                .iter()
                .filter(|word| !["total", "epoch"].contains(&word.as_str()));
            let candidate = (meaning.count(), tag);
            let best = chosen.entry(kind).or_insert(candidate);
            *best = candidate.min(*best);
        }
    }
    let series = chosen.iter().map(|(kind, (_, tag))| {
        let points = run.scalars[*tag].iter();
        let series = Series {
            tag: (*tag).clone(),
            points: points.map(|(step, point)| (*step, point.value)).collect(),
        };
        (*kind, series)
    });
    let last = run.scalars.iter().filter_map(|(tag, series)| {
        let (step, point) = series.last_key_value()?;
        let values = series.values().map(|point| point.value);
        let last = Last {
            step: *step,
            value: point.value,
            highest: values.fold(f64::NEG_INFINITY, f64::max),
            count: series.len(),
        };
        Some((tag.clone(), last))
    });
    LogRun {
        folder: folder.to_vec(),
        part,
        series: series.collect(),
        last: last.collect(),
        metrics: run.experiment.map(|it| it.metrics).unwrap_or_default(),
        model: run.keras_model.as_deref().and_then(KerasModel::read),
        times: run.first_wall_time.zip(run.last_wall_time),
        summary: summary(&run.texts),
        ..LogRun::default()
    }
}

/// The rows of the table that our own logs have under `trial`, by name.
fn summary(
    texts: &BTreeMap<String, fitroom_tensorboard::Series<Vec<String>>>,
) -> BTreeMap<String, String> {
    let text = texts.get(SUMMARY).and_then(|series| series.values().next());
    let lines = text
        .iter()
        .flat_map(|point| &point.value)
        .flat_map(|text| text.lines());
    let row = |line: &str| {
        let cells = line.strip_prefix("| ")?.strip_suffix(" |")?;
        let (name, value) = cells.split_once(" | ")?;
        Some((name.to_owned(), value.to_owned()))
    };
    lines.filter_map(row).collect()
}
