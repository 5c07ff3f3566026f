//! `model.toml`: what a kept model is, and all that is needed to use it elsewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow};
use fitroom_domain::route::{Answer, Labels, Question};
use fitroom_domain::{Chosen, DatasetKey, Hyperparameters, ImageSize, NetworkShape, Task, TrialId};
use serde::{Deserialize, Serialize};

/// The file's name.
pub(super) const MODEL: &str = "model.toml";

/// The content of `model.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ModelFile {
    /// Counts changes of the file that older versions cannot read.
    pub(super) format: u32,
    pub(crate) fitroom: String,
    pub(crate) training_semantics: u32,
    /// What, beside the trial's id, the weights' bits depend on; empty if it is not known.
    pub(crate) numerics: String,
    pub(crate) trial: TrialId,
    pub(crate) name: String,
    /// The sweep that trained it.
    pub(crate) sweep: String,
    pub(crate) seed: u64,
    pub(crate) chosen: Chosen,
    pub(crate) weights_blake3: String,
    /// Of what it says about the validation photographs.
    pub(super) validation_blake3: String,
    /// How pictures become the network's input, in words.
    pub(crate) preparation: String,
    pub(crate) image: ImageSize,
    pub(crate) dataset: DatasetKey,
    pub(crate) task: Task,
    pub(crate) hyperparameters: Hyperparameters,
    pub(crate) validation: Validation,
    pub(crate) classes: Vec<Class>,
}

/// How well the model did where it was selected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Validation {
    pub(crate) accuracy: f64,
    /// The ends of its 95 % interval.
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) loss: Option<f64>,
    /// Photographs, without mirrored copies.
    pub(crate) photographs: u64,
}

/// A class of the task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Class {
    pub(crate) name: String,
    pub(crate) labels: Labels,
    /// Labels that all photographs of the dataset with these have.
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub(crate) implied: Labels,
}

impl ModelFile {
    /// What a new file says its format is.
    pub(super) const FORMAT: u32 = 1;

    /// The network.
    ///
    /// # Errors
    /// When the photographs are too small for it.
    pub(crate) fn network(&self) -> anyhow::Result<NetworkShape> {
        Ok(NetworkShape::new(
            self.image,
            &self.hyperparameters,
            self.classes.len(),
        )?)
    }

    /// The model as a route sees it.
    pub(crate) fn question(&self) -> Question {
        let answer = |class: &Class| Answer {
            labels: class.labels.clone(),
            implied: class.implied.clone(),
        };
        Question {
            task: self.task.name.clone(),
            definition: self.task.definition.clone(),
            answers: self.classes.iter().map(answer).collect(),
        }
    }

    /// The names of its classes.
    pub(crate) fn class_names(&self) -> Vec<String> {
        self.classes
            .iter()
            .map(|class| class.name.clone())
            .collect()
    }

    /// Every class has a label for each column that the task predicts, and for no other.
    fn check_classes(&self) -> anyhow::Result<()> {
        let predicts: BTreeSet<&String> = self.task.definition.predicts.iter().collect();
        for class in &self.classes {
            let columns: BTreeSet<&String> = class.labels.keys().collect();
            if columns != predicts {
                return Err(anyhow!(
                    "class `{}` has labels for {columns:?}, expected {predicts:?}",
                    class.name
                ));
            }
        }
        match self.classes.len() {
            0 | 1 => Err(anyhow!(
                "it has {} classes, expected at least 2",
                self.classes.len()
            )),
            _ if predicts.is_empty() => Err(anyhow!("its task predicts no column")),
            _ => Ok(()),
        }
    }

    /// Reads the file in a model's folder.
    ///
    /// # Errors
    /// When it cannot be read, or is none that this version knows.
    pub(super) fn read(folder: &Path) -> anyhow::Result<ModelFile> {
        /// What every version has.
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let path = folder.join(MODEL);
        let shown = path.display();
        let text =
            fs::read_to_string(&path).with_context(|| format!("failed to read `{shown}`"))?;
        let at = || format!("`{shown}` describes no model");
        let Format { format } = toml::from_str(&text).with_context(at)?;
        if format != ModelFile::FORMAT {
            let expected = ModelFile::FORMAT;
            return Err(anyhow!(
                "`{shown}` has format {format}, expected {expected}"
            ));
        }
        let file: ModelFile = toml::from_str(&text).with_context(at)?;
        file.network().with_context(at)?;
        file.check_classes().with_context(at)?;
        Ok(file)
    }

    /// Writes the file into a model's folder, in place of an older one.
    pub(super) fn write(&self, folder: &Path) -> anyhow::Result<()> {
        write_toml(&folder.join(MODEL), self)
    }
}

/// Writes `content` in place of what may be at `path`, under another name until it is complete.
pub(super) fn write_toml(path: &Path, content: &impl Serialize) -> anyhow::Result<()> {
    let partial = path.with_extension("toml.partial");
    let text = toml::to_string(content)?;
    fs::write(&partial, text)
        .and_then(|()| fs::File::open(&partial)?.sync_all())
        .and_then(|()| fs::rename(&partial, path))
        .inspect_err(|_| drop(fs::remove_file(&partial)))
        .with_context(|| format!("failed to write `{}`", path.display()))
}
