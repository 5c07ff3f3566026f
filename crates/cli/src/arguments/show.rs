//! The command line of what looks closely at trials.

use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    fitroom runs show k3x3-n32-d256-s0-3fa94c1b\n  \
    fitroom runs show 3fa94c1b --text\n  \
    fitroom runs show 3fa94c1b --json | jq .figures.accuracy_interval")]
pub(crate) struct RunsShowArguments {
    /// The trial: its name, or its id or the first 8 digits of it or more.
    pub(crate) trial: String,
    /// Also print the text of the sweep file that it was trained by.
    #[arg(long)]
    pub(crate) text: bool,
    /// Print JSON for programs; the sweep file's text is always in it.
    #[arg(long, conflicts_with = "text")]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Differences are B less A. A photograph and its mirrored copy count as one.\n\n\
    Examples:\n  \
    fitroom runs diff 3fa94c1b 80d2e6f5\n  \
    fitroom runs diff 3fa94c1b 80d2e6f5 --all --photographs 100\n  \
    fitroom runs diff 3fa94c1b 80d2e6f5 --json | jq .validation.p_value"
)]
pub(crate) struct RunsDiffArguments {
    /// The first trial: its name, or its id or the first 8 digits of it or more.
    #[arg(value_name = "A")]
    pub(crate) first: String,
    /// The second trial, likewise.
    #[arg(value_name = "B")]
    pub(crate) second: String,
    /// Also show what is the same in both.
    #[arg(long)]
    pub(crate) all: bool,
    /// Show at most so many of the photographs that one trial gets right and the other does not; JSON has all.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) photographs: usize,
    /// Print JSON for programs.
    #[arg(long)]
    pub(crate) json: bool,
}
