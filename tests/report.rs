//! `fitroom report`: which pages are written, and when.

use std::fs;
use std::process::Stdio;

use serde_json::Value;

use crate::photographs::{IMPORT, Workplace};
use crate::report_formats::trials_of;

const GRID: &str = "task = \"shapes\"\n[hyperparameters]\nkernel_size = 3\nkernel_num = [4, 8]\n\
                    dense_size = [0, 16]\n[train]\nepochs = 4\nbatch_size = 16\n";

/// The small catalogue with a sweep of four trials, and another that shares two of them and has two seeds.
pub(crate) fn trained() -> Workplace {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/grid.toml", GRID);
    let seeds = GRID.replace("[0, 16]", "0") + "seeds = [0, 1]\n";
    workplace.write("sweeps/seeds.toml", &seeds);
    let run = workplace.fitroom(&["sweep", "sweeps/grid.toml", "sweeps/seeds.toml"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    workplace
}

/// Calls `report` with these arguments, which must go well; what it said.
fn report(workplace: &Workplace, arguments: &[&str]) -> String {
    let run = workplace.fitroom(&[&["report"], arguments].concat());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run.stderr
}

fn page(workplace: &Workplace, path: &str) -> String {
    fs::read_to_string(workplace.path(&format!("reports/{path}"))).unwrap()
}

#[test]
fn only_the_pages_that_are_asked_for_are_written_and_always_the_index() {
    let workplace = trained();
    let said = report(&workplace, &["seeds"]);
    assert!(said.contains("reports/small/seeds.html\n"), "{said}");
    assert!(!said.contains("grid.html"), "{said}");
    assert!(said.contains("(1 more have no page yet"), "{said}");
    assert!(!workplace.path("reports/small/grid.html").exists());
    let index = page(&workplace, "index.html");
    assert!(index.contains("small/grid.html") && index.contains("small/seeds.html"));

    for unknown in [
        &["report", "grip"][..],
        &["report", "seeds", "grip", "--json"],
    ] {
        let run = workplace.fitroom(unknown);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
        let expected = "no sweep `grip` in `runs`: did you mean `grid`?\n(there are: grid, seeds)";
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    }
    for both in [
        ["--json", "--csv"],
        ["--json", "--watch"],
        ["--csv", "--watch"],
    ] {
        let run = workplace.fitroom(&[&["report"][..], &both].concat());
        assert_eq!(run.code, Some(2), "{both:?}");
    }
}

#[test]
fn a_page_that_shows_the_same_keeps_its_bytes_and_any_other_is_written_anew() {
    let workplace = trained();
    report(&workplace, &[]);
    let paths = ["index.html", "small/grid.html", "small/seeds.html"];
    let pages = || {
        paths.map(|path| {
            let file = workplace.path(&format!("reports/{path}"));
            let modified = fs::metadata(&file).unwrap().modified().unwrap();
            (modified, fs::read(file).unwrap())
        })
    };
    let before = pages();
    let said = report(&workplace, &[]);
    for path in paths {
        assert!(
            said.contains(&format!("reports/{path} (unchanged)")),
            "{said}"
        );
    }
    assert!(pages() == before, "a page was written again");

    // Another margin trains nothing; two more kernels do. Both change the page of their sweep alone.
    let sweep = |arguments: &[&str]| {
        let run = workplace.fitroom(&[&["sweep", "sweeps/grid.toml"], arguments].concat());
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        run.stderr
    };
    let trained = sweep(&["--set", "margin=0.25"]);
    assert!(trained.contains("nothing to do"), "{trained}");
    report(&workplace, &[]);
    let margin = pages();
    assert!(margin[1] != before[1] && margin[2] == before[2]);
    let json = workplace.fitroom(&["report", "grid", "--json"]).stdout;
    assert!(json.contains("\"margin\": 0.25"), "{json}");
    sweep(&["--set", "kernel_num=[4, 8, 10]"]);
    let said = report(&workplace, &[]);
    let after = pages();
    assert!(after[0] != margin[0] && after[1] != margin[1] && after[2] == margin[2]);
    assert!(said.contains("reports/small/grid.html\n"), "{said}");
    assert!(
        said.contains("reports/small/seeds.html (unchanged)"),
        "{said}"
    );

    // A page that somebody changed or cut off is not taken for whole.
    let grid = workplace.path("reports/small/grid.html");
    fs::write(&grid, &after[1].1[..1000]).unwrap();
    report(&workplace, &["grid"]);
    assert_eq!(fs::read(&grid).unwrap().len(), after[1].1.len());
}

#[test]
fn predictions_that_cannot_be_read_are_said_every_time_and_the_page_is_written() {
    let workplace = trained();
    let folders = workplace.trial_folders("grid");
    fs::write(folders[0].join("predictions.npz"), "nonsense").unwrap();
    fs::remove_file(folders[1].join("predictions.npz")).unwrap();
    for _ in 0..2 {
        let run = workplace.fitroom(&["report", "grid"]);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        let warnings: Vec<&str> = run
            .stderr
            .lines()
            .filter(|line| line.starts_with("warning: grid on small: "))
            .collect();
        assert_eq!(warnings.len(), 2, "{}", run.stderr);
        for folder in &folders[..2] {
            let name = folder.file_name().unwrap().to_str().unwrap();
            let file = format!("runs/small/grid/{name}/predictions.npz");
            let of_it =
                |line: &&&str| line.contains(&format!("of {name}: ")) && line.contains(&file);
            assert_eq!(warnings.iter().filter(of_it).count(), 1, "{warnings:?}");
        }
        let written = page(&workplace, "small/grid.html");
        for trial in workplace.trials() {
            let name = trial["name"].as_str().unwrap();
            assert!(trial["sweep"] != "grid" || written.contains(name), "{name}");
        }
    }
    // Of many, three are told in full.
    for folder in &folders {
        fs::write(folder.join("predictions.npz"), "nonsense").unwrap();
    }
    let run = workplace.fitroom(&["report", "grid"]);
    assert_eq!(run.code, Some(1));
    let warnings = run.stderr.matches("predictions.npz").count();
    assert_eq!(warnings, 3, "{}", run.stderr);
    assert!(run.stderr.contains("and 1 more\n"), "{}", run.stderr);
    let json = workplace.fitroom(&["report", "grid", "--json"]);
    assert_eq!(json.code, Some(1));
    let sweeps: Vec<Value> = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(trials_of(&sweeps[0]).len(), 4);
}

#[test]
fn photographs_are_shown_while_their_dataset_is_there_whatever_it_is_called() {
    // How a JPEG file begins, as text.
    const JPEG: &str = "/9j/4AAQ";
    let workplace = trained();
    report(&workplace, &[]);
    assert!(page(&workplace, "small/grid.html").contains(JPEG));
    fs::rename(workplace.path("data/small"), workplace.path("data/renamed")).unwrap();
    let said = report(&workplace, &[]);
    assert!(said.contains("small/grid.html (unchanged)"), "{said}");
    fs::remove_dir_all(workplace.path("data")).unwrap();
    report(&workplace, &[]);
    assert!(!page(&workplace, "small/grid.html").contains(JPEG));

    // One of the same name with other content shows nothing.
    workplace.draw_photographs("photographs");
    let labels = fs::read_to_string(workplace.path("photographs/labels.csv")).unwrap();
    workplace.write("photographs/labels.csv", &labels.replace("disc", "ring"));
    assert_eq!(workplace.fitroom(&IMPORT).code, Some(0));
    let said = report(&workplace, &[]);
    assert!(said.contains("small/grid.html (unchanged)"), "{said}");
    workplace.write("photographs/labels.csv", &labels);
    assert_eq!(workplace.fitroom(&IMPORT).code, Some(0));
    report(&workplace, &[]);
    assert!(page(&workplace, "small/grid.html").contains(JPEG));

    // A damaged one is said, and the page written without.
    let archive = workplace.path("data/small/dataset.npz");
    fs::write(&archive, "nonsense").unwrap();
    fs::remove_dir_all(workplace.path("reports")).unwrap();
    let run = workplace.fitroom(&["report"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("warning: grid on small: no photographs: ")
            && run.stderr.contains("data/small/dataset.npz"),
        "{}",
        run.stderr
    );
    assert!(!page(&workplace, "small/grid.html").contains(JPEG));
}

#[test]
fn a_sweep_file_of_another_version_gets_the_default_margin_and_it_is_said() {
    let workplace = trained();
    let changed: Vec<(i64,)> = workplace.query(
        "update sweeps set text = replace(text, 'batch_size', 'lot_size') where name = 'grid' returning key",
    );
    assert_eq!(changed.len(), 1);
    for _ in 0..2 {
        let said = report(&workplace, &[]);
        let said: Vec<&str> = said
            .lines()
            .filter(|line| line.contains("lot_size"))
            .collect();
        assert_eq!(said.len(), 1);
        assert!(
            said[0].starts_with("grid on small: ") && said[0].contains("grid.toml:"),
            "{said:?}"
        );
    }
}

#[test]
fn a_report_of_a_sweep_in_training_shows_how_far_it_is() {
    let workplace = Workplace::with_dataset();
    workplace.write("sweeps/grid.toml", GRID);
    let arguments = [
        "sweep",
        "sweeps/grid.toml",
        "--set",
        "epochs=100000",
        "--set",
        "patience=100000",
    ];
    let mut command = workplace.command(&arguments);
    let mut process = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // At first there may be no database yet.
    while !workplace.path("runs/fitroom.db").exists()
        || workplace
            .trials()
            .iter()
            .all(|trial| trial["state"] != "running")
    {
        assert!(process.try_wait().unwrap().is_none(), "it ended too early");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    report(&workplace, &["grid"]);
    let first = page(&workplace, "small/grid.html");
    assert!(first.contains("running"));
    std::thread::sleep(std::time::Duration::from_millis(500));
    report(&workplace, &["grid"]);
    assert_ne!(
        page(&workplace, "small/grid.html"),
        first,
        "it came no further"
    );
    process.kill().unwrap();
    process.wait().unwrap();
}
