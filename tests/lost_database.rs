//! Trials whose database is lost are not taken for none.

use std::fs;

use crate::trash::trained;

#[test]
fn every_command_says_so_and_changes_nothing_until_it_is_made_anew() {
    let workplace = trained();
    let trials = workplace.trials();
    let name = trials[0]["name"].as_str().unwrap();
    let results = workplace.trial_files("grid", "result.toml");
    for file in ["fitroom.db", "fitroom.db-wal", "fitroom.db-shm"] {
        let _ = fs::remove_file(workplace.path("runs").join(file));
    }
    for arguments in [
        &["sweep", "sweeps/grid.toml"][..],
        &["sweep", "sweeps/grid.toml", "--plan"],
        &["runs", "list"],
        &["runs", "show", name],
        &["runs", "remove", name],
        &["runs", "restore", "--all"],
        &["runs", "export", "--to", "trials.csv"],
        &["best"],
        &["report"],
        &["evaluate"],
        &["audit", "grid"],
    ] {
        let run = workplace.fitroom(arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.stderr);
        let said = run.stderr;
        assert!(
            said.contains("no database of them") && said.contains("doctor --fix"),
            "{said}"
        );
        assert!(!workplace.path("runs/fitroom.db").exists(), "{arguments:?}");
    }
    assert!(workplace.trial_files("grid", "result.toml") == results);
    let mended = workplace.fitroom(&["doctor", "--fix"]);
    assert_eq!(mended.code, Some(0), "{}", mended.stderr);
    let sweep = workplace.fitroom(&["sweep", "sweeps/grid.toml"]);
    assert!(sweep.stderr.contains("nothing to do"), "{}", sweep.stderr);
    assert_eq!(workplace.trials().len(), trials.len());
}

#[test]
fn a_database_that_cannot_be_read_is_said_with_what_mends_it() {
    let workplace = trained();
    let text = "this is a letter and no database. ".repeat(99);
    for file in ["fitroom.db-wal", "fitroom.db-shm"] {
        let _ = fs::remove_file(workplace.path("runs").join(file));
    }
    workplace.write("runs/fitroom.db", &text);
    let list = workplace.fitroom(&["runs", "list"]);
    assert_eq!(list.code, Some(1), "{}", list.stderr);
    assert!(
        list.stderr.contains("fitroom.db") && list.stderr.contains("doctor"),
        "{}",
        list.stderr
    );
    assert_eq!(
        fs::read_to_string(workplace.path("runs/fitroom.db")).unwrap(),
        text
    );
}
