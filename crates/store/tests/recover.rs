//! Database and files are brought together again.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

// The race's trials will do.
#[path = "race/worker.rs"]
#[allow(dead_code, reason = "nobody races here")]
mod worker;

use std::io;

use fitroom_domain::TrialState;
use fitroom_domain::keep::Keep;
use fitroom_store::{
    NewEvaluation, RecoveredSweep, Store, SweepIdentity, SweepRun, TrialRecord, utc_now,
};

/// A database whose trials have all ended.
async fn trained(runs: &std::path::Path) -> Store {
    worker::work(runs, 2).await.unwrap();
    Store::open(runs).await.unwrap()
}

fn run() -> SweepRun {
    SweepRun {
        plan: 3,
        run_at: "2026-01-01T00:00:00.000Z".to_owned(),
        text: "task = \"t\"".to_owned(),
        overrides: vec!["seeds=[0]".to_owned()],
        provenance: None,
    }
}

#[tokio::test]
async fn everything_comes_back_into_an_empty_database() {
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = trained(old.path()).await;
    let rows = store.trials().await.unwrap();
    let sweeps = store.sweeps().await.unwrap();
    let mut records: Vec<(Option<i64>, TrialRecord)> = Vec::new();
    for row in &rows {
        let mut record = store.record(row.key).await.unwrap().unwrap();
        // Of the attempt's run the folder may know nothing.
        record.attempts[0].run = None;
        records.push((None, record));
    }
    let empty = Store::open(new.path()).await.unwrap();
    let trial = rows[0].ours().unwrap();
    let recovered = RecoveredSweep {
        name: &sweeps[0].name,
        dataset: &trial.dataset,
        task: &trial.task,
        summary: sweeps[0].summary().unwrap(),
        keep: Keep::All,
        run: &run(),
        is_recorded: true,
    };
    assert!(empty.recover_sweep(&recovered).await.unwrap());
    assert!(!empty.recover_sweep(&recovered).await.unwrap(), "twice");
    empty.put_records(&records, || Ok(())).await.unwrap();
    assert_eq!(empty.sweeps().await.unwrap()[0].overrides, run().overrides);
    for (mut row, old) in empty.trials().await.unwrap().into_iter().zip(rows) {
        row.key = old.key;
        assert_eq!(row, old);
    }
}

#[tokio::test]
async fn a_record_is_replaced_only_if_nobody_changed_it() {
    let runs = tempfile::tempdir().unwrap();
    let store = trained(runs.path()).await;
    let key = store.trials().await.unwrap()[0].key;
    let old = store.record(key).await.unwrap().unwrap();
    let mut new = old.clone();
    new.state = TrialState::Planned;
    new.figures = None;
    new.weights_kept = false;

    let refused = store.replace_record((key, &old), &new, || Err(io::Error::other("full")));
    assert!(refused.await.is_err());
    assert_eq!(store.record(key).await.unwrap().unwrap(), old);
    let replace = |from: TrialRecord, to: TrialRecord| {
        let store = store.clone();
        async move { store.replace_record((key, &from), &to, || Ok(())).await }
    };
    assert!(replace(old.clone(), new.clone()).await.unwrap());
    assert_eq!(store.record(key).await.unwrap().unwrap(), new);
    assert!(!replace(old.clone(), old.clone()).await.unwrap());
    assert!(replace(new.clone(), new.clone()).await.unwrap(), "the same");
    assert!(replace(new, old.clone()).await.unwrap());
    assert_eq!(store.record(key).await.unwrap().unwrap(), old);
    let gone = store.replace_record((99, &old), &old, || Ok(()));
    assert!(!gone.await.unwrap());
}

#[tokio::test]
async fn places_tell_whose_settings_are_not_theirs() {
    let runs = tempfile::tempdir().unwrap();
    let store = trained(runs.path()).await;
    let rows = store.trials().await.unwrap();
    let places = store.trial_places().await.unwrap();
    assert_eq!(places.len(), rows.len());
    for (place, row) in places.iter().zip(&rows) {
        let expected = (row.key, &row.id, &row.folder, row.state, true);
        let found = (
            place.key,
            &place.id,
            &place.folder,
            place.state,
            place.is_sound,
        );
        assert_eq!(found, expected);
    }
    let (first, second) = (rows[0].ours().unwrap(), rows[1].ours().unwrap());
    store.rewrite_trial(rows[0].key, first).await.unwrap();
    assert!(store.rewrite_trial(rows[0].key, second).await.is_err());
    assert_eq!(store.trials().await.unwrap(), rows);
}

#[tokio::test]
async fn a_look_is_brought_back_once_with_its_time() {
    let runs = tempfile::tempdir().unwrap();
    let store = trained(runs.path()).await;
    let row = &store.trials().await.unwrap()[0];
    let trial = row.ours().unwrap();
    let evaluation = NewEvaluation {
        dataset: &trial.dataset,
        task: &trial.task,
        trial: &row.id,
        trial_name: &row.name,
        photographs: 4,
        accuracy: 0.5,
        photographs_read: 9,
        predictions_blake3: "hash",
    };
    let time = "2026-01-01T00:00:00.000Z";
    assert!(store.recover_evaluation(&evaluation, time).await.unwrap());
    let again = store.recover_evaluation(&evaluation, &utc_now()).await;
    assert!(!again.unwrap());
    let known = store.evaluations().await.unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!(known[0].evaluated_at, time);
}

#[tokio::test]
async fn a_trial_of_an_unknown_sweep_is_refused_by_its_name() {
    let runs = tempfile::tempdir().unwrap();
    let store = trained(runs.path()).await;
    let key = store.trials().await.unwrap()[0].key;
    let old = store.record(key).await.unwrap().unwrap();
    let mut new = old.clone();
    new.sweep = Some(SweepIdentity {
        name: "other".to_owned(),
        ..old.sweep.clone().unwrap()
    });
    let refused = store.replace_record((key, &old), &new, || Ok(())).await;
    assert!(refused.unwrap_err().to_string().contains("other"));
    assert_eq!(store.record(key).await.unwrap().unwrap(), old);
}
