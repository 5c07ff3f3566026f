//! The command `fitroom`: trains grids of image classifiers, tracks every trial, shows which is best.

mod arguments;
mod choose_dataset;
mod colour;
mod commands;
mod database;
mod device;
mod doctoring;
mod exit;
mod importing;
mod inspecting;
mod interrupt;
mod labelling;
mod models;
mod output;
mod planning;
mod provenance;
mod reporting;
mod rerunning;
mod run_folder;
mod sweeping;
mod trash;
mod write_whole;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Command, DataCommand, RunsCommand};
use crate::exit::{Exit, Failure};

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            output::message(&format!("error: {failure}"));
            failure.into()
        }
    }
}

fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let places = &arguments.places;
    match &arguments.command {
        Command::Data(DataCommand::Demo(demo)) => commands::data_demo::run(places, demo),
        Command::Data(DataCommand::Import(import)) => commands::data_import::run(import),
        Command::Data(DataCommand::Check(check)) => commands::data_check::run(places, check),
        Command::Data(DataCommand::ImportNpz(import)) => commands::data_import_npz::run(import),
        Command::Data(DataCommand::Show(show)) => commands::data_show::run(places, show),
        Command::Sweep(sweep) => commands::sweep::run(places, sweep),
        Command::Study(study) => commands::study::run(places, study),
        Command::Audit(audit) => commands::audit::run(places, audit),
        Command::Runs(RunsCommand::List(list)) => commands::runs_list::run(places, list),
        Command::Runs(RunsCommand::Export(export)) => commands::runs_export::run(places, export),
        Command::Runs(RunsCommand::Tag(tag)) => commands::runs_remark::tag(places, tag),
        Command::Runs(RunsCommand::Note(note)) => commands::runs_remark::note(places, note),
        Command::Runs(RunsCommand::Show(show)) => commands::runs_show::run(places, show),
        Command::Runs(RunsCommand::Diff(diff)) => commands::runs_diff::run(places, diff),
        Command::Runs(RunsCommand::Remove(remove)) => commands::runs_remove::run(places, remove),
        Command::Runs(RunsCommand::Restore(restore)) => {
            commands::runs_restore::run(places, restore)
        }
        Command::Runs(RunsCommand::Gc(gc)) => commands::runs_gc::run(places, gc),
        Command::Runs(RunsCommand::Rerun(rerun)) => commands::runs_rerun::run(places, rerun),
        Command::Doctor(doctor) => commands::doctor::run(places, doctor),
        Command::Best(best) => commands::best::run(places, best),
        Command::Evaluate(evaluate) => commands::evaluate::run(places, evaluate),
        Command::Compare(compare) => commands::compare::run(places, compare),
        Command::Label(label) => commands::label::run(places, label),
        Command::Export(export) => commands::export::run(places, export),
        Command::Report(report) => commands::report::run(places, report),
        Command::ImportLogs(import) => commands::import_logs::run(places, import),
        Command::Completions { shell } => commands::shell_help::completions(*shell),
        Command::Man { to } => commands::shell_help::man(to),
    }
}
