//! The command line.

mod doctor;
mod models;
mod runs;
mod show;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args, Parser, Subcommand};
use clap_complete::Shell;
use fitroom_data::{Constant, SplitFractions};
use fitroom_domain::ImageSize;

use crate::device::Device;
use crate::importing::{MapArgument, known_names};

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
    Sweep(SweepArguments),
    /// Train every sweep that a dataset can answer, then select, evaluate and compare the models, and write all reports.
    Study(StudyArguments),
    /// What stopping trials early would have done to a finished sweep: epochs saved, and winners lost.
    Audit(AuditArguments),
    /// Find trials, look at them, tag, remove, restore and export them, and train them again.
    #[command(subcommand)]
    Runs(RunsCommand),
    /// Compare database and files of the runs folder, say what is wrong, and mend it.
    Doctor(DoctorArguments),
    /// Select the model of each dataset and task, by validation accuracy unless told otherwise, and keep it in `models`
    /// in the runs folder.
    Best(BestArguments),
    /// Show the selected models the test photographs, and keep what they say. No other command reads these photographs.
    Evaluate(EvaluateArguments),
    /// Compare the combined with the hierarchical route on what `evaluate` kept.
    Compare(CompareArguments),
    /// Label photographs with the selected models.
    Label(LabelArguments),
    /// Write the model of a task for use with PyTorch.
    Export(ExportArguments),
    /// Write the leaderboards as HTML: one page for each sweep, and an index. What shows the same already is not written
    /// again.
    Report(ReportArguments),
    /// Read TensorBoard logs that Keras, PyTorch, tensorboardX or we wrote into the database, as sweeps of a
    /// dataset that is called as the folder is.
    ImportLogs(ImportLogsArguments),
    /// Print the script that completes commands in a shell.
    #[command(after_help = COMPLETIONS)]
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Write a manual page for each command.
    Man {
        /// Folder of the pages.
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
}

const COMPLETIONS: &str = "\
Examples:
  fitroom completions bash > ~/.local/share/bash-completion/completions/fitroom
  fitroom completions zsh > \"${fpath[1]}/_fitroom\"
  fitroom completions fish > ~/.config/fish/completions/fitroom.fish";

#[derive(Debug, Args)]
#[command(after_long_help = known_names())]
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

#[derive(Debug, Subcommand)]
pub(crate) enum DataCommand {
    /// Draw the demo: a synthetic catalogue of glasses, shoes and trousers.
    Demo(DemoArguments),
    /// Pack photographs and their labels into a dataset.
    Import(ImportArguments),
    /// Look for duplicates, leaks between splits, labels that disagree, small classes and poor pictures.
    /// Ends with 1 when something was found.
    Check(CheckArguments),
    /// Pack photographs and codes in NumPy's .npz files, one file for each split, into a dataset.
    ImportNpz(ImportNpzArguments),
    /// Print size, classes and counts of a dataset.
    Show(ShowArguments),
}

#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    /// Folder of the new dataset [default: `demo` in the datasets folder].
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Another seed draws other photographs.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// A zip archive or a folder with photographs (JPEG, PNG, WebP).
    pub(crate) source: PathBuf,
    /// CSV with a column of paths (`image`, `path`, `file`, `filename` or `photograph`), label columns
    /// and, optionally, `split`: a file on disk or, by a unique ending, one in the source. Its paths are
    /// relative to where it lies.
    #[arg(long, value_name = "FILE")]
    pub(crate) labels: PathBuf,
    /// Size that every photograph gets, in pixels: it is shrunk to fit, never enlarged.
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = parse_size)]
    pub(crate) size: ImageSize,
    /// Folder of the new dataset, for example `data/catalogue`.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// The CSV's column of paths, if it has another name.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) path_column: Option<String>,
    /// The CSV's label columns [default: all others].
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    pub(crate) columns: Option<Vec<String>>,
    /// Replace a dataset that is there even if photographs had to be skipped.
    #[arg(long)]
    pub(crate) replace: bool,
    /// Make a stratified split of these percentages that keeps near-identical photographs together,
    /// whatever the CSV says [default: as the CSV says, or 80/10/10 if it says nothing].
    #[arg(long, value_name = "TRAIN/VALIDATION/TEST", value_parser = parse_split)]
    pub(crate) split: Option<SplitFractions>,
    /// Seed of the split that is made.
    #[arg(long, default_value_t = 0)]
    pub(crate) split_seed: u64,
    /// Leave out photographs of train that nearly equal one of validation or test.
    #[arg(long)]
    pub(crate) drop_leaks: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// A dataset's name in the datasets folder, or its folder.
    pub(crate) dataset: String,
    /// The page of thumbnails [default: `DATASET/check.html` in the reports folder].
    #[arg(long, value_name = "FILE.html")]
    pub(crate) page: Option<PathBuf>,
    /// Print JSON for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("sets or names").required(true).args(["names", "sets"]))]
