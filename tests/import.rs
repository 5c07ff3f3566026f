//! Photographs and labels become a dataset.

use std::fs;

use crate::photographs::{IMPORT, Workplace};

#[test]
fn a_folder_becomes_a_dataset_that_show_describes() {
    let workplace = Workplace::with_dataset();
    let show = workplace.fitroom(&["data", "show", "small"]);
    assert_eq!(show.code, Some(0), "{}", show.stderr);
    assert!(
        show.stdout.contains("150 photographs of 14×18 pixels"),
        "{}",
        show.stdout
    );
    let counts = |class: &str| -> Vec<String> {
        let line = show
            .stdout
            .lines()
            .find(|line| line.contains(class) && line.contains(char::is_numeric))
            .unwrap();
        line.split_whitespace()
            .filter(|word| word.parse::<u32>().is_ok())
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(counts(" all "), ["105", "30", "15", "150"]);
    assert_eq!(counts(" disc ").last().unwrap(), "50");
    let fingerprint = show
        .stdout
        .lines()
        .find_map(|line| line.strip_prefix("fingerprint: "));
    assert_eq!(fingerprint.unwrap().len(), 32);
}

#[test]
fn the_same_photographs_have_the_same_fingerprint_and_others_another() {
    let workplace = Workplace::with_dataset();
    let fingerprint = |name: &str| {
        let show = workplace.fitroom(&["data", "show", name]);
        show.stdout
            .lines()
            .find_map(|line| line.strip_prefix("fingerprint: ").map(str::to_owned))
    };
    let first = fingerprint("small").unwrap();
    let mut again = IMPORT;
    again[8] = "data/again";
    assert_eq!(workplace.fitroom(&again).code, Some(0));
    assert_eq!(fingerprint("again"), Some(first.clone()));
    let labels = fs::read_to_string(workplace.path("photographs/labels.csv")).unwrap();
    workplace.write(
        "photographs/labels.csv",
        &labels.replacen("disc", "square", 1),
    );
    assert_eq!(workplace.fitroom(&again).code, Some(0));
    assert_ne!(fingerprint("again"), Some(first));
}

#[test]
fn photographs_that_cannot_be_used_are_listed_and_skipped_with_exit_code_1() {
    let workplace = Workplace::new();
    workplace.draw_photographs("photographs");
    fs::remove_file(workplace.path("photographs/003.png")).unwrap();
    workplace.write("photographs/004.png", "this is no picture");
    let import = workplace.fitroom(&IMPORT);
    assert_eq!(import.code, Some(1), "{}", import.stderr);
    for path in ["003.png", "004.png"] {
        assert!(
            import.stderr.contains(&format!("skipped `{path}`")),
            "{}",
            import.stderr
        );
    }
    assert!(
        import.stderr.contains("148 photographs"),
        "{}",
        import.stderr
    );
    assert!(import.stderr.contains("2 skipped"), "{}", import.stderr);
}

#[test]
fn a_dataset_is_not_replaced_by_one_with_gaps_unless_asked_for() {
    let workplace = Workplace::with_dataset();
    let manifest = || fs::read(workplace.path("data/small/dataset.toml")).unwrap();
    let before = manifest();
    fs::remove_file(workplace.path("photographs/003.png")).unwrap();
    let import = workplace.fitroom(&IMPORT);
    assert_eq!(import.code, Some(1), "{}", import.stderr);
    assert!(
        import.stderr.contains("skipped `003.png`") && import.stderr.contains("--replace"),
        "{}",
        import.stderr
    );
    assert_eq!(manifest(), before);

    let replace = workplace.fitroom(&[&IMPORT[..], &["--replace"]].concat());
    assert_eq!(replace.code, Some(1), "{}", replace.stderr);
    assert_ne!(manifest(), before);
}

#[test]
fn a_path_that_climbs_out_of_the_source_is_refused_and_nothing_is_written() {
    let workplace = Workplace::new();
    workplace.draw_photographs("photographs");
    workplace.write("secret.png", "not for everybody");
    let labels = fs::read_to_string(workplace.path("photographs/labels.csv")).unwrap();
    workplace.write(
        "photographs/labels.csv",
        &labels.replacen("005.png", "../secret.png", 1),
    );
    let import = workplace.fitroom(&IMPORT);
    assert_eq!(import.code, Some(2), "{}", import.stderr);
    assert!(import.stderr.contains("../secret.png"), "{}", import.stderr);
    assert!(!workplace.path("data").join("small").exists());
}

#[test]
fn a_folder_that_is_no_dataset_is_never_replaced() {
    let workplace = Workplace::new();
    workplace.draw_photographs("photographs");
    workplace.write("data/small/thesis.txt", "years of work");
    let import = workplace.fitroom(&IMPORT);
    assert_eq!(import.code, Some(2), "{}", import.stderr);
    assert_eq!(
        fs::read_to_string(workplace.path("data/small/thesis.txt")).unwrap(),
        "years of work"
    );
}

#[test]
fn a_labels_file_without_known_columns_is_refused_with_its_name() {
    let workplace = Workplace::new();
    workplace.draw_photographs("photographs");
    workplace.write("photographs/labels.csv", "a,b\n1,2\n");
    let import = workplace.fitroom(&IMPORT);
    assert_eq!(import.code, Some(2));
    assert!(import.stderr.contains("labels.csv"), "{}", import.stderr);
}
