//! Where this process and what it trains come from.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::available_parallelism;

use fitroom_domain::{GitState, Machine, Provenance, TRAINING_SEMANTICS, Versions};
use fitroom_train::{LIBTORCH, processor};

/// This process, its folder and its machine. What cannot be found out is empty.
pub(crate) fn provenance() -> Provenance {
    let folder = env::current_dir().unwrap_or_default();
    let words = env::args_os().map(|word| word.to_string_lossy().into_owned());
    Provenance {
        command_line: words.collect(),
        git: git_state(&folder),
        working_folder: folder.display().to_string(),
        versions: Versions {
            fitroom: env!("CARGO_PKG_VERSION").to_owned(),
            libtorch: LIBTORCH.to_owned(),
            training_semantics: TRAINING_SEMANTICS,
        },
        machine: Machine {
            cpu: processor(),
            cores: available_parallelism().map_or(0, |cores| cores.get() as u32),
            memory_bytes: (fs::read_to_string("/proc/meminfo").ok())
                .and_then(|table| kibibytes(&table, "MemTotal:"))
                .unwrap_or(0),
        },
    }
}

/// What git says of a folder; `None` if there is no git, it is no working tree, or it has no commit.
fn git_state(folder: &Path) -> Option<GitState> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .args(arguments)
            .current_dir(folder)
            // Nothing of the repository is to be written.
            .env("GIT_OPTIONAL_LOCKS", "0")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
            .ok()?;
        let text = String::from_utf8(output.stdout).ok();
        text.filter(|_| output.status.success())
    };
    Some(GitState {
        commit: git(&["rev-parse", "HEAD"])?.trim().to_owned(),
        dirty: !git(&["status", "--porcelain"])?.is_empty(),
    })
}

/// What a line of one of the kernel's tables says, in bytes.
pub(crate) fn kibibytes(table: &str, name: &str) -> Option<u64> {
    let line = table.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace()
        .next()?
        .parse::<u64>()
        .ok()?
        .checked_mul(1024)
}
