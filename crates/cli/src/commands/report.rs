//! `fitroom report`: leaderboards as HTML, one page for each sweep and an index.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, anyhow};
use fitroom_data::{Predictions, read_predictions};
use fitroom_domain::{
    ConfusionMatrix, DatasetKey, EpochMetrics, Fingerprint, TrialState, highest_logit, leaderboard,
};
use fitroom_report::{
    BestTrial, IndexDataset, IndexReport, IndexSweep, IndexTask, SweepReport, SweepSource,
    TrialRow as ReportRow, index_page, sweep_page,
};
use fitroom_store::{SweepOrigin, SweepRecord, TrialRow};

use super::best::best_of_each;
use crate::arguments::Places;
use crate::database::Database;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::sweeping::PREDICTIONS;

/// Bytes of a page's or folder's name; file systems take 255, and numbers may follow.
const LONGEST_NAME: usize = 180;

pub(crate) fn run(places: &Places) -> Result<Exit, Failure> {
    let Some(database) = Database::open_existing(&places.runs)? else {
        output::message(&format!(
            "nothing to report: no trials in `{}` yet",
            places.runs.display()
        ));
        return Ok(Exit::Well);
    };
    let generated_at = output::minute();
    let sweeps = database.wait(database.store().sweeps())?;
    let paths = page_paths(&sweeps);
    let mut wanted = Vec::new();
    let mut exit = Exit::Well;
    for (sweep, path) in sweeps.iter().zip(&paths) {
        let trials = database.wait(database.store().wanted_trials(sweep.key))?;
        let mut curves = database.wait(database.store().curves(sweep.key))?;
        let rows = trials
            .iter()
            .map(|row| report_row(row, sweep, curves.remove(&row.key).unwrap_or_default()))
            .collect();
        let numerics: BTreeSet<String> = trials
            .iter()
            .filter_map(|row| row.numerics.clone())
            .collect();
        // A page without its confusion matrix is better than no page.
        let best = best_trial(places, sweep, &trials).unwrap_or_else(|error| {
            output::message(&format!(
                "warning: no confusion matrix for {}: {error:#}",
                sweep.name
            ));
            exit = Exit::PartFailed;
            None
        });
        let report = SweepReport {
            dataset: key(sweep),
            sweep: sweep.name.clone(),
            source: source(sweep),
            overrides: sweep.overrides.clone(),
            generated_at: generated_at.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            numerics: numerics.into_iter().collect(),
            best,
            trials: rows,
        };
        write_page(&places.reports.join(path), &sweep_page(&report)?)?;
        wanted.push(trials);
    }
    let index = IndexReport {
        generated_at,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        datasets: index_datasets(&sweeps, &paths, &wanted),
    };
    let index_path = places.reports.join("index.html");
    write_page(&index_path, &index_page(&index))?;
    output::message(&format!("report: {}", index_path.display()));
    for path in &paths {
        output::message(&format!("        {}", places.reports.join(path).display()));
    }
    Ok(exit)
}

fn source(sweep: &SweepRecord) -> SweepSource {
    match &sweep.origin {
        SweepOrigin::Ours { task, summary } => SweepSource::Ours {
            task: task.clone(),
            summary: summary.clone(),
        },
        SweepOrigin::Imported { from } => SweepSource::Imported { from: from.clone() },
    }
}

fn key(sweep: &SweepRecord) -> DatasetKey {
    DatasetKey {
        name: sweep.dataset.clone(),
        fingerprint: sweep.fingerprint.clone(),
    }
}

/// The page of each sweep, relative to the reports folder. Sweeps come the one that ran last first: it
/// gets the plain name, an older one on other photographs or with another task definition one with its
/// fingerprint or number.
fn page_paths(sweeps: &[SweepRecord]) -> Vec<String> {
    // A dataset's check has a page of its own.
    let mut taken: BTreeSet<String> = sweeps
        .iter()
        .map(|sweep| format!("{}/check", in_path(&sweep.dataset)))
        .collect();
    let mut paths = Vec::with_capacity(sweeps.len());
    for sweep in sweeps {
        let plain = format!("{}/{}", in_path(&sweep.dataset), in_path(&sweep.name));
        let other = format!("{plain}-{}", sweep.fingerprint.short());
        let numbered = format!("{other}-{}", sweep.key);
        let path = [plain, other, numbered]
            .into_iter()
            .find(|path| taken.insert(path.clone()));
        paths.push(format!("{}.html", path.unwrap_or_default()));
    }
    paths
}

/// A name as part of a path. Ours are plain; those of imported sweeps are names of any folders, and may be too long.
fn in_path(name: &str) -> String {
    let plain = |character: char| match character {
        _ if character.is_alphanumeric() => character,
        '_' | '-' | '.' | ' ' | '(' | ')' => character,
        _ => '_',
    };
    let path: String = name.chars().map(plain).collect();
    let path = match path.strip_prefix('.') {
        Some(rest) => format!("_{rest}"),
        None => path,
    };
    match path.len() {
        0 => "_".to_owned(),
        1..=LONGEST_NAME => path,
        _ => {
            let start: String = path.chars().take(LONGEST_NAME / 4).collect();
            format!("{start}-{}", &blake3::hash(name.as_bytes()).to_hex()[..16])
        }
    }
}

