//! Where a trial comes from: command, sweep file, git, versions, machine, and what it took.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::photographs::Workplace;

const SWEEP: &str = "task = \"shapes\"\n# a remark\n[hyperparameters]\nkernel_size = 3\nkernel_num = [2, 4]\n\
                     [train]\nepochs = 2\n";

fn git(workplace: &Workplace, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command
        .args([
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b.c",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(arguments)
        .current_dir(workplace.path(""));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_trial_says_where_it_comes_from() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/small.toml", SWEEP);
    workplace.write(".gitignore", "runs\nreports\ndata\n");
    git(&workplace, &["init", "-q"]);
    git(&workplace, &["add", "-A"]);
    git(&workplace, &["commit", "-qm", "begin"]);
    let commit = git(&workplace, &["rev-parse", "HEAD"]);
    let sweep = |arguments: &[&str]| {
        let all: Vec<&str> = ["sweep", "sweeps/small.toml"]
            .iter()
            .chain(arguments)
            .copied()
            .collect();
        let run = workplace.fitroom(&all);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    };
    sweep(&["--set", "kernel_num=2"]);
    workplace.write("sweeps/small.toml", &format!("{SWEEP}\n"));
    sweep(&["--workers", "1"]);

    for folder in workplace.trial_folders("small") {
        let text = fs::read_to_string(folder.join("provenance.toml")).unwrap();
        let file: toml::Table = toml::from_str(&text).unwrap();
        let is_first = folder.display().to_string().contains("-n2-");
        assert_eq!(file["sweep"].as_str(), Some("small"));
        assert_eq!(file["dataset"].as_str(), Some("small"));
        let run = &file["run"];
        let expected = if is_first {
            SWEEP.to_owned()
        } else {
            format!("{SWEEP}\n")
        };
        assert_eq!(run["text"].as_str(), Some(expected.as_str()));
        assert_eq!(
            run["overrides"].as_array().unwrap().len(),
            usize::from(is_first)
        );
        let provenance = &run["provenance"];
        let words: Vec<&str> = (provenance["command_line"].as_array().unwrap().iter())
            .map(|word| word.as_str().unwrap())
            .collect();
        let rest: &[&str] = if is_first {
            &["--set", "kernel_num=2"]
        } else {
            &["--workers", "1"]
        };
        assert!(words[0].ends_with("fitroom"), "{words:?}");
        assert_eq!(words[1..3], ["sweep", "sweeps/small.toml"]);
        assert_eq!(&words[3..], rest);
        assert_eq!(provenance["git"]["commit"].as_str(), Some(commit.as_str()));
        assert_eq!(provenance["git"]["dirty"].as_bool(), Some(!is_first));
        assert_eq!(
            provenance["versions"]["fitroom"].as_str(),
            Some(env!("CARGO_PKG_VERSION"))
        );
        assert!(
            provenance["versions"]["libtorch"]
                .as_str()
                .unwrap()
                .contains('.')
        );
        assert!(!provenance["machine"]["cpu"].as_str().unwrap().is_empty());
        assert!(provenance["machine"]["cores"].as_integer().unwrap() >= 1);
        let memory = provenance["machine"]["memory_bytes"].as_integer().unwrap();
        let meminfo = fs::read_to_string("/proc/meminfo").unwrap();
        let total = meminfo
            .lines()
            .next()
            .unwrap()
            .split_whitespace()
            .nth(1)
            .unwrap();
        assert_eq!(memory, 1024 * total.parse::<i64>().unwrap());

        let result: toml::Table =
            toml::from_str(&fs::read_to_string(folder.join("result.toml")).unwrap()).unwrap();
        let cpu = result["cpu_seconds"].as_float().unwrap();
        let seconds = result["figures"]["seconds"].as_float().unwrap();
        assert!(cpu > 0.0 && cpu < seconds + 0.5, "{cpu} of {seconds}");
        let peak = result["peak_memory_bytes"].as_integer().unwrap();
        assert!((10_000_000..memory).contains(&peak), "{peak}");
    }
    let recorded = workplace.query::<(f64, i64, String)>(
        "select cpu_seconds, peak_memory_bytes, provenance from attempts
         join sweep_runs on sweep_runs.key = sweep_run_key order by trial_key",
    );
    assert_eq!(recorded.len(), 2);
    for (cpu, peak, provenance) in recorded {
        assert!(cpu > 0.0 && peak > 10_000_000);
        let provenance: Value = serde_json::from_str(&provenance).unwrap();
        assert_eq!(provenance["git"]["commit"], commit.as_str());
    }
    // So does its page.
    let report = workplace.fitroom(&["report", "small", "--json"]);
    assert_eq!(report.code, Some(0), "{}", report.stderr);
    let report: Value = serde_json::from_str(&report.stdout).unwrap();
    let origins = report[0]["origins"].as_array().unwrap();
    assert_eq!(origins.len(), 2, "{origins:?}");
    for origin in origins {
        assert_eq!(origin["git"]["commit"], commit.as_str());
    }
    assert_eq!(workplace.fitroom(&["report", "small"]).code, Some(0));
    let page = fs::read_to_string(workplace.path("reports/small/small.html")).unwrap();
    assert!(page.contains("How the trials came about") && page.contains(&commit[..12]));
    // The sweep itself says what it wants.
    let folder = workplace.path("runs/small/small");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files: Vec<_> = files.filter(|path| path.is_file()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let record: toml::Table = toml::from_str(&fs::read_to_string(&files[0]).unwrap()).unwrap();
    assert_eq!(record["trials"].as_array().unwrap().len(), 2);
}

#[test]
fn without_git_a_trial_says_nothing_of_it() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/small.toml", SWEEP);
    let mut command = workplace.command(&["sweep", "sweeps/small.toml"]);
    // Whatever lies above the temporary folder is not its repository.
    command.env(
        "GIT_CEILING_DIRECTORIES",
        workplace.path("").parent().unwrap(),
    );
    assert!(command.output().unwrap().status.success());
    for folder in workplace.trial_folders("small") {
        let text = fs::read_to_string(folder.join("provenance.toml")).unwrap();
        assert!(
            !text.contains("git") && text.contains("command_line"),
            "{text}"
        );
    }
}
