//! `fitroom data demo`: draws the demo catalogue.

use fitroom_data::{check_can_be_written, draw_demo};

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
    let dataset = draw_demo(arguments.seed)?;
    dataset.save(&folder)?;
    output::message(&format!(
        "{}: {} photographs, fingerprint {}",
        folder.display(),
        dataset.len(),
        dataset.fingerprint.short()
    ));
    Ok(Exit::Well)
}
