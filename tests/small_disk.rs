//! A file system of a few kilobytes in a namespace of its own.

use std::fs;
use std::process::Command;

use crate::photographs::{Run, Workplace};

/// Runs a script with a file system of `size` in the folder `small`, or says why it cannot.
pub(crate) fn on_a_small_disk(workplace: &Workplace, size: &str, script: &str) -> Option<Run> {
    fs::create_dir_all(workplace.path("small")).unwrap();
    let program = assert_cmd::cargo::cargo_bin!("fitroom");
    let script = format!(
        "mount -t tmpfs -o size={size} tmpfs small && echo mounted || exit\nfitroom=\"{}\"\n{script}",
        program.display()
    );
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", &script])
        .current_dir(workplace.path("."))
        .output();
    let reason = match output {
        Ok(output) if output.stdout.starts_with(b"mounted\n") => return Some(Run::of(output)),
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    eprintln!("SKIPPED: no small file system can be mounted here: {reason}");
    None
}
