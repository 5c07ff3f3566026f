//! `fitroom study`: everything that can be found out about a dataset, in one command that goes on where it was stopped.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use fitroom_data::{Dataset, TaskRowsError};
use fitroom_domain::Split;

use super::planned_sweep::{Asked, PlannedSweep};
use super::sweep::{STOPPING, read_sweep, train_all};
use super::{compare, evaluate, report};
use crate::arguments::{Places, ReportArguments, StudyArguments};
use crate::choose_dataset;
use crate::database::Database;
use crate::exit::{Exit, Failure, OrInput};
use crate::interrupt::Interrupt;
use crate::output;
use crate::provenance::provenance;
use crate::reporting::routes_report;

/// Configurations of each sweep that a quick study trains.
const QUICK: usize = 3;

/// The file in the folder of sweeps that is none.
const TASKS: &str = "tasks.toml";

pub(crate) fn run(places: &Places, arguments: &StudyArguments) -> Result<Exit, Failure> {
    let how = arguments.training.how().or_input()?;
    let folder = choose_dataset::choose(arguments.data.as_deref(), &places.datasets)?;
    let dataset = Dataset::load(&folder).or_input()?;
    let planned = plan(arguments, &dataset)?;
    let asked = Asked {
        overrides: &[],
        provenance: &provenance(),
        retry: &[],
    };
    let interrupt = Interrupt::listen(STOPPING)?;
    let mut exits = vec![train_all(
        &planned,
        places,
        (&dataset, &interrupt),
        how,
        asked,
    )?];
    if !interrupt.asked() {
        match examine(places, dataset) {
            Ok(exit) => exits.push(exit),
            // Whatever came of it, there are pages to write.
            Err(failure) => {
                output::message(&format!("error: {failure}"));
                exits.push(Exit::PartFailed);
            }
        }
    }
    exits.push(report::run(places, &ReportArguments::all())?);
    Ok(match () {
        () if interrupt.asked() => Exit::Interrupted,
        () if exits.iter().all(|exit| *exit == Exit::Well) => Exit::Well,
        () => Exit::PartFailed,
    })
}

/// Evaluates the models of a dataset, and compares the routes that they make, if there are several.
fn examine(places: &Places, dataset: Dataset) -> Result<Exit, Failure> {
    if !dataset.splits.contains(&Split::Test) {
        output::message("no test photographs: nothing to evaluate and compare on");
        return Ok(Exit::Well);
    }
    let key = dataset.key();
    let exit = evaluate::evaluate(places, dataset, false, false)?;
    let sweeps = Database::sweeps_in(&places.runs)?;
    let routes = routes_report(&places.runs, &sweeps, &key, false)?;
    if !routes.comparisons.is_empty() {
        compare::show(places, &routes, false)?;
    }
    Ok(exit)
}

/// The sweeps that the dataset can answer. Others are said.
fn plan(arguments: &StudyArguments, dataset: &Dataset) -> Result<Vec<PlannedSweep>, Failure> {
    let mut planned: Vec<PlannedSweep> = Vec::new();
    let mut tasks = HashSet::new();
    for path in sweep_files(&arguments.sweeps).or_input()? {
        let source = read_sweep(&path, None, &[])?;
        let (name, task) = (source.sweep.name.clone(), source.task.name.clone());
        if arguments.quick && tasks.contains(&task) {
            output::message(&format!(
                "{name} is left out: another sweep asks {task} already (--quick)"
            ));
            continue;
        }
        match PlannedSweep::new(source, dataset) {
            Ok(mut sweep) => {
                if arguments.quick {
                    sweep.keep_cheapest(QUICK);
                }
                tasks.insert(task);
                planned.push(sweep);
            }
            Err(error) if error.chain().any(|cause| cause.is::<TaskRowsError>()) => {
                output::message(&format!("{name} is left out: {}", error.root_cause()));
            }
            Err(error) => return Err(error).or_input(),
        }
    }
    if planned.is_empty() {
        let sweeps = arguments.sweeps.display();
        return Err(anyhow!(
            "`{sweeps}` holds no sweep that dataset `{}` can answer",
            dataset.name
        ))
        .or_input();
    }
    Ok(planned)
}

/// The sweep files in a folder, by name.
fn sweep_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let at = || format!("failed to list `{}`", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(at)? {
        let path = entry.with_context(at)?.path();
        let is_sweep = path.extension().is_some_and(|it| it == "toml") && !path.ends_with(TASKS);
        if is_sweep && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
