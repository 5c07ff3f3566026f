//! How a trial's last attempt came about.

use fitroom_domain::{GitState, Provenance};

use crate::inspecting::facts::TrialFacts;
use crate::inspecting::numbers::{bytes, second};
use crate::inspecting::sheet::Sheet;

/// Digits of a commit that people are shown.
const COMMIT: usize = 12;

/// The section of it.
pub(super) fn section(sheet: &mut Sheet, facts: &TrialFacts) {
    let Some(attempt) = facts.last_attempt() else {
        return;
    };
    sheet.heading("Origin of the last attempt");
    let numerics = Some(attempt.numerics.clone()).filter(|it| !it.is_empty());
    let Some((sweep, run)) = facts.last_run() else {
        sheet.line_if("numerics", numerics);
        sheet.paragraph("how it came about was not recorded");
        return;
    };
    sheet.line(
        "sweep",
        &format!("{}, run on {} UTC", sweep.name, second(&run.run_at)),
    );
    sheet.line_if(
        "overrides",
        (!run.overrides.is_empty()).then(|| run.overrides.join("\n")),
    );
    sheet.line_if("numerics", numerics);
    match &run.provenance {
        Some(provenance) => of_provenance(sheet, provenance),
        None => sheet.paragraph("command, git, versions and machine were not recorded"),
    }
}

/// The section of the sweep file that the attempt was made by, if it is known.
pub(super) fn sweep_file(sheet: &mut Sheet, facts: &TrialFacts) {
    if let Some((sweep, run)) = facts.last_run() {
        sheet.heading(&format!("Sweep file of {}", sweep.name));
        sheet.block(run.text.trim_end());
    }
}

fn of_provenance(sheet: &mut Sheet, provenance: &Provenance) {
    sheet.line("command", &quoted(&provenance.command_line));
    sheet.line("in", &provenance.working_folder);
    sheet.line("git", &git_text(provenance.git.as_ref()));
    let versions = &provenance.versions;
    let versions = format!(
        "fitroom {}, LibTorch {}, training rules {}",
        versions.fitroom, versions.libtorch, versions.training_semantics
    );
    sheet.line("versions", &versions);
    let machine = &provenance.machine;
    let machine = format!(
        "{}, {} cores, {}",
        machine.cpu,
        machine.cores,
        bytes(machine.memory_bytes)
    );
    sheet.line("machine", &machine);
}

/// `3fa94c1b2d70, with changes that were not committed`.
pub(crate) fn git_text(git: Option<&GitState>) -> String {
    let Some(git) = git else {
        return "no commit was known".to_owned();
    };
    let commit = git.commit.get(..COMMIT).unwrap_or(&git.commit);
    match git.dirty {
        true => format!("{commit}, with changes that were not committed"),
        false => commit.to_owned(),
    }
}

/// Words as a shell takes them.
pub(crate) fn quoted(words: &[String]) -> String {
    let joined = shlex::try_join(words.iter().map(String::as_str));
    // No word of a command line has a zero byte.
    joined.unwrap_or_else(|_| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_a_shell() {
        let words = [
            "fitroom",
            "sweep",
            "my sweeps/a.toml",
            "--set",
            "seeds=[0, 1]",
        ];
        let words = words.map(str::to_owned);
        let text = quoted(&words);
        assert_eq!(
            text,
            "fitroom sweep 'my sweeps/a.toml' --set 'seeds=[0, 1]'"
        );
        assert_eq!(shlex::split(&text).unwrap(), words);
    }

    #[test]
    fn uncommitted_changes_are_said() {
        let commit = "3fa94c1b2d70aa55".to_owned();
        let clean = GitState {
            commit,
            dirty: false,
        };
        assert_eq!(git_text(Some(&clean)), "3fa94c1b2d70");
        let dirty = GitState {
            dirty: true,
            ..clean
        };
        assert!(git_text(Some(&dirty)).contains("not committed"));
        assert_eq!(git_text(None), "no commit was known");
    }
}
