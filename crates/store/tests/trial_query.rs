//! Lists of trials against a model of them: whatever is asked for, the database finds what a look at every trial does.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod helpers;

use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use fitroom_domain::trial_filter::{Condition, Operand, Side, Test};
use fitroom_domain::{
    Hyperparameters, RecordedFigures, SettingValue, TrainSettings, Trial, TrialField, TrialFigures,
    TrialFilter,
};
use fitroom_store::{Direction, Ending, Owner, Store, TrialQuery, TrialRow};
use helpers::{claim, dataset, end, epoch, fail, finish, import, imported, register, task, trials};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Trials of different hyperparameters, training settings and seeds.
fn grid(dataset_name: &str, digit: char, column: &str, count: usize) -> Vec<Trial> {
    let dataset = dataset(dataset_name, digit);
    let mut trials = trials(
        &dataset,
        &task(&format!("{column}s"), column),
        0..count as u64,
    );
    for (number, trial) in trials.iter_mut().enumerate() {
        let pick = |values: &[u32]| values[number / 2 % values.len()];
        let dense_size = pick(&[0, 64, 256]);
        trial.hyperparameters = Hyperparameters::new(
            pick(&[3, 5, 7]),
            3,
            pick(&[8, 32, 64, 96]),
            dense_size,
            if dense_size == 0 {
                0.0
            } else {
                0.1 * f64::from(pick(&[0, 3]))
            },
            [0.0, 1e-5, 0.1][number % 3],
        )
        .unwrap();
        trial.train = TrainSettings {
            epochs: pick(&[2, 15]),
            learning_rate: [1e-3, 2e-4][number % 2],
            ..TrainSettings::default()
        };
        trial.seed = match number % 10 {
            // More than a column holds.
            9 => u64::MAX - number as u64,
            other => other as u64,
        };
    }
    trials
}

/// Trains what a sweep wants to different ends: some trials stay planned, some are pruned.
async fn train(store: &Store, owner: &Owner, name: &str, trials: &[Trial]) -> i64 {
    let registered = register(store, name, trials, None).await;
    let rows = store.sweep_trials(registered.sweep).await.unwrap();
    for (number, row) in rows.iter().enumerate() {
        if row.folder.is_some() {
            continue;
        }
        let share = (number * 7919 % 101) as f64 / 101.0;
        let claim = async || claim(store, owner, &registered, row.key).await.attempt;
        match number % 9 {
            0 => {}
            1 => {
                claim().await;
            }
            2 => fail(store, claim().await, 1).await,
            3 => {
                let ending = Ending::Diverged {
                    reason: "infinite",
                    epochs: 1,
                    files: &[],
                };
                end(store, claim().await, &ending).await;
            }
            4 => {
                // Given up after its first epoch.
                let attempt = claim().await;
                store.record_epoch(attempt, &epoch(1, share)).await.unwrap();
                end(store, attempt, &Ending::Interrupted).await;
                let pruned = [(row.key, Some(1))];
                store.prune(registered.sweep, pruned).await.unwrap();
            }
            _ => {
                let figures = TrialFigures {
                    // With ties, which other figures decide.
                    accuracy: (share * 10.0).round() / 10.0,
                    loss: (share * 4.0).round() / 4.0,
                    best_epoch: 1 + (number % 2) as u32,
                    epochs: 2,
                    parameters: 1000 * (number % 3) as u64,
                    multiply_adds: 1 << 40,
                    seconds: share,
                };
                finish(store, claim().await, &figures).await;
            }
        }
    }
    registered.sweep
}

