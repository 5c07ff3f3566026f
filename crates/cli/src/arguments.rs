//! The command line.

mod data;
mod doctor;
mod examples;
mod models;
mod runs;
mod show;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::device::Device;
use crate::importing::{MapArgument, known_names};

pub(crate) use data::{
    CheckArguments, DataCommand, DemoArguments, ImportArguments, ImportNpzArguments, ShowArguments,
};
pub(crate) use doctor::DoctorArguments;
pub(crate) use models::{
    BestArguments, CompareArguments, EvaluateArguments, ExportArguments, LabelArguments, Preferred,
};
pub(crate) use runs::{
    GcArguments, Limit, ListArguments, NoteArguments, RemoveArguments, RerunArguments,
    RestoreArguments, RunsCommand, RunsExportArguments, SelectionArguments, TagArguments,
};
pub(crate) use show::{RunsDiffArguments, RunsShowArguments};

/// Searches hyperparameters of image classifiers for a product catalogue, tracks every run, and shows
/// which model to keep for each task.
#[derive(Debug, Parser)]
#[command(
    name = "fitroom",
    version,
    after_help = "Exit codes: 0 all well; 1 done, but some part failed (listed); 2 the input is wrong; \
                  130 interrupted (the same command goes on)."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) places: Places,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where things lie.
#[derive(Debug, Args)]
pub(crate) struct Places {
    /// Folder of the trials and their database.
    #[arg(long, global = true, value_name = "DIR", default_value = "runs")]
    pub(crate) runs: PathBuf,
    /// Folder of the reports.
    #[arg(long, global = true, value_name = "DIR", default_value = "reports")]
    pub(crate) reports: PathBuf,
    /// Folder of the datasets.
    #[arg(long, global = true, value_name = "DIR", default_value = "data")]
    pub(crate) datasets: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make and look at datasets.
    #[command(subcommand)]
    Data(DataCommand),
    /// Train the grid of one or more sweep files; what is finished already is not trained again.
    #[command(after_help = examples::SWEEP)]
    Sweep(SweepArguments),
    /// Train every sweep that a dataset can answer, then select, evaluate and compare the models, and write all reports.
    #[command(after_help = examples::STUDY)]
    Study(StudyArguments),
    /// What stopping trials early would have done to a finished sweep: epochs saved, and winners lost.
    #[command(after_help = examples::AUDIT)]
    Audit(AuditArguments),
    /// Find trials, look at them, tag, remove, restore and export them, and train them again.
    #[command(subcommand)]
    Runs(RunsCommand),
    /// Compare database and files of the runs folder, say what is wrong, and mend it.
    Doctor(DoctorArguments),
    /// Select the model of each dataset and task, by validation accuracy unless told otherwise, and keep it in `models`
    /// in the runs folder.
    #[command(after_help = examples::BEST)]
    Best(BestArguments),
    /// Show the selected models the test photographs, and keep what they say. No other command reads these photographs.
    #[command(after_help = examples::EVALUATE)]
    Evaluate(EvaluateArguments),
    /// Compare the combined with the hierarchical route on what `evaluate` kept.
    #[command(after_help = examples::COMPARE)]
    Compare(CompareArguments),
    /// Label photographs with the selected models.
    #[command(after_help = examples::LABEL)]
    Label(LabelArguments),
    /// Write the model of a task for use with PyTorch.
    #[command(after_help = examples::EXPORT)]
    Export(ExportArguments),
    /// Write the leaderboards as HTML: one page for each sweep, and an index. What shows the same already is not written
    /// again.
    #[command(after_help = examples::REPORT)]
    Report(ReportArguments),
    /// Read TensorBoard logs that Keras, PyTorch, tensorboardX or we wrote into the database, as sweeps of a
    /// dataset that is called as the folder is.
    ImportLogs(ImportLogsArguments),
    /// Print the script that completes commands in a shell.
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Write a manual page for each command.
    #[command(after_help = examples::MAN)]
    Man {
        /// Folder of the pages.
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
}

#[derive(Debug, Args)]
#[command(after_help = examples::IMPORT_LOGS, after_long_help = format!("{}\n\n{}", known_names(), examples::IMPORT_LOGS))]
pub(crate) struct ImportLogsArguments {
    /// The folder of the logs. Each folder in it that holds trials becomes a sweep; the same folder read again
    /// brings its trials up to date.
    pub(crate) folder: PathBuf,
    /// What a hyperparameter of the logs is called here, for example `--map "kernel size=kernel_size_1"`; may be
    /// given several times. Many names are known without.
    #[arg(long, value_name = "NAME=OURS")]
    pub(crate) map: Vec<MapArgument>,
    /// What the dataset is called [default: the folder's name].
    #[arg(long, value_name = "NAME", value_parser = parse_name)]
    pub(crate) name: Option<String>,
    /// Print JSON for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SweepArguments {
    /// Sweep files.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Dataset: its name in the datasets folder, or its folder [default: the only one there, else the demo].
    #[arg(long, value_name = "DATASET", env = "FITROOM_DATA")]
    pub(crate) data: Option<String>,
    /// Train nothing; print how many trials there are to train, and the time, memory and disk that they will
    /// take. A few networks are tried for that, at most half a minute long.
    #[arg(long)]
    pub(crate) plan: bool,
    /// The tasks file [default: `tasks.toml` beside the sweep file].
    #[arg(long, value_name = "FILE")]
    pub(crate) tasks: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) training: TrainingArguments,
    /// Override a key of the sweep file, the value as in TOML; may be repeated.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Give a failed trial one more attempt: its name, its id or the start of it, or `all`; may be
    /// repeated.
    #[arg(long, value_name = "TRIAL")]
    pub(crate) retry: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AuditArguments {
    /// A sweep that has been trained: its name.
    pub(crate) sweep: String,
    /// Only on this dataset.
    #[arg(long, value_name = "DATASET")]
    pub(crate) data: Option<String>,
    /// Trials at the same time, for the method that depends on it.
    #[arg(long, value_name = "N", default_value = "2")]
    pub(crate) workers: NonZeroUsize,
    /// Print JSON for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

/// How trials are trained.
#[derive(Debug, Args)]
pub(crate) struct TrainingArguments {
    /// Trials that are trained at the same time [default: cores / threads of a trial, or as many as fit into
    /// memory; 1 on a GPU].
    #[arg(long, value_name = "N")]
    pub(crate) workers: Option<NonZeroUsize>,
    /// What computes: `cpu`, a GPU such as `cuda:0`, or `auto`: the first GPU if there is one.
    #[arg(long, default_value = "auto")]
    pub(crate) device: Device,
    /// Seconds of a trial's training after which it is written down, so that no more is lost when the process
    /// is killed; Ctrl-C loses none.
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = parse_seconds)]
    pub(crate) checkpoint_every: Duration,
}

