//! What the index of all reports is made of.

use fitroom_domain::{Fingerprint, TrialId};

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
    /// Path of the page that compares its routes, relative to the index and written like [`IndexSweep::path`]; `None`
    /// if there is no such page.
    pub routes: Option<String>,
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
    /// The test result of the selected model, if it was evaluated.
    pub test: Option<IndexTest>,
    /// Finished trials of all sweeps, each counted once.
    pub finished: usize,
    /// The sweeps that asked this task.
    pub sweeps: Vec<IndexSweep>,
}

/// What the selected model of a task reaches on the test split.
#[derive(Debug, Clone)]
pub struct IndexTest {
    /// The model.
    pub model: TrialId,
    /// The name of its folder.
    pub model_name: String,
    /// Its accuracy on the test photographs, in [0, 1].
    pub accuracy: f64,
    /// Test photographs, without mirrored copies.
    pub photographs: u64,
    /// How often test photographs were read for this task, for any model.
    pub looks: usize,
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
