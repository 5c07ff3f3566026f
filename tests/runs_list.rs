//! `runs list`: filters, order, columns, pages; tags and notes.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::photographs::Workplace;
use crate::trash::trained;

fn names(trials: &[Value]) -> Vec<&str> {
    trials
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect()
}

/// The trials that `runs list` with these arguments gives as JSON.
fn listed(workplace: &Workplace, arguments: &[&str]) -> Vec<Value> {
    let all: Vec<&str> = ["runs", "list", "--json"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    let run = workplace.fitroom(&all);
    assert_eq!(run.code, Some(0), "{arguments:?}: {}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn conditions_choose_what_they_say() {
    let workplace = trained();
    let all = workplace.trials();
    let number = |trial: &Value, name: &str| {
        let of_trial = trial[name].as_f64();
        of_trial
            .or(trial["hyperparameters"][name].as_f64())
            .unwrap()
    };
    let middle = number(&all[all.len() / 2], "accuracy");
    let above = format!("accuracy>={middle}");
    let percent = format!("accuracy>={}%", 100.0 * middle);
    for (arguments, is_meant) in [
        (
            vec![above.as_str()],
            &(|it: &Value| number(it, "accuracy") >= middle) as &dyn Fn(&Value) -> bool,
        ),
        (vec!["kernel_num=4", "dense_size=8"], &|it| {
            number(it, "kernel_num") == 4.0 && number(it, "dense_size") == 8.0
        }),
        (vec!["kernel_size_1!=3 and kernel_num=2,4"], &|it| {
            number(it, "kernel_size_1") != 3.0
        }),
        (
            vec![
                "--sweep",
                "grid",
                "--state",
                "finished,running",
                "--task",
                "shapes_and_colours",
            ],
            &|_| true,
        ),
        (vec!["--dataset", "another"], &|_| false),
        (vec!["name~K5X3"], &|it| {
            it["name"].as_str().unwrap().contains("k5x3")
        }),
        (vec!["ended>2020", "seconds>0", "max_epochs=3"], &|_| true),
        (vec!["ended<2020"], &|_| false),
    ] {
        let found = listed(&workplace, &arguments);
        let expected: Vec<Value> = all.iter().filter(|it| is_meant(it)).cloned().collect();
        assert_eq!(names(&found), names(&expected), "{arguments:?}");
    }
    // Percentages are shares; the product may differ in the last bit.
    assert!(listed(&workplace, &[&percent]).len() + 1 >= listed(&workplace, &[&above]).len());
    let sorted = listed(&workplace, &["--sort", "seconds:desc"]);
    assert!(sorted.is_sorted_by(|a, b| number(a, "seconds") >= number(b, "seconds")));
    let sorted = listed(&workplace, &["--sort", "kernel_num,dense_size:desc"]);
    let key = |it: &Value| (number(it, "kernel_num"), -number(it, "dense_size"));
    assert!(sorted.is_sorted_by(|a, b| key(a) <= key(b)));
}

#[test]
fn pages_put_together_are_the_whole_list() {
    let workplace = trained();
    let all = workplace.trials();
    let mut together = Vec::new();
    for page in ["1", "2", "3"] {
        together.extend(listed(&workplace, &["--limit", "3", "--page", page]));
    }
    assert_eq!(together, all);
    assert!(listed(&workplace, &["--limit", "3", "--page", "4"]).is_empty());
    let table = workplace.fitroom(&["runs", "list", "--limit", "3", "--page", "2"]);
    assert!(
        table
            .stderr
            .contains("trials 4 to 6 of 8 (`--page 3` shows the next"),
        "{}",
        table.stderr
    );
    for name in &names(&all)[3..6] {
        assert!(table.stdout.contains(name), "{}", table.stdout);
    }
    let beyond = workplace.fitroom(&["runs", "list", "--limit", "3", "--page", "4"]);
    assert!(
        beyond.stderr.contains("there is no trial 10: 8 meet"),
        "{}",
        beyond.stderr
    );
    let none = workplace.fitroom(&["runs", "list", "accuracy>1"]);
    assert!(
        none.stderr
            .contains("no trial in `runs` meets these conditions"),
        "{}",
        none.stderr
    );
    assert_eq!((none.code, none.stdout.as_str()), (Some(0), ""));
}

#[test]
fn csv_has_every_field_with_all_its_digits() {
    let workplace = trained();
    let all = workplace.trials();
    let note = "says \"boots\", mostly\nlook again";
    let first = all[0]["name"].as_str().unwrap();
    assert_eq!(
        workplace.fitroom(&["runs", "note", first, note]).code,
        Some(0)
    );
    let csv = workplace.fitroom(&["runs", "list", "--csv"]);
    assert_eq!(csv.code, Some(0), "{}", csv.stderr);
    let mut reader = csv::Reader::from_reader(csv.stdout.as_bytes());
    let headings = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), all.len());
    for (row, trial) in rows.iter().zip(&all) {
        let cell = |name: &str| &row[headings.iter().position(|it| it == name).unwrap()];
        assert_eq!(cell("id"), trial["trial"].as_str().unwrap());
        for name in ["accuracy", "loss", "seconds", "parameters", "epochs"] {
            assert_eq!(
                cell(name).parse::<f64>().unwrap(),
                trial[name].as_f64().unwrap(),
                "{name}"
            );
        }
        for (name, value) in trial["hyperparameters"].as_object().unwrap() {
            assert_eq!(
                cell(name).parse::<f64>().unwrap(),
                value.as_f64().unwrap(),
                "{name}"
            );
        }
        assert_eq!(cell("note"), if cell("name") == first { note } else { "" });
    }
    let chosen = workplace.fitroom(&["runs", "list", "--csv", "--columns", "name,kernel_num"]);
    assert!(
        chosen.stdout.starts_with("name,kernel_num\n"),
        "{}",
        chosen.stdout
    );
}

