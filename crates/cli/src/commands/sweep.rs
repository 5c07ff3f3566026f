//! `fitroom sweep`: trains the grids of sweep files.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use fitroom_data::Dataset;
use fitroom_store::Owner;
use fitroom_sweep::{Override, SweepFile, TasksFile};

use super::planned_sweep::{Asked, How, PlannedSweep, SweepSource};
use super::run_sweep::Site;
use crate::arguments::{Places, SweepArguments};
use crate::choose_dataset;
use crate::database::Database;
use crate::exit::{Exit, Failure, OrInput};
use crate::interrupt::Interrupt;
use crate::output;
use crate::provenance::provenance;

/// What is said to the first Ctrl-C.
pub(super) const STOPPING: &str = "stopping after the current step (again: at once)";

pub(crate) fn run(places: &Places, arguments: &SweepArguments) -> Result<Exit, Failure> {
    let overrides = arguments
        .set
        .iter()
        .map(|argument| Override::parse(argument))
        .collect::<Result<Vec<_>, _>>()
        .or_input()?;
    let sweeps = arguments
        .files
        .iter()
        .map(|file| read_sweep(file, arguments.tasks.as_deref(), &overrides))
        .collect::<Result<Vec<_>, _>>()?;
    check_names(&sweeps).or_input()?;
    let how = arguments.training.how().or_input()?;
    let folder = choose_dataset::choose(arguments.data.as_deref(), &places.datasets)?;
    let dataset = Dataset::load(&folder).or_input()?;
    let planned = sweeps
        .into_iter()
        .map(|source| PlannedSweep::new(source, &dataset).or_input())
        .collect::<Result<Vec<_>, _>>()?;
    check_retry(&arguments.retry, &planned).or_input()?;

    if arguments.plan {
        for sweep in &planned {
            sweep.show(&dataset, &places.runs, how)?;
        }
        return Ok(Exit::Well);
    }

    let asked = Asked {
        overrides: &arguments.set,
        provenance: &provenance(),
        retry: &arguments.retry,
    };
    let interrupt = Interrupt::listen(STOPPING)?;
    let exit = train_all(&planned, places, (&dataset, &interrupt), how, asked)?;
    if exit == Exit::Interrupted {
        return Ok(exit);
    }
    output::message(&format!(
        "curves: `./justw tensorboard`, or `tensorboard --logdir {}` where that is installed",
        places.runs.display()
    ));
    Ok(exit)
}

/// Trains these sweeps, one after the other, and prints the results of each.
pub(super) fn train_all(
    planned: &[PlannedSweep],
    places: &Places,
    (dataset, interrupt): (&Dataset, &Interrupt),
    how: How,
    asked: Asked<'_>,
) -> Result<Exit, Failure> {
    let database = Database::open(&places.runs)?;
    let owner = Owner::new(&places.runs)?;
    let site = Site {
        database: &database,
        owner: &owner,
        interrupt,
        dataset,
    };
    let mut exit = Exit::Well;
    for (place, sweep) in planned.iter().enumerate() {
        if planned.len() > 1 {
            output::message(&format!("sweep {} of {}", place + 1, planned.len()));
        }
        let registered = sweep.register(&database, dataset, asked)?;
        match sweep.run(&registered, &site, how)? {
            Exit::Interrupted => {
                let left = planned.len() - place - 1;
                if left > 0 {
                    output::message(&format!("{left} more sweeps are not begun"));
                }
                return Ok(Exit::Interrupted);
            }
            Exit::PartFailed => exit = Exit::PartFailed,
            Exit::Well => {}
        }
    }
    Ok(exit)
}

/// A sweep file and its task.
pub(super) fn read_sweep(
    path: &Path,
    tasks: Option<&Path>,
    overrides: &[Override],
) -> Result<SweepSource, Failure> {
    let read = |path: &Path| {
        fs::read_to_string(path)
            .with_context(|| format!("failed to read `{}`", path.display()))
            .or_input()
    };
    let text = read(path).map_err(|failure| match shipped(path) {
        Some(file) => {
            let (path, file) = (path.display(), file.display());
            Failure::Input(anyhow!("there is no file `{path}`: did you mean `{file}`?"))
        }
        None => failure,
    })?;
    let sweep = SweepFile::parse(&text, path, overrides).or_input()?;
    let tasks_path = match tasks {
        Some(path) => path.to_owned(),
        None => path.with_file_name("tasks.toml"),
    };
    let text = read(&tasks_path).map_err(|failure| match (tasks, failure) {
        (None, Failure::Input(error)) => Failure::Input(anyhow!(
            "{error:#}\n(a sweep's tasks are those of the `tasks.toml` beside it, or what `--tasks` names)"
        )),
        (_, failure) => failure,
    })?;
    let tasks = TasksFile::parse(&text, &tasks_path).or_input()?;
    let task = tasks.task(&sweep.task).or_input()?.clone();
    Ok(SweepSource {
        path: path.to_owned(),
        sweep,
        task_place: tasks.place(&task.name),
        task,
    })
}

/// The file of the sweep that `path` names, where it is no file itself.
fn shipped(path: &Path) -> Option<PathBuf> {
    let file = Path::new("sweeps").join(path).with_extension("toml");
    (!path.exists() && path.components().count() == 1 && file.is_file()).then_some(file)
}

/// A sweep is named after its file: two files of one call must not have the same name.
fn check_names(sweeps: &[SweepSource]) -> anyhow::Result<()> {
    let mut paths: HashMap<&str, &Path> = HashMap::new();
    for source in sweeps {
        if let Some(other) = paths.insert(&source.sweep.name, &source.path) {
            anyhow::bail!(
                "`{}` and `{}` are both called `{}`: a sweep is named after its file\n\
                 (rename one of them)",
                other.display(),
                source.path.display(),
                source.sweep.name
            );
        }
    }
    Ok(())
}

/// What `--retry` names must be planned.
fn check_retry(retry: &[String], planned: &[PlannedSweep]) -> anyhow::Result<()> {
    for name in retry {
        if !planned.iter().any(|sweep| sweep.has(name)) {
            anyhow::bail!(
                "--retry {name}: no such trial is planned, expected `all`, or the name or id of a trial \
                 of this sweep\n(`fitroom runs list` shows them)"
            );
        }
    }
    Ok(())
}