async fn import_some(store: &Store, sweep: &str, count: usize) {
    let rows = (0..count).map(|number| {
        let mut settings = BTreeMap::new();
        let mut set = |name: &str, value| settings.insert(name.to_owned(), value);
        set("kernel_num", SettingValue::Number([32.0, 64.0][number % 2]));
        if number % 3 != 0 {
            let name = ["adam", "SGD", "rms prop", "Ädam"][number % 4];
            set("optimizer", SettingValue::Text(name.to_owned()));
        }
        set("momentum", SettingValue::Number(0.25 * (number % 4) as f64));
        set(
            "optimizer.schedule",
            SettingValue::Text("cosine".to_owned()),
        );
        // Some of the logs say it in words.
        set(
            "warm up",
            match number % 3 {
                0 => SettingValue::Number(3.0),
                1 => SettingValue::Text("long".to_owned()),
                _ => SettingValue::Number(-0.5),
            },
        );
        // One that is a column, but not as a number.
        set("batch_size", SettingValue::Text("full".to_owned()));
        let figures = RecordedFigures {
            accuracy: (number % 7) as f64 / 10.0,
            loss: (number % 2 == 0).then_some(0.5),
            best_epoch: None,
            epochs: Some(2),
            parameters: (number % 3 == 0).then_some(1000),
            multiply_adds: None,
            seconds: None,
        };
        imported(
            sweep,
            number,
            settings,
            (number % 5 != 4).then_some(figures),
        )
    });
    import(store, sweep, &rows.collect::<Vec<_>>()).await;
}

const TAGS: [&str; 4] = ["baseline", "Base", "to check", "früh"];
const NOTES: [&str; 4] = [
    "too dark, really",
    "100% of it_",
    "it's \"odd\"",
    "two\nlines",
];

/// A few hundred trials of all kinds.
async fn fill(store: &Store, owner: &Owner) {
    let shapes = grid("small", 'a', "shape", 70);
    train(store, owner, "grid", &shapes).await;
    // Shares some of them, of which both leave some planned, and has others.
    let mut shared = shapes[9..30].to_vec();
    shared.extend(grid("small", 'a', "shape", 90).split_off(70));
    let another = train(store, owner, "another one", &shared).await;
    // Gives up what is listed under the first, which does not.
    let rows = store.sweep_trials(another).await.unwrap();
    let planned = rows
        .iter()
        .filter(|row| row.folder.is_none() && row.sweep == "grid");
    let given_up: Vec<_> = planned.map(|row| (row.key, Some(2))).collect();
    assert!(given_up.len() > 2);
    store.prune(another, given_up).await.unwrap();
    // A sweep of the same name that asks something else of the same photographs.
    let colours = grid("small", 'a', "colour", 40);
    train(store, owner, "grid", &colours).await;
    // A dataset of the same name, of which the newest plan wants less.
    let elsewhere = grid("small", 'b', "shape", 40);
    let grid_elsewhere = train(store, owner, "grid", &elsewhere).await;
    register(store, "grid", &elsewhere[..30], None).await;
    train(
        store,
        owner,
        "Shop 100%",
        &grid("Big shop", 'c', "shape", 60),
    )
    .await;
    import_some(store, "Model 1", 40).await;
    import_some(store, "Model 2", 20).await;
    let rows = store.trials().await.unwrap();
    for (number, row) in rows.iter().enumerate() {
        if number % 4 == 0 {
            let tags = (0..number / 4 % 3).map(|place| TAGS[(number / 4 + place) % 4].to_owned());
            let note = (number % 8 == 0).then(|| NOTES[number / 8 % 4]);
            let tags: Vec<String> = tags.collect();
            let remark = helpers::remark(&tags, note);
            store.remark(row.key, &remark, |_, _| Ok(())).await.unwrap();
        }
    }
    let pruned = store.sweep_trials(grid_elsewhere).await.unwrap();
    let pruned = pruned.iter().filter(|row| row.is_pruned()).count();
    assert!(pruned > 2);
}

/// What is known of a field of a trial.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Number(f64),
    Text(String),
    Unknown,
}

impl Value {
    fn text(text: impl Into<String>) -> Value {
        Value::Text(text.into())
    }

    fn number(number: Option<impl Into<f64>>) -> Value {
        number.map_or(Value::Unknown, |number| Value::Number(number.into()))
    }
}

/// All trials, and what is known of them beside their rows.
struct Model {
    rows: Vec<TrialRow>,
    /// Of each trial the key and the task's name of the sweep that it is listed under.
    listed: BTreeMap<i64, (i64, String)>,
    /// The names of the sweeps that had each trial in a plan.
    sweeps: BTreeMap<i64, BTreeSet<String>>,
}

