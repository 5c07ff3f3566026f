//! Which run began an attempt, what it took, when it ended, and what its trial is listed under.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod helpers;

use std::path::Path;
use std::time::Duration;

use fitroom_domain::{Trial, TrialField, TrialState, Usage};
use fitroom_store::{
    AttemptRecord, Claimed, Direction, Ending, Next, Owner, Queue, Registered, Store, TrialQuery,
    TrialRow,
};
use helpers::{
    USAGE, claim, dataset, end, fail, figures, finish, provenance, register, task, trials,
};

fn planned(count: u64) -> Vec<Trial> {
    trials(&dataset("small", 'a'), &task("shapes", "shape"), 0..count)
}

async fn open(runs: &Path) -> (Store, Owner) {
    (Store::open(runs).await.unwrap(), Owner::new(runs).unwrap())
}

async fn attempts(store: &Store, trial: i64) -> Vec<AttemptRecord> {
    store.record(trial).await.unwrap().unwrap().attempts
}

async fn row(store: &Store, trial: i64) -> TrialRow {
    store.trials_with_keys(&[trial]).await.unwrap().remove(0)
}

/// Claims a trial for a sweep, without saying for which run.
async fn claim_for(store: &Store, owner: &Owner, registered: &Registered, trial: i64) -> Claimed {
    let mut queue = Queue::new(registered.sweep, [trial]);
    match store.claim(&mut queue, owner, "").await.unwrap() {
        Next::Train(claimed) => claimed,
        other => panic!("expected trial {trial}, got {other:?}"),
    }
}

#[tokio::test]
async fn an_attempt_is_of_the_run_that_began_it() {
    let runs = tempfile::tempdir().unwrap();
    let (store, owner) = open(runs.path()).await;
    let how = provenance("first");
    let first = register(&store, "grid", &planned(1), Some(&how)).await;
    let second = register(&store, "grid", &planned(1), None).await;
    assert_eq!(first.sweep, second.sweep);
    assert_ne!(first.run_key, second.run_key);
    assert_eq!((first.run.plan, second.run.plan), (1, 2));
    let key = first.trials[0];
    for registered in [&first, &second] {
        end(
            &store,
            claim(&store, &owner, registered, key).await.attempt,
            &Ending::Interrupted,
        )
        .await;
    }
    end(
        &store,
        claim_for(&store, &owner, &second, key).await.attempt,
        &Ending::Interrupted,
    )
    .await;
    let runs: Vec<_> = (attempts(&store, key).await.into_iter())
        .map(|attempt| attempt.run.map(|(sweep, run)| (sweep.name, run)))
        .collect();
    let of = |run: &fitroom_store::SweepRun| Some(("grid".to_owned(), run.clone()));
    assert_eq!(runs, [of(&first.run), of(&second.run), None]);
    assert_eq!(first.run.provenance, Some(how));
    assert_eq!(first.run.text, "task = \"shapes\"");
    assert_eq!(first.run.overrides, ["train.epochs=3"]);
}

#[tokio::test]
async fn an_attempt_has_what_it_took_however_it_ended() {
    let runs = tempfile::tempdir().unwrap();
    let (store, owner) = open(runs.path()).await;
    let registered = register(&store, "grid", &planned(5), None).await;
    let usage = |number: u64| Usage {
        cpu_seconds: (number != 1).then_some(0.1 + number as f64),
        peak_memory_bytes: (number != 2).then_some((1 << 40) + number),
    };
    let figures = figures(0.5);
    for (number, key) in (0..).zip(&registered.trials) {
        let attempt = claim(&store, &owner, &registered, *key).await.attempt;
        // Nothing is known of one that runs.
        assert_eq!(attempts(&store, *key).await[0].usage, Usage::default());
        let ending = match number {
            0 => Ending::Finished {
                figures: &figures,
                files: &[],
            },
            1 => Ending::Diverged {
                reason: "infinite",
                epochs: 0,
                files: &[],
            },
            2 => Ending::Failed {
                error: "no memory",
                attempts: 1,
            },
            3 => Ending::Failed {
                error: "no memory",
                attempts: 2,
            },
            _ => Ending::Interrupted,
        };
        let ended = store
            .end_attempt(attempt, &ending, usage(number), || Ok(()))
            .await;
        ended.unwrap();
        let found = attempts(&store, *key).await;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].usage, usage(number), "{ending:?}");
    }
}

#[tokio::test]
async fn of_an_attempt_that_was_lost_it_is_not_known_what_it_took() {
    let runs = tempfile::tempdir().unwrap();
    let (store, owner) = open(runs.path()).await;
    let registered = register(&store, "grid", &planned(1), None).await;
    let key = registered.trials[0];
    let lost = claim(&store, &owner, &registered, key).await.attempt;
    drop(owner);
    store.free_the_dead(registered.sweep).await.unwrap();
    let late = store
        .end_attempt(lost, &Ending::Interrupted, USAGE, || Ok(()))
        .await;
    assert!(late.is_err());
    let found = attempts(&store, key).await;
    assert_eq!(found[0].usage, Usage::default());
    assert!(found[0].ended_at.is_some() && found[0].run.is_some());
    assert_eq!(row(&store, key).await.ended_at, found[0].ended_at);
}