fn report_row(row: &TrialRow, sweep: &SweepRecord, curve: Vec<EpochMetrics>) -> ReportRow {
    ReportRow {
        id: row.id.clone(),
        name: row.name.clone(),
        state: row.state,
        trial: row.trial.clone(),
        figures: row.figures,
        curve,
        error: row.error.clone(),
        warning: row.warning.clone(),
        attempts: match row.state {
            // What was stopped and went on was no trouble.
            TrialState::Finished => row.attempts - row.interruptions,
            TrialState::Planned if row.is_pruned() => 1.max(row.attempts - row.interruptions),
            _ => row.attempts,
        },
        pruned_after: row.pruned_after,
        reused_from: (row.sweep != sweep.name).then(|| row.sweep.clone()),
        weights_kept: row.weights_kept,
    }
}

/// The confusion matrix of the best trial, from the predictions that training stored.
fn best_trial(
    places: &Places,
    sweep: &SweepRecord,
    trials: &[TrialRow],
) -> anyhow::Result<Option<BestTrial>> {
    let Some(summary) = sweep.summary() else {
        return Ok(None);
    };
    let finished = trials
        .iter()
        .filter_map(|row| Some((row, row.figures?, row.folder.as_ref()?)));
    let best = finished.min_by(|a, b| leaderboard::order((&a.0.id, &a.1), (&b.0.id, &b.1)));
    let Some((row, _, folder)) = best else {
        return Ok(None);
    };
    let path = places.runs.join(folder).join(PREDICTIONS);
    let predictions = read_predictions(&path)?;
    let confusion = confusion(&predictions, summary.classes.len())
        .with_context(|| format!("`{}` does not fit its task", path.display()))?;
    Ok(Some(BestTrial {
        id: row.id.clone(),
        confusion,
    }))
}

fn confusion(predictions: &Predictions, classes: usize) -> anyhow::Result<ConfusionMatrix> {
    let found = predictions.logits.ncols();
    if found != classes {
        return Err(anyhow!(
            "it has logits for {found} classes, expected {classes}"
        ));
    }
    let pairs = predictions
        .rows
        .iter()
        .zip(predictions.logits.rows())
        .map(|(row, logits)| {
            (
                usize::from(row.class),
                highest_logit(logits.iter().copied()),
            )
        });
    Ok(ConfusionMatrix::new(classes, pairs)?)
}

/// The index: by dataset and task, with the best trial of each.
fn index_datasets(
    sweeps: &[SweepRecord],
    paths: &[String],
    wanted: &[Vec<TrialRow>],
) -> Vec<IndexDataset> {
    let mut datasets: BTreeMap<(&String, &Fingerprint), IndexDataset> = BTreeMap::new();
    let mut done = BTreeSet::new();
    for sweep in sweeps {
        let same = |other: &SweepRecord| {
            other.fingerprint == sweep.fingerprint && other.definition == sweep.definition
        };
        if !done.insert(sweeps.iter().position(same)) {
            continue;
        }
        let mut trials: BTreeMap<i64, TrialRow> = BTreeMap::new();
        let mut index_sweeps = Vec::new();
        for ((other, path), rows) in sweeps.iter().zip(paths).zip(wanted) {
            if same(other) {
                let finished = rows
                    .iter()
                    .filter(|row| row.state == TrialState::Finished)
                    .count();
                index_sweeps.push(IndexSweep {
                    name: other.name.clone(),
                    path: path.clone(),
                    finished,
                    pruned: rows.iter().filter(|row| row.is_pruned()).count(),
                    total: rows.len(),
                });
                trials.extend(rows.iter().map(|row| (row.key, row.clone())));
            }
        }
        let finished = trials
            .values()
            .filter(|row| row.state == TrialState::Finished)
            .count();
        let best = best_of_each(trials.into_values().collect())
            .into_iter()
            .next();
        datasets
            .entry((&sweep.dataset, &sweep.fingerprint))
            .or_insert_with(|| IndexDataset {
                name: sweep.dataset.clone(),
                fingerprint: sweep.summary().map(|_| sweep.fingerprint.clone()),
                tasks: Vec::new(),
            })
            .tasks
            .push(IndexTask {
                task: sweep.task.clone(),
                validated: source(sweep).validated(),
                leak_warning: sweep.summary().and_then(|summary| summary.leak_warning()),
                best: best.map(|row| report_row(&row, sweep, Vec::new())),
                finished,
                sweeps: index_sweeps,
            });
    }
    datasets.into_values().collect()
}

/// Writes a page at once: a browser never sees half of one. Behind a link, what it points to is replaced.
pub(super) fn write_page(path: &Path, page: &str) -> anyhow::Result<()> {
    let write = || -> io::Result<()> {
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if fs::metadata(&place).is_ok_and(|there| !there.is_file()) {
            return Err(io::Error::other("it is no ordinary file"));
        }
        let folder = match place.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        fs::create_dir_all(folder)?;
        let mut unfinished = tempfile::Builder::new()
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)?;
        unfinished.write_all(page.as_bytes())?;
        unfinished.persist(&place)?;
        Ok(())
    };
    write().with_context(|| format!("failed to write `{}`", path.display()))
}