impl Model {
    async fn new(store: &Store) -> Model {
        let rows = store.trials().await.unwrap();
        let mut listed = BTreeMap::new();
        let mut sweeps: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
        for sweep in store.sweeps().await.unwrap() {
            for row in &rows {
                let is_listed = (&row.fingerprint, &row.definition, &row.sweep)
                    == (&sweep.fingerprint, &sweep.definition, &sweep.name);
                if is_listed {
                    listed.insert(row.key, (sweep.key, sweep.task.clone()));
                }
            }
            for row in store.sweep_trials(sweep.key).await.unwrap() {
                sweeps
                    .entry(row.key)
                    .or_default()
                    .insert(sweep.name.clone());
            }
        }
        assert_eq!(listed.len(), rows.len());
        Model {
            rows,
            listed,
            sweeps,
        }
    }

    fn state(row: &TrialRow) -> &'static str {
        match row.is_pruned() {
            true => "pruned",
            false => row.state.as_str(),
        }
    }

    /// The value of a field that a trial has one of at most.
    fn value(&self, row: &TrialRow, field: &TrialField) -> Value {
        match field {
            TrialField::Dataset => Value::text(&row.dataset),
            TrialField::Sweep => Value::text(&row.sweep),
            TrialField::Task => Value::text(&self.listed[&row.key].1),
            TrialField::State => Value::text(row.state.as_str()),
            TrialField::Name => Value::text(&row.name),
            TrialField::Id => Value::text(row.id.as_str()),
            TrialField::Tag if row.tags.is_empty() => Value::Unknown,
            TrialField::Tag => Value::Text(row.tags.join(",")),
            TrialField::Note => row.note.clone().map_or(Value::Unknown, Value::Text),
            TrialField::Ended => row.ended_at.clone().map_or(Value::Unknown, Value::Text),
            TrialField::Number(number) => Model::number(row, number.name),
            TrialField::Setting(_) if !row.trial.is_imported() => Value::Unknown,
            TrialField::Setting(name) => match row.trial.setting(name) {
                Some(SettingValue::Number(number)) => Value::Number(number),
                Some(SettingValue::Text(text)) => Value::Text(text),
                Some(SettingValue::Flag(flag)) => Value::text(flag.to_string()),
                None => Value::Unknown,
            },
        }
    }

    fn number(row: &TrialRow, name: &str) -> Value {
        let figures = row.figures.as_ref();
        let count = |pick: fn(&RecordedFigures) -> Option<u64>| {
            Value::number(figures.and_then(pick).map(|count| count as f64))
        };
        let setting = |name| match row.trial.setting(name) {
            Some(SettingValue::Number(number)) => Value::Number(number),
            _ => Value::Unknown,
        };
        match name {
            "accuracy" => Value::number(figures.map(|it| it.accuracy)),
            "loss" => Value::number(figures.and_then(|it| it.loss)),
            "best_epoch" => Value::number(figures.and_then(|it| it.best_epoch)),
            "epochs" => Value::number(figures.and_then(|it| it.epochs)),
            "parameters" => count(|it| it.parameters),
            "multiply_adds" => count(|it| it.multiply_adds),
            "seconds" => Value::number(figures.and_then(|it| it.seconds)),
            "seed" => {
                let seed = row.trial.seed().filter(|seed| i64::try_from(*seed).is_ok());
                Value::number(seed.map(|seed| seed as f64))
            }
            "max_epochs" => setting("epochs"),
            other => setting(other),
        }
    }

    fn meets(&self, row: &TrialRow, condition: &Condition) -> bool {
        let values = match &condition.field {
            TrialField::Sweep => {
                let names = self.sweeps[&row.key].iter();
                names.map(Value::text).collect()
            }
            TrialField::Tag => row.tags.iter().map(Value::text).collect(),
            TrialField::Note => row.note.iter().map(Value::text).collect(),
            TrialField::State => vec![Value::text(Model::state(row))],
            field => match self.value(row, field) {
                // What is not known meets nothing.
                Value::Unknown => return false,
                value => vec![value],
            },
        };
        let is_start = matches!(condition.field, TrialField::Id | TrialField::Ended);
        let is = |value: &Value, operand: &Operand| match (value, operand) {
            (Value::Number(value), Operand::Number(asked)) => value == asked,
            (Value::Text(value), Operand::Text(asked)) if is_start => value.starts_with(asked),
            (Value::Text(value), Operand::Text(asked)) => value == asked,
            _ => false,
        };
        let is_one_of = |asked: &[Operand]| {
            values
                .iter()
                .any(|value| asked.iter().any(|it| is(value, it)))
        };
        match &condition.test {
            Test::OneOf(asked) => is_one_of(asked),
            Test::NoneOf(asked) => !is_one_of(asked),
            Test::Beyond(side, asked) => values.iter().any(|value| {
                let order = match (value, asked) {
                    (Value::Number(value), Operand::Number(asked)) => value.partial_cmp(asked),
                    (Value::Text(value), Operand::Text(asked)) if is_start => {
                        let end = asked.len().min(value.len());
                        Some(value[..end].cmp(asked))
                    }
                    (Value::Text(value), Operand::Text(asked)) => Some(value.cmp(asked)),
                    _ => None,
                };
                order.is_some_and(|order| match side {
                    Side::Below => order.is_lt(),
                    Side::AtMost => order.is_le(),
                    Side::Above => order.is_gt(),
                    Side::AtLeast => order.is_ge(),
                })
            }),
            Test::Contains(texts) => values.iter().any(|value| match value {
                Value::Text(value) => texts.iter().any(|text| {
                    value
                        .to_ascii_lowercase()
                        .contains(&text.to_ascii_lowercase())
                }),
                _ => false,
            }),
        }
    }

    fn order(&self, one: &TrialRow, other: &TrialRow, query: &TrialQuery) -> Ordering {
        let mut order = Ordering::Equal;
        if query.order.is_empty() {
            let of_sweep = |row: &TrialRow| {
                let key = self.listed[&row.key].0;
                (row.dataset.clone(), row.sweep.clone(), key)
            };
            order = of_sweep(one).cmp(&of_sweep(other));
        }
        for (field, direction) in &query.order {
            let (one, other) = (self.value(one, field), self.value(other, field));
            order = order.then_with(|| known_first(&one, &other, *direction));
        }
        for (name, direction) in [
            ("accuracy", Direction::Descending),
            ("parameters", Direction::Ascending),
            ("loss", Direction::Ascending),
        ] {
            let (one, other) = (Model::number(one, name), Model::number(other, name));
            order = order.then_with(|| known_first(&one, &other, direction));
        }
        order.then(one.key.cmp(&other.key))
    }

    /// The keys that a query without limit and offset is to give.
    fn find(&self, query: &TrialQuery) -> Vec<i64> {
        let conditions = &query.filter.conditions;
        let meets = |row: &&TrialRow| conditions.iter().all(|it| self.meets(row, it));
        let mut rows: Vec<&TrialRow> = self.rows.iter().filter(meets).collect();
        rows.sort_by(|one, other| self.order(one, other, query));
        rows.into_iter().map(|row| row.key).collect()
    }
}