pub(crate) struct ImportNpzArguments {
    /// Training photographs: `images` (uint8, photographs × height × width × 3) and one-dimensional
    /// arrays of codes, compressed or not.
    #[arg(long, value_name = "FILE", required_unless_present = "sets")]
    pub(crate) train: Option<PathBuf>,
    /// Validation photographs, likewise.
    #[arg(long, value_name = "FILE")]
    pub(crate) validation: Option<PathBuf>,
    /// Test photographs, likewise.
    #[arg(long, value_name = "FILE")]
    pub(crate) test: Option<PathBuf>,
    /// TOML that says which arrays are label columns and what their codes mean; see `sweeps/study`.
    #[arg(long, value_name = "FILE")]
    pub(crate) names: Option<PathBuf>,
    /// The label of all photographs in a column that the files lack; may be repeated.
    #[arg(long, value_name = "COLUMN=LABEL", value_parser = parse_constant)]
    pub(crate) constant: Vec<Constant>,
    /// TOML with several sets of files for one dataset, instead of the options above; see
    /// `sweeps/study/catalogue.toml`.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["train", "validation", "test", "names", "constant"])]
    pub(crate) sets: Option<PathBuf>,
    /// Folder of the new dataset, for example `data/shoes`.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArguments {
    /// A dataset's name in the datasets folder, or its folder.
    pub(crate) dataset: String,
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

/// `category=shoes`: a column and the label of all photographs there.
fn parse_constant(text: &str) -> Result<Constant, String> {
    let (column, label) = text.split_once('=').ok_or_else(|| {
        format!("`{text}` is no constant, expected a column and a label as in `category=shoes`")
    })?;
    Ok(Constant {
        column: column.trim().to_owned(),
        label: label.trim().to_owned(),
    })
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

/// `60x80`: width, then height.
fn parse_size(text: &str) -> Result<ImageSize, String> {
    let expected = || format!("`{text}` is no size, expected width and height as in `60x80`");
    let (width, height) = text.split_once(['x', '×']).ok_or_else(expected)?;
    let side = |text: &str| match text.parse::<u32>() {
        Ok(side @ 1..) => Ok(side),
        _ => Err(expected()),
    };
    Ok(ImageSize {
        width: side(width)?,
        height: side(height)?,
    })
}

/// `80/10/10`: percentages of train, validation and test.
fn parse_split(text: &str) -> Result<SplitFractions, String> {
    let expected = || {
        format!(
            "`{text}` is no split, expected percentages of train, validation and test that add up to \
             100, as in `80/10/10`"
        )
    };
    let percentages: Vec<f64> = text
        .split('/')
        .map(|part| part.parse().map_err(|_| expected()))
        .collect::<Result<_, _>>()?;
    match percentages[..] {
        [train, validation, test] => {
            SplitFractions::new(train / 100.0, validation / 100.0, test / 100.0)
                .map_err(|error| format!("`{text}` gives {error}"))
        }
        _ => Err(expected()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn sizes_are_width_by_height() {
        assert_eq!(
            parse_size("60x80"),
            Ok(ImageSize {
                width: 60,
                height: 80
            })
        );
        for wrong in ["60", "60x", "0x80", "-1x80", "axb", "60x80x3"] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn splits_are_percentages_that_add_up() {
        assert_eq!(parse_split("80/10/10"), Ok(SplitFractions::default()));
        assert!(parse_split("66.5/33.5/0").is_ok());
        for wrong in ["80", "80/20", "80/10/20", "0.8/0.1/0.1", "0/50/50", "a/b/c"] {
            assert!(parse_split(wrong).is_err(), "{wrong}");
        }
    }
}
