//! What the index of all reports is made of.

use fitroom_domain::Fingerprint;

use crate::sweep_report::TrialRow;

/// Everything that was searched, by dataset and task.
#[derive(Debug, Clone)]
pub struct IndexReport {
    /// When the index was made, as it will be shown; UTC.
    pub generated_at: String,
    /// Version of Fitting Room.
    pub version: String,
    /// The datasets, in the order in which they are shown.
    pub datasets: Vec<IndexDataset>,
}

/// What was searched on one dataset.
#[derive(Debug, Clone)]
pub struct IndexDataset {
    /// The dataset's name.
    pub name: String,
    /// Its fingerprint; `None` of imported logs.
    pub fingerprint: Option<Fingerprint>,
    /// Its tasks, in the order in which they are shown.
    pub tasks: Vec<IndexTask>,
}

/// What was searched for one task on one dataset.
#[derive(Debug, Clone)]
pub struct IndexTask {
    /// The task's name.
    pub task: String,
    /// Pictures that a validation accuracy is the share of, if they are known.
    pub validated: Option<u64>,
    /// Photographs of the validation split, without mirrored copies, if they are known.
    pub photographs: Option<u64>,
    /// What to know before trusting its accuracies, if anything.
    pub leak_warning: Option<String>,
    /// The best trial of all sweeps, if any has finished.
    pub best: Option<TrialRow>,
    /// Finished trials of all sweeps, each counted once.
    pub finished: usize,
    /// The sweeps that asked this task.
    pub sweeps: Vec<IndexSweep>,
}

/// One sweep with its own report.
#[derive(Debug, Clone)]
pub struct IndexSweep {
    /// Its name.
    pub name: String,
    /// Path of its report relative to the index, its parts separated by `/` and not encoded:
    /// `catalogue/trousers_all.html`.
    pub path: String,
    /// Trials that finished.
    pub finished: usize,
    /// Trials that it stopped early.
    pub pruned: usize,
    /// Trials that it wants.
    pub total: usize,
}