/// The order of two values in a direction: what is not known comes last in both, numbers are less than texts.
fn known_first(one: &Value, other: &Value, direction: Direction) -> Ordering {
    let order = match (one, other) {
        (Value::Unknown, Value::Unknown) => return Ordering::Equal,
        (Value::Unknown, _) => return Ordering::Greater,
        (_, Value::Unknown) => return Ordering::Less,
        (Value::Number(one), Value::Number(other)) => one.total_cmp(other),
        (Value::Text(one), Value::Text(other)) => one.cmp(other),
        (Value::Number(_), Value::Text(_)) => Ordering::Less,
        (Value::Text(_), Value::Number(_)) => Ordering::Greater,
    };
    match direction {
        Direction::Ascending => order,
        Direction::Descending => order.reverse(),
    }
}

/// Of each field what it is compared by and with.
fn questions(model: &Model) -> Vec<(String, &'static [&'static str], Vec<String>)> {
    const EQUAL: &[&str] = &["=", "!="];
    const TEXT: &[&str] = &["=", "!=", "~"];
    const ORDERED: &[&str] = &["=", "!=", "<", "<=", ">", ">="];
    let texts = |values: &[&str]| -> Vec<String> {
        values.iter().map(|value| format!("\"{value}\"")).collect()
    };
    let mut questions = vec![
        (
            "dataset".to_owned(),
            TEXT,
            texts(&["small", "Big shop", "S", "old logs", "none"]),
        ),
        (
            "sweep".to_owned(),
            TEXT,
            texts(&[
                "grid",
                "another one",
                "Shop 100%",
                "%",
                "_",
                "MODEL",
                "Model 1",
            ]),
        ),
        (
            "task".to_owned(),
            TEXT,
            texts(&["shapes", "colours", "Model 1", "s", "none"]),
        ),
        (
            "state".to_owned(),
            EQUAL,
            texts(&[
                "planned", "running", "finished", "diverged", "failed", "pruned",
            ]),
        ),
        ("tag".to_owned(), TEXT, texts(&TAGS)),
        (
            "note".to_owned(),
            TEXT,
            texts(&["too dark, really", "100% of it_", "%", "_", "it's", "LINES"]),
        ),
        (
            "ended".to_owned(),
            ORDERED,
            texts(
                &["2020", "2020-09", "2020-10-01", "2020-09-25T", "2026"]
                    .map(|text| text.trim_end_matches('T')),
            ),
        ),
    ];
    let rows = model.rows.iter().step_by(29);
    let names = rows.clone().map(|row| row.name.clone());
    questions.push((
        "name".to_owned(),
        TEXT,
        names
            .chain(["K3X3".to_owned(), "run-1".to_owned()])
            .collect(),
    ));
    let ids = rows.map(|row| row.id.as_str()).enumerate();
    let ids = ids.map(|(number, id)| id[..[1, 2, 8, 32][number % 4]].to_owned());
    questions.push((
        "id".to_owned(),
        TEXT,
        ids.chain(["xyz".to_owned(), "A".to_owned()]).collect(),
    ));
    for field in fitroom_domain::NUMBER_FIELDS {
        let values = [
            "0", "0.1", "1", "2", "3", "8", "0.5", "64", "1000", "1e-5", "15", "-1",
        ];
        let mut values = values.map(str::to_owned).to_vec();
        if field.is_share {
            values.extend(["50%".to_owned(), "30%".to_owned()]);
        }
        questions.push((field.name.to_owned(), ORDERED, values));
    }
    questions.push((
        "optimizer".to_owned(),
        TEXT,
        texts(&["adam", "sgd", "SGD", "rms prop", "a", "3"]),
    ));
    questions.push((
        "momentum".to_owned(),
        ORDERED,
        texts(&["0", "0.25", "0.3", "0.75"]),
    ));
    questions.push((
        "optimizer.schedule".to_owned(),
        TEXT,
        texts(&["cosine", "none"]),
    ));
    questions.push(("warm up".to_owned(), EQUAL, texts(&["3", "long", "-0.5"])));
    questions.push(("nobody_has_it".to_owned(), TEXT, texts(&["1", "x"])));
    questions
}

