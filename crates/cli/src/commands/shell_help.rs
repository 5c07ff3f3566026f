//! `fitroom completions` and `fitroom man`: what a shell knows of this program.

use std::fs;
use std::path::Path;

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::exit::{Exit, Failure};
use crate::output;

/// Prints the script that completes commands in a shell.
pub(crate) fn completions(shell: Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "fitroom", &mut script);
    output::raw(&String::from_utf8(script)?)?;
    Ok(Exit::Well)
}

/// Writes a manual page for each command into a folder.
pub(crate) fn man(folder: &Path) -> Result<Exit, Failure> {
    let at = || format!("failed to write manual pages into `{}`", folder.display());
    fs::create_dir_all(folder).with_context(at)?;
    clap_mangen::generate_to(Arguments::command(), folder).with_context(at)?;
    let first = folder.join("fitroom.1");
    output::message(&format!("the first: `man {}`", first.display()));
    Ok(Exit::Well)
}
