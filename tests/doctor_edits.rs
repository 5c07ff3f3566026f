//! What people change in run folders by hand: the database stays right, and what they wrote is not lost.

use std::fs;
use std::path::Path;

use crate::trash::trained;

/// The text of every file of this name below a folder.
fn texts(folder: &Path, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(texts(&path, name));
        } else if path.ends_with(name) {
            found.push(fs::read_to_string(path).unwrap());
        }
    }
    found
}

#[test]
fn figures_that_somebody_wrote_into_a_result_are_not_believed() {
    let workplace = trained();
    let trials = workplace.trials();
    let result = workplace.trial_folders("grid")[3].join("result.toml");
    let sound = fs::read_to_string(&result).unwrap();
    let line = sound
        .lines()
        .find(|line| line.starts_with("accuracy = "))
        .unwrap();
    fs::write(&result, sound.replace(line, "accuracy = 0.99")).unwrap();
    assert_eq!(workplace.fitroom(&["doctor"]).code, Some(1));
    let mended = workplace.fitroom(&["doctor", "--fix"]);
    assert_eq!(mended.code, Some(0), "{}", mended.stdout);
    assert_eq!(workplace.trials(), trials);
    assert!(fs::read_to_string(&result).unwrap().contains(line));
    assert_eq!(workplace.fitroom(&["doctor"]).code, Some(0));
    // What was written there lies in the trash.
    let aside = texts(&workplace.path("runs/.trash/doctor"), "result.toml");
    assert_eq!(aside, [sound.replace(line, "accuracy = 0.99")]);
}

#[test]
fn remarks_that_somebody_wrote_are_taken_or_kept() {
    let workplace = trained();
    let trials = workplace.trials();
    let [tagged, untagged] = [0, 1].map(|place| trials[place]["name"].as_str().unwrap());
    let tag = workplace.fitroom(&["runs", "tag", tagged, "--add", "keep"]);
    assert_eq!(tag.code, Some(0), "{}", tag.stderr);
    for name in [tagged, untagged] {
        workplace.write(
            &format!("runs/small/grid/{name}/remarks.toml"),
            "tags = [\"mine\"]\n",
        );
    }
    let mended = workplace.fitroom(&["doctor", "--fix"]);
    assert_eq!(mended.code, Some(0), "{}", mended.stdout);
    let tags = |name: &str| {
        let trials = workplace.trials();
        let trial = trials.iter().find(|trial| trial["name"] == name).unwrap();
        trial["tags"].clone()
    };
    assert_eq!(tags(tagged), serde_json::json!(["keep"]));
    assert_eq!(tags(untagged), serde_json::json!(["mine"]));
    let aside = texts(&workplace.path("runs/.trash/doctor"), "remarks.toml");
    assert_eq!(aside, ["tags = [\"mine\"]\n"]);
    assert_eq!(workplace.fitroom(&["doctor"]).code, Some(0));
}