fn conditions(model: &Model) -> impl Strategy<Value = Condition> + use<> {
    let condition = |(name, operators, values): (String, &'static [&'static str], Vec<String>)| {
        let asked = prop::sample::select(operators);
        let values = prop::collection::vec(prop::sample::select(values), 1..4);
        (asked, values).prop_map(move |(operator, values)| {
            let values = match operator {
                "<" | "<=" | ">" | ">=" => values[0].clone(),
                _ => values.join(","),
            };
            let text = format!("{}{operator}{values}", name.replace(' ', "?"));
            let mut filter: TrialFilter = text.parse().unwrap_or_else(|error| panic!("{error}"));
            let mut condition = filter.conditions.remove(0);
            // No expression can name it.
            if name.contains(' ') {
                condition.field = TrialField::named(&name);
            }
            condition
        })
    };
    prop::sample::select(questions(model)).prop_flat_map(condition)
}

fn queries(model: &Model) -> impl Strategy<Value = TrialQuery> + use<> {
    let names =
        TrialField::known_names().chain(["optimizer", "momentum", "warm up", "nobody_has_it"]);
    let direction = prop_oneof![Just(Direction::Ascending), Just(Direction::Descending)];
    let field = prop::sample::select(names.map(TrialField::named).collect::<Vec<_>>());
    (
        prop::collection::vec(conditions(model), 0..4),
        prop::collection::vec((field, direction), 0..4),
        prop::option::of(0_u32..50),
        prop_oneof![3 => 0_u64..50, 1 => Just(u64::MAX)],
    )
        .prop_map(|(conditions, order, limit, offset)| TrialQuery {
            filter: TrialFilter { conditions },
            order,
            limit,
            offset,
        })
}

