//! A trial as `runs show --json` prints it.

use std::collections::BTreeMap;

use fitroom_domain::statistics::{Interval, wilson};
use fitroom_domain::{Chosen, EpochMetrics, GitState, Machine, Versions};
use fitroom_store::{AttemptRecord, Evaluation, TrialFile, Wish};
use serde::Serialize;
use serde_json::Value;

use super::facts::{CONFIDENCE, TrialFacts};
use super::numbers::seconds_between;
use crate::commands::trial_json::TrialJson;

/// The object of `runs show --json`: that of `runs list --json`, and below it all else by subject. What is unknown is
/// null.
#[derive(Serialize)]
pub(crate) struct ShownTrialJson<'a> {
    #[serde(flatten)]
    trial: TrialJson<'a>,
    /// The sweeps that want it.
    wanted_by: Vec<WishJson<'a>>,
    /// What its task asks.
    definition: Value,
    /// Settings that are no hyperparameters.
    train: BTreeMap<String, Value>,
    /// What was measured of it on validation photographs.
    figures: Option<FiguresJson>,
    /// Its place among the finished trials of its task.
    leaderboard: Option<StandingJson>,
    /// By what it was chosen (`accuracy`, `cheapest`, `pinned`), if it is the model of its task.
    model: Option<Chosen>,
    /// What people said of it.
    remarks: RemarksJson<'a>,
    /// Every attempt at it, the first first.
    history: Vec<AttemptJson<'a>>,
    /// How its last attempt came about.
    provenance: Option<ProvenanceJson<'a>>,
    /// Its folder and what lies there.
    files: FilesJson<'a>,
    /// When its model was shown test photographs, the first time first.
    evaluations: Vec<EvaluationJson<'a>>,
    /// Every epoch.
    curve: &'a [EpochMetrics],
}

#[derive(Serialize)]
struct WishJson<'a> {
    sweep: &'a str,
    /// What the sweep calls its dataset.
    dataset: &'a str,
    /// The epoch after which the sweep gave it up, if it did.
    pruned_after: Option<u32>,
}

#[derive(Serialize)]
struct FiguresJson {
    accuracy: f64,
    /// Wilson's, with 95 % confidence.
    accuracy_interval: Option<Interval>,
    /// On how many photographs that was measured, without mirrored copies.
    validation_photographs: Option<u64>,
    loss: Option<f64>,
    best_epoch: Option<u32>,
    epochs: Option<u32>,
    parameters: Option<u64>,
    multiply_adds: Option<u64>,
    seconds: Option<f64>,
}

#[derive(Serialize)]
struct StandingJson {
    /// Counted from 1.
    place: u64,
    /// Finished trials of the task.
    of: u64,
}

#[derive(Serialize)]
struct RemarksJson<'a> {
    tags: &'a [String],
    note: Option<&'a str>,
}

#[derive(Serialize)]
struct AttemptJson<'a> {
    /// Counted from 1.
    number: u32,
    state: &'static str,
    started_at: &'a str,
    ended_at: Option<&'a str>,
    wall_seconds: Option<f64>,
    cpu_seconds: Option<f64>,
    /// The most memory that the whole process held.
    peak_memory_bytes: Option<u64>,
    numerics: Option<&'a str>,
    error: Option<&'a str>,
    warning: Option<&'a str>,
}

#[derive(Serialize)]
struct ProvenanceJson<'a> {
    /// The sweep that the attempt was made for.
    sweep: &'a str,
    /// Which plan of the sweep, counted from 1.
    plan: i64,
    /// When the sweep was run.
    run_at: &'a str,
    /// The sweep file.
    text: &'a str,
    /// What the command line changed in it.
    overrides: &'a [String],
    numerics: Option<&'a str>,
    command_line: Option<&'a [String]>,
    working_folder: Option<&'a str>,
    git: Option<&'a GitState>,
    versions: Option<&'a Versions>,
    machine: Option<&'a Machine>,
}

#[derive(Serialize)]
struct FilesJson<'a> {
    /// Relative to the runs folder.
    folder: Option<&'a str>,
    weights_kept: bool,
    list: Vec<FileJson<'a>>,
}

#[derive(Serialize)]
struct FileJson<'a> {
    name: &'a str,
    bytes: u64,
    blake3: &'a str,
    /// Whether it lies in the folder.
    present: bool,
}

