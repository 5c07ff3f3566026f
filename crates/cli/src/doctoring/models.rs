//! The models that are kept for use.

use anyhow::Context;
use fitroom_domain::Chosen;
use fitroom_store::{NewEvaluation, Preference, is_locked};

use super::checkup::{Examination, Site};
use super::findings::{Finding, Wrong};
use super::folder_state::Look;
use super::layout::{entries, folders};
use super::leftovers::remove;
use super::trials::outcome;
use crate::exit::Failure;
use crate::models::{EvaluationFile, KEEPING, Keeper, KeptModel, MODELS, ModelFigures, TEST};
use crate::run_folder::WEIGHTS;

/// A file of a model that every one has.
const MODEL: &str = "model.toml";
/// When it was evaluated.
const EVALUATION: &str = "evaluation.toml";

impl Site<'_> {
    /// Looks at the kept models, and at what keeping them left. A database that `is_new` learns from them which trials
    /// are pinned.
    ///
    /// # Errors
    /// When a folder cannot be listed, or the database refuses.
    pub(super) fn check_models(
        &self,
        is_new: bool,
        examination: &mut Examination,
    ) -> Result<(), Failure> {
        if !self.runs().join(MODELS).exists() {
            return Ok(());
        }
        let is_in_use = is_locked(&self.runs().join(".workers").join(KEEPING))?;
        if is_in_use && !self.checkup.fix {
            let note = "another process keeps or evaluates models: they were not looked at";
            examination.notes.push(note.to_owned());
            return Ok(());
        }
        let _keeper = match self.checkup.fix {
            true => Some(Keeper::new(self.runs())?),
            false => None,
        };
        for dataset in folders(self.runs(), MODELS)? {
            for (name, is_folder) in entries(self.runs(), &dataset)? {
                let path = format!("{dataset}/{name}");
                if name.starts_with('.') {
                    let finding = self.set_aside(&path, Wrong::ModelLeftover);
                    examination.findings.push(finding);
                } else if is_folder {
                    self.check_model(&path, is_new, examination)?;
                }
            }
        }
        Ok(())
    }

    fn check_model(
        &self,
        folder: &str,
        is_new: bool,
        examination: &mut Examination,
    ) -> Result<(), Failure> {
        let path = self.runs().join(folder);
        if !path.join(MODEL).exists() {
            examination.unknown.push(folder.to_owned());
            return Ok(());
        }
        for (name, _) in entries(self.runs(), folder)? {
            let path = format!("{folder}/{name}");
            if name.ends_with(".partial") {
                let mut finding = Finding::new(&path, Wrong::HalfWritten);
                if self.checkup.fix {
                    let removed = remove(&self.runs().join(&path));
                    finding.outcome = outcome(removed.map_err(Into::into));
                }
                examination.findings.push(finding);
            } else if name.ends_with(".new") {
                let finding = self.set_aside(&path, Wrong::ModelLeftover);
                examination.findings.push(finding);
            }
        }
        let model = KeptModel::read(&path).and_then(|model| {
            match self.checkup.look {
                Look::Bytes => {
                    model.check_weights()?;
                    model.validation()?;
                }
                Look::Sizes => {
                    let bytes = std::fs::metadata(path.join(WEIGHTS));
                    bytes.with_context(|| format!("`{WEIGHTS}`"))?;
                }
            }
            Ok(model)
        });
        let model = match model {
            Ok(model) => model,
            Err(error) => {
                let wrong = Wrong::ModelDamaged(format!("{error:#}"));
                examination.findings.push(self.set_aside(folder, wrong));
                return Ok(());
            }
        };
        match model.evaluation() {
            Ok(None) => {}
            Ok(Some((file, predictions))) => {
                let figures = ModelFigures::new(&predictions, &model.file.task);
                let finding = self.check_look(folder, &model, &file, &figures)?;
                match is_new {
                    // What the old database knew is lost with it.
                    true => examination.looks += finding.iter().count(),
                    false => examination.findings.extend(finding),
                }
            }
            Err(error) => {
                let wrong = Wrong::EvaluationDamaged(format!("{error:#}"));
                for name in [TEST, EVALUATION] {
                    let finding = self.set_aside(&format!("{folder}/{name}"), wrong.clone());
                    examination.findings.push(finding);
                }
            }
        }
        if is_new && self.checkup.fix {
            self.prefer(&model)?;
        }
        Ok(())
    }

    /// Whether the database knows that a model was shown the test photographs.
    fn check_look(
        &self,
        folder: &str,
        model: &KeptModel,
        file: &EvaluationFile,
        figures: &ModelFigures,
    ) -> Result<Option<Finding>, Failure> {
        // Where the task has no test photographs, nothing was looked at.
        let Some(accuracy) = figures.accuracy else {
            return Ok(None);
        };
        let store = self.database.store();
        let known = self.database.wait(store.evaluations())?;
        let is_this = |it: &fitroom_store::Evaluation| {
            (&it.trial, &it.predictions_blake3) == (&file.trial, &file.predictions_blake3)
        };
        if known.iter().any(is_this) {
            return Ok(None);
        }
        let mut finding = Finding::new(folder, Wrong::LookUnrecorded);
        if self.checkup.fix {
            let evaluation = NewEvaluation {
                dataset: &model.file.dataset,
                task: &model.file.task,
                trial: &file.trial,
                trial_name: &model.file.name,
                photographs: figures.photographs,
                accuracy,
                photographs_read: file.pictures,
                predictions_blake3: &file.predictions_blake3,
            };
            let recovered = store.recover_evaluation(&evaluation, &file.evaluated_at);
            let recovered = self.database.wait(recovered);
            finding.outcome = outcome(recovered.map(|_| ()).map_err(Into::into));
        }
        Ok(Some(finding))
    }

    /// Records by what a model was chosen.
    fn prefer(&self, model: &KeptModel) -> anyhow::Result<()> {
        let store = self.database.store();
        let preference = match model.file.chosen {
            Chosen::Accuracy => return Ok(()),
            Chosen::Cheapest => Preference::Cheapest,
            Chosen::Pinned => {
                let called = model.file.trial.as_str();
                let rows = self.database.wait(store.trials_called(called))?;
                match rows.first() {
                    Some(row) => Preference::Pinned(row.key),
                    // It was removed since.
                    None => return Ok(()),
                }
            }
        };
        let file = &model.file;
        let definition = serde_json::to_string(&file.task.definition)?;
        let selected = store.select(&file.dataset.fingerprint, &definition, preference);
        Ok(self.database.wait(selected)?)
    }
}
