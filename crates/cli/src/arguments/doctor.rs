//! The command line of `fitroom doctor`.

use clap::Args;

#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  fitroom doctor                     what is wrong in `runs`; nothing is changed
  fitroom doctor --fix               mend it
  fitroom doctor --quick             without reading every byte
  fitroom --runs copy doctor --fix   a copy of a runs folder, without its database for example

Nothing is lost: what is damaged or superfluous goes to `.trash/doctor/TIME` in the runs folder, with the path that it \
had. Only what is garbage by its kind is removed: files that an attempt left which is not running any more, and locks of \
processes that have died. Trials in training are left alone.

A missing or malformed database is made anew from the run folders. Trials that lost their results are planned again: the \
same `fitroom sweep` trains them. Logs that were imported are read again by `fitroom import-logs`.

Exit codes: 0 nothing is wrong, or all is mended; 1 something is wrong; 2 there is no such runs folder.")]
pub(crate) struct DoctorArguments {
    /// Mend what is wrong.
    #[arg(long)]
    pub(crate) fix: bool,
    /// Compare the sizes of files alone, not their hashes. What is mended is read in full.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Print JSON for programs.
    #[arg(long)]
    pub(crate) json: bool,
}
