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
