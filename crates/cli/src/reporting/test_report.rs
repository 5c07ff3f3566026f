//! What the selected model of a task says about the test split, for the pages.

use std::path::Path;

use fitroom_domain::{DatasetKey, Task, TrialId};
use fitroom_report::{IndexTest, Look, TestReport};
use fitroom_store::Evaluation;

use crate::models::{KeptModel, models_folder, split_answers};

/// What is known of a task's model before any predictions are read.
#[derive(Debug, Clone, Default)]
pub(super) struct ObservedModel {
    /// The model that is kept, if there is one.
    model: Option<KeptModel>,
    /// Every time that test photographs were read for the task, the oldest first.
    looks: Vec<Evaluation>,
}

impl ObservedModel {
    /// The model of a task of a dataset, and what was recorded of the task. A damaged model counts as none.
    pub(super) fn observe(
        runs: &Path,
        dataset: &DatasetKey,
        (task, definition): (&Task, &str),
        evaluations: &[Evaluation],
    ) -> ObservedModel {
        let folder = models_folder(runs, &dataset.name).join(&task.name);
        let of_task =
            |it: &&Evaluation| it.fingerprint == dataset.fingerprint && it.definition == definition;
        ObservedModel {
            model: KeptModel::read(&folder)
                .ok()
                .filter(|model| model.file.dataset.fingerprint == dataset.fingerprint)
                .filter(|model| model.file.task.definition == task.definition),
            looks: evaluations.iter().filter(of_task).cloned().collect(),
        }
    }

    /// The section of a sweep's page; `None` if no model is kept and nobody has looked.
    ///
    /// # Errors
    /// When what the model said cannot be read.
    pub(super) fn report(&self) -> anyhow::Result<Option<TestReport>> {
        let Some(model) = &self.model else {
            return Ok(None);
        };
        let file = &model.file;
        let test = model.evaluation()?;
        Ok(Some(TestReport {
            model: file.trial.clone(),
            model_name: file.name.clone(),
            trained_by: file.sweep.clone(),
            chosen: file.chosen,
            validation: Some(split_answers(&model.validation()?, &file.task)),
            test: test
                .map(|(_, predictions)| split_answers(&predictions, &file.task))
                .filter(|answers| !answers.pictures.is_empty()),
            looks: self.looks.iter().map(look).collect(),
        }))
    }

    /// The cell of the index: what the last look at the model that is kept said, or else the last at any.
    pub(super) fn index(&self) -> Option<IndexTest> {
        let kept = self.model.as_ref().map(|model| &model.file.trial);
        let of_model = |it: &&Evaluation| Some(&it.trial) == kept;
        let last = self
            .looks
            .iter()
            .rev()
            .find(of_model)
            .or(self.looks.last())?;
        Some(IndexTest {
            model: last.trial.clone(),
            model_name: last.trial_name.clone(),
            accuracy: last.accuracy,
            photographs: last.photographs,
            looks: self.looks.len(),
        })
    }

    /// Stands for all that a page shows of it.
    pub(super) fn state(&self) -> (Option<(&TrialId, fitroom_domain::Chosen)>, &[Evaluation]) {
        let model = self
            .model
            .as_ref()
            .map(|it| (&it.file.trial, it.file.chosen));
        (model, &self.looks)
    }
}

fn look(evaluation: &Evaluation) -> Look {
    let at = &evaluation.evaluated_at;
    Look {
        at: at.get(..16).unwrap_or(at).replace('T', " "),
        model: evaluation.trial.clone(),
        model_name: evaluation.trial_name.clone(),
        photographs: evaluation.photographs,
        accuracy: evaluation.accuracy,
    }
}
