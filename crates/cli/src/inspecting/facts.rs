//! All that is known of a trial.

use fitroom_domain::statistics::{Interval, wilson};
use fitroom_domain::{Chosen, Provenance, RecordedFigures, SettingValue, TaskSummary};
use fitroom_store::{AttemptRecord, Evaluation, Standing, SweepIdentity, SweepRun};
use fitroom_store::{TrialRecord, TrialRow};

/// How sure intervals are.
pub(super) const CONFIDENCE: f64 = 0.95;

/// A trial with all that is recorded of it.
#[derive(Debug)]
pub(crate) struct TrialFacts {
    /// The trial as lists know it.
    pub(crate) row: TrialRow,
    /// All that is recorded of it.
    pub(crate) record: TrialRecord,
    /// What its task comes to on its dataset, if it is known.
    pub(crate) summary: Option<TaskSummary>,
    /// Its place among the finished trials of its task; `None` if it is not finished.
    pub(crate) standing: Option<Standing>,
    /// By what it was chosen, if it is the model of its task.
    pub(crate) model: Option<Chosen>,
    /// When its model was shown test photographs, the first time first.
    pub(crate) evaluations: Vec<Evaluation>,
    /// Names of its files that do not lie in its folder.
    pub(crate) missing_files: Vec<String>,
}

impl TrialFacts {
    /// Its last attempt.
    pub(super) fn last_attempt(&self) -> Option<&AttemptRecord> {
        self.record.attempts.last()
    }

    /// The run of a sweep that its last attempt was made for, if that is known.
    pub(super) fn last_run(&self) -> Option<&(SweepIdentity, SweepRun)> {
        self.last_attempt()?.run.as_ref()
    }

    /// Where that run came from, if that is known.
    pub(super) fn provenance(&self) -> Option<&Provenance> {
        self.last_run()?.1.provenance.as_ref()
    }

    /// Photographs that its accuracy was measured on, without mirrored copies, if it is known how many.
    pub(super) fn validation_photographs(&self) -> Option<u64> {
        Some(self.summary.as_ref()?.photographs.validation)
    }

    /// Wilson's interval of its accuracy, if it is known on how many photographs that was measured.
    pub(super) fn accuracy_interval(&self) -> Option<Interval> {
        let RecordedFigures { accuracy, .. } = self.row.figures?;
        Some(wilson(accuracy, self.validation_photographs()?, CONFIDENCE))
    }

    /// Settings that are no hyperparameters; of an imported trial none, for its sweep may have searched any.
    pub(super) fn train_settings(&self) -> Vec<(String, SettingValue)> {
        let hyperparameters = self.row.trial.hyperparameters().len();
        self.row.trial.settings().split_off(hyperparameters)
    }

    /// What a class of its task is called.
    pub(super) fn class_name(&self, class: usize) -> String {
        let classes = self.summary.as_ref().map(|summary| &summary.classes);
        let name = classes.and_then(|classes| classes.get(class));
        name.map_or_else(|| format!("class {class}"), String::clone)
    }
}