/// A store with a few hundred trials.
async fn world() -> (tempfile::TempDir, Store, Owner) {
    let runs = tempfile::tempdir().unwrap();
    let store = Store::open(runs.path()).await.unwrap();
    let owner = Owner::new(runs.path()).unwrap();
    fill(&store, &owner).await;
    (runs, store, owner)
}

#[test]
fn what_is_found_is_what_a_look_at_every_trial_finds() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (_runs, store, _owner) = runtime.block_on(world());
    let model = runtime.block_on(Model::new(&store));
    assert!(model.rows.len() > 250, "{}", model.rows.len());
    let config = Config {
        cases: 1000,
        failure_persistence: None,
        ..Config::default()
    };
    let found_some = Cell::new(0);
    let mut runner = TestRunner::new(config);
    let result = runner.run(&queries(&model), |query| {
        let expected = model.find(&query);
        if !expected.is_empty() && !query.filter.conditions.is_empty() {
            found_some.set(found_some.get() + 1);
        }
        runtime.block_on(async {
            let count = store.count_trials(&query.filter).await.unwrap();
            prop_assert_eq!(count, expected.len() as u64);
            let all = TrialQuery {
                limit: None,
                offset: 0,
                ..query.clone()
            };
            prop_assert_eq!(&store.find_trials(&all).await.unwrap(), &expected);
            let page: Vec<i64> = (expected.iter().copied())
                .skip(usize::try_from(query.offset).unwrap())
                .take(query.limit.map_or(usize::MAX, |limit| limit as usize))
                .collect();
            prop_assert_eq!(store.find_trials(&query).await.unwrap(), page);
            Ok(())
        })
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    // If hardly any did, little would have been asserted.
    let found_some = found_some.get();
    assert!(found_some > 200, "{found_some} queries found something");
}

#[tokio::test]
async fn pages_put_together_are_the_whole() {
    let (_runs, store, _owner) = world().await;
    for (filter, order) in [
        ("", None),
        ("", Some("accuracy")),
        ("state=finished", Some("kernel_num")),
        ("tag!=baseline", Some("tag")),
        ("optimizer~a", Some("optimizer")),
    ] {
        let query = |limit, offset| TrialQuery {
            filter: filter.parse().unwrap(),
            order: order
                .map(|name| (TrialField::named(name), Direction::Descending))
                .into_iter()
                .collect(),
            limit,
            offset,
        };
        let whole = store.find_trials(&query(None, 0)).await.unwrap();
        let distinct: BTreeSet<i64> = whole.iter().copied().collect();
        assert_eq!(distinct.len(), whole.len(), "{filter}");
        let mut pages = Vec::new();
        loop {
            let page = query(Some(7), pages.len() as u64);
            let page = store.find_trials(&page).await.unwrap();
            pages.extend_from_slice(&page);
            if page.len() < 7 {
                break;
            }
        }
        assert_eq!(pages, whole, "{filter} {order:?}");
        let rows = store.trials_with_keys(&whole).await.unwrap();
        let keys: Vec<i64> = rows.iter().map(|row| row.key).collect();
        assert_eq!(keys, whole, "{filter} {order:?}");
    }
}

#[tokio::test]
async fn trials_come_in_the_order_of_their_keys_without_those_that_are_not_there() {
    let (_runs, store, _owner) = world().await;
    let all = store.trials().await.unwrap();
    let mut asked: Vec<i64> = all.iter().map(|row| row.key).rev().collect();
    asked.swap(3, 40);
    let by_key = |key: &i64| all.iter().find(|row| row.key == *key).unwrap().clone();
    let expected: Vec<TrialRow> = asked.iter().map(by_key).collect();
    asked.insert(0, 1_000_000);
    asked.insert(50, -1);
    asked.push(i64::MAX);
    assert_eq!(store.trials_with_keys(&asked).await.unwrap(), expected);
    assert!(store.trials_with_keys(&[]).await.unwrap().is_empty());
    assert!(store.trials_with_keys(&[0]).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_trial_is_called_by_its_name_or_the_start_of_its_id() {
    let (_runs, store, _owner) = world().await;
    let all = store.trials().await.unwrap();
    let called = async |called: &str| -> Vec<i64> {
        let rows = store.trials_called(called).await.unwrap();
        rows.iter().map(|row| row.key).collect()
    };
    for row in all.iter().step_by(17) {
        let id = row.id.as_str();
        assert_eq!(called(&row.name).await, [row.key], "{}", row.name);
        assert_eq!(called(id).await, [row.key]);
        assert_eq!(called(row.id.short()).await, [row.key]);
        let found = store.trials_called(&row.name).await.unwrap();
        assert_eq!(found, std::slice::from_ref(row));
        // A name is no start of a name, and no other name.
        let no_name = [
            row.name[1..].to_owned(),
            format!("x{}", row.name),
            row.name[..row.name.len() - 1].to_owned(),
            format!("{}0", row.name),
            format!("-{}", row.id.short()),
            id.to_uppercase() + "A",
            format!("{id}0"),
        ];
        for other in no_name {
            assert!(called(&other).await.is_empty(), "{other}");
        }
    }
    // Several are called so.
    for start in ["a", "0", "7f", "f"] {
        let mut expected: Vec<(&str, i64)> = (all.iter())
            .filter(|row| row.id.as_str().starts_with(start))
            .map(|row| (row.id.as_str(), row.key))
            .collect();
        expected.sort_unstable();
        let expected: Vec<i64> = expected.into_iter().map(|(_, key)| key).collect();
        assert_eq!(called(start).await, expected, "{start}");
    }
    assert!(called("a").await.len() > 3);
    for nothing in [
        "",
        "-",
        "%",
        "_",
        "a%",
        "a_",
        "'",
        "\"",
        "a'",
        "' or 1 = 1 --",
        "k3x3",
        "zebra",
        "g",
        "a b",
        "a\0",
        "é",
        "A",
        "F",
    ] {
        assert!(called(nothing).await.is_empty(), "{nothing:?}");
    }
}

#[tokio::test]
async fn settings_of_imported_trials_are_listed_by_name_once() {
    let (_runs, store, _owner) = world().await;
    let expected = [
        "batch_size",
        "kernel_num",
        "momentum",
        "optimizer",
        "optimizer.schedule",
        "warm up",
    ];
    assert_eq!(store.imported_settings().await.unwrap(), expected);
}

/// Which of imported trials, each with one setting, every condition finds.
async fn found_of(settings: &[(&str, SettingValue)], conditions: &[&str]) -> Vec<Vec<usize>> {
    let runs = tempfile::tempdir().unwrap();
    let store = Store::open(runs.path()).await.unwrap();
    let rows = settings.iter().enumerate().map(|(number, (name, value))| {
        let settings = BTreeMap::from([((*name).to_owned(), value.clone())]);
        imported("Model", number, settings, None)
    });
    let rows: Vec<_> = rows.collect();
    import(&store, "Model", &rows).await;
    let mut found = Vec::new();
    for condition in conditions {
        let query = TrialQuery {
            filter: condition.parse().unwrap(),
            ..TrialQuery::default()
        };
        let keys = store.find_trials(&query).await.unwrap();
        let found_rows = store.trials_with_keys(&keys).await.unwrap();
        let number = |found: &TrialRow| rows.iter().position(|row| row.trial.id() == found.id);
        found.push(found_rows.iter().filter_map(number).collect());
    }
    found
}

#[tokio::test]
async fn a_setting_that_is_yes_or_no_is_found_by_the_word_that_is_shown() {
    let settings = [
        ("augment", SettingValue::Flag(true)),
        ("augment", SettingValue::Flag(false)),
        ("augment", SettingValue::Text("true".to_owned())),
    ];
    let conditions = [
        "augment=true",
        "augment=false",
        "augment!=true",
        "augment~FAL",
    ];
    let expected = [vec![0, 2], vec![1], vec![1], vec![1]];
    assert_eq!(found_of(&settings, &conditions).await, expected);
}

#[tokio::test]
async fn a_text_lies_on_no_side_of_a_number() {
    let settings = [
        ("momentum", SettingValue::Number(0.5)),
        ("momentum", SettingValue::Text("none".to_owned())),
        ("momentum", SettingValue::Number(0.9)),
    ];
    let conditions = [
        "momentum>0.6",
        "momentum<0.6",
        "momentum>=none",
        "momentum<z",
    ];
    let expected = [vec![2], vec![0], vec![1], vec![1]];
    assert_eq!(found_of(&settings, &conditions).await, expected);
}

#[tokio::test]
async fn a_setting_is_found_whatever_its_name_is() {
    for name in [
        "learning.rate",
        "a-b",
        "a[0]",
        "$",
        "größe",
        "a'b",
        "a.\u{1F600}",
        "0",
        "a\\b",
    ] {
        let value = || SettingValue::Number(3.0);
        let settings = [(name, value()), ("another", value())];
        let conditions = [
            format!("{name}=3"),
            format!("{name}>4"),
            "another=3".to_owned(),
        ];
        let conditions = conditions.each_ref().map(String::as_str);
        let found = found_of(&settings, &conditions).await;
        assert_eq!(found, [vec![0], vec![], vec![1]], "{name}");
    }
}

#[tokio::test]
async fn a_list_is_sorted_by_a_setting_whatever_its_name_is() {
    for name in ["a\"b", "a\\", "a b\n", "\"", ""] {
        let runs = tempfile::tempdir().unwrap();
        let store = Store::open(runs.path()).await.unwrap();
        let rows = [2.0, 1.0].into_iter().enumerate().map(|(number, value)| {
            let settings = BTreeMap::from([(name.to_owned(), SettingValue::Number(value))]);
            imported("Model", number, settings, None)
        });
        import(&store, "Model", &rows.collect::<Vec<_>>()).await;
        let query = TrialQuery {
            order: vec![(TrialField::named(name), Direction::Ascending)],
            ..TrialQuery::default()
        };
        let found = store.find_trials(&query).await;
        assert!(
            matches!(found.as_deref(), Ok([2, 1])),
            "{name:?}: {found:?}"
        );
    }
}

#[tokio::test]
async fn hundreds_of_alternatives_are_not_too_many() {
    let (_runs, store, _owner) = world().await;
    let values: Vec<String> = (0..300).map(|number| format!("{number}")).collect();
    let values = values.join(",");
    for condition in [
        "id=",
        "id!=",
        "name=",
        "name~",
        "tag=",
        "tag~",
        "seed=",
        "ended=2026,",
    ] {
        let values = match condition.starts_with("ended") {
            true => vec!["2026"; 300].join(","),
            false => values.clone(),
        };
        let filter = format!("{condition}{values}").parse().unwrap();
        let count = store.count_trials(&filter).await;
        assert!(count.is_ok(), "{condition}: {count:?}");
    }
}
