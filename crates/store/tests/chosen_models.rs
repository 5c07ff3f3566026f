//! Which model of a task is used, and the record of every look at its test photographs.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

// The race's trials will do.
#[path = "race/worker.rs"]
#[expect(dead_code, reason = "nobody races here")]
mod worker;

use std::collections::BTreeSet;

use fitroom_domain::TrialId;
use fitroom_store::{NewEvaluation, Preference, Store, StoreError, TrialRow, utc_now};

const HASH: &str = "9f64a747e1b97f131fabb6b447296c9b6f0201e79fb3c5356e6c77e89b6a806a";

/// A database with two trials of one task.
async fn two_trials(runs: &std::path::Path) -> (Store, [TrialRow; 2]) {
    let store = Store::open(runs).await.unwrap();
    worker::register(&store, 2).await.unwrap();
    let rows = store.trials().await.unwrap();
    (store, rows.try_into().unwrap())
}

/// Records that the model of a trial was shown nine photographs, four of them test photographs of its task.
async fn evaluate(store: &Store, row: &TrialRow, accuracy: f64) -> Result<(), StoreError> {
    let trial = row.ours().unwrap();
    let evaluation = NewEvaluation {
        dataset: &trial.dataset,
        task: &trial.task,
        trial: &row.id,
        trial_name: &row.name,
        photographs: 4,
        accuracy,
        photographs_read: 9,
        predictions_blake3: HASH,
    };
    store.record_evaluation(&evaluation).await
}

#[tokio::test]
async fn a_preference_is_remembered_until_accuracy_is_chosen_again() {
    let runs = tempfile::tempdir().unwrap();
    let (store, [first, second]) = two_trials(runs.path()).await;
    let task = (first.fingerprint.clone(), first.definition.clone());
    assert!(store.selections().await.unwrap().is_empty());
    for preference in [
        Preference::Cheapest,
        Preference::Pinned(first.key),
        Preference::Pinned(second.key),
        Preference::Cheapest,
    ] {
        store.select(&task.0, &task.1, preference).await.unwrap();
        store
            .select(&task.0, "another task", Preference::Cheapest)
            .await
            .unwrap();
        let selections = store.selections().await.unwrap();
        assert_eq!(selections.len(), 2);
        assert_eq!(selections[&task], preference);
    }
    let accuracy = Preference::Accuracy;
    store.select(&task.0, &task.1, accuracy).await.unwrap();
    store.select(&task.0, &task.1, accuracy).await.unwrap();
    let selections = store.selections().await.unwrap();
    let left: Vec<_> = selections
        .keys()
        .map(|(_, definition)| definition)
        .collect();
    assert_eq!(left, ["another task"]);
}

#[tokio::test]
async fn a_trial_that_is_not_there_cannot_be_pinned() {
    let runs = tempfile::tempdir().unwrap();
    let (store, [first, second]) = two_trials(runs.path()).await;
    let pin = |trial| {
        store.select(
            &first.fingerprint,
            &first.definition,
            Preference::Pinned(trial),
        )
    };
    pin(first.key).await.unwrap();
    assert!(pin(second.key + 1).await.is_err());
    // What was chosen before still is.
    let selections = store.selections().await.unwrap();
    assert_eq!(
        selections.into_values().collect::<Vec<_>>(),
        [Preference::Pinned(first.key)]
    );
}

#[tokio::test]
async fn with_a_trial_goes_its_pin_and_nothing_else() {
    let runs = tempfile::tempdir().unwrap();
    let (store, [first, second]) = two_trials(runs.path()).await;
    let task = (first.fingerprint.clone(), first.definition.clone());
    let pinned = Preference::Pinned(second.key);
    store.select(&task.0, &task.1, pinned).await.unwrap();
    evaluate(&store, &second, 0.75).await.unwrap();
    store
        .remove_trial(first.key, false, |_| Ok(()))
        .await
        .unwrap();
    assert_eq!(store.selections().await.unwrap()[&task], pinned);
    store
        .remove_trial(second.key, false, |_| Ok(()))
        .await
        .unwrap();
    assert!(store.selections().await.unwrap().is_empty());
    let evaluations = store.evaluations().await.unwrap();
    assert_eq!(evaluations.len(), 1);
    assert_eq!(evaluations[0].trial, second.id);
}

#[tokio::test]
async fn an_evaluation_reads_back_as_it_was_recorded() {
    let runs = tempfile::tempdir().unwrap();
    let (store, [first, second]) = two_trials(runs.path()).await;
    let before = utc_now();
    evaluate(&store, &first, 0.75).await.unwrap();
    evaluate(&store, &second, 1.0).await.unwrap();
    evaluate(&store, &first, 0.0).await.unwrap();
    let evaluations = store.evaluations().await.unwrap();
    let accuracies: Vec<f64> = evaluations.iter().map(|found| found.accuracy).collect();
    assert_eq!(accuracies, [0.75, 1.0, 0.0]);
    assert!(evaluations.is_sorted_by(|one, next| one.key < next.key));
    let found = &evaluations[0];
    // The task is the sweep's, to the letter.
    let sweep = store.sweeps().await.unwrap().remove(0);
    assert_eq!(found.definition, sweep.definition);
    assert_eq!(found.fingerprint, sweep.fingerprint);
    assert_eq!((&found.dataset, &found.task), (&sweep.dataset, &sweep.task));
    assert_eq!((&found.trial, &found.trial_name), (&first.id, &first.name));
    assert_eq!((found.photographs, found.photographs_read), (4, 9));
    assert_eq!(found.predictions_blake3, HASH);
    assert!(before <= found.evaluated_at && found.evaluated_at <= utc_now());
}

#[tokio::test]
async fn no_evaluation_has_an_accuracy_outside_of_its_range() {
    let runs = tempfile::tempdir().unwrap();
    let (store, [first, _]) = two_trials(runs.path()).await;
    for accuracy in [-0.1, 1.1, f64::NAN] {
        assert!(evaluate(&store, &first, accuracy).await.is_err());
    }
    assert!(store.evaluations().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_several_connections_record_at_once_is_all_there_and_noticed() {
    let runs = tempfile::tempdir().unwrap();
    let (store, rows) = two_trials(runs.path()).await;
    let seen = store.data_version().await.unwrap();
    let [one, other] = [
        Store::open(runs.path()).await.unwrap(),
        Store::open(runs.path()).await.unwrap(),
    ];
    let record = async |store: &Store, row: &TrialRow| {
        for _ in 0..20 {
            evaluate(store, row, 0.5).await.unwrap();
            let pin = Preference::Pinned(row.key);
            let pinned = store.select(&row.fingerprint, &row.definition, pin);
            pinned.await.unwrap();
        }
    };
    tokio::join!(record(&one, &rows[0]), record(&other, &rows[1]));
    let evaluations = store.evaluations().await.unwrap();
    assert_eq!(evaluations.len(), 40);
    let ids: BTreeSet<TrialId> = evaluations.into_iter().map(|found| found.trial).collect();
    assert_eq!(ids, rows.map(|row| row.id).into());
    assert_eq!(store.selections().await.unwrap().len(), 1);
    assert_ne!(store.data_version().await.unwrap(), seen);
}