#[derive(Serialize)]
struct EvaluationJson<'a> {
    evaluated_at: &'a str,
    /// The task's test photographs, without mirrored copies.
    photographs: u64,
    accuracy: f64,
    /// Wilson's, with 95 % confidence.
    accuracy_interval: Interval,
}

impl<'a> ShownTrialJson<'a> {
    /// A trial.
    ///
    /// # Errors
    /// When the database has a definition that is no JSON.
    pub(crate) fn new(facts: &'a TrialFacts) -> anyhow::Result<ShownTrialJson<'a>> {
        let (row, record) = (&facts.row, &facts.record);
        Ok(ShownTrialJson {
            trial: TrialJson::new(row),
            wanted_by: record.wishes.iter().map(wish).collect(),
            definition: serde_json::from_str(&row.definition)?,
            train: (facts.train_settings().into_iter())
                .map(|(name, value)| (name, value.json(true)))
                .collect(),
            figures: figures(facts),
            leaderboard: facts.standing.map(|standing| StandingJson {
                place: standing.place,
                of: standing.of,
            }),
            model: facts.model,
            remarks: RemarksJson {
                tags: &record.tags,
                note: record.note.as_deref(),
            },
            history: record.attempts.iter().map(attempt).collect(),
            provenance: provenance(facts),
            files: FilesJson {
                folder: record.folder.as_deref(),
                weights_kept: record.weights_kept,
                list: (record.files.iter())
                    .map(|it| file(it, facts.missing_files.contains(&it.name)))
                    .collect(),
            },
            evaluations: facts.evaluations.iter().map(evaluation).collect(),
            curve: &record.epochs,
        })
    }
}

fn wish(wish: &Wish) -> WishJson<'_> {
    WishJson {
        sweep: &wish.sweep.name,
        dataset: &wish.dataset,
        pruned_after: wish.pruned_at_epoch,
    }
}

fn figures(facts: &TrialFacts) -> Option<FiguresJson> {
    let figures = facts.row.figures?;
    Some(FiguresJson {
        accuracy: figures.accuracy,
        accuracy_interval: facts.accuracy_interval(),
        validation_photographs: facts.validation_photographs(),
        loss: figures.loss,
        best_epoch: figures.best_epoch,
        epochs: figures.epochs,
        parameters: figures.parameters,
        multiply_adds: figures.multiply_adds,
        seconds: figures.seconds,
    })
}

fn known(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn attempt(attempt: &AttemptRecord) -> AttemptJson<'_> {
    let ended_at = attempt.ended_at.as_deref();
    AttemptJson {
        number: attempt.number,
        state: attempt.state.as_str(),
        started_at: &attempt.started_at,
        ended_at,
        wall_seconds: ended_at.and_then(|ended| seconds_between(&attempt.started_at, ended)),
        cpu_seconds: attempt.usage.cpu_seconds,
        peak_memory_bytes: attempt.usage.peak_memory_bytes,
        numerics: known(&attempt.numerics),
        error: attempt.error.as_deref(),
        warning: attempt.warning.as_deref(),
    }
}

fn provenance(facts: &TrialFacts) -> Option<ProvenanceJson<'_>> {
    let (sweep, run) = facts.last_run()?;
    let provenance = run.provenance.as_ref();
    Some(ProvenanceJson {
        sweep: &sweep.name,
        plan: run.plan,
        run_at: &run.run_at,
        text: &run.text,
        overrides: &run.overrides,
        numerics: facts.last_attempt().and_then(|it| known(&it.numerics)),
        command_line: provenance.map(|it| &it.command_line[..]),
        working_folder: provenance.map(|it| &it.working_folder[..]),
        git: provenance.and_then(|it| it.git.as_ref()),
        versions: provenance.map(|it| &it.versions),
        machine: provenance.map(|it| &it.machine),
    })
}

fn file(file: &TrialFile, is_missing: bool) -> FileJson<'_> {
    FileJson {
        name: &file.name,
        bytes: file.bytes,
        blake3: &file.blake3,
        present: !is_missing,
    }
}

fn evaluation(it: &Evaluation) -> EvaluationJson<'_> {
    EvaluationJson {
        evaluated_at: &it.evaluated_at,
        photographs: it.photographs,
        accuracy: it.accuracy,
        accuracy_interval: wilson(it.accuracy, it.photographs, CONFIDENCE),
    }
}
