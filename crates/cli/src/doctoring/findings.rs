//! What can be wrong in a runs folder, in words.

use fitroom_domain::TrialState;

use super::folder_state::Damage;
use crate::run_folder::{PREDICTIONS, WEIGHTS};

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Finding {
    /// The file or folder, relative to the runs folder.
    pub(crate) place: String,
    /// What is wrong with it.
    pub(crate) wrong: Wrong,
    /// What became of it.
    pub(crate) outcome: Outcome,
}

impl Finding {
    /// Something that nobody has mended yet.
    pub(crate) fn new(place: impl Into<String>, wrong: Wrong) -> Finding {
        Finding {
            place: place.into(),
            wrong,
            outcome: Outcome::Found,
        }
    }
}

/// What became of what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nobody asked to mend it.
    Found,
    /// It is mended.
    Mended,
    /// It could not be, and why.
    NotMended(String),
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wrong {
    /// There are trials, and no database.
    DatabaseMissing,
    /// The database cannot be trusted; what SQLite says.
    DatabaseMalformed(Vec<String>),
    /// Indexes of the database do not fit its tables; what SQLite says.
    IndexesDamaged(Vec<String>),
    /// Rows of a table refer to others that are not there.
    Orphans { table: String, rows: u64 },
    /// A trial is complete in its folder, and the database does not know that.
    Unrecorded(TrialState),
    /// A trial that has ended has no folder.
    FolderMissing,
    /// What is recorded as a trial's folder is none below the runs folder; where it really lies, if it does.
    FolderMisnamed {
        recorded: String,
        to: Option<String>,
    },
    /// The folder of a trial lies elsewhere now.
    Moved { to: String },
    /// What a finished trial said about validation.
    PredictionsDamaged(Damage),
    /// The weights that are recorded as kept.
    WeightsLost(Damage),
    /// The right weights are there and not recorded.
    WeightsUnrecorded,
    /// Weights that are not the trial's.
    WeightsForeign,
    /// A file that follows from what the database has.
    Rewritable { file: &'static str, damage: Damage },
    /// A file that nothing else follows from, an event file for example.
    Changed { file: String, damage: Damage },
    /// The record of a file that is right, as `result.toml` says.
    FileMisrecorded { file: String },
    /// Tags and note in the folder are not those of the database.
    RemarksDiffer,
    /// What an attempt left that has ended.
    Leftovers(Vec<String>),
    /// The files of an end that never came: what is missing.
    Unfinished { files: Vec<String>, why: String },
    /// A trial is in training, and its process has died.
    WorkerDead,
    /// Figures or state that are not those of `result.toml`.
    ResultDiffers,
    /// Epochs that are not those of `metrics.csv`.
    EpochsDiffer,
    /// What determines the trial's result does not have its id.
    TrialDiffers,
    /// What is recorded of a trial cannot be read.
    RecordUnreadable(String),
    /// The folder of a trial that the database does not know, and why it is not complete.
    Incomplete(String),
    /// The folder of a trial is not complete, and why; another one is.
    Superseded { by: String, why: String },
    /// A trial's folder lies where removed trials do: somebody was killed in removing it.
    InTrash { place: String },
    /// A second folder of a trial.
    Copy { of: String },
    /// The lock of a process that has died.
    StaleLock,
    /// A file that somebody was killed in writing.
    HalfWritten,
    /// A sweep's file that cannot be read.
    SweepFileDamaged(String),
    /// A kept model that is not what it says.
    ModelDamaged(String),
    /// What keeping or evaluating a model left.
    ModelLeftover,
    /// What a kept model said about test photographs.
    EvaluationDamaged(String),
    /// A look at test photographs that is not recorded.
    LookUnrecorded,
    /// A file or folder that cannot be looked at.
    Unreadable(String),
}

impl Wrong {
    /// Its name for programs.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Wrong::DatabaseMissing => "database_missing",
            Wrong::DatabaseMalformed(_) => "database_malformed",
            Wrong::IndexesDamaged(_) => "indexes_damaged",
            Wrong::Orphans { .. } => "orphans",
            Wrong::Unrecorded(_) => "unrecorded",
            Wrong::FolderMissing => "folder_missing",
            Wrong::FolderMisnamed { .. } => "folder_misnamed",
            Wrong::Moved { .. } => "moved",
            Wrong::PredictionsDamaged(_) => "predictions_damaged",
            Wrong::WeightsLost(_) => "weights_lost",
            Wrong::WeightsUnrecorded => "weights_unrecorded",
            Wrong::WeightsForeign => "weights_foreign",
            Wrong::Rewritable { .. } => "file_damaged",
            Wrong::Changed { .. } => "file_changed",
            Wrong::FileMisrecorded { .. } => "file_record_wrong",
            Wrong::RemarksDiffer => "remarks_differ",
            Wrong::Leftovers(_) => "leftovers",
            Wrong::Unfinished { .. } => "unfinished",
            Wrong::WorkerDead => "worker_dead",
            Wrong::ResultDiffers => "result_differs",
            Wrong::EpochsDiffer => "epochs_differ",
            Wrong::TrialDiffers => "trial_differs",
            Wrong::RecordUnreadable(_) => "record_unreadable",
            Wrong::Incomplete(_) => "incomplete",
            Wrong::Superseded { .. } => "superseded",
            Wrong::InTrash { .. } => "in_trash",
            Wrong::Copy { .. } => "copy",
            Wrong::StaleLock => "stale_lock",
            Wrong::HalfWritten => "half_written",
            Wrong::SweepFileDamaged(_) => "sweep_file_damaged",
            Wrong::ModelDamaged(_) => "model_damaged",
            Wrong::ModelLeftover => "model_leftover",
            Wrong::EvaluationDamaged(_) => "evaluation_damaged",
            Wrong::LookUnrecorded => "look_unrecorded",
            Wrong::Unreadable(_) => "unreadable",
        }
    }

    /// What was found.
    pub(crate) fn found(&self) -> String {
        match self {
            Wrong::DatabaseMissing => "there are trials and no database".to_owned(),
            Wrong::DatabaseMalformed(problems) => {
                format!("the database is malformed: {}", problems.join("; "))
            }
            Wrong::IndexesDamaged(problems) => {
                format!(
                    "indexes of the database do not fit its tables: {}",
                    problems.join("; ")
                )
            }
            Wrong::Orphans { table, rows } => {
                format!("rows of `{table}` that refer to others that are not there: {rows}")
            }
            Wrong::Unrecorded(state) => {
                format!("it is {state} and complete, which the database does not know")
            }
            Wrong::FolderMissing => "the trial has ended and its folder is missing".to_owned(),
            Wrong::FolderMisnamed { recorded, .. } => {
                format!("the database names the folder `{recorded}`, expected dataset/sweep/trial")
            }
            Wrong::Moved { to } => format!("the trial's folder is missing, and lies in `{to}`"),
            Wrong::PredictionsDamaged(damage) => format!("`{PREDICTIONS}` {damage}"),
            Wrong::WeightsLost(damage) => format!("`{WEIGHTS}` {damage}"),
            Wrong::WeightsUnrecorded => {
                format!("the right `{WEIGHTS}` is there, and recorded as removed")
            }
            Wrong::WeightsForeign => {
                format!("`{WEIGHTS}` is there, and is not what the trial's training gave")
            }
            Wrong::Rewritable { file, damage } => format!("`{file}` {damage}"),
            Wrong::Changed { file, damage } => format!("`{file}` {damage}"),
            Wrong::FileMisrecorded { file } => {
                format!("`{file}` is as `result.toml` says, and the database has it otherwise")
            }
            Wrong::RemarksDiffer => {
                "`remarks.toml` has other tags or another note than the database".to_owned()
            }
            Wrong::Leftovers(files) => {
                format!("left by attempts that have ended: {}", list(files))
            }
            Wrong::Unfinished { files, why } => {
                format!("files of an end that never came ({why}): {}", list(files))
            }
            Wrong::WorkerDead => {
                "it is in training, and the process that trains it has died".to_owned()
            }
            Wrong::ResultDiffers => {
                "the database has other figures or another state than `result.toml`".to_owned()
            }
            Wrong::EpochsDiffer => "the database has other epochs than `metrics.csv`".to_owned(),
            Wrong::TrialDiffers => {
                "what the database has of its settings does not have its id".to_owned()
            }
            Wrong::RecordUnreadable(why) => format!("its record cannot be read: {why}"),
            Wrong::Incomplete(why) => {
                format!("the database does not know the trial, and it is not complete: {why}")
            }
            Wrong::Superseded { by, why } => {
                format!("it is not complete ({why}), and the same trial in `{by}` is")
            }
            Wrong::InTrash { place } => {
                format!("the trial's folder is missing, and lies in `{place}`")
            }
            Wrong::Copy { of } => format!("the same trial lies in `{of}`"),
            Wrong::StaleLock => "the lock of a process that has died".to_owned(),
            Wrong::HalfWritten => "a file that was never finished".to_owned(),
            Wrong::SweepFileDamaged(why) => why.clone(),
            Wrong::ModelDamaged(why) => format!("the kept model is damaged: {why}"),
            Wrong::ModelLeftover => "left by keeping or evaluating a model".to_owned(),
            Wrong::EvaluationDamaged(why) => {
                format!("what the model said about test photographs is damaged: {why}")
            }
            Wrong::LookUnrecorded => {
                "the database does not know that the model was shown the test photographs"
                    .to_owned()
            }
            Wrong::Unreadable(why) => why.clone(),
        }
    }

    /// What is done about it.
    pub(crate) fn remedy(&self) -> String {
        let text = match self {
            Wrong::DatabaseMissing => "made anew from the run folders",
            Wrong::DatabaseMalformed(_) => {
                "to the trash, and made anew from the run folders and what can be read of the old one"
            }
            Wrong::IndexesDamaged(_) => "built anew",
            Wrong::Orphans { .. } => "removed; they go to the trash as JSON",
            Wrong::Unrecorded(_) | Wrong::WeightsUnrecorded | Wrong::LookUnrecorded => "recorded",
            Wrong::FolderMissing => {
                "planned again: its sweep trains it again (its curve stays, its record goes to the trash)"
            }
            Wrong::PredictionsDamaged(_) => {
                "its files to the trash, and planned again: its sweep trains it again (its curve stays)"
            }
            Wrong::FolderMisnamed { to: Some(to), .. } => {
                return format!("its place is recorded, `{to}`");
            }
            Wrong::FolderMisnamed { to: None, .. } => {
                "the name is cleared; if it has ended, it is planned again (its record goes to the trash)"
            }
            Wrong::Moved { .. } => "its new place is recorded",
            Wrong::Superseded { .. } => {
                "to the trash, and the complete one is recorded in its place"
            }
            Wrong::InTrash { .. } => {
                "moved back (`fitroom runs remove` removes it, if that is what you want)"
            }
            Wrong::WeightsLost(_) => {
                "recorded as removed: its sweep brings them back, the same to the bit, if `keep` wants them"
            }
            Wrong::WeightsForeign | Wrong::Copy { .. } | Wrong::Unfinished { .. } => "to the trash",
            Wrong::Incomplete(_) | Wrong::ModelLeftover => "to the trash",
            Wrong::Rewritable { .. } => "written again from what the database has",
            Wrong::RemarksDiffer => {
                "those of the database are written, and the file is set aside; where it has none, those of the file count"
            }
            Wrong::Changed {
                damage: Damage::Missing,
                ..
            } => "taken off the trial's files",
            Wrong::Changed { .. } => "recorded as it is",
            Wrong::FileMisrecorded { .. } | Wrong::ResultDiffers | Wrong::EpochsDiffer => {
                "the database is corrected"
            }
            Wrong::TrialDiffers => "the database is corrected from `trial.toml`",
            Wrong::RecordUnreadable(_) => "recorded again from its folder, if that is complete",
            Wrong::Leftovers(_) | Wrong::StaleLock | Wrong::HalfWritten => "removed",
            Wrong::WorkerDead => "its attempt ends as lost: it is free again",
            Wrong::SweepFileDamaged(_) => "to the trash: the sweep writes it again when it is run",
            Wrong::ModelDamaged(_) => "to the trash: the next `fitroom best` keeps it anew",
            Wrong::EvaluationDamaged(_) => {
                "to the trash: the next `fitroom evaluate` reads the test photographs once more"
            }
            Wrong::Unreadable(_) => "nothing: look at it yourself",
        };
        text.to_owned()
    }
}

fn list(files: &[String]) -> String {
    let quoted: Vec<String> = files.iter().map(|file| format!("`{file}`")).collect();
    quoted.join(", ")
}
