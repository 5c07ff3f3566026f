//! Completions, manual pages, help.

use std::fs;
use std::process::Command;

use crate::photographs::Workplace;

#[test]
fn bash_completes_commands_and_options() {
    let workplace = Workplace::new();
    let script = workplace.fitroom(&["completions", "bash"]);
    assert_eq!(script.code, Some(0), "{}", script.stderr);
    workplace.write("fitroom.bash", &script.stdout);
    // What bash does when somebody presses Tab after the last word.
    let complete = |words: &str| {
        let program = format!(
            "source fitroom.bash; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             COMPREPLY=(); _fitroom fitroom \"${{COMP_WORDS[-1]}}\" \"${{COMP_WORDS[-2]}}\"; printf '%s\\n' \"${{COMPREPLY[@]}}\""
        );
        let output = Command::new("bash")
            .args(["-c", &program])
            .current_dir(workplace.path(""))
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(complete("fitroom ru").contains("runs"));
    let of_runs = complete("fitroom runs re");
    for command in ["remove", "restore", "rerun"] {
        assert!(of_runs.contains(command), "{of_runs}");
    }
    assert!(complete("fitroom runs list --so").contains("--sort"));
    for shell in ["zsh", "fish", "elvish", "powershell"] {
        let script = workplace.fitroom(&["completions", shell]);
        assert_eq!(script.code, Some(0), "{shell}");
        assert!(script.stdout.contains("fitroom"), "{shell}");
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let workplace = Workplace::new();
    let man = workplace.fitroom(&["man", "--to", "pages"]);
    assert_eq!(man.code, Some(0), "{}", man.stderr);
    let help = workplace.fitroom(&["runs", "--help"]).stdout;
    let commands = help
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1);
    let commands: Vec<&str> = commands
        .take_while(|line| !line.starts_with("Options:"))
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(
        commands.contains(&"list") && commands.len() >= 10,
        "{commands:?}"
    );
    for command in commands {
        let page = workplace.path(&format!("pages/fitroom-runs-{command}.1"));
        let text = fs::read_to_string(&page).unwrap();
        assert!(
            text.contains(".TH") && text.contains("SYNOPSIS"),
            "{command}"
        );
    }
    let first = fs::read_to_string(workplace.path("pages/fitroom.1")).unwrap();
    assert!(first.contains("Exit codes"), "{first}");
}

#[test]
fn help_has_examples_that_are_commands() {
    let workplace = Workplace::new();
    for command in [
        "list", "show", "diff", "export", "tag", "note", "remove", "restore", "gc", "rerun",
    ] {
        let help = workplace.fitroom(&["runs", command, "--help"]).stdout;
        let examples = help
            .lines()
            .filter(|line| line.starts_with("  fitroom runs "));
        let examples: Vec<&str> = examples.collect();
        assert!(!examples.is_empty(), "{help}");
        for example in examples {
            assert!(
                example.contains(&format!("fitroom runs {command}")) || command != "list",
                "{example}"
            );
        }
    }
}
