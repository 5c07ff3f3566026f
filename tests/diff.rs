//! By what two trials differ.

use std::collections::BTreeMap;

use fitroom_data::{Predictions, read_predictions};
use serde_json::{Value, json};

use crate::import_logs::logs;
use crate::photographs::Workplace;

const GRID: &str = r#"
task = "shapes"

[hyperparameters]
kernel_size = 3
kernel_num = [2, 8]
dense_size = 0

[train]
epochs = 3
batch_size = 16
seeds = [0, 1]
"#;

fn trained(sweeps: &[(&str, &str)]) -> Workplace {
    let workplace = Workplace::with_dataset();
    for (name, text) in sweeps {
        let path = format!("sweeps/{name}.toml");
        workplace.write(&path, text);
        let run = workplace.fitroom(&["sweep", &path]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    }
    workplace
}

fn diff(workplace: &Workplace, arguments: &[&str]) -> String {
    let run = workplace.fitroom(&[&["runs", "diff"], arguments].concat());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run.stdout
}

fn diff_json(workplace: &Workplace, a: &str, b: &str) -> Value {
    serde_json::from_str(&diff(workplace, &[a, b, "--json"])).unwrap()
}

/// Names of the trials with this many kernels, by seed.
fn of_kernels(workplace: &Workplace, sweep: &str, kernels: u32) -> Vec<String> {
    let is_meant = |it: &&Value| {
        it["hyperparameters"]["kernel_num"] == json!(kernels) && it["sweep"] == json!(sweep)
    };
    let trials = workplace.trials();
    let mut found: Vec<&Value> = trials.iter().filter(is_meant).collect();
    found.sort_by_key(|it| it["seed"].as_u64());
    found
        .iter()
        .map(|it| it["name"].as_str().unwrap().to_owned())
        .collect()
}

/// What the file of a trial says: of each picture its photograph, whether it is mirrored, class, answer, probability.
fn answers(workplace: &Workplace, sweep: &str, name: &str) -> Vec<(u32, bool, usize, usize, f64)> {
    let path = workplace.path(&format!("runs/small/{sweep}/{name}/predictions.npz"));
    let Predictions { rows, logits } = read_predictions(&path).unwrap();
    let of_row = |(row, logits): (&fitroom_data::Row, ndarray::ArrayView1<'_, f32>)| {
        let mut best = 0;
        for class in 1..logits.len() {
            if logits[class] > logits[best] {
                best = class;
            }
        }
        let total: f64 = logits.iter().map(|it| f64::from(*it).exp()).sum();
        let probability = f64::from(logits[best]).exp() / total;
        (
            row.photograph,
            row.mirrored,
            usize::from(row.class),
            best,
            probability,
        )
    };
    rows.iter().zip(logits.rows()).map(of_row).collect()
}

/// min(1, 2 · Σ C(n, k) / 2ⁿ) over the smaller tail, by whole numbers.
fn mcnemar(one: u64, other: u64) -> f64 {
    let (count, fewer) = (one + other, one.min(other));
    let mut ways = 1u128;
    let mut sum = 0u128;
    for k in 0..=u128::from(fewer) {
        sum += ways;
        ways = ways * (u128::from(count) - k) / (k + 1);
    }
    (2.0 * sum as f64 / 2f64.powi(count as i32)).min(1.0)
}

/// A photograph: right answers of A and of B, of so many pictures.
type Scores = BTreeMap<u32, (u32, u32, u32)>;

fn assert_flips(workplace: &Workplace, sweep: &str, a: &str, b: &str) {
    let (of_a, of_b) = (answers(workplace, sweep, a), answers(workplace, sweep, b));
    let mut scores = Scores::new();
    for (a, b) in of_a.iter().zip(&of_b) {
        let it = scores.entry(a.0).or_default();
        it.0 += u32::from(a.2 == a.3);
        it.1 += u32::from(b.2 == b.3);
        it.2 += 1;
    }
    let photographs = |is_meant: &dyn Fn(&(u32, u32, u32)) -> bool| -> Vec<u32> {
        scores
            .iter()
            .filter(|(_, it)| is_meant(it))
            .map(|(place, _)| *place)
            .collect()
    };
    let only_a = photographs(&|it| it.0 > it.1);
    let only_b = photographs(&|it| it.1 > it.0);
    let both = photographs(&|it| it.0 == it.2 && it.1 == it.2);
    let neither = photographs(&|it| it.0 == 0 && it.1 == 0);
    assert!(
        !only_a.is_empty() && !only_b.is_empty(),
        "a case that shows something is needed"
    );

    let found = diff_json(workplace, a, b);
    let validation = &found["validation"];
    let count = |field: &str| validation[field].as_u64().unwrap();
    assert_eq!(count("photographs"), scores.len() as u64);
    let counts = [&only_a, &only_b, &both, &neither].map(|it| it.len() as u64);
    assert_eq!(["only_a", "only_b", "both", "neither"].map(count), counts);
    assert_eq!(
        count("half"),
        scores.len() as u64 - counts.iter().sum::<u64>()
    );
    let mean = scores
        .values()
        .map(|it| (f64::from(it.1) - f64::from(it.0)) / f64::from(it.2))
        .sum::<f64>()
        / scores.len() as f64;
    let difference = validation["difference"].as_f64().unwrap();
    assert!(
        (difference - mean).abs() < 1e-12,
        "{difference}, expected {mean}"
    );
    let interval = &validation["interval"];
    assert!(interval["low"].as_f64().unwrap() < mean && mean < interval["high"].as_f64().unwrap());
    let p = validation["p_value"].as_f64().unwrap();
    assert!((p - mcnemar(counts[0], counts[1])).abs() < 1e-9, "{p}");

    let classes = ["cross", "disc", "square"];
    for (field, expected) in [("only_a", &only_a), ("only_b", &only_b)] {
        let flipped = found["flipped"][field].as_array().unwrap();
        let mut listed: Vec<u32> = flipped
            .iter()
            .map(|it| it["photograph"].as_u64().unwrap() as u32)
            .collect();
        listed.sort_unstable();
        assert_eq!(listed, *expected);
        for it in flipped {
            let place = it["photograph"].as_u64().unwrap() as u32;
            // In the order of the labels, which are numbered.
            assert_eq!(it["path"], json!(format!("{place:03}.png")));
            for picture in it["pictures"].as_array().unwrap() {
                let of = |answers: &[(u32, bool, usize, usize, f64)]| {
                    let mirrored = picture["mirrored"].as_bool().unwrap();
                    *answers
                        .iter()
                        .find(|it| (it.0, it.1) == (place, mirrored))
                        .unwrap()
                };
                for (who, answer) in [("a", of(&of_a)), ("b", of(&of_b))] {
                    assert_eq!(it["class"], json!(classes[answer.2]));
                    assert_eq!(picture[who]["class"], json!(classes[answer.3]));
                    let probability = picture[who]["probability"].as_f64().unwrap();
                    assert!((probability - answer.4).abs() < 1e-9, "{probability}");
                }
                assert_ne!(
                    of(&of_a).2 == of(&of_a).3,
                    of(&of_b).2 == of(&of_b).3,
                    "one is right and the other wrong"
                );
            }
        }
    }
    let text = diff(workplace, &[a, b]);
    let expected = format!("only A right   {}", only_a.len());
    assert!(text.contains(&expected), "{text}");
    assert!(text.contains("exact McNemar test p = "), "{text}");
    assert!(text.contains(&format!("{:03}.png", only_a[0])), "{text}");
    let few = diff(workplace, &[a, b, "--photographs", "1"]);
    assert_eq!(few.matches(".png").count(), 1, "{few}");
}

#[test]
fn diff_finds_the_photographs_that_only_one_trial_gets_right() {
    let workplace = trained(&[("grid", GRID)]);
    let (few, many) = (
        of_kernels(&workplace, "grid", 2),
        of_kernels(&workplace, "grid", 8),
    );
    assert_flips(&workplace, "grid", &few[0], &many[0]);
    // By row number where the dataset is gone.
    std::fs::rename(workplace.path("data"), workplace.path("elsewhere")).unwrap();
    let found = diff_json(&workplace, &few[0], &many[0]);
    let first = &found["flipped"]["only_a"][0];
    assert_eq!(first["path"], Value::Null);
    let text = diff(&workplace, &[&few[0], &many[0]]);
    assert!(
        text.contains(&format!("row {}", first["photograph"])),
        "{text}"
    );
}

#[test]
fn diff_takes_a_photograph_and_its_mirrored_copy_as_one() {
    let workplace = Workplace::with_dataset();
    let tasks = "[mirrored]\npredicts = [\"shape\"]\nflip = \"all\"\n";
    workplace.write("sweeps/tasks.toml", tasks);
    workplace.write(
        "sweeps/grid.toml",
        &GRID.replace("\"shapes\"", "\"mirrored\""),
    );
    let run = workplace.fitroom(&["sweep", "sweeps/grid.toml"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let (few, many) = (
        of_kernels(&workplace, "grid", 2),
        of_kernels(&workplace, "grid", 8),
    );
    assert_flips(&workplace, "grid", &few[0], &many[0]);
}

#[test]
fn diff_of_a_trial_with_itself_finds_nothing() {
    let workplace = trained(&[("grid", GRID)]);
    let name = &of_kernels(&workplace, "grid", 2)[0];
    let found = diff_json(&workplace, name, name);
    assert_eq!(found["settings"], json!([]));
    assert_eq!(found["origin"], json!([]));
    assert_eq!(found["text"], Value::Null);
    for part in ["figures", "curves"] {
        for it in found[part].as_array().unwrap() {
            assert_eq!(it["a"], it["b"], "{it}");
        }
    }
    assert_eq!(found["validation"]["difference"], json!(0.0));
    assert_eq!(found["validation"]["p_value"], json!(1.0));
    assert_eq!(found["flipped"], json!({"only_a": [], "only_b": []}));
    let text = diff(&workplace, &[name, name]);
    assert!(text.contains("A and B are the same trial."), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
    let all = diff(&workplace, &[name, name, "--all"]);
    assert!(
        all.contains("kernel_num") && all.contains("libtorch"),
        "{all}"
    );
}

#[test]
fn diff_shows_settings_figures_and_origin() {
    let longer = GRID
        .replace("epochs = 3", "epochs = 5")
        .replace("[2, 8]", "2");
    let workplace = trained(&[("grid", GRID), ("longer", &longer)]);
    let (a, b) = (
        &of_kernels(&workplace, "grid", 8)[0],
        &of_kernels(&workplace, "longer", 2)[1],
    );
    let found = diff_json(&workplace, a, b);
    let settings = json!([
        {"name": "kernel_num", "a": 8, "b": 2, "difference": -6.0},
        {"name": "epochs", "a": 3, "b": 5, "difference": 2.0},
        {"name": "seed", "a": 0, "b": 1, "difference": 1.0},
    ]);
    assert_eq!(found["settings"], settings);
    let listed = workplace.trials();
    let of = |name: &str| listed.iter().find(|it| it["name"] == json!(name)).unwrap();
    let figures = found["figures"].as_array().unwrap();
    for field in ["accuracy", "loss", "parameters", "seconds"] {
        let it = figures
            .iter()
            .find(|it| it["name"] == json!(field))
            .unwrap();
        assert_eq!((&it["a"], &it["b"]), (&of(a)[field], &of(b)[field]));
        let difference = it["b"].as_f64().unwrap() - it["a"].as_f64().unwrap();
        assert_eq!(it["difference"].as_f64(), Some(difference));
    }
    let origin = found["origin"].as_array().unwrap();
    let names: Vec<&str> = origin
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["sweep", "command"]);
    let text = found["text"].as_str().unwrap();
    for line in [
        "-kernel_num = [2, 8]",
        "+kernel_num = 2",
        "-epochs = 3",
        "+epochs = 5",
    ] {
        assert!(text.lines().any(|it| it == line), "{line}\n{text}");
    }
    // Of two seeds only that is said.
    let seeds = of_kernels(&workplace, "grid", 8);
    let text = diff(&workplace, &[&seeds[0], &seeds[1]]);
    assert!(text.contains("only the seed differs"), "{text}");
}

#[test]
fn diff_says_why_photographs_cannot_be_compared() {
    let other = GRID.replace("\"shapes\"", "\"shapes_and_colours\"");
    let workplace = trained(&[("grid", GRID), ("other", &other)]);
    let a = &of_kernels(&workplace, "grid", 2)[0];
    let b = &of_kernels(&workplace, "other", 2)[0];
    let found = diff_json(&workplace, a, b);
    assert_eq!(
        found["not_compared"],
        json!("they answer different tasks (shapes; shapes_and_colours)")
    );
    assert_eq!(
        (&found["validation"], &found["flipped"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(found["figures"][0]["name"], json!("accuracy"));
    let text = diff(&workplace, &[a, b]);
    assert!(
        text.contains("not compared: they answer different tasks"),
        "{text}"
    );

    std::fs::remove_file(workplace.path(&format!("runs/small/grid/{a}/predictions.npz"))).unwrap();
    let c = &of_kernels(&workplace, "grid", 8)[0];
    let found = diff_json(&workplace, a, c);
    let why = found["not_compared"].as_str().unwrap();
    assert!(
        why.starts_with(&format!("the predictions of {a} cannot be read")),
        "{why}"
    );

    let run = workplace.fitroom(&["import-logs", &logs("keras")]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let trials = workplace.trials();
    let imported = trials
        .iter()
        .find(|it| it["imported"] == json!(true))
        .unwrap();
    let imported = imported["name"].as_str().unwrap();
    let found = diff_json(&workplace, a, imported);
    let why = format!("others trained {imported}: its logs have no predictions");
    assert_eq!(found["not_compared"], json!(why));
}
