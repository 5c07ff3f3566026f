//! Runs are found below a folder.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use fitroom_tensorboard::{FindRunsError, LogFolder, MAX_DEPTH, find_runs};
use tempfile::tempdir;

/// Makes empty files, and the folders that they lie in.
fn make(root: &Path, files: &[&str]) {
    for file in files {
        let path = root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
}

/// The runs' names, each with the names of its files.
fn names(found: &LogFolder) -> Vec<(&str, Vec<&str>)> {
    let runs = found.runs.iter().map(|run| {
        assert!(run.files.iter().all(|it| it.parent() == Some(&run.folder)));
        let names = run.files.iter().map(|it| it.file_name().unwrap());
        let names = names.map(|it| it.to_str().unwrap()).collect();
        (run.name.as_str(), names)
    });
    runs.collect()
}

#[test]
fn every_folder_with_event_files_is_a_run() {
    let root = tempdir().unwrap();
    make(
        root.path(),
        &[
            "events.out.tfevents.2.host",
            "events.out.tfevents.1.host.v2",
            "trial.toml",
            "b/deep/er/x.tfevents",
            "b/deep/tfevents",
            "a/2.tfevents",
            "a/10.tfevents",
            "a/events.out.tfevents.3.host.profile-empty",
            "only-a-profile/events.out.tfevents.3.host.profile-empty",
            "none/TFEVENTS",
            "tfevents/none",
        ],
    );
    fs::create_dir(root.path().join("a/folder.tfevents")).unwrap();
    fs::create_dir(root.path().join("empty")).unwrap();
    let found = find_runs(root.path()).unwrap();
    assert!(found.problems.is_empty(), "{:?}", found.problems);
    assert_eq!(
        names(&found),
        [
            (
                ".",
                vec![
                    "events.out.tfevents.1.host.v2",
                    "events.out.tfevents.2.host"
                ]
            ),
            ("a", vec!["10.tfevents", "2.tfevents"]),
            ("b/deep", vec!["tfevents"]),
            ("b/deep/er", vec!["x.tfevents"]),
        ]
    );
    // However the root is written.
    let again = find_runs(&root.path().join("b/../")).unwrap();
    assert_eq!(names(&again), names(&found));
}

#[test]
fn links_to_files_are_followed_and_those_to_folders_are_not() {
    let root = tempdir().unwrap();
    let elsewhere = tempdir().unwrap();
    make(root.path(), &["run/1.tfevents"]);
    make(elsewhere.path(), &["2.tfevents", "other/3.tfevents"]);
    let run = root.path().join("run");
    symlink(elsewhere.path().join("2.tfevents"), run.join("2.tfevents")).unwrap();
    symlink(elsewhere.path(), run.join("folder.tfevents")).unwrap();
    symlink(root.path(), run.join("circle")).unwrap();
    symlink("nowhere", run.join("lost.tfevents")).unwrap();
    symlink("nowhere", run.join("lost")).unwrap();
    let found = find_runs(root.path()).unwrap();
    assert_eq!(names(&found), [("run", vec!["1.tfevents", "2.tfevents"])]);
    let [problem] = &found.problems[..] else {
        panic!("{:?}", found.problems);
    };
    let lost = run.join("lost.tfevents");
    assert_eq!(
        problem.to_string(),
        format!("cannot look for event files in `{}`", lost.display())
    );

    // The root itself may be a link.
    let link = elsewhere.path().join("link");
    symlink(root.path(), &link).unwrap();
    assert_eq!(find_runs(&link).unwrap().runs.len(), 1);
}

#[test]
fn what_is_no_file_is_left_out() {
    let root = tempdir().unwrap();
    make(root.path(), &["1.tfevents"]);
    let pipe = root.path().join("pipe.tfevents");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    symlink(&pipe, root.path().join("link.tfevents")).unwrap();
    symlink("/dev/zero", root.path().join("zero.tfevents")).unwrap();
    let found = find_runs(root.path()).unwrap();
    assert_eq!(names(&found), [(".", vec!["1.tfevents"])]);
    assert!(found.problems.is_empty(), "{:?}", found.problems);
}

#[test]
fn names_need_not_be_utf_8() {
    let root = tempdir().unwrap();
    for name in [b"run \xff", b"run \xfe"] {
        let folder = root.path().join(OsStr::from_bytes(name));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join(OsStr::from_bytes(b"\xff.tfevents")), "").unwrap();
    }
    let found = find_runs(root.path()).unwrap();
    let names: Vec<_> = found.runs.iter().map(|run| run.name.as_str()).collect();
    assert_eq!(names, ["run \u{fffd}"; 2]);
    assert_ne!(found.runs[0].folder, found.runs[1].folder);
    for run in found.runs {
        assert!(run.files[0].is_file());
    }
}

#[test]
fn a_folder_that_cannot_be_read_costs_only_itself() {
    let root = tempdir().unwrap();
    make(root.path(), &["a/1.tfevents", "z/2.tfevents"]);
    // Nobody, not even root, can name a path of more than 4096 bytes; here the shell goes down step by step.
    let name = "x".repeat(200);
    let made = Command::new("sh")
        .args([
            "-c",
            "for i in $(seq 25); do mkdir $0 && cd -P $0 || exit 1; done",
        ])
        .arg(&name)
        .current_dir(root.path())
        .status()
        .unwrap();
    assert!(made.success());
    let found = find_runs(root.path()).unwrap();
    assert_eq!(
        names(&found),
        [("a", vec!["1.tfevents"]), ("z", vec!["2.tfevents"])]
    );
    let [FindRunsError::Read { path, .. }] = &found.problems[..] else {
        panic!("{:?}", found.problems);
    };
    assert!(path.ends_with(&name) && path.as_os_str().len() > 4000);
}

#[test]
fn folders_are_looked_at_down_to_a_depth() {
    let root = tempdir().unwrap();
    let deep = vec!["d"; MAX_DEPTH].join("/");
    make(
        root.path(),
        &[
            &format!("{deep}/1.tfevents"),
            &format!("{deep}/d/2.tfevents"),
            &format!("{deep}/e/3.tfevents"),
        ],
    );
    let found = find_runs(root.path()).unwrap();
    assert_eq!(names(&found), [(deep.as_str(), vec!["1.tfevents"])]);
    let problems: Vec<String> = found.problems.iter().map(|it| it.to_string()).collect();
    let expected = ["d", "e"].map(|last| {
        let path = root.path().join(&deep).join(last);
        format!("`{}` lies more than 64 folders deep", path.display())
    });
    assert_eq!(problems, expected);
}

#[test]
fn a_root_that_is_no_folder_is_an_error() {
    let root = tempdir().unwrap();
    make(root.path(), &["1.tfevents"]);
    for name in ["missing", "1.tfevents"] {
        let path = root.path().join(name);
        let error = find_runs(&path).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("cannot look for event files in `{}`", path.display())
        );
    }
}

#[test]
fn thousands_of_files_are_found() {
    let root = tempdir().unwrap();
    for run in 0..200 {
        let folder = root.path().join(format!("{run:03}"));
        fs::create_dir(&folder).unwrap();
        for file in 0..20 {
            fs::write(folder.join(format!("{file:02}.tfevents")), "").unwrap();
        }
    }
    let found = find_runs(root.path()).unwrap();
    assert_eq!(found.runs.len(), 200);
    assert!(found.runs.is_sorted_by(|a, b| a.name < b.name));
    for run in &found.runs {
        assert!(run.files.len() == 20 && run.files.is_sorted());
    }
}