#[test]
fn what_cannot_be_meant_is_refused_with_what_can() {
    let workplace = trained();
    for (arguments, said) in [
        (["kernel_nmu=3", "--json"], "did you mean `kernel_num`?"),
        (["--columns", "acuracy"], "did you mean `accuracy`?"),
        (["--sort", "sconds"], "did you mean `seconds`?"),
        (
            ["--sort", "loss:down"],
            "`down` is no direction, expected `asc` or `desc`",
        ),
        (["accuracy>good", "--json"], "`good` is no number"),
        (["--state", "done"], "`done` is no state: planned, running"),
        (["--limit", "0"], "expected one from 1 on, or `all`"),
        (["--page", "0"], "--page"),
    ] {
        let all: Vec<&str> = ["runs", "list"].iter().chain(&arguments).copied().collect();
        let run = workplace.fitroom(&all);
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(said), "{arguments:?}: {}", run.stderr);
        assert_eq!(run.stdout, "", "{arguments:?}");
    }
}

#[test]
fn tags_and_notes_are_found_again_and_lie_in_the_run_folder() {
    let workplace = trained();
    let all = workplace.trials();
    let [first, second] = [0, 1].map(|place| all[place]["name"].as_str().unwrap());
    let call = |arguments: &[&str], code| {
        let run = workplace.fitroom(arguments);
        assert_eq!(run.code, Some(code), "{arguments:?}: {}", run.stderr);
        run
    };
    call(&["runs", "tag", first, second, "--add", "keep,shown"], 0);
    call(&["runs", "tag", second, "--remove", "shown"], 0);
    call(&["runs", "note", first, "  too dark  "], 0);
    let tagged = |tag: &str| -> BTreeSet<String> {
        let found = listed(&workplace, &["--tag", tag]);
        names(&found).into_iter().map(str::to_owned).collect()
    };
    assert_eq!(tagged("keep"), [first, second].map(str::to_owned).into());
    assert_eq!(tagged("shown"), [first.to_owned()].into());
    assert_eq!(names(&listed(&workplace, &["note~TOO"])), [first]);
    assert_eq!(listed(&workplace, &["tag!=keep"]).len(), all.len() - 2);
    let trial = &listed(&workplace, &["tag=shown"])[0];
    assert_eq!(trial["tags"], serde_json::json!(["keep", "shown"]));
    assert_eq!(trial["note"], "too dark");
    let remarks = workplace.path(&format!("runs/small/grid/{first}/remarks.toml"));
    let text = std::fs::read_to_string(&remarks).unwrap();
    assert!(
        text.contains("too dark") && text.contains("shown"),
        "{text}"
    );
    let table = call(&["runs", "list"], 0).stdout;
    assert!(
        table.contains("tags") && table.contains("keep shown"),
        "{table}"
    );

    call(&["runs", "note", first, "--clear"], 0);
    call(&["runs", "tag", first, "--remove", "keep,shown"], 0);
    assert!(!remarks.exists());
    assert!(
        !call(&["runs", "tag", first, "--add", "two words"], 2)
            .stderr
            .is_empty()
    );
    let unknown = call(&["runs", "tag", first, "k9", "--add", "x"], 2).stderr;
    assert!(unknown.contains("there is no trial `k9`"), "{unknown}");
    assert!(
        tagged("x").is_empty(),
        "a tag was given though a trial is unknown"
    );
}
