//! Claims and attempts, as workers see them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Mutex;

use fitroom_domain::keep::Keep;
use fitroom_domain::{
    DatasetKey, EpochMetrics, Flip, Hyperparameters, ImageSize, LossAndAccuracy, SplitCounts, Task,
    TaskDefinition, TaskSummary, TrainSettings, Trial, TrialFigures, TrialState, Usage,
};
use fitroom_store::{
    AttemptKey, Claimed, Ending, Next, Owner, Queue, Registered, Store, StoreError, SweepToRun,
    TrialRecord, TrialRow,
};

/// Trials that differ in their seed.
fn trials(count: u64) -> Vec<Trial> {
    let task = Task {
        name: "shapes".to_owned(),
        definition: TaskDefinition {
            where_: BTreeMap::new(),
            predicts: vec!["shape".to_owned()],
            flip: Flip::None,
        },
    };
    (0..count)
        .map(|seed| Trial {
            dataset: DatasetKey {
                name: "small".to_owned(),
                fingerprint: "0123456789abcdef0123456789abcdef".parse().unwrap(),
            },
            task: task.clone(),
            hyperparameters: Hyperparameters::new(3, 3, 8, 0, 0.0, 0.1).unwrap(),
            train: TrainSettings::default(),
            seed,
        })
        .collect()
}

async fn register(store: &Store, sweep: &str, trials: &[Trial]) -> Registered {
    let summary = TaskSummary {
        image: ImageSize {
            height: 18,
            width: 14,
        },
        classes: vec!["cross".to_owned(), "disc".to_owned()],
        photographs: SplitCounts::default(),
        left_out: 0,
        leaks: None,
    };
    let sweep = SweepToRun {
        name: sweep,
        dataset: &trials[0].dataset,
        task: &trials[0].task,
        summary: &summary,
        keep: Keep::Top,
        text: "",
        overrides: &[],
        provenance: None,
        trials,
    };
    store.register(&sweep).await.unwrap()
}

async fn fail(store: &Store, attempt: AttemptKey) -> TrialState {
    let ending = Ending::Failed {
        error: "no memory",
        attempts: 3,
    };
    let ended = store
        .end_attempt(attempt, &ending, Usage::default(), || Ok(()))
        .await;
    ended.unwrap().trial
}

async fn claim(store: &Store, queue: &mut Queue, owner: &Owner) -> Claimed {
    match store.claim(queue, owner, "numerics").await.unwrap() {
        Next::Train(claimed) => claimed,
        other => panic!("expected a trial, got {other:?}"),
    }
}

fn figures(accuracy: f64) -> TrialFigures {
    TrialFigures {
        accuracy,
        loss: 0.5,
        best_epoch: 2,
        epochs: 4,
        parameters: 100,
        multiply_adds: 1000,
        seconds: 1.5,
    }
}

async fn finish(store: &Store, attempt: AttemptKey, accuracy: f64) -> Result<(), StoreError> {
    let figures = figures(accuracy);
    let ending = Ending::Finished {
        figures: &figures,
        files: &[],
    };
    store
        .end_attempt(attempt, &ending, Usage::default(), || Ok(()))
        .await
        .map(|_| ())
}

async fn only_trial(store: &Store) -> TrialRow {
    let mut trials = store.trials().await.unwrap();
    assert_eq!(trials.len(), 1);
    trials.remove(0)
}

async fn open(runs: &Path) -> (Store, Owner) {
    (Store::open(runs).await.unwrap(), Owner::new(runs).unwrap())
}

