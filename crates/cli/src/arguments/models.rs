//! The command line of what is done with selected models.

use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueEnum};
use fitroom_domain::route::RouteKind;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("change").args(["pin", "unpin", "prefer"]))]
pub(crate) struct BestArguments {
    /// Only the tasks of this dataset.
    #[arg(long, value_name = "DATASET")]
    pub(crate) data: Option<String>,
    /// Make a trial the model of its task, whatever the leaderboard says: its name, or its id or the start of it.
    #[arg(long, num_args = 2, value_names = ["TASK", "TRIAL"])]
    pub(crate) pin: Vec<String>,
    /// Take the pin off a task: its model is the most accurate one again.
    #[arg(long, value_name = "TASK")]
    pub(crate) unpin: Option<String>,
    /// From now on, select the models of all tasks that have no pin by this: validation accuracy, or the mark of the
    /// cheapest that is good enough to ship, on the page of the sweep that trained the best.
    #[arg(long, value_name = "WHAT")]
    pub(crate) prefer: Option<Preferred>,
    /// Print JSON for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

/// By what models are selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Preferred {
    /// Highest validation accuracy.
    Accuracy,
    /// The cheapest that is good enough to ship.
    Cheapest,
}

#[derive(Debug, Args)]
pub(crate) struct EvaluateArguments {
    /// Dataset: its name in the datasets folder, or its folder [default: the only one there, else the demo].
    #[arg(long, value_name = "DATASET", env = "FITROOM_DATA")]
    pub(crate) data: Option<String>,
    /// Show models the test photographs that have seen them already. That is recorded as one more look.
    #[arg(long)]
    pub(crate) again: bool,
    /// Print JSON for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArguments {
    /// Dataset: its name in the datasets folder, or its folder [default: the only one there, else the demo].
    #[arg(long, value_name = "DATASET", env = "FITROOM_DATA")]
    pub(crate) data: Option<String>,
    /// Count points on mirrored copies too, as photographs of their own, where tasks have them.
    #[arg(long)]
    pub(crate) as_study: bool,
    /// Print JSON for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LabelArguments {
    /// A folder or a zip archive with photographs (JPEG, PNG, WebP) of any size.
    pub(crate) photographs: PathBuf,
    /// The CSV to write: path, each label with its probability, and whether somebody should look at it.
    #[arg(long, value_name = "FILE.csv", default_value = "labels.csv")]
    pub(crate) out: PathBuf,
    /// Which models are asked where several could be: one for several columns at once, or one after the other.
    #[arg(long, default_value = "combined")]
    pub(crate) route: RouteKind,
    /// The share of photographs without a need for review whose labels shall all be right, in (0, 1).
    #[arg(long, value_name = "SHARE", default_value = "0.98", value_parser = parse_share)]
    pub(crate) precision: f64,
    /// The dataset whose models are used: its name in the datasets folder, or its folder [default: the only one there,
    /// else the demo].
    #[arg(long, value_name = "DATASET", env = "FITROOM_DATA")]
    pub(crate) data: Option<String>,
    /// A folder of models, instead of those of a dataset: what `fitroom best` keeps in `models/DATASET` of the runs
    /// folder, or a copy of it.
    #[arg(long, value_name = "DIR")]
    pub(crate) models: Option<PathBuf>,
    /// The page of photographs to look through [default: beside the CSV, with the ending `.html`].
    #[arg(long, value_name = "FILE.html")]
    pub(crate) sheet: Option<PathBuf>,
    /// The most photographs on that page, the doubtful ones first; 0: no page.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) sheet_photographs: usize,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    /// The task whose model is exported.
    pub(crate) task: String,
    /// The folder to write to: `model.safetensors`, `model.py` and `model.toml`.
    #[arg(long, value_name = "DIR")]
    pub(crate) to: PathBuf,
    /// Dataset: its name in the datasets folder, or its folder [default: the only one there, else the demo].
    #[arg(long, value_name = "DATASET", env = "FITROOM_DATA")]
    pub(crate) data: Option<String>,
}

/// `0.98`: above 0 and below 1.
fn parse_share(text: &str) -> Result<f64, String> {
    let share = text
        .parse()
        .ok()
        .filter(|share| *share > 0.0 && *share < 1.0);
    share.ok_or_else(|| {
        format!("`{text}` is no share, expected a number above 0 and below 1 as in `0.98`")
    })
}
