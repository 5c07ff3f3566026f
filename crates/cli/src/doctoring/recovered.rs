//! What a folder says of its trial, as the database records it. Pure.

use fitroom_domain::{AttemptState, RecordedFigures, RecordedTrial, TrialState, Usage};
use fitroom_store::{AttemptRecord, SweepIdentity, SweepRun, TrialFile, TrialRecord, Wish};

use super::complete::Complete;
use super::folder_state::{FolderState, Part};
use crate::run_folder::{RESULT, TrialDescription, WEIGHTS};

/// Who made the attempts of which only files are left.
const OWNER: &str = "recovered";

/// To whom a trial belongs.
#[derive(Debug, Clone)]
pub(crate) struct Belonging {
    /// The sweep that trained it.
    pub(crate) sweep: SweepIdentity,
    /// The sweeps that want it.
    pub(crate) wishes: Vec<Wish>,
    /// The run of a sweep that its last attempt was made for, if that is known.
    pub(crate) run: Option<(SweepIdentity, SweepRun)>,
}

/// What a trial is, without its end.
fn planned(
    folder: &FolderState,
    description: &TrialDescription,
    belonging: &Belonging,
) -> TrialRecord {
    let trial = &description.trial;
    let remarks = match &folder.remarks {
        Part::There(remarks) => remarks.clone(),
        Part::Missing | Part::Damaged(_) => Default::default(),
    };
    TrialRecord {
        trial: RecordedTrial::Ours(trial.clone()),
        fingerprint: trial.dataset.fingerprint.clone(),
        definition: belonging.sweep.definition.clone(),
        state: TrialState::Planned,
        sweep: Some(belonging.sweep.clone()),
        folder: Some(folder.folder.clone()),
        figures: None,
        weights_kept: false,
        wishes: belonging.wishes.clone(),
        attempts: Vec::new(),
        files: Vec::new(),
        epochs: Vec::new(),
        tags: remarks.tags,
        note: remarks.note,
        is_pinned: false,
    }
}

/// A trial that its sweep trains on: from its checkpoint, if it has one, which was written at this time.
pub(crate) fn waiting(
    folder: &FolderState,
    description: &TrialDescription,
    belonging: &Belonging,
    written_at: &str,
) -> TrialRecord {
    let attempt = folder.latest_checkpoint().map(|number| AttemptRecord {
        number,
        owner: OWNER.to_owned(),
        state: AttemptState::Lost,
        error: None,
        warning: None,
        numerics: String::new(),
        started_at: written_at.to_owned(),
        ended_at: Some(written_at.to_owned()),
        usage: Usage::default(),
        run: belonging.run.clone(),
    });
    TrialRecord {
        attempts: attempt.into_iter().collect(),
        ..planned(folder, description, belonging)
    }
}

/// A trial that has ended, of which the database knows nothing.
pub(crate) fn ended(complete: &Complete<'_>, belonging: &Belonging) -> TrialRecord {
    let known = planned(complete.folder, complete.description, belonging);
    concluded(&known, complete, belonging.run.clone())
}

/// A trial that the database knows, with the end that its folder tells of.
pub(crate) fn concluded(
    known: &TrialRecord,
    complete: &Complete<'_>,
    run: Option<(SweepIdentity, SweepRun)>,
) -> TrialRecord {
    let result = complete.result;
    let state = match result.state {
        TrialState::Diverged => AttemptState::Diverged,
        _ => AttemptState::Finished,
    };
    let mut record = known.clone();
    close_attempts(&mut record, &result.ended_at);
    let earlier = (record.attempts.iter()).position(|it| it.number == result.attempt);
    let earlier = earlier.map(|place| record.attempts.remove(place));
    record.attempts.push(AttemptRecord {
        number: result.attempt,
        owner: (earlier.as_ref()).map_or_else(|| OWNER.to_owned(), |it| it.owner.clone()),
        state,
        error: result.reason.clone(),
        warning: earlier.as_ref().and_then(|it| it.warning.clone()),
        numerics: result.numerics.clone(),
        started_at: result.started_at.clone(),
        ended_at: Some(result.ended_at.clone()),
        usage: result.usage,
        run: earlier.and_then(|it| it.run).or(run),
    });
    record.attempts.sort_by_key(|it| it.number);
    record.state = result.state;
    record.figures = result.figures.map(RecordedFigures::from);
    record.epochs = complete.epochs.to_vec();
    record.folder = Some(complete.folder.folder.clone());
    if record.sweep.is_none() {
        record.sweep = record.wishes.first().map(|wish| wish.sweep.clone());
    }
    record.files = files(complete);
    record.weights_kept = record.files.iter().any(|file| file.name == WEIGHTS);
    record
}

/// Those files of a trial that are there and as its `result.toml` says, and that itself.
fn files(complete: &Complete<'_>) -> Vec<TrialFile> {
    let folder = complete.folder;
    let listed = complete.result.files.iter();
    let right = listed.filter(|it| folder.damage(&it.name, it.bytes, &it.blake3).is_none());
    let mut files: Vec<TrialFile> = right
        .map(|it| TrialFile {
            name: it.name.clone(),
            bytes: it.bytes,
            blake3: it.blake3.clone(),
        })
        .collect();
    let result = folder.files.get(RESULT);
    files.extend(result.and_then(|it| {
        Some(TrialFile {
            name: RESULT.to_owned(),
            bytes: it.bytes,
            blake3: it.blake3.clone()?,
        })
    }));
    files.sort_by(|one, other| one.name.cmp(&other.name));
    files
}

/// Ends the attempts of processes that have died.
pub(crate) fn close_attempts(record: &mut TrialRecord, ended_at: &str) {
    for attempt in &mut record.attempts {
        if attempt.state == AttemptState::Running {
            attempt.state = AttemptState::Lost;
            attempt.ended_at = Some(ended_at.to_owned());
        }
    }
}