#[derive(Debug, Args)]
pub(crate) struct StudyArguments {
    /// Of each task only one sweep, and of that only the three configurations with the fewest multiply-adds. What it
    /// trains, the whole study need not train again.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Folder of the sweep files and their `tasks.toml`.
    #[arg(long, value_name = "DIR", default_value = "sweeps")]
    pub(crate) sweeps: PathBuf,
    /// Dataset: its name in the datasets folder, or its folder [default: the only one there, else the demo].
    #[arg(long, value_name = "DATASET", env = "FITROOM_DATA")]
    pub(crate) data: Option<String>,
    #[command(flatten)]
    pub(crate) training: TrainingArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// Only the pages of these sweeps, on any dataset, and the index [default: all].
    #[arg(value_name = "SWEEP")]
    pub(crate) sweeps: Vec<String>,
    /// Print JSON for programs, an object for each sweep, and write no page.
    #[arg(long, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// Print all finished trials as one CSV, and write no page.
    #[arg(long)]
    pub(crate) csv: bool,
    /// Go on until Ctrl-C: whenever trials have come further, write the pages that show it.
    #[arg(long, conflicts_with_all = ["json", "csv"])]
    pub(crate) watch: bool,
}

/// `60` or `0.5`.
fn parse_seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().map(Duration::try_from_secs_f64);
    seconds
        .and_then(Result::ok)
        .ok_or_else(|| format!("`{text}` is no time, expected seconds as in `60` or `0.5`"))
}

/// A dataset's name, of which paths are made.
fn parse_name(text: &str) -> Result<String, String> {
    let is_plain = |character: char| !character.is_control() && !"/\\".contains(character);
    match text.starts_with('.') || text.trim().is_empty() || !text.chars().all(is_plain) {
        true => Err(
            "expected a name without `/`, `\\` and control characters that does not begin with `.`"
                .to_owned(),
        ),
        false => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    /// The examples below the help of a command and of those below it.
    fn examples(command: &clap::Command) -> Vec<String> {
        let help = command.get_after_help().or(command.get_after_long_help());
        let help = help.map(ToString::to_string).unwrap_or_default();
        let lines = help
            .lines()
            .filter_map(|line| line.strip_prefix("  fitroom "));
        let mut found: Vec<String> = lines.map(str::to_owned).collect();
        found.extend(command.get_subcommands().flat_map(examples));
        found
    }

    #[test]
    fn every_example_is_a_command() {
        let examples = examples(&Arguments::command());
        assert!(examples.len() > 40, "{examples:?}");
        for example in examples {
            // What comes after two spaces explains, and what comes after `>` or a bar is the shell's.
            let ends = ["  ", " > ", " | "].map(|it| example.find(it).unwrap_or(example.len()));
            let command = &example[..ends.into_iter().min().unwrap()];
            let words = shlex::split(command).unwrap();
            let words = ["fitroom".to_owned()].into_iter().chain(words);
            if let Err(error) = Arguments::try_parse_from(words) {
                panic!("{example}: {error}");
            }
        }
    }

    #[test]
    fn every_command_has_an_example() {
        fn check(command: &clap::Command, path: &str) {
            for below in command.get_subcommands() {
                let path = format!("{path} {}", below.get_name());
                let has_own = below.get_subcommands().next().is_none();
                assert!(!has_own || !examples(below).is_empty(), "{path}");
                check(below, &path);
            }
        }
        check(&Arguments::command(), "fitroom");
    }

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
