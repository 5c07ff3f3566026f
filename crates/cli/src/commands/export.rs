//! `fitroom export`: a model for use with PyTorch.

use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow};
use fitroom_train::{PytorchModel, pytorch_file};

use super::keep_models::keep_models_of;
use crate::arguments::{ExportArguments, Places};
use crate::choose_dataset;
use crate::exit::{Exit, Failure, OrInput};
use crate::models::{Keeper, KeptModel};
use crate::output;
use crate::write_whole::write_whole;

/// Files that are copied as they are.
const COPIED: [&str; 3] = ["model.toml", "model.safetensors", "validation.npz"];

pub(crate) fn run(places: &Places, arguments: &ExportArguments) -> Result<Exit, Failure> {
    let folder = choose_dataset::choose(arguments.data.as_deref(), &places.datasets)?;
    // Until all is copied: nobody may replace the model meanwhile.
    let keeper = Keeper::new(&places.runs)?;
    let kept = keep_models_of(places, &keeper, &folder)?;
    let task = &arguments.task;
    let Some(model) = kept.iter().find(|model| model.file.task.name == *task) else {
        let known: Vec<&str> = kept
            .iter()
            .map(|model| model.file.task.name.as_str())
            .collect();
        let known = match known.is_empty() {
            true => "there are none".to_owned(),
            false => format!("there are: {}", known.join(", ")),
        };
        let dataset = folder.display();
        return Err(anyhow!(
            "no model of a task `{task}` on `{dataset}` ({known})"
        ))
        .or_input();
    };
    export(model, &arguments.to)?;
    let to = arguments.to.display();
    output::message(&format!(
        "{task}: {} is in `{to}` (`python {to}/model.py PHOTOGRAPH…` labels with PyTorch)",
        model.file.name
    ));
    Ok(Exit::Well)
}

/// Writes a model to a folder. Other files that are there stay.
fn export(model: &KeptModel, to: &Path) -> anyhow::Result<()> {
    let at = || format!("failed to write to `{}`", to.display());
    model.check_weights()?;
    let file = &model.file;
    let title = format!(
        "{} on {}, trial {}",
        file.task.name, file.dataset.name, file.name
    );
    let text = pytorch_file(&PytorchModel {
        shape: &file.network()?,
        title: &title,
        classes: &file.class_names(),
        version: env!("CARGO_PKG_VERSION"),
    });
    fs::create_dir_all(to).with_context(at)?;
    for name in COPIED {
        let partial = to.join(format!("{name}.partial"));
        fs::copy(model.folder.join(name), &partial)
            .and_then(|_| fs::rename(&partial, to.join(name)))
            .with_context(at)?;
    }
    write_whole(&to.join("model.py"), &text)
}
