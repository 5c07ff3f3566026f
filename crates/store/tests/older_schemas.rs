//! Databases as older programs wrote them: opened by this one, they say what they said.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use fitroom_domain::EpochMetrics;
use fitroom_store::{OpenError, Owner, Preference, Store, SweepOrigin, SweepRecord, TrialRow};
use serde_json::{Value, json};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tempfile::TempDir;

/// Every schema that landed, and is not the newest.
const SCHEMAS: [u32; 5] = [1, 2, 3, 4, 5];

fn databases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/databases")
}

/// What `expected.py` read from that database by plain SQL.
fn expected(schema: u32) -> Value {
    let text = fs::read_to_string(databases().join("expected.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    all[schema.to_string()].clone()
}

/// A runs folder with a copy of the database.
fn runs(schema: u32) -> TempDir {
    let runs = tempfile::tempdir().unwrap();
    let from = databases().join(format!("schema-{schema}.db"));
    fs::copy(from, runs.path().join("fitroom.db")).unwrap();
    runs
}

/// Some of an object's values.
fn some(object: &Value, names: &[&str]) -> Value {
    let values = names
        .iter()
        .map(|name| ((*name).to_owned(), object[*name].clone()));
    Value::Object(values.collect())
}

const OF_TRIALS: [&str; 24] = [
    "key",
    "id",
    "name",
    "fingerprint",
    "definition",
    "state",
    "folder",
    "accuracy",
    "loss",
    "best_epoch",
    "epochs",
    "parameters",
    "multiply_adds",
    "seconds",
    "weights_kept",
    "sweep",
    "dataset",
    "pruned_after",
    "attempts",
    "failures",
    "interruptions",
    "error",
    "warning",
    "numerics",
];

fn trial(row: &TrialRow) -> Value {
    let figures = row.figures;
    json!({
        "key": row.key,
        "id": row.id,
        "name": row.name,
        "fingerprint": row.fingerprint,
        "definition": row.definition,
        "state": row.state,
        "folder": row.folder,
        "accuracy": figures.map(|it| it.accuracy),
        "loss": figures.and_then(|it| it.loss),
        "best_epoch": figures.and_then(|it| it.best_epoch),
        "epochs": figures.and_then(|it| it.epochs),
        "parameters": figures.and_then(|it| it.parameters),
        "multiply_adds": figures.and_then(|it| it.multiply_adds),
        "seconds": figures.and_then(|it| it.seconds),
        "weights_kept": row.weights_kept,
        "sweep": row.sweep,
        "dataset": row.dataset,
        "pruned_after": row.pruned_after,
        "attempts": row.attempts,
        "failures": row.failures,
        "interruptions": row.interruptions,
        "error": row.error,
        "warning": row.warning,
        "numerics": row.numerics,
    })
}

#[tokio::test]
async fn trials_with_their_attempts_files_and_epochs_are_what_they_were() {
    for schema in SCHEMAS {
        let expected = expected(schema);
        let runs = runs(schema);
        let store = Store::open(runs.path()).await.unwrap();
        let rows = store.trials().await.unwrap();
        let expected = expected["trials"].as_array().unwrap();
        assert_eq!(rows.len(), expected.len(), "schema {schema}");
        for (row, expected) in rows.iter().zip(expected) {
            let name = format!("schema {schema}, {}", row.name);
            assert_eq!(trial(row), some(expected, &OF_TRIALS), "{name}");
            assert_eq!(
                serde_json::to_value(&row.trial).unwrap(),
                expected["trial"],
                "{name}"
            );
            let record = store.record(row.key).await.unwrap().unwrap();
            assert_eq!(
                serde_json::to_value(&record.files).unwrap(),
                expected["files"],
                "{name}"
            );
            assert_eq!(curve(&record.epochs), expected["curve"], "{name}");
            assert_eq!(
                store.curve(row.key).await.unwrap().len(),
                record.epochs.len()
            );
            let attempts = expected["every_attempt"].as_array().unwrap();
            assert_eq!(record.attempts.len(), attempts.len(), "{name}");
            for (attempt, expected) in record.attempts.iter().zip(attempts) {
                let found = json!({
                    "number": attempt.number,
                    "state": attempt.state,
                    "error": attempt.error,
                    "warning": attempt.warning,
                    "numerics": Some(&attempt.numerics).filter(|it| !it.is_empty()),
                    "owner": attempt.owner,
                    "started_at": attempt.started_at,
                    "ended_at": attempt.ended_at,
                });
                let numerics = expected["numerics"].as_str().filter(|it| !it.is_empty());
                let mut expected = expected.clone();
                expected["numerics"] = json!(numerics);
                assert_eq!(found, expected, "{name}");
                assert_eq!(attempt.run, None, "{name}: runs were not recorded");
            }
            // Settings became columns.
            let called = store.trials_called(&row.name).await.unwrap();
            assert_eq!(called, std::slice::from_ref(row), "{name}");
        }
    }
}

fn curve(epochs: &[EpochMetrics]) -> Value {
    serde_json::to_value(epochs).unwrap()
}

#[tokio::test]
async fn sweeps_want_what_they_wanted_in_the_same_order() {
    for schema in SCHEMAS {
        let expected = expected(schema);
        let runs = runs(schema);
        let store = Store::open(runs.path()).await.unwrap();
        let mut sweeps = store.sweeps().await.unwrap();
        sweeps.sort_by_key(|sweep| sweep.key);
        let expected = expected["sweeps"].as_array().unwrap();
        assert_eq!(sweeps.len(), expected.len(), "schema {schema}");
        for (found, expected) in sweeps.iter().zip(expected) {
            let name = format!("schema {schema}, {}", found.name);
            let names = [
                "key",
                "name",
                "dataset",
                "fingerprint",
                "task",
                "definition",
                "run_at",
            ];
            assert_eq!(sweep(found), some(expected, &names), "{name}");
            let overrides = expected["overrides"].clone();
            assert_eq!(json!(found.overrides), non_null(overrides), "{name}");
            match &found.origin {
                SweepOrigin::Imported { from } => assert_eq!(expected["imported_from"], *from),
                SweepOrigin::Ours { text, summary, .. } => {
                    assert_eq!(expected["text"], *text, "{name}");
                    assert_eq!(
                        expected["summary"]["classes"],
                        json!(summary.classes),
                        "{name}"
                    );
                }
            }
            let ids =
                |rows: Vec<TrialRow>| json!(rows.iter().map(|row| &row.id).collect::<Vec<_>>());
            let trials = &expected["trials"];
            let all = store.sweep_trials(found.key).await.unwrap();
            let pruned = all
                .iter()
                .filter_map(|row| Some((row.id.as_str(), row.pruned_after?)));
            let pruned: BTreeMap<&str, u32> = pruned.collect();
            assert_eq!(json!(pruned), trials["pruned_after"], "{name}");
            assert_eq!(ids(all), trials["of_any_plan"], "{name}");
            let newest = store.planned_trials(found.key).await.unwrap();
            assert_eq!(ids(newest), trials["of_newest_plan"], "{name}");
            let wanted = store.wanted_trials(found.key).await.unwrap();
            assert_eq!(ids(wanted), trials["wanted"], "{name}");
        }
    }
}

fn sweep(sweep: &SweepRecord) -> Value {
    json!({
        "key": sweep.key,
        "name": sweep.name,
        "dataset": sweep.dataset,
        "fingerprint": sweep.fingerprint,
        "task": sweep.task,
        "definition": sweep.definition,
        "run_at": sweep.run_at,
    })
}

/// What an older schema had no column for is an empty list today.
fn non_null(value: Value) -> Value {
    match value {
        Value::Null => json!([]),
        value => value,
    }
}

#[tokio::test]
async fn choices_looks_and_removals_are_what_they_were() {
    for schema in SCHEMAS {
        let expected = expected(schema);
        let runs = runs(schema);
        let store = Store::open(runs.path()).await.unwrap();
        let ids: BTreeMap<i64, String> = (store.trials().await.unwrap().iter())
            .map(|row| (row.key, row.id.to_string()))
            .collect();
        let selections = store.selections().await.unwrap().into_iter();
        let selections: Vec<Value> = selections
            .map(|((fingerprint, definition), preference)| {
                let (word, trial) = match preference {
                    Preference::Pinned(key) => ("pinned", Some(&ids[&key])),
                    Preference::Cheapest => ("cheapest", None),
                    Preference::Accuracy => ("accuracy", None),
                };
                json!({
                    "fingerprint": fingerprint,
                    "definition": definition,
                    "preference": word,
                    "trial": trial,
                })
            })
            .collect();
        let names = ["fingerprint", "definition", "preference", "trial"];
        let of = |list: &Value, names: &[&str]| -> Vec<Value> {
            let list = list.as_array().cloned().unwrap_or_default();
            list.iter().map(|item| some(item, names)).collect()
        };
        assert_eq!(
            selections,
            of(&expected["selections"], &names),
            "schema {schema}"
        );
        let evaluations = store.evaluations().await.unwrap();
        let evaluations: Vec<Value> = (evaluations.iter())
            .map(|it| {
                json!({
                    "key": it.key,
                    "task": it.task,
                    "trial_id": it.trial,
                    "evaluated_at": it.evaluated_at,
                    "photographs": it.photographs,
                    "accuracy": it.accuracy,
                    "predictions_blake3": it.predictions_blake3,
                })
            })
            .collect();
        let names = [
            "key",
            "task",
            "trial_id",
            "evaluated_at",
            "photographs",
            "accuracy",
            "predictions_blake3",
        ];
        assert_eq!(
            evaluations,
            of(&expected["evaluations"], &names),
            "schema {schema}"
        );
        // A key that was removed is given to nobody.
        for removed in of(&expected["removed_trials"], &["key"]) {
            assert!(!ids.contains_key(&removed["key"].as_i64().unwrap()));
        }
    }
}

#[tokio::test]
async fn a_database_is_brought_up_to_date_once_and_keeps_all_references() {
    for schema in SCHEMAS {
        let runs = runs(schema);
        // Reading it brings it up to date too.
        let reader = Store::open_to_read(runs.path()).await.unwrap().unwrap();
        let trials = reader.trials().await.unwrap();
        reader.close().await;
        let store = Store::open(runs.path()).await.unwrap();
        assert_eq!(store.trials().await.unwrap(), trials, "schema {schema}");
        let found = store
            .find_trials(&fitroom_store::TrialQuery::default())
            .await
            .unwrap();
        assert_eq!(found.len(), trials.len(), "schema {schema}");
        let four = "kernel_num=4".parse().unwrap();
        let count = store.count_trials(&four).await.unwrap();
        let with_four = trials.iter().filter(|row| {
            row.trial.setting("kernel_num") == Some(fitroom_domain::SettingValue::Number(4.0))
        });
        assert_eq!(count, with_four.count() as u64, "schema {schema}");
        store.close().await;
        assert_eq!(ask(&runs, "pragma integrity_check").await, ["ok"]);
        let broken = ask(&runs, "select \"table\" from pragma_foreign_key_check").await;
        assert!(broken.is_empty(), "schema {schema}: {broken:?}");
    }
}

/// What the database answers another program.
async fn ask(runs: &TempDir, question: &'static str) -> Vec<String> {
    let options = SqliteConnectOptions::new().filename(runs.path().join("fitroom.db"));
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let answer = sqlx::query_scalar(question)
        .fetch_all(&mut connection)
        .await;
    connection.close().await.unwrap();
    answer.unwrap()
}

#[tokio::test]
async fn nothing_is_brought_up_to_date_under_a_process_that_knows_the_older_schema_alone() {
    let runs = runs(5);
    let owner = Owner::new(runs.path()).unwrap();
    let before = fs::read(runs.path().join("fitroom.db")).unwrap();
    for refused in [
        Store::open(runs.path()).await.map(drop),
        Store::open_to_read(runs.path()).await.map(drop),
    ] {
        let error = refused.unwrap_err();
        assert!(
            matches!(error, OpenError::InUse { found: 5, .. }),
            "{error}"
        );
        assert!(error.to_string().contains(owner.id()), "{error}");
    }
    assert!(fs::read(runs.path().join("fitroom.db")).unwrap() == before);
    drop(owner);
    Store::open(runs.path()).await.unwrap().close().await;
}
