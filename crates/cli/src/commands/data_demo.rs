//! `fitroom data demo`: draws the demo catalogue.

use std::path::Path;

use fitroom_data::{DEMO_SOURCE, check_can_be_written, draw_demo, read_manifest};

use super::new_dataset;
use crate::arguments::{DemoArguments, Places};
use crate::choose_dataset::DEMO;
use crate::exit::{Exit, Failure, OrInput};
use crate::output;

pub(crate) fn run(places: &Places, arguments: &DemoArguments) -> Result<Exit, Failure> {
    let folder = match &arguments.out {
        Some(folder) => folder.clone(),
        None => places.datasets.join(DEMO),
    };
    check_can_be_written(&folder).or_input()?;
    check_is_a_demo(&folder).or_input()?;
    let dataset = draw_demo(arguments.seed)?;
    dataset.save(&folder)?;
    output::message(&new_dataset::summary(&folder, &dataset));
    Ok(Exit::Well)
}

/// A dataset of photographs is worth more than drawings.
fn check_is_a_demo(folder: &Path) -> anyhow::Result<()> {
    match read_manifest(folder) {
        Ok(manifest) if !manifest.origin.source.starts_with(DEMO_SOURCE) => anyhow::bail!(
            "`{}` holds a dataset made of {}, and a demo only replaces a demo\n(give another `--out`)",
            folder.display(),
            manifest.origin.source
        ),
        _ => Ok(()),
    }
}