#[tokio::test]
async fn a_trial_reads_back_as_it_was_registered() {
    let runs = tempfile::tempdir().unwrap();
    let (store, _owner) = open(runs.path()).await;
    let planned = trials(3);
    register(&store, "grid", &planned).await;
    let read = store.trials().await.unwrap();
    let read_trials: Vec<Trial> = read.iter().map(|row| row.ours().unwrap().clone()).collect();
    assert_eq!(read_trials, planned);
    for row in read {
        assert_eq!(
            (row.ours().unwrap().id(), TrialState::Planned),
            (row.id, row.state)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_of_several_connections_claim_every_trial_once() {
    let runs = tempfile::tempdir().unwrap();
    let (store, _owner) = open(runs.path()).await;
    let registered = register(&store, "grid", &trials(40)).await;
    let mut workers = Vec::new();
    for _ in 0..4 {
        let (other, owner) = open(runs.path()).await;
        let mut queue = Queue::new(registered.sweep, registered.trials.clone());
        workers.push(tokio::spawn(async move {
            let mut claimed = Vec::new();
            while let Next::Train(trial) = other.claim(&mut queue, &owner, "").await.unwrap() {
                finish(&other, trial.attempt, 0.5).await.unwrap();
                claimed.push(trial.attempt.trial);
            }
            claimed
        }));
    }
    let mut all = Vec::new();
    for worker in workers {
        all.extend(worker.await.unwrap());
    }
    all.sort_unstable();
    assert_eq!(all, registered.trials);
}

#[tokio::test]
async fn a_failed_trial_is_tried_again_until_its_attempts_are_used_up() {
    let runs = tempfile::tempdir().unwrap();
    let (store, owner) = open(runs.path()).await;
    let registered = register(&store, "grid", &trials(1)).await;
    let mut queue = Queue::new(registered.sweep, registered.trials);
    for number in 1..=3 {
        let claimed = claim(&store, &mut queue, &owner).await;
        assert_eq!(claimed.attempt.number, number);
        let expected = match number {
            3 => TrialState::Failed,
            _ => TrialState::Planned,
        };
        assert_eq!(fail(&store, claimed.attempt).await, expected);
        queue.put_back(claimed.attempt.trial);
    }
    let next = store.claim(&mut queue, &owner, "").await.unwrap();
    assert_eq!(next, Next::Done);
    let row = only_trial(&store).await;
    assert_eq!((row.attempts, row.error.as_deref()), (3, Some("no memory")));
}

#[tokio::test]
async fn a_failed_trial_comes_back_with_more_attempts_or_when_asked_for() {
    let runs = tempfile::tempdir().unwrap();
    let (store, owner) = open(runs.path()).await;
    let registered = register(&store, "grid", &trials(2)).await;
    let failed = registered.trials[0];
    let fail_until_it_stays = async || {
        let mut queue = Queue::new(registered.sweep, [failed]);
        while let Next::Train(claimed) = store.claim(&mut queue, &owner, "").await.unwrap() {
            fail(&store, claimed.attempt).await;
            queue.put_back(failed);
        }
    };
    let retry = async |attempts, asked_for: &[i64]| {
        let all = &registered.trials;
        store.retry_failed(all, attempts, asked_for).await.unwrap()
    };
    fail_until_it_stays().await;
    assert_eq!(retry(3, &[]).await, 0);
    assert_eq!(store.trials().await.unwrap()[0].state, TrialState::Failed);

    assert_eq!(retry(4, &[]).await, 1);
    fail_until_it_stays().await;
    assert_eq!(store.trials().await.unwrap()[0].attempts, 4);

    assert_eq!(retry(3, &registered.trials).await, 1);
    let mut queue = Queue::new(registered.sweep, [failed]);
    let claimed = claim(&store, &mut queue, &owner).await;
    assert_eq!(claimed.attempt.number, 5);
    finish(&store, claimed.attempt, 0.5).await.unwrap();
    assert_eq!(retry(9, &registered.trials).await, 0);
}

#[tokio::test]
async fn a_new_plan_forgets_what_an_older_one_left_untrained() {
    let runs = tempfile::tempdir().unwrap();
    let (store, owner) = open(runs.path()).await;
    let planned = trials(4);
    let registered = register(&store, "grid", &planned[..3]).await;
    let mut queue = Queue::new(registered.sweep, registered.trials.clone());
    let trained = claim(&store, &mut queue, &owner).await.attempt;
    finish(&store, trained, 0.5).await.unwrap();
    let running = claim(&store, &mut queue, &owner).await.attempt;

    register(&store, "grid", &planned[3..]).await;
    let wanted = store.wanted_trials(registered.sweep).await.unwrap();
    let states: BTreeMap<i64, TrialState> = wanted.iter().map(|row| (row.key, row.state)).collect();
    assert_eq!(states.len(), 3);
    assert_eq!(states[&trained.trial], TrialState::Finished);
    assert_eq!(states[&running.trial], TrialState::Running);
    assert!(!states.contains_key(&registered.trials[2]));
    assert_eq!(store.sweep_trials(registered.sweep).await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_dead_workers_trial_goes_to_the_next_and_the_dead_can_write_nothing() {
    let runs = tempfile::tempdir().unwrap();
    let (store, owner) = open(runs.path()).await;
    let registered = register(&store, "grid", &trials(1)).await;
    let mut first = Queue::new(registered.sweep, registered.trials.clone());
    let mut second = Queue::new(registered.sweep, registered.trials);
    let dead = claim(&store, &mut first, &owner).await.attempt;

    let living = Owner::new(runs.path()).unwrap();
    let next = store.claim(&mut second, &living, "").await.unwrap();
    assert_eq!(next, Next::Wait { elsewhere: 1 });
    drop(owner);
    let attempt = claim(&store, &mut second, &living).await.attempt;
    assert_eq!(attempt.number, 2);

    let same = LossAndAccuracy {
        loss: 1.0,
        accuracy: 0.5,
    };
    let epoch = EpochMetrics {
        epoch: 1,
        train: same,
        validation: same,
        seconds: 1.0,
    };
    let superseded = |result: Result<(), StoreError>| {
        let expected = matches!(result, Err(StoreError::Superseded { number: 1, .. }));
        assert!(expected, "{result:?}");
    };
    superseded(store.record_epoch(dead, &epoch).await);
    superseded(finish(&store, dead, 0.1).await);
    store.record_epoch(attempt, &epoch).await.unwrap();
    finish(&store, attempt, 0.9).await.unwrap();
    superseded(finish(&store, dead, 0.1).await);
    assert_eq!(only_trial(&store).await.figures, Some(figures(0.9).into()));
    let curves = store.curves(registered.sweep).await.unwrap();
    assert_eq!(curves[&attempt.trial], [epoch]);
}

#[tokio::test]
async fn an_attempt_whose_files_cannot_be_placed_has_not_ended() {
    let runs = tempfile::tempdir().unwrap();
    let (store, owner) = open(runs.path()).await;
    let registered = register(&store, "grid", &trials(1)).await;
    let mut queue = Queue::new(registered.sweep, registered.trials);
    let attempt = claim(&store, &mut queue, &owner).await.attempt;
    let figures = figures(0.9);
    let ending = Ending::Finished {
        figures: &figures,
        files: &[],
    };
    let full = || Err(io::Error::from(io::ErrorKind::StorageFull));
    let error = store
        .end_attempt(attempt, &ending, Usage::default(), full)
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Files(_)), "{error}");
    assert_eq!(only_trial(&store).await.state, TrialState::Running);
    finish(&store, attempt, 0.9).await.unwrap();
    assert_eq!(only_trial(&store).await.state, TrialState::Finished);
}

#[tokio::test]
async fn weights_outside_the_best_five_of_every_sweep_are_forgotten() {
    let runs = tempfile::tempdir().unwrap();
    let (store, owner) = open(runs.path()).await;
    let planned = trials(8);
    let registered = register(&store, "grid", &planned).await;
    // The other sweep wants only the trial that will be worst.
    register(&store, "other", &planned[..1]).await;
    let mut queue = Queue::new(registered.sweep, registered.trials);
    for number in 0..8 {
        let claimed = claim(&store, &mut queue, &owner).await;
        finish(&store, claimed.attempt, 0.1 * f64::from(number))
            .await
            .unwrap();
    }
    let removed = Mutex::new(Vec::new());
    let remove = |folder: &str| {
        removed.lock().unwrap().push(folder.to_owned());
        Ok(())
    };
    store
        .forget_surplus_weights(registered.sweep, "model.safetensors", remove)
        .await
        .unwrap();
    let removed = removed.into_inner().unwrap();
    let expected = planned[1..3]
        .iter()
        .map(|trial| format!("small/grid/{}", trial.name()));
    assert_eq!(removed, expected.collect::<Vec<_>>());
    let trials = store.trials().await.unwrap();
    let kept: Vec<bool> = trials.iter().map(|row| row.weights_kept).collect();
    assert_eq!(kept, [true, false, false, true, true, true, true, true]);
}

#[tokio::test]
async fn who_still_wants_a_trial_that_was_removed_does_not_get_another_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let trials = trials(3);
    let registered = register(&store, "one", &trials[..2]).await;
    let mut queue = Queue::new(registered.sweep, registered.trials.clone());
    let last = *registered.trials.last().unwrap();
    store.remove_trial(last, false, |_| Ok(())).await.unwrap();
    let other = register(&store, "other", &trials[2..]).await;
    assert!(!registered.trials.contains(&other.trials[0]));

    let owner = Owner::new(folder.path()).unwrap();
    let claimed = claim(&store, &mut queue, &owner).await;
    assert_eq!(claimed.attempt.trial, registered.trials[0]);
    finish(&store, claimed.attempt, 0.5).await.unwrap();
    let next = store.claim(&mut queue, &owner, "numerics").await.unwrap();
    assert_eq!(next, Next::Done);
    // It can be planned again.
    let again = register(&store, "one", &trials[..2]).await;
    assert_eq!(again.trials[0], registered.trials[0]);
    assert!(again.trials[1] > other.trials[0]);
}

#[tokio::test]
async fn what_cannot_be_moved_is_not_removed_and_neither_is_what_is_in_training_or_shared() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let trials = trials(2);
    let registered = register(&store, "one", &trials).await;
    register(&store, "other", &trials[1..]).await;
    let [alone, shared] = registered.trials[..] else {
        panic!("expected two trials")
    };
    let refused = store
        .remove_trial(shared, false, |_| Ok(()))
        .await
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "it is shared: one on small and other on small want it"
    );
    let broken = |_: &TrialRecord| Err(io::Error::other("no room"));
    assert!(store.remove_trial(alone, false, broken).await.is_err());
    let owner = Owner::new(folder.path()).unwrap();
    let mut queue = Queue::new(registered.sweep, [alone]);
    claim(&store, &mut queue, &owner).await;
    let refused = store
        .remove_trial(alone, false, |_| Ok(()))
        .await
        .unwrap_err();
    assert_eq!(refused.to_string(), "it is in training");
    assert_eq!(store.trials().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_queue_until_an_epoch_leaves_out_what_got_that_far_and_the_dead_are_freed() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let registered = register(&store, "one", &trials(2)).await;
    let owner = Owner::new(folder.path()).unwrap();
    let queue = || Queue::new(registered.sweep, registered.trials.clone());
    let mut first = queue().until(Some(1));
    let claimed = claim(&store, &mut first, &owner).await.attempt;
    let figures = LossAndAccuracy {
        loss: 1.0,
        accuracy: 0.5,
    };
    let epoch = |epoch| EpochMetrics {
        epoch,
        train: figures,
        validation: figures,
        seconds: 1.0,
    };
    store.record_epoch(claimed, &epoch(1)).await.unwrap();
    // Far enough, whoever has it.
    let mut other = queue().until(Some(1));
    let second = claim(&store, &mut other, &owner).await.attempt;
    assert_ne!(second.trial, claimed.trial);
    store.record_epoch(second, &epoch(1)).await.unwrap();
    let next = store.claim(&mut other, &owner, "numerics").await.unwrap();
    assert_eq!(next, Next::Done);

    // Both die at the rung; nobody's queue has them any more.
    drop(owner);
    store.free_the_dead(registered.sweep).await.unwrap();
    let states = store.trials().await.unwrap();
    assert!(states.iter().all(|row| row.state == TrialState::Planned));
    let owner = Owner::new(folder.path()).unwrap();
    let next = store
        .claim(&mut queue().until(Some(1)), &owner, "numerics")
        .await;
    assert_eq!(next.unwrap(), Next::Done);
    // Further on they are wanted, and what was recorded stays until it is recorded again.
    let claimed = claim(&store, &mut queue().until(Some(3)), &owner)
        .await
        .attempt;
    assert_eq!(store.curves(registered.sweep).await.unwrap().len(), 2);
    store.record_epoch(claimed, &epoch(1)).await.unwrap();

    let (won, lost) = (registered.trials[0], registered.trials[1]);
    store
        .prune(registered.sweep, [(won, None), (lost, Some(1))])
        .await
        .unwrap();
    let rows = store.planned_trials(registered.sweep).await.unwrap();
    let pruned: Vec<Option<u32>> = rows.iter().map(|row| row.pruned_after).collect();
    assert_eq!(pruned, [None, Some(1)]);
}