#[tokio::test]
async fn a_trial_ended_when_its_last_attempt_did() {
    let runs = tempfile::tempdir().unwrap();
    let (store, owner) = open(runs.path()).await;
    let registered = register(&store, "grid", &planned(2), None).await;
    let [key, other] = registered.trials[..] else {
        panic!("expected two trials")
    };
    assert_eq!(row(&store, key).await.ended_at, None);
    let mut last = None;
    for number in 0..4 {
        let attempt = claim(&store, &owner, &registered, key).await.attempt;
        // That of the attempt before, while another one runs.
        assert_eq!(row(&store, key).await.ended_at, last);
        tokio::time::sleep(Duration::from_millis(3)).await;
        match number {
            0 => fail(&store, attempt, 9).await,
            1 | 2 => end(&store, attempt, &Ending::Interrupted).await,
            _ => finish(&store, attempt, &figures(0.5)).await,
        }
        let ended = attempts(&store, key).await.pop().unwrap().ended_at;
        assert!(ended > last, "{ended:?} {last:?}");
        assert_eq!(row(&store, key).await.ended_at, ended);
        last = ended;
    }
    // Neither weights that come back nor remarks nor another plan change it.
    let file = &helpers::files()[1];
    assert!(store.restore_weights(key, file, || Ok(())).await.unwrap());
    let remark = helpers::remark(&["a".to_owned()], None);
    let tags = store.remark(key, &remark, |_, _| Ok(())).await.unwrap();
    assert_eq!(tags, Some(vec!["a".to_owned()]));
    register(&store, "grid", &planned(2), None).await;
    assert_eq!(row(&store, key).await.ended_at, last);

    let attempt = claim(&store, &owner, &registered, other).await.attempt;
    tokio::time::sleep(Duration::from_millis(3)).await;
    finish(&store, attempt, &figures(0.4)).await;
    let query = TrialQuery {
        order: vec![(TrialField::Ended, Direction::Descending)],
        ..TrialQuery::default()
    };
    assert_eq!(store.find_trials(&query).await.unwrap(), [other, key]);
}

#[tokio::test]
async fn a_trial_is_listed_under_the_sweep_that_trains_it_first() {
    let runs = tempfile::tempdir().unwrap();
    let (store, owner) = open(runs.path()).await;
    let first = register(&store, "first", &planned(2), None).await;
    let second = register(&store, "second", &planned(2), None).await;
    let [key, other] = first.trials[..] else {
        panic!("expected two trials")
    };
    let sweep = async |key| row(&store, key).await.sweep;
    // In the default order trials stand by the sweeps that they are listed under.
    let order = async || store.find_trials(&TrialQuery::default()).await.unwrap();
    assert_eq!(sweep(key).await, "first");
    assert_eq!(order().await, [key, other]);

    let claimed = claim(&store, &owner, &second, key).await;
    assert_eq!(sweep(key).await, "second");
    assert!(
        claimed.folder.starts_with("small/second/"),
        "{}",
        claimed.folder
    );
    end(&store, claimed.attempt, &Ending::Interrupted).await;
    assert_eq!(sweep(key).await, "second");
    assert_eq!(order().await, [other, key]);

    // Whoever trains it on, it stays where it is.
    let again = claim(&store, &owner, &first, key).await;
    assert_eq!(again.folder, claimed.folder);
    finish(&store, again.attempt, &figures(0.5)).await;
    assert_eq!(sweep(key).await, "second");
    register(&store, "first", &planned(2), None).await;
    assert_eq!(sweep(key).await, "second");
    assert_eq!(sweep(other).await, "first");
    assert_eq!(row(&store, key).await.state, TrialState::Finished);
}

#[tokio::test]
async fn a_sweep_that_gave_a_trial_up_says_so_where_it_is_listed() {
    let runs = tempfile::tempdir().unwrap();
    let (store, owner) = open(runs.path()).await;
    let first = register(&store, "first", &planned(1), None).await;
    let second = register(&store, "second", &planned(1), None).await;
    let key = first.trials[0];
    store.prune(second.sweep, [(key, Some(3))]).await.unwrap();
    let pruned = async || {
        let filter = "state=pruned".parse().unwrap();
        let count = store.count_trials(&filter).await.unwrap();
        (row(&store, key).await.pruned_after, count)
    };
    assert_eq!(pruned().await, (None, 0));
    let of_second = store.wanted_trials(second.sweep).await.unwrap();
    assert_eq!(of_second[0].pruned_after, Some(3));
    let attempt = claim(&store, &owner, &second, key).await.attempt;
    assert_eq!(pruned().await, (Some(3), 0));
    end(&store, attempt, &Ending::Interrupted).await;
    assert_eq!(pruned().await, (Some(3), 1));
}

#[tokio::test]
async fn what_is_renamed_is_listed_under_its_new_name() {
    let runs = tempfile::tempdir().unwrap();
    let (store, owner) = open(runs.path()).await;
    let registered = register(&store, "grid", &planned(1), None).await;
    let claimed = claim(&store, &owner, &registered, registered.trials[0]).await;
    finish(&store, claimed.attempt, &figures(0.5)).await;
    let renamed = trials(&dataset("large", 'a'), &task("forms", "shape"), 0..1);
    register(&store, "grid", &renamed, None).await;
    let count = async |filter: &str| store.count_trials(&filter.parse().unwrap()).await.unwrap();
    assert_eq!(row(&store, registered.trials[0]).await.dataset, "large");
    assert_eq!(
        (count("dataset=large").await, count("dataset=small").await),
        (1, 0)
    );
    assert_eq!(
        (count("task=forms").await, count("task=shapes").await),
        (1, 0)
    );
}
